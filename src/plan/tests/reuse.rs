//! What runs again, and what does not.

use super::programs::{classifier, one_variant, sweep, two_stages};
use super::{Bench, Kind, Outcome, Watcher, ran};
use crate::plan::{PlanError, plan, run};
use crate::program::{CohortSource, Metric, Subset};

pub(super) const WORK: [Kind; 9] = [
    Kind::Index,
    Kind::Split,
    Kind::Fit,
    Kind::Train,
    Kind::Predict,
    Kind::Ensemble,
    Kind::Score,
    Kind::Analyse,
    Kind::Compare,
];

#[test]
fn a_second_run_reuses_everything_and_finds_the_same() -> Outcome {
    let bench = Bench::new()?;
    let experiment = one_variant(classifier(4));
    let first = bench.run(&experiment)?;
    assert_eq!(ran(&first, &WORK).len(), first.tasks.len());
    let second = bench.run(&experiment)?;
    assert_eq!(ran(&second, &WORK), Vec::<String>::new());
    assert_eq!(first.variants[0].scores, second.variants[0].scores);
    Ok(())
}

#[test]
fn another_metric_trains_nothing_and_predicts_nothing() -> Outcome {
    let bench = Bench::new()?;
    let mut experiment = one_variant(classifier(4));
    bench.run(&experiment)?;
    experiment.variants[0].scores[0].metrics.push(Metric::Accuracy);
    let again = bench.run(&experiment)?;
    assert_eq!(ran(&again, &WORK), ["score dx"]);
    Ok(())
}

#[test]
fn another_variant_runs_by_itself() -> Outcome {
    let bench = Bench::new()?;
    bench.run(&sweep(&[2, 4]))?;
    let again = bench.run(&sweep(&[2, 4, 8]))?;
    let trained = ran(&again, &[Kind::Train]);
    assert_eq!(trained, ["train dx, width=8, fold 1, seed 1", "train dx, width=8, fold 2, seed 1"]);
    assert_eq!(ran(&again, &[Kind::Index, Kind::Split, Kind::Fit]), Vec::<String>::new());
    assert_eq!(ran(&again, &[Kind::Compare]), ["compare widths"]);
    Ok(())
}

#[test]
fn another_seed_runs_by_itself() -> Outcome {
    let bench = Bench::new()?;
    let mut experiment = one_variant(classifier(4));
    bench.run(&experiment)?;
    experiment.variants[0].protocol.seeds.push(2);
    let again = bench.run(&experiment)?;
    assert!(ran(&again, &[Kind::Split, Kind::Fit, Kind::Train]).iter().all(|name| name.contains("seed 2")));
    assert_eq!(ran(&again, &[Kind::Train]).len(), 2);
    Ok(())
}

#[test]
fn a_stage_that_a_variant_does_not_touch_is_shared() -> Outcome {
    let bench = Bench::new()?;
    let mut experiment = one_variant(two_stages());
    let mut other = two_stages();
    other.variant = "epochs=8".into();
    other.stages[1].epochs = 8;
    experiment.variants.push(other);
    let first = bench.run(&experiment)?;
    let trained = ran(&first, &[Kind::Train]);
    assert_eq!(trained.iter().filter(|name| name.starts_with("train auto")).count(), 2, "{trained:?}");
    assert_eq!(trained.iter().filter(|name| name.starts_with("train age")).count(), 4, "{trained:?}");
    Ok(())
}

#[test]
fn a_changed_table_and_a_changed_setting_are_told_apart_by_the_plan() -> Outcome {
    let bench = Bench::new()?;
    let mut experiment = one_variant(classifier(4));
    let watcher = Watcher::default();
    let why = |experiment: &_| -> Result<String, PlanError> {
        let tasks = plan(experiment, &bench.options(&watcher))?;
        let train = tasks.tasks.into_iter().find(|t| t.kind == Kind::Train);
        Ok(train.and_then(|t| t.why).unwrap_or_default())
    };
    assert_eq!(why(&experiment)?, "never run");
    bench.run(&experiment)?;
    assert!(plan(&experiment, &bench.options(&watcher))?.tasks.iter().all(|task| task.cached));
    experiment.variants[0].stages[0].epochs = 7;
    assert_eq!(why(&experiment)?, "changed: settings of the stage");
    experiment.variants[0].stages[0].epochs = 6;
    let table = bench.path().join("people.csv");
    let text = std::fs::read_to_string(&table)?.replacen("50.", "51.", 1) + "p999,1,1,1,1,60,HC,healthy,x\n";
    std::fs::write(&table, text)?;
    assert_eq!(why(&experiment)?, "changed: division");
    Ok(())
}

#[test]
fn a_damaged_result_is_computed_again_and_said_to_be() -> Outcome {
    let bench = Bench::new()?;
    let experiment = one_variant(classifier(4));
    let first = bench.run(&experiment)?;
    let weights = bench.stored(&first, Kind::Train, "fold 2", "weights.safetensors");
    let before = std::fs::read(&weights)?;
    // Files of the run's folder are links: the damage must not be written through them.
    std::fs::remove_file(&weights)?;
    std::fs::write(&weights, &before[..before.len() / 2])?;
    let watcher = Watcher::default();
    let again = run(&experiment, &bench.options(&watcher))?;
    assert_eq!(ran(&again, &[Kind::Train, Kind::Predict, Kind::Score]), ["train dx, fold 2, seed 1"]);
    assert!(watcher.told().contains("damaged"), "{}", watcher.told());
    assert_eq!(std::fs::read(&weights)?, before);
    Ok(())
}

#[test]
fn a_cohort_that_is_only_judged_is_added_without_a_training() -> Outcome {
    let bench = Bench::new()?;
    let mut experiment = one_variant(classifier(4));
    experiment.variants[0].stages[0].cohorts = vec!["people".into()];
    let first = bench.run(&experiment)?;
    let text = std::fs::read_to_string(bench.path().join("people.csv"))?;
    // The same names, other people.
    std::fs::write(bench.path().join("clinic.csv"), &text)?;
    let mut clinic = experiment.variants[0].cohorts[0].clone();
    clinic.name = "clinic".into();
    clinic.source = CohortSource::Table { path: "clinic.csv".into() };
    experiment.variants[0].cohorts.insert(0, clinic);
    let second = bench.run(&experiment)?;
    assert_eq!(ran(&second, &WORK), ["index"]);
    assert_eq!(first.variants[0].scores, second.variants[0].scores);
    let mut judged = experiment.variants[0].scores[0].clone();
    judged.on = Subset::All;
    experiment.variants[0].scores.push(judged);
    let third = bench.run(&experiment)?;
    assert_eq!(ran(&third, &[Kind::Split, Kind::Fit, Kind::Train]), Vec::<String>::new());
    assert_eq!(first.variants[0].scores[0], third.variants[0].scores[0]);
    assert_eq!(third.variants[0].scores[1].lines[0].runs[0].rows, 80);
    let table = bench.path().join("clinic.csv");
    std::fs::write(
        &table,
        text.clone() + text.lines().last().unwrap_or_default().replacen('p', "q", 1).as_str() + "\n",
    )?;
    let fourth = bench.run(&experiment)?;
    assert_eq!(ran(&fourth, &[Kind::Split, Kind::Fit, Kind::Train]), Vec::<String>::new());
    assert_eq!(fourth.variants[0].scores[1].lines[0].runs[0].rows, 81);
    Ok(())
}
