//! Searches in a plan: what is tried in each fold, what goes on, what is found again.

use super::analyses::{Tables, experiment};
use super::{Bench, Kind, Outcome, Watcher, ran};
use crate::compile::{TrialSettings, compile, programs_with};
use crate::plan::{self, Planned, RunOptions, RunSummary, TrialPrograms, plan, run};
use crate::program::{Experiment, Program};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;

const FILE: &str = r#"
param rate: real = 1e-2
param width: int = 4
param deep: bool = false
cohort people = table("people.csv") { subject id }
modality side: vector[3] = people.columns([a, b, c] |> standardize)
target age: real = people.column("age")
model years(side) -> age {
  output code = side |> Linear(4) |> relu
  let inner = if deep { code |> Linear(width) |> relu |> Linear(width) |> relu } else { code |> Linear(width) }
  inner |> Linear(1)
}
train years {
  minimize mse(years, age)
  optimizer Adam(lr: rate)
  epochs 6
  batch 16
  keep best mae on validation
}
protocol cv = kfold(3, validation: 0.3, seed: 1)
score years: mae, r2
analysis by_code = correlation(years.code, people.age)
"#;

const RANDOM: &str =
    "search settings: rate in log(1e-3..1e-1), width in [2, 4, 8], deep { choose mae of years, trials 4 }\n";

/// A file that is compiled again with the settings of its trials.
struct Text<'a> {
    bench: &'a Bench,
    text: &'a str,
}

impl TrialPrograms for Text<'_> {
    fn programs(&self, variant: &str, settings: &[TrialSettings]) -> Vec<Result<Program, String>> {
        let world = Tables(self.bench.path().to_owned());
        programs_with(("test.fx", self.text), &[], variant, settings, &world)
    }
}

fn with_search(search: &str) -> String {
    format!("{FILE}{search}")
}

fn searched(bench: &Bench, text: &str, watcher: &Watcher) -> Result<RunSummary, Box<dyn std::error::Error>> {
    let trials = Text { bench, text };
    let options = RunOptions { trials: &trials, ..bench.options(watcher) };
    Ok(run(&experiment(bench, text)?, &options)?)
}

/// The lines of `search.tsv`, each by the names of its columns.
fn trials(bench: &Bench) -> std::io::Result<Vec<BTreeMap<String, String>>> {
    let text = std::fs::read_to_string(bench.out().join("test/search.tsv"))?;
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let names = lines.next().unwrap_or_default();
    Ok(lines.map(|line| names.iter().cloned().zip(line).collect()).collect())
}

fn number(trial: &BTreeMap<String, String>, column: &str) -> Option<f64> {
    trial.get(column)?.parse().ok()
}

/// The file without its search, with settings that `--set` has set.
fn fixed(bench: &Bench, text: &str, settings: &str) -> Result<Experiment, Box<dyn std::error::Error>> {
    let settings = settings.split(',').filter_map(|setting| setting.split_once('='));
    let settings: Vec<(String, String)> = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    compile("test.fx", text, &settings, &Tables(bench.path().to_owned())).experiment.ok_or_else(|| "no program".into())
}

#[test]
fn each_fold_goes_on_with_the_best_of_its_trials() -> Outcome {
    let bench = Bench::new()?;
    let text = with_search(RANDOM);
    let summary = searched(&bench, &text, &Watcher::default())?;
    assert_eq!(ran(&summary, &[Kind::Train]).len(), 4 * 3, "what is chosen is trained already");
    assert_eq!(ran(&summary, &[Kind::Judge]).len(), 4 * 3);
    let trials = trials(&bench)?;
    assert_eq!(trials.len(), 4 * 3);
    for fold in 0..3 {
        let of_fold: Vec<_> = trials.iter().filter(|t| t["fold"] == format!("fold {}", fold + 1)).collect();
        let values: Vec<f64> = of_fold.iter().filter_map(|trial| number(trial, "value")).collect();
        let best = (0..4).min_by(|a, b| values[*a].total_cmp(&values[*b])).unwrap_or(0);
        let chosen: Vec<usize> = (0..4).filter(|at| of_fold[*at]["chosen"] == "true").collect();
        assert_eq!(chosen, [best], "{values:?}");
        // The same settings by hand: the same score on those who validate, and on those who test.
        let asked = format!("{FILE}score years on validation: mae\n");
        let by_hand = Bench::new()?;
        let alone = by_hand.run(&fixed(&by_hand, &asked, &of_fold[best]["settings"])?)?;
        let scores = &alone.variants[0].scores;
        assert_eq!(scores[1].lines[0].runs[fold].value, Some(values[best]), "on validation");
        let ours = &summary.variants[0].scores[0];
        assert_eq!(scores[0].lines[0].runs[fold].value, ours.lines[0].runs[fold].value, "on test");
    }
    Ok(())
}

#[test]
fn a_second_run_tries_nothing_and_more_trials_add_theirs_alone() -> Outcome {
    let bench = Bench::new()?;
    let first = searched(&bench, &with_search(RANDOM), &Watcher::default())?;
    let again = searched(&bench, &with_search(RANDOM), &Watcher::default())?;
    assert!(again.tasks.iter().all(|task| !task.ran), "{:?}", ran(&again, &[Kind::Train, Kind::Judge]));
    assert_eq!(first.variants[0].scores, again.variants[0].scores);
    let more = with_search(&RANDOM.replace("trials 4", "trials 6"));
    let more = searched(&bench, &more, &Watcher::default())?;
    assert_eq!(ran(&more, &[Kind::Train]).len(), 2 * 3, "{:?}", ran(&more, &[Kind::Train]));
    Ok(())
}

#[test]
fn a_plan_ends_at_the_trials_until_they_are_judged() -> Outcome {
    let bench = Bench::new()?;
    let text = with_search(RANDOM);
    let trials = Text { bench: &bench, text: &text };
    let watcher = Watcher::default();
    let options = RunOptions { trials: &trials, ..bench.options(&watcher) };
    let experiment = experiment(&bench, &text)?;
    let Planned { tasks, is_whole, .. } = plan(&experiment, &options)?;
    assert!(!is_whole && tasks.iter().all(|task| task.kind != Kind::Predict));
    assert_eq!(tasks.iter().filter(|task| task.kind == Kind::Train).count(), 4 * 3);
    run(&experiment, &options)?;
    let Planned { tasks, is_whole, .. } = plan(&experiment, &options)?;
    assert!(is_whole && tasks.iter().all(|task| task.cached));
    Ok(())
}

#[test]
fn a_search_that_was_interrupted_ends_with_the_same_trials() -> Outcome {
    let search = "search settings: rate in log(1e-3..1e-1), width in 2..=8 {\n  choose mae of years\n  trials 7\n  \
                  sampler tpe(startup: 3)\n  prune median(startup: 2, warmup: 1)\n}\n";
    let text = with_search(search);
    let whole = Bench::new()?;
    let expected = searched(&whole, &text, &Watcher::default())?;
    let bench = Bench::new()?;
    for batches in [9, 20, 31] {
        let watcher = Watcher { seen: AtomicUsize::new(0), ..Watcher::interrupting_after(batches) };
        let stopped = searched(&bench, &text, &watcher)?;
        assert!(matches!(stopped.outcome, plan::Outcome::Interrupted { .. }));
    }
    let finished = searched(&bench, &text, &Watcher::default())?;
    assert_eq!(trials(&bench)?, trials(&whole)?);
    assert_eq!(finished.variants[0].scores, expected.variants[0].scores);
    Ok(())
}

#[test]
fn a_trial_behind_the_median_is_given_up_and_never_chosen() -> Outcome {
    let bench = Bench::new()?;
    let search =
        "search settings: rate in log(1e-4..1e-1) { choose mae of years, trials 12, prune median(startup: 3) }\n";
    searched(&bench, &with_search(search), &Watcher::default())?;
    let trials = trials(&bench)?;
    let given_up: Vec<_> = trials.iter().filter(|trial| number(trial, "given_up").is_some()).collect();
    assert!(given_up.len() >= 6, "{} of {} are given up", given_up.len(), trials.len());
    assert!(given_up.iter().all(|trial| trial["chosen"] == "false" && trial["value"] == "n/a"), "{given_up:?}");
    // The first three of a fold have nothing to be behind of.
    assert!(given_up.iter().all(|trial| number(trial, "trial").is_some_and(|number| number > 3.0)));
    let store = bench.out().join("store/train");
    let mut epochs = Vec::new();
    for folder in std::fs::read_dir(store)? {
        let history: serde_json::Value = serde_json::from_slice(&std::fs::read(folder?.path().join("history.json"))?)?;
        let ended = history["epochs"].as_array().map_or(0, Vec::len);
        let expected = if history["given_up"] == true { 1..=6 } else { 6..=6 };
        assert!(expected.contains(&ended), "{ended} epochs: {history}");
        epochs.push(ended);
    }
    assert!(epochs.iter().sum::<usize>() < 6 * epochs.len(), "pruning saves epochs");
    Ok(())
}

#[test]
fn other_repeats_are_trained_with_what_the_first_has_found() -> Outcome {
    let bench = Bench::new()?;
    let text = with_search(RANDOM).replace("seed: 1)", "seed: 1, repeats: 2)");
    let summary = searched(&bench, &text, &Watcher::default())?;
    assert_eq!(ran(&summary, &[Kind::Judge]).len(), 4 * 3);
    assert_eq!(ran(&summary, &[Kind::Train]).len(), 4 * 3 + 3);
    assert_eq!(summary.variants[0].scores[0].lines[0].runs.len(), 6);
    Ok(())
}

#[test]
fn each_variant_of_a_sweep_searches_and_what_it_sets_is_not_looked_for() -> Outcome {
    let bench = Bench::new()?;
    let text = with_search(&format!("{RANDOM}sweep depths: deep {{ compare mae }}\n"));
    searched(&bench, &text, &Watcher::default())?;
    let trials = trials(&bench)?;
    assert_eq!(trials.len(), 2 * 4 * 3);
    assert!(trials.iter().all(|trial| !trial["settings"].contains("deep")), "{trials:?}");
    let variants: std::collections::BTreeSet<&str> = trials.iter().map(|trial| trial["variant"].as_str()).collect();
    assert_eq!(variants.into_iter().collect::<Vec<_>>(), ["deep=false", "deep=true"]);
    Ok(())
}

#[test]
fn a_baseline_and_a_model_search_each_its_own() -> Outcome {
    let bench = Bench::new()?;
    let search = format!(
        "param strength: real = 1\nbaseline linear(side) -> age = ridge(strength)\nscore linear: mae\n{RANDOM}\
         search penalty: strength in log(1e-3..1e5) {{ choose r2 of linear, trials 5 }}\n"
    );
    let summary = searched(&bench, &with_search(&search), &Watcher::default())?;
    assert_eq!(ran(&summary, &[Kind::Train]).len(), 4 * 3, "a penalty trains no network");
    assert_eq!(ran(&summary, &[Kind::Baseline]).len(), 5 * 3, "a rate fits no baseline");
    let trials = trials(&bench)?;
    for fold in ["fold 1", "fold 2", "fold 3"] {
        let of_search = |t: &&BTreeMap<String, String>| t["search"] == "penalty" && t["fold"] == fold;
        let of_fold: Vec<_> = trials.iter().filter(of_search).collect();
        let most = of_fold.iter().filter_map(|t| number(t, "value")).fold(f64::NEG_INFINITY, f64::max);
        let chosen = of_fold.iter().find(|t| t["chosen"] == "true").and_then(|t| number(t, "value"));
        assert_eq!(chosen, Some(most), "of r2 more is better");
    }
    Ok(())
}

#[test]
fn a_model_with_one_network_in_all_folds_is_packed_and_another_is_refused() -> Outcome {
    let bench = Bench::new()?;
    let of_rate = "search settings: rate in log(1e-3..1e-1) { choose mae of years, trials 3 }\n";
    searched(&bench, &with_search(of_rate), &Watcher::default())?;
    let packed = plan::pack(&bench.out().join("test"), &plan::PackOptions::default())?;
    assert_eq!(packed.model.runs.len(), 3);
    let of_width = "search settings: width in [3, 5] { choose mae of years, trials 2 }\n";
    searched(&bench, &with_search(of_width), &Watcher::default())?;
    let refused = plan::pack(&bench.out().join("test"), &plan::PackOptions::default());
    let error = refused.map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("not one network") && error.contains("--set"), "{error}");
    Ok(())
}

#[test]
fn a_finite_space_has_no_more_trials_than_points() -> Outcome {
    let bench = Bench::new()?;
    let search = "search settings: width in [2, 4], deep { choose mae of years, trials 30 }\n";
    searched(&bench, &with_search(search), &Watcher::default())?;
    let trials = trials(&bench)?;
    assert_eq!(trials.len(), 4 * 3);
    Ok(())
}

#[test]
fn a_trial_that_cannot_be_compiled_says_with_which_settings() -> Outcome {
    let bench = Bench::new()?;
    let text = with_search(RANDOM);
    let refused = run(&experiment(&bench, &text)?, &bench.options(&Watcher::default()));
    let error = refused.map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("rate=") && error.contains("width="), "{error}");
    Ok(())
}
