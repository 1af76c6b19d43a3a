//! Baselines in a plan: fitted in the folds of the models, judged as they are, on the people whom they may see.

use super::analyses::experiment;
use super::{Bench, Kind, Outcome, ran};
use crate::baselines::{Fitted, Method, Rows, Target};
use crate::plan::predict::Predicted;
use crate::plan::{RunSummary, describe::plan};
use crate::program::Subset;
use std::collections::BTreeMap;

const DATA: &str = r#"
cohort people = table("people.csv") { subject id }
modality side: vector[2] = people.columns([a, b] |> standardize)
modality rest: vector[1]? = people.columns([c] |> standardize)
condition stage: class{x, y, z} = people.column("stage")
target age: real = people.column("age")
target diagnosis: class{HC, AD} = people.column("diagnosis")
group sides = [side, stage]
protocol cv = kfold(4, validation: 0.2, seeds: [1, 2])
"#;

const ALL: &str = r#"
param strength: real = 1.0
baseline ridge(sides) -> age = ridge(strength: strength)
baseline forest(sides) -> age = random_forest(trees: 20)
baseline logit(side) -> diagnosis = logistic()
baseline machine(side) -> diagnosis = svm()
score ridge: mae, r2
score forest: mae
score logit, machine: auc, accuracy
"#;

fn predicted(bench: &Bench, summary: &RunSummary, task: &str) -> super::super::Result<Predicted> {
    let at = bench.stored(summary, Kind::Predict, task, "predicted.json");
    Predicted::read(at.parent().unwrap_or(&at))
}

fn cell(table: &BTreeMap<String, Vec<String>>, who: &str, column: usize) -> f64 {
    table[who][column].parse().expect("a number")
}

/// The bench's people by name.
fn people(bench: &Bench) -> std::io::Result<BTreeMap<String, Vec<String>>> {
    let text = std::fs::read_to_string(bench.path().join("people.csv"))?;
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    Ok(text.lines().skip(1).map(|line| (cells(line)[0].clone(), cells(line))).collect())
}

#[test]
fn a_file_of_baselines_alone_runs_and_is_scored() -> Outcome {
    let bench = Bench::new()?;
    let summary = bench.run(&experiment(&bench, &format!("{DATA}{ALL}"))?)?;
    assert_eq!(ran(&summary, &[Kind::Train]).len(), 0);
    assert_eq!(ran(&summary, &[Kind::Baseline]).len(), 4 * 8, "each method in each fold of each seed");
    let scores = &summary.variants[0].scores;
    let mean = |score: usize, line: usize| scores[score].lines[line].mean.expect("scored");
    // `age` is 50 + 10 a + 3 sin: what is left is the sine.
    assert!(mean(0, 0) < 3.0 && mean(0, 1) > 0.8, "{:?}", scores[0].lines);
    assert!(mean(1, 0) < 5.0, "{:?}", scores[1].lines);
    assert!(mean(2, 0) > 0.8 && mean(3, 0) > 0.8, "{:?} {:?}", scores[2].lines, scores[3].lines);
    let folder = summary.folder.ok_or("no folder")?;
    let text = std::fs::read_to_string(folder.join("variant-base/seed-1/fold-1/predictions.tsv"))?;
    assert!(text.contains("\ttest\tlogit\tprobability of AD\t"), "{text}");
    assert!(text.contains("\ttest\tmachine\tdecision for AD\t") && !text.contains("machine\tprobability"), "{text}");
    assert!(folder.join("variant-base/seed-2/fold-4/forest_baseline.json").is_file());
    Ok(())
}

/// The numbers are those of the method on the training people of the fold, standardised by them; validation subjects have no say.
#[test]
fn a_baseline_is_fitted_on_the_training_people_of_its_fold() -> Outcome {
    let bench = Bench::new()?;
    let text = format!(
        "{DATA}baseline ridge(side) -> age = ridge(strength: 2)\nscore ridge: mae\nscore ridge on training: mae\n"
    );
    let summary = bench.run(&experiment(&bench, &text)?)?;
    let people = people(&bench)?;
    let found = predicted(&bench, &summary, "predict ridge, fold 2, seed 1")?;
    let of = |set: Subset| found.rows.iter().filter(move |row| row.set == set).map(|row| row.key.as_str());
    let training: Vec<&str> = of(Subset::Training).collect();
    assert_eq!(training.len(), 48, "of 60 who do not test a fifth validates");
    let scale = |column: usize| {
        let values: Vec<f64> = training.iter().map(|who| cell(&people, who, column)).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (mean, (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt())
    };
    let scales = [scale(1), scale(2)];
    let rows = |who: &[&str]| {
        let row = |who: &&str| [1, 2].map(|c| (cell(&people, who, c) - scales[c - 1].0) / scales[c - 1].1);
        Rows::new(2, who.iter().flat_map(row).collect())
    };
    let target = Target::Numbers(training.iter().map(|who| cell(&people, who, 5)).collect());
    let fitted = Method::Ridge { strength: 2.0 }.fit(&rows(&training)?, &target, 0)?.fitted;
    let tested: Vec<&str> = of(Subset::Test).collect();
    let expected = fitted.predict(&rows(&tested)?)?.values;
    for (who, expected) in tested.iter().zip(expected) {
        let at = found.rows.iter().position(|row| row.key == *who && row.set == Subset::Test).ok_or("tested")?;
        let value = found.nodes[0].row(at).ok_or("predicted")?[0];
        assert!((f64::from(value) - expected).abs() < 1e-4, "{who}: {value}, expected {expected}");
    }
    Ok(())
}

#[test]
fn whoever_lacks_an_input_is_neither_fitted_on_nor_predicted() -> Outcome {
    let bench = Bench::new()?;
    let path = bench.path().join("people.csv");
    let lines: Vec<String> = std::fs::read_to_string(&path)?
        .lines()
        .enumerate()
        .map(|(at, line)| {
            let mut cells: Vec<&str> = line.split(',').collect();
            if at > 0 && at % 5 == 0 {
                cells[3] = "n/a";
            }
            cells.join(",")
        })
        .collect();
    std::fs::write(&path, lines.join("\n"))?;
    let text =
        format!("{DATA}baseline near(side, rest) -> age = nearest(3)\nscore near: mae\nscore near on training: mae\n");
    let summary = bench.run(&experiment(&bench, &text)?)?;
    let found = predicted(&bench, &summary, "predict near, fold 1, seed 1")?;
    let has = |key: &str| key.trim_start_matches('p').parse::<usize>().is_ok_and(|n| (n + 1) % 5 != 0);
    assert!(found.rows.iter().any(|row| !has(&row.key)), "those without it are among the rows");
    for (at, row) in found.rows.iter().enumerate() {
        assert_eq!(found.nodes[0].row(at).is_some(), has(&row.key), "{}", row.key);
    }
    let known: Fitted = serde_json::from_slice(&std::fs::read(bench.stored(
        &summary,
        Kind::Baseline,
        "fold 1, seed 1",
        "baseline.json",
    ))?)?;
    let Fitted::Neighbours(known) = known else { return Err("other than neighbours".into()) };
    let trains = found.rows.iter().filter(|row| row.set == Subset::Training && has(&row.key)).count();
    assert_eq!(known.targets.len(), trains);
    Ok(())
}

#[test]
fn what_changes_is_fitted_again_and_nothing_else() -> Outcome {
    let bench = Bench::new()?;
    let text = format!("{DATA}{ALL}");
    bench.run(&experiment(&bench, &text)?)?;
    let again = bench.run(&experiment(&bench, &text)?)?;
    assert_eq!(ran(&again, &[Kind::Baseline, Kind::Predict, Kind::Score]), Vec::<String>::new());
    let other = bench.run(&experiment(&bench, &text.replace("real = 1.0", "real = 3.0"))?)?;
    let fitted = ran(&other, &[Kind::Baseline]);
    assert!(fitted.len() == 8 && fitted.iter().all(|name| name.starts_with("baseline ridge")), "{fitted:?}");
    // In a sweep the others are one task for all variants.
    let swept =
        experiment(&bench, &format!("{text}sweep penalties: strength in [1.0, 3.0, 9.0] {{ compare mae, auc }}\n"))?;
    let summary = bench.run(&swept)?;
    let fitted = ran(&summary, &[Kind::Baseline]);
    assert!(fitted.len() == 8 && fitted.iter().all(|name| name.contains("strength=9")), "{fitted:?}");
    let tasks = plan(&swept, &bench.options(&super::Watcher::default()))?;
    assert!(tasks.tasks.iter().all(|task| task.cached));
    Ok(())
}

/// A baseline beside a model: on the cohort that trains it, with the model's results untouched.
#[test]
fn a_baseline_stands_beside_a_model_and_changes_nothing_of_it() -> Outcome {
    let bench = Bench::new()?;
    std::fs::copy(bench.path().join("people.csv"), bench.path().join("others.csv"))?;
    let text = format!(
        "{DATA}cohort others = table(\"others.csv\") {{ subject id, keep group == patient }}\n\
         model m(sides) -> age {{ concat(side, stage |> one_hot) |> Linear(1) }}\n\
         train m on people {{ minimize mse(m, age), epochs 2 }}\nscore m: mae\n"
    );
    let text = text.replace(
        "cohort people = table(\"people.csv\") { subject id }",
        "cohort people = table(\"people.csv\") { subject id, keep group == healthy }",
    );
    let alone = bench.run(&experiment(&bench, &text)?)?;
    let both = bench.run(&experiment(
        &bench,
        &format!("{text}baseline tree(sides) -> age = decision_tree(leaf: 5)\nscore tree: mae\n"),
    )?)?;
    assert_eq!(ran(&both, &[Kind::Index, Kind::Split, Kind::Fit, Kind::Train]), Vec::<String>::new());
    assert_eq!(alone.variants[0].scores[0], both.variants[0].scores[0]);
    let rows =
        |score: usize| both.variants[0].scores[score].lines[0].runs.iter().map(|run| run.rows).collect::<Vec<_>>();
    assert_eq!(rows(0), rows(1), "judged on the same people");
    Ok(())
}
