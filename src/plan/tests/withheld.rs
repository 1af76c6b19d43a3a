//! `without: each of ..`: outputs as if one input after the other had not been measured.

use super::analyses::experiment;
use super::{Bench, Kind, Outcome};
use crate::plan::predict::Predicted;
use crate::plan::weights::read_weights;
use crate::program::Subset;
use crate::train::Weights;
use std::fmt::Write;

const PROGRAM: &str = r#"
cohort people = table("sides.csv")
modality left: vector[2]? = people.columns(a, b)
modality right: vector[2]? = people.columns(c, d)
target age: real = people.column("age")
group sides = [left, right]
model m(sides) -> age { mean(for s in sides { s |> Linear(3) }) |> relu |> Linear(1) }
train m {
  minimize mse(m, age)
  epochs 3
  batch 8
}
protocol split = holdout(train: 0.5, validation: 0.1, test: 0.4, seed: 1)
score m: mae, without: each of sides
"#;

/// What a person's sides read; whoever lacks one has no cell there.
fn sides(person: usize) -> [Option<[f32; 2]>; 2] {
    let wave = |k: f64| (((person as f64 + 1.0) * k).sin() * 1000.0).round() as f32 / 1000.0;
    let lacks = person % 5;
    [(lacks != 0).then(|| [wave(1.3), wave(2.1)]), (lacks != 1).then(|| [wave(3.7), wave(0.9)])]
}

fn age(person: usize) -> f32 {
    40.0 + (person % 7) as f32
}

fn table(people: usize) -> String {
    let mut text = String::from("participant_id,a,b,c,d,age\n");
    for person in 0..people {
        let cells = sides(person).map(|side| side.map_or_else(|| "n/a,n/a".into(), |[x, y]| format!("{x},{y}")));
        let _ = writeln!(text, "p{person:03},{},{},{}", cells[0], cells[1], age(person));
    }
    text
}

/// What the trained network says of somebody who has these sides.
fn said(weights: &Weights, sides: [Option<[f32; 2]>; 2]) -> Option<f32> {
    let of = |name: &str| weights[name].1.as_slice();
    let linear = |name: &str, x: &[f32]| -> Vec<f32> {
        let (w, b) = (of(&format!("{name}.weight")), of(&format!("{name}.bias")));
        b.iter().zip(w.chunks(x.len())).map(|(b, row)| b + row.iter().zip(x).map(|(w, x)| w * x).sum::<f32>()).collect()
    };
    let there = ["m.Linear[left]", "m.Linear[right]"].into_iter().zip(sides);
    let codes: Vec<Vec<f32>> = there.filter_map(|(name, side)| Some(linear(name, &side?))).collect();
    let mean = |i: usize| codes.iter().map(|code| code[i]).sum::<f32>() / codes.len() as f32;
    let pooled: Vec<f32> = (0..3).map(|i| mean(i).max(0.0)).collect();
    (!codes.is_empty()).then(|| linear("m.Linear", &pooled)[0])
}

#[test]
fn an_input_withheld_is_predicted_without_as_if_it_had_not_been_measured() -> Outcome {
    let bench = Bench::new()?;
    std::fs::write(bench.path().join("sides.csv"), table(50))?;
    let summary = bench.run(&experiment(&bench, PROGRAM)?)?;
    let weights = read_weights(&bench.stored(&summary, Kind::Train, "train m", "weights.safetensors"))?;
    let predicted = bench.stored(&summary, Kind::Predict, "predict m", "predicted.json");
    let predicted = Predicted::read(predicted.parent().ok_or("no folder")?)?;
    let lines = &summary.variants[0].scores[0].lines;
    let line = |key: &str| lines.iter().find(|line| line.key == key).ok_or_else(|| format!("no `{key}` in {lines:?}"));

    let everything = ("", &predicted.nodes[0], [true, true]);
    let withheld = [
        ("without left", &predicted.without[0][0], [false, true]),
        ("without right", &predicted.without[1][0], [true, false]),
    ];
    let mut means = Vec::new();
    for (key, values, stays) in [everything].into_iter().chain(withheld) {
        let mut errors = Vec::new();
        for (at, row) in predicted.rows.iter().enumerate() {
            let person: usize = row.key.trim_start_matches('p').parse()?;
            let [left, right] = sides(person);
            let expected = said(&weights, [left.filter(|_| stays[0]), right.filter(|_| stays[1])]);
            // Whoever has nothing else to go by does not count.
            let found = values.row(at).map(|value| value[0]);
            let close = found.zip(expected).is_none_or(|(f, e)| (f - e).abs() < 1e-4);
            assert!(found.is_some() == expected.is_some() && close, "{key}, {}: {found:?}, {expected:?}", row.key);
            if let (Some(found), Subset::Test) = (found, row.set) {
                errors.push(f64::from((found - age(person)).abs()));
            }
        }
        let (line, mae) = (line(key)?, errors.iter().sum::<f64>() / errors.len() as f64);
        assert_eq!(line.runs[0].rows, errors.len(), "{key}");
        assert!(line.mean.is_some_and(|mean| (mean - mae).abs() < 1e-5), "{key}: {:?}, {mae}", line.mean);
        means.push(mae);
    }
    let mean = line("without one (mean)")?.mean;
    assert!(mean.is_some_and(|mean| (mean - (means[1] + means[2]) / 2.0).abs() < 1e-5), "{mean:?}, {means:?}");
    let complete = predicted.rows.len();
    let counted = |values: &crate::plan::predict::Values| values.rows.len();
    assert!(counted(&predicted.without[0][0]) < complete && counted(&predicted.without[1][0]) < complete);
    Ok(())
}
