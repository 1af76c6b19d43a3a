//! What a run finds and writes.

use super::programs::{classifier, folds, images, normative, one_variant, sweep, two_stages};
use super::{Bench, Outcome, Watcher};
use crate::plan::{Field, PlanError, RunSummary, run};
use crate::program::{Metric, Protocol, ProtocolKind};
use std::path::Path;
use std::sync::Arc;

fn mean(summary: &RunSummary, metric: Metric) -> Option<f64> {
    summary.variants[0].scores[0].lines.iter().find(|line| line.metric == metric)?.mean
}

fn read(path: &Path) -> Result<String, Box<dyn std::error::Error>> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()).into())
}

#[test]
fn a_classifier_learns_and_its_folder_holds_everything() -> Outcome {
    let bench = Bench::new()?;
    let mut program = classifier(8);
    program.stages[0].epochs = 30;
    program.protocol.repeats = 2;
    let summary = bench.run(&one_variant(program))?;
    let auc = mean(&summary, Metric::Auc).ok_or("no auc")?;
    assert!(auc > 0.8, "auc {auc}");
    let line = &summary.variants[0].scores[0].lines[1];
    assert_eq!(line.runs.len(), 4);
    for line in &summary.variants[0].scores[0].lines {
        assert!(line.low < line.mean && line.mean < line.high, "the interval is one of the mean: {line:?}");
    }
    let counts: u64 = summary.variants[0].scores[0].confusions[0].counts.iter().flatten().sum();
    assert_eq!(counts, 160, "80 people, each tested in one fold of two repeats");
    let folder = summary.folder.clone().ok_or("no folder")?;
    for name in [
        "dataset_description.json",
        "README",
        ".bidsignore",
        "test.fx",
        "params.json",
        "provenance.json",
        "files.json",
        "report.html",
        "scores.tsv",
        "scores_summary.tsv",
        "flow.json",
        "flow.tsv",
        "split.tsv",
        "variant-width=8/seed-1/fold-1/repeat-2/scores.tsv",
        "variant-width=8/seed-1/fold-2/repeat-1/predictions.tsv",
        "variant-width=8/seed-1/fold-1/repeat-1/weights.safetensors",
        "variant-width=8/seed-1/fold-1/repeat-1/events.out.tfevents.fascicle",
    ] {
        assert!(folder.join(name).is_file(), "{name}");
    }
    let predictions = read(&folder.join("variant-width=8/seed-1/fold-2/repeat-1/predictions.tsv"))?;
    assert!(predictions.contains("\tdx\tprobability of AD\tAD\t0."), "{predictions}");
    assert_eq!(read(&folder.join("split.tsv"))?.lines().count(), 161);
    assert!(read(&folder.join("report.html"))?.contains("Area under the ROC curve (auc)"));
    for (table, line) in [
        ("scores.tsv", "dx on test\tauc\tn/a\tn/a\t1, repeat 2\t"),
        ("scores_summary.tsv", "dx on test\tauc\t"),
        ("variant-width=8/seed-1/fold-1/repeat-2/scores.tsv", "dx\ttest\tauc\t"),
    ] {
        assert!(read(&folder.join(table))?.contains(line), "{table}");
    }
    assert!(summary.to_string().contains("balanced_accuracy"), "{summary}");
    assert!(serde_json::to_string(&summary)?.contains("\"outcome\":\"finished\""));
    Ok(())
}

#[test]
fn a_second_stage_starts_from_the_first_and_leaves_what_is_frozen() -> Outcome {
    let bench = Bench::new()?;
    let summary = bench.run(&one_variant(two_stages()))?;
    let weights = |stage: &str| {
        let path = bench.stored(&summary, super::Kind::Train, &format!("train {stage}, fold 1"), "weights.safetensors");
        super::super::weights::read_weights(&path)
    };
    let (auto, age) = (weights("auto")?, weights("age")?);
    assert_eq!(auto["auto.Linear.weight"], age["auto.Linear.weight"]);
    assert!(!age.contains_key("auto.Linear_2.weight") && age.contains_key("age.Linear.weight"));
    assert_eq!(summary.variants[0].scores[0].scatters[0].points.len(), 80);
    Ok(())
}

#[test]
fn a_sweep_compares_its_variants_with_the_best() -> Outcome {
    let bench = Bench::new()?;
    let mut experiment = sweep(&[1, 8]);
    for program in &mut experiment.variants {
        program.protocol.seeds = vec![1, 2];
        program.stages[0].epochs = 15;
    }
    let summary = bench.run(&experiment)?;
    let auc = &summary.comparisons[0].items[0];
    let best = auc.reference.ok_or("no best")?;
    assert!(auc.values.iter().all(|v| v.mean <= auc.values[best].mean));
    let contrast = &auc.contrasts[0];
    let (low, high) = (contrast.low.ok_or("no interval")?, contrast.high.ok_or("no interval")?);
    assert!(low < high && contrast.p.is_some() && contrast.p == contrast.p_corrected, "{contrast:?}");
    assert!(contrast.difference.is_some_and(|d| d <= 0.0));
    let table = read(&summary.folder.clone().ok_or("no folder")?.join("comparison.tsv"))?;
    assert_eq!(table.lines().count(), 5, "{table}");
    assert!(summary.to_string().contains("reference"), "{summary}");
    Ok(())
}

#[test]
fn patients_deviate_from_healthy_people_who_trained_nothing() -> Outcome {
    let bench = Bench::new()?;
    for protocol in [
        folds(2, 0),
        Protocol { seeds: vec![3], ..Protocol::new(ProtocolKind::Holdout { train: 0.6, validation: 0.1, test: 0.3 }) },
    ] {
        let summary = bench.run(&one_variant(normative(protocol)))?;
        let numbers = &summary.variants[0].analyses;
        assert!(numbers.contains_key("by_region.significant") && numbers.contains_key("with_age.r"), "{numbers:?}");
        let at = bench.stored(&summary, super::Kind::Analyse, "deviation", "analysis.json");
        let deviation: super::super::AnalysisResult = serde_json::from_str(&read(&at)?)?;
        let Some(Field::Subjects(z)) = deviation.fields.get("z") else { return Err("no z".into()) };
        assert_eq!((z.names.as_slice(), z.subjects.len()), (["a", "b", "c", "d"].map(str::to_owned).as_slice(), 20));
        assert!(z.subjects.iter().all(|s| s.starts_with("patients:")));
        let [(reference, norm), (cases, means)] = deviation.groups.as_slice() else { return Err("two groups".into()) };
        assert_eq!((reference.as_str(), cases.as_str(), means.len()), ("healthy.test", "patients", 20));
        // The mean |z| of the reference is near that of a normal distribution.
        let typical = norm.iter().sum::<f64>() / norm.len() as f64;
        assert!((0.6..1.0).contains(&typical), "{typical}");
        let folder = summary.folder.clone().ok_or("no folder")?;
        assert_eq!(read(&folder.join("analysis-deviation.tsv"))?.lines().count(), 21);
        assert_eq!(read(&folder.join("analysis-by_region.tsv"))?.lines().count(), 5);
        assert_eq!(summary.report.deviations[0].regions.len(), 4);
    }
    Ok(())
}

#[test]
fn people_who_trained_under_another_name_are_no_cases() -> Outcome {
    let bench = Bench::new()?;
    let mut program = normative(folds(2, 0));
    program.cohorts[1].keep.clear();
    let watcher = Watcher::default();
    let summary = run(&one_variant(program), &bench.options(&watcher))?;
    let at = bench.stored(&summary, super::Kind::Analyse, "deviation", "analysis.json");
    let deviation: super::super::AnalysisResult = serde_json::from_str(&read(&at)?)?;
    // All 80 are there, each judged by the models that did not see them.
    assert_eq!(deviation.groups[1].1.len(), 80);
    assert!(watcher.told().contains("trained the model as people of healthy"), "{}", watcher.told());
    Ok(())
}

#[test]
fn reconstructed_scans_are_scored_shown_and_written_as_maps() -> Outcome {
    let bench = Bench::new()?;
    let summary = bench.run(&one_variant(images()))?;
    for line in &summary.variants[0].scores[0].lines {
        assert!(line.mean.is_some_and(f64::is_finite) && line.low <= line.mean && line.mean <= line.high, "{line:?}");
    }
    assert_eq!(summary.report.pictures[0].pictures.len(), 2);
    assert_eq!(summary.report.pictures[0].pictures[0].planes.len(), 3);
    let maps = summary.folder.clone().ok_or("no folder")?.join("variant-base/seed-1/fold-1/maps");
    let names: Vec<_> = std::fs::read_dir(&maps)?.filter_map(|e| e.ok().map(|e| e.path())).collect();
    let judged = &summary.variants[0].scores[0].lines[0].runs[0];
    assert_eq!(names.len(), judged.rows, "everybody who is judged: {names:?}");
    let volume = crate::data::volume::Volume::read(&names[0])?;
    assert_eq!(volume.shape(), [16, 18, 16]);
    Ok(())
}

#[test]
fn a_held_out_fold_is_as_large_as_the_others() -> Outcome {
    let bench = Bench::new()?;
    let mut program = classifier(2);
    program.protocol = folds(3, usize::MAX);
    program.scores[0].on = crate::program::Subset::Holdout;
    let summary = bench.run(&one_variant(program))?;
    assert_eq!(summary.variants[0].scores[0].lines[0].runs.iter().map(|r| r.rows).collect::<Vec<_>>(), [20, 20, 20]);
    Ok(())
}

#[test]
fn a_class_that_nobody_in_training_has_is_an_error_that_says_so() -> Outcome {
    let bench = Bench::new()?;
    let mut program = classifier(2);
    program.inputs[1].levels.push("MCI".into());
    program.graph.inputs[1].ty.kind = crate::graph::Kind::Class(["HC", "AD", "MCI"].map(str::to_owned).to_vec());
    let Err(error @ PlanError::Failed(_)) = bench.run(&one_variant(program)) else {
        return Err("not refused".into());
    };
    if let PlanError::Failed(failures) = &error {
        assert!(failures.failed.iter().all(|(_, error)| matches!(error, PlanError::Task { .. })), "{error}");
        assert!(failures.not_reached.iter().any(|name| name.starts_with("score ")), "{:?}", failures.not_reached);
    }
    assert!(error.to_string().contains("`diagnosis` = MCI"), "{error}");
    Ok(())
}

#[test]
fn an_area_under_the_curve_of_one_class_is_missing_with_its_reason() -> Outcome {
    let bench = Bench::new()?;
    // Few are AD, so that the two who are held out are HC.
    let rare = |(i, line): (usize, &str)| if i > 16 { line.replace(",AD,", ",HC,") } else { line.to_owned() };
    let text: Vec<String> = read(&bench.path().join("people.csv"))?.lines().enumerate().map(rare).collect();
    std::fs::write(bench.path().join("people.csv"), text.join("\n"))?;
    let mut program = classifier(2);
    program.protocol = folds(2, 2);
    program.protocol.stratify.clear();
    program.scores[0].on = crate::program::Subset::Holdout;
    let watcher = Watcher::default();
    let summary = run(&one_variant(program), &bench.options(&watcher))?;
    let [accuracy, auc, ..] = summary.variants[0].scores[0].lines.as_slice() else { return Err("two lines".into()) };
    assert!(auc.mean.is_none() && auc.runs.iter().all(|r| r.value.is_none() && r.reason.is_some()), "{auc:?}");
    assert!(accuracy.mean.is_some());
    assert!(watcher.told().contains("auc of dx is missing in fold 1, seed 1"), "{}", watcher.told());
    let table = read(&summary.folder.ok_or("no folder")?.join("scores.tsv"))?;
    assert!(table.contains("n/a"), "{table}");
    Ok(())
}

#[test]
fn who_has_none_of_several_optional_inputs_is_left_out() -> Outcome {
    let bench = Bench::new()?;
    let mut program = normative(folds(2, 0));
    program.inputs[0].optional = true;
    let optional = std::collections::BTreeSet::from([crate::graph::InputId(0)]);
    program.graph.inputs[0].ty.presence.clone_from(&optional);
    for node in program.graph.nodes.iter_mut().filter(|node| node.ty.batched) {
        Arc::make_mut(node).ty.presence.clone_from(&optional);
    }
    program.at_least_one = vec![vec![crate::graph::InputId(0)]];
    let table = read(&bench.path().join("people.csv"))?.replacen("p000,", "p000,n/a,", 1);
    let fixed: Vec<String> =
        table.lines().map(|l| if l.starts_with("p000") { drop_cell(l, 2) } else { l.to_owned() }).collect();
    std::fs::write(bench.path().join("people.csv"), fixed.join("\n"))?;
    let summary = bench.run(&one_variant(program))?;
    let healthy = &summary.flows[0];
    assert_eq!(
        (healthy.analysed, healthy.left_out.last().map(|g| g.reason.as_str())),
        (59, Some("none of `features`"))
    );
    Ok(())
}

fn drop_cell(line: &str, at: usize) -> String {
    line.split(',').enumerate().filter(|(i, _)| *i != at).map(|(_, cell)| cell).collect::<Vec<_>>().join(",")
}
