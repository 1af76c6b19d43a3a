//! Targets that are changed for training: whatever is told of them is in the unit of their column.

use super::super::predict::Predicted;
use super::analyses::experiment;
use super::packed::{apply, folder, values};
use super::{Bench, Kind, Outcome};
use crate::plan::{PackOptions, RunSummary, pack};
use crate::program::{Metric, Subset};
use fascicle_reference::{assert_close, number, numbers, recorded, texts};
use serde_json::Value;

fn mean(summary: &RunSummary, score: usize, metric: Metric) -> Option<f64> {
    summary.variants[0].scores[score].lines.iter().find(|line| line.metric == metric)?.mean
}

/// A bench whose table is that of the reference.
fn reference() -> Result<(Bench, Value), Box<dyn std::error::Error>> {
    let (bench, all) = (Bench::new()?, recorded("targets"));
    let mut table = String::from("id,a,b,site,age\n");
    for person in all["people"].as_array().ok_or("people")? {
        let text = |name: &str| person[name].as_str().unwrap_or_default().to_owned();
        let (a, b, age) = (number(&person["a"]), number(&person["b"]), number(&person["age"]));
        table.push_str(&format!("{},{a},{b},{},{age}\n", text("id"), text("site")));
    }
    std::fs::write(bench.path().join("people.csv"), table)?;
    Ok((bench, all))
}

/// Predictions and scores of ridge regression are those of scikit-learn's `TransformedTargetRegressor`.
#[test]
fn what_is_predicted_of_a_changed_target_is_what_scikit_learn_brings_back() -> Outcome {
    let (bench, all) = reference()?;
    for case in all["cases"].as_array().ok_or("cases")? {
        let (steps, strength) = (case["steps"].as_str().ok_or("steps")?, number(&case["strength"]));
        let text = format!(
            "cohort people = table(\"people.csv\") {{ subject id }}\n\
             modality side: vector[2] = people.columns([a, b] |> standardize)\n\
             target age: real = people.column(\"age\") |> {steps}\n\
             baseline ridge(side) -> age = ridge(strength: {strength:?})\n\
             protocol sites = leave_out(site, validation: 0)\n\
             score ridge: mae, rmse, r2\n"
        );
        let summary = bench.run(&experiment(&bench, &text)?)?;
        for (fold, expected) in case["folds"].as_array().ok_or("folds")?.iter().enumerate() {
            let name = format!("predict ridge, fold {}", fold + 1);
            let at = bench.stored(&summary, Kind::Predict, &name, "predicted.json");
            let found = Predicted::read(at.parent().ok_or("a folder")?)?;
            for (who, predicted) in texts(&expected["tested"]).into_iter().zip(numbers(&expected["predicted"])) {
                let row = found.rows.iter().position(|row| row.key == who && row.set == Subset::Test).ok_or(who)?;
                assert_close(f64::from(found.nodes[0].row(row).ok_or(who)?[0]), predicted, 1e-5);
            }
            let lines = &summary.variants[0].scores[0].lines;
            for (line, metric) in lines.iter().zip(["mae", "rmse", "r2"]) {
                let value = line.runs[fold].value.ok_or(metric)?;
                assert!((value - number(&expected[metric])).abs() < 1e-5, "{steps}, {metric}: {value}");
            }
        }
    }
    Ok(())
}

/// By hand: half of the people at one place, half at another, and a model that can tell nothing gives the mean (of logarithms:
/// the geometric mean) of those who train.
#[test]
fn numbers_by_hand() -> Outcome {
    let bench = Bench::new()?;
    std::fs::write(
        bench.path().join("people.csv"),
        "id,a,site,age\np0,0,A,10\np1,0,A,40\np2,0,A,20\np3,0,A,20\np4,0,B,30\np5,0,B,10\n",
    )?;
    let told = |steps: &str| -> Result<(f64, f64), Box<dyn std::error::Error>> {
        let text = format!(
            "cohort people = table(\"people.csv\") {{ subject id }}\n\
             modality side: vector[1] = people.columns(a)\n\
             target age: real = people.column(\"age\"){steps}\n\
             baseline near(side) -> age = decision_tree(depth: 1, leaf: 2)\n\
             protocol sites = leave_out(site, validation: 0)\n\
             score near: mae, mse\n"
        );
        let summary = bench.run(&experiment(&bench, &text)?)?;
        let lines = &summary.variants[0].scores[0].lines;
        let of = |line: usize| lines[line].runs[1].value.ok_or("the people of B are scored");
        Ok((of(0)?, of(1)?))
    };
    // Those of A have 10, 40, 20 and 20: 22.5 in the mean, 20 in the geometric one. Those of B have 30 and 10.
    for steps in ["", " |> standardize", " |> minmax"] {
        let (mae, mse) = told(steps)?;
        assert_close(mae, (7.5 + 12.5) / 2.0, 1e-6);
        assert_close(mse, (7.5 * 7.5 + 12.5 * 12.5) / 2.0, 1e-6);
    }
    let (mae, mse) = told(" |> log |> standardize")?;
    assert_close(mae, 10.0, 1e-6);
    assert_close(mse, 100.0, 1e-6);
    Ok(())
}

const NETWORK: &str = r#"
cohort people = table("people.csv") { subject id }
modality side: vector[4] = people.columns([a, b, c, d] |> standardize)
target age: real = people.column("age") |> log |> standardize
model m(side) -> age { side |> Linear(8) |> relu |> Linear(1) }
train m {
  minimize mse(m, age)
  optimizer Adam(lr: 1e-2)
  epochs 12
  batch 8
  keep best mae on validation
}
protocol cv = kfold(3, validation: 0.2, holdout: 20)
score m: mae, r2
score m on validation: mae
score m on holdout: mae
ensemble m over folds
"#;

#[test]
fn an_epoch_is_chosen_scored_and_packed_in_the_unit_of_the_column() -> Outcome {
    let bench = Bench::new()?;
    let text = NETWORK.replace(", holdout: 20", "").replace("score m on holdout: mae\nensemble m over folds\n", "");
    let summary = bench.run(&experiment(&bench, &text)?)?;
    // Years, of people of 40 to 60: the standardised logarithm would have an error of less than 1.
    let error = mean(&summary, 0, Metric::Mae).ok_or("scored")?;
    assert!((1.5..8.0).contains(&error), "{error}");
    for fold in 0..3 {
        let history = bench.stored(&summary, Kind::Train, &format!("fold {}", fold + 1), "history.json");
        let history: Value = serde_json::from_slice(&std::fs::read(history)?)?;
        let best = history["best_epoch"].as_u64().ok_or("an epoch")? as usize;
        let chosen = number(&history["epochs"][best - 1]["monitored"]);
        let scored = summary.variants[0].scores[1].lines[0].runs[fold].value.ok_or("scored")?;
        assert_close(chosen, scored, 1e-5);
    }
    let run = folder(&summary)?;
    // Two scores of the output, and everybody once.
    let table = std::fs::read_to_string(run.join("variant-base/seed-1/fold-1/predictions.tsv"))?;
    let lines: Vec<&str> = table.lines().skip(1).collect();
    let once: std::collections::BTreeSet<&&str> = lines.iter().collect();
    assert!(!lines.is_empty() && once.len() == lines.len(), "{table}");
    let packed = pack(&run, &PackOptions::default())?;
    let file = bench.path().join("m.fascicle");
    packed.write(&file)?;
    let packed = crate::plan::Packed::read(&file)?;
    let out = bench.path().join("out");
    apply(&packed, &bench.path().join("people.csv"), &out)?;
    let together = values(&out.join("predictions.tsv"), 2, 3)?;
    assert_eq!(together.len(), 80);
    assert!(together.values().all(|years| (20.0..90.0).contains(years)), "{together:?}");
    Ok(())
}

#[test]
fn an_ensemble_averages_in_the_unit_of_the_column() -> Outcome {
    let bench = Bench::new()?;
    let summary = bench.run(&experiment(&bench, NETWORK)?)?;
    let of_run = |fold: usize| -> Result<Predicted, Box<dyn std::error::Error>> {
        let at = bench.stored(&summary, Kind::Predict, &format!("fold {fold}"), "predicted.json");
        Ok(Predicted::read(at.parent().ok_or("a folder")?)?)
    };
    let runs = [of_run(1)?, of_run(2)?, of_run(3)?];
    let at = bench.stored(&summary, Kind::Ensemble, "ensemble m", "group-1_predicted.json");
    let together = Predicted::read_part(at.parent().ok_or("a folder")?, "group-1_")?;
    for (row, who) in together.rows.iter().enumerate() {
        let of = |run: &Predicted| {
            let at = run.rows.iter().position(|other| other.key == who.key)?;
            run.nodes[0].row(at).map(|values| f64::from(values[0]))
        };
        let years: Option<Vec<f64>> = runs.iter().map(of).collect();
        let expected = years.ok_or("everybody is predicted")?.iter().sum::<f64>() / 3.0;
        assert_close(f64::from(together.nodes[0].row(row).ok_or("predicted")?[0]), expected, 1e-5);
    }
    Ok(())
}

#[test]
fn whoever_has_no_logarithm_is_named() -> Outcome {
    let bench = Bench::new()?;
    let table = std::fs::read_to_string(bench.path().join("people.csv"))?;
    let wrong = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells[5] = match cells[0] {
            "p003" => "0",
            "p017" => "-4",
            _ => cells[5],
        };
        cells.join(",")
    };
    std::fs::write(bench.path().join("people.csv"), table.lines().map(wrong).collect::<Vec<_>>().join("\n"))?;
    let told = bench.run(&experiment(&bench, NETWORK)?).err().map(|e| e.to_string()).unwrap_or_default();
    assert!(
        told.contains("p003") && told.contains("p017") && told.contains("a logarithm needs numbers above 0"),
        "{told}"
    );
    Ok(())
}
