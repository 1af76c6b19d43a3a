//! Models of several runs that predict the held-out people as one.

use super::super::metric::softmax;
use super::super::predict::Predicted;
use super::analyses::experiment;
use super::programs::{classifier, folds, one_variant, two_stages};
use super::reuse::WORK;
use super::{Bench, Kind, Outcome, ran};
use crate::analysis::ensemble::{Combination, combine};
use crate::plan::RunSummary;
use crate::program::{Ensemble, EnsembleOver, Metric, Program, Rule, Score, Subset};
use ndarray::{Array3, Axis};

/// Scores a program's first score on held-out people too, by itself and by an ensemble.
fn with_ensemble(mut program: Program, over: EnsembleOver, rule: Rule) -> Program {
    let protocol = folds(3, 20);
    program.protocol = crate::program::Protocol { seeds: vec![1, 2], repeats: 2, ..protocol };
    program.ensembles = vec![Ensemble { model: program.scores[0].model, over, rule, on: Subset::Holdout, best: None }];
    let single = Score { on: Subset::Holdout, ..program.scores[0].clone() };
    let together = Score { of: format!("ensemble of {}", single.of), ensemble: Some(0), ..single.clone() };
    program.scores.extend([single, together]);
    program
}

fn predictions(
    bench: &Bench,
    summary: &RunSummary,
    kind: Kind,
    task: &str,
    part: &str,
) -> super::super::Result<Predicted> {
    let at = bench.stored(summary, kind, task, "entry.json");
    Predicted::read_part(at.parent().unwrap_or(&at), part)
}

#[test]
fn the_folds_predict_the_held_out_people_as_one() -> Outcome {
    let bench = Bench::new()?;
    let program = with_ensemble(classifier(4), EnsembleOver::Folds, Rule::InverseEntropy);
    let summary = bench.run(&one_variant(program))?;
    let of_folds: Vec<Predicted> = (1..=3)
        .map(|fold| predictions(&bench, &summary, Kind::Predict, &format!("fold {fold}, repeat 2, seed 1"), ""))
        .collect::<Result<_, _>>()?;
    let together = predictions(&bench, &summary, Kind::Ensemble, "ensemble dx", "group-2_")?;
    assert_eq!(together.rows.len(), 20);
    for (at, row) in together.rows.iter().enumerate() {
        let mut p = Array3::zeros((3, 1, 2));
        for (fold, mut of_fold) in of_folds.iter().zip(p.axis_iter_mut(Axis(0))) {
            let place = fold.rows.iter().position(|r| r.key == row.key).ok_or("the subject is in every fold")?;
            let logits = fold.nodes[0].row(place).ok_or("the subject is predicted")?;
            of_fold.iter_mut().zip(softmax(logits)).for_each(|(to, p)| *to = p);
        }
        let expected = combine(p.view(), Combination::InverseEntropy)?;
        let found = softmax(together.nodes[0].row(at).ok_or("the subject is predicted together")?);
        assert!((expected[[0, 0]] - found[0]).abs() < 1e-6, "{}: {expected} and {found:?}", row.key);
    }
    let scored = &summary.variants[0].scores[2];
    assert_eq!(scored.of, "ensemble of dx");
    assert_eq!(scored.lines[0].runs.len(), 4, "one ensemble a seed and repeat");
    assert_eq!(summary.variants[0].scores[1].lines[0].runs.len(), 12, "the single models beside it");
    let judged: u64 = scored.confusions[0].counts.iter().flatten().sum();
    assert_eq!(judged, 80, "20 people, each judged by four ensembles");
    let folder = summary.folder.ok_or("no folder")?;
    let text = std::fs::read_to_string(folder.join("variant-width=4/ensemble-dx/seed-2/repeat-1/predictions.tsv"))?;
    assert!(text.contains("\tholdout\tensemble of dx\tprobability of AD\t"), "{text}");
    let scores = std::fs::read_to_string(folder.join("scores.tsv"))?;
    assert!(scores.contains("ensemble of dx on holdout") && scores.contains("all folds, repeat 2"), "{scores}");
    let of_run = std::fs::read_to_string(folder.join("variant-width=4/seed-1/fold-1/repeat-1/scores.tsv"))?;
    assert!(!of_run.contains("ensemble"), "{of_run}");
    Ok(())
}

#[test]
fn another_rule_trains_nothing_and_predicts_nothing() -> Outcome {
    let bench = Bench::new()?;
    let alone = |rule| {
        let mut program = with_ensemble(classifier(4), EnsembleOver::Runs, rule);
        (program.protocol.seeds, program.protocol.repeats) = (vec![1], 1);
        one_variant(program)
    };
    let mut before = alone(Rule::Mean);
    before.variants[0].ensembles.clear();
    before.variants[0].scores.truncate(2);
    bench.run(&before)?;
    let added = bench.run(&alone(Rule::Mean))?;
    assert_eq!(ran(&added, &WORK), ["ensemble dx", "score ensemble of dx"]);
    let changed = bench.run(&alone(Rule::InverseEntropyVote))?;
    assert_eq!(ran(&changed, &WORK), ["ensemble dx", "score ensemble of dx"]);
    Ok(())
}

#[test]
fn predicted_numbers_are_averaged_over_models() -> Outcome {
    let bench = Bench::new()?;
    let mut program = with_ensemble(two_stages(), EnsembleOver::Repeats, Rule::Mean);
    program.protocol.seeds = vec![1];
    program.protocol.stratify.clear();
    let summary = bench.run(&one_variant(program))?;
    let mae = |score: usize| {
        let line = summary.variants[0].scores[score].lines.iter().find(|line| line.metric == Metric::Mae);
        line.and_then(|line| line.mean).ok_or("no error")
    };
    assert_eq!(summary.variants[0].scores[2].lines[0].runs.len(), 3, "one ensemble a fold");
    // Where all models err to the same side, the two are equal but for the rounding of predictions to f32.
    assert!(
        mae(2)? <= mae(1)? * (1.0 + 1e-6),
        "the error of a mean is at most the mean error: {} and {}",
        mae(2)?,
        mae(1)?
    );
    Ok(())
}

const REPEATED: &str = r#"
cohort people = table("people.csv") { subject id }
modality side: vector[4] = people.columns([a, b, c, d] |> standardize)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
model m(side) -> age { side |> Linear(4) |> relu |> Linear(1) }
train m {
  minimize mse(m, age)
  optimizer Adam(lr: 1e-2)
  epochs 3
  batch 16
  keep best mae on validation
}
model dx(side) -> diagnosis { side |> Linear(2) }
train dx { minimize cross_entropy(dx, diagnosis), epochs 2, keep last }
protocol split = holdout(train: 0.6, validation: 0.2, test: 0.2, repeats: 6, seeds: [1, 2])
score m: mae
score dx: auc
"#;

#[test]
fn the_best_runs_by_validation_predict_those_who_test_as_one() -> Outcome {
    let bench = Bench::new()?;
    let text = format!("{REPEATED}ensemble m over repeats, best: 2\nensemble dx over repeats, best: 1, by: auc\n");
    let summary = bench.run(&experiment(&bench, &text)?)?;
    let scored = summary.variants[0].scores.iter().find(|s| s.of == "ensemble of the best 2 of m").ok_or("no score")?;
    assert_eq!((scored.on, scored.rankings.len()), (Subset::Test, 2), "one ensemble a seed, judged by who tests");
    for (group, ranking) in scored.rankings.iter().enumerate() {
        // By hand: the mean absolute error of each run on those who validate.
        let seed = ranking.group.seed;
        let mut by_hand = Vec::new();
        for repeat in 1..=6 {
            let name = format!("predict m, holdout, repeat {repeat}, seed {seed}");
            let found = predictions(&bench, &summary, Kind::Predict, &name, "")?;
            let errors =
                found.rows.iter().enumerate().filter(|(_, row)| row.set == Subset::Validation).map(|(at, _)| {
                    let value =
                        |values: &super::super::predict::Values| f64::from(values.row(at).map_or(f32::NAN, |v| v[0]));
                    (value(&found.nodes[0]) - value(&found.truths[0])).abs()
                });
            let errors: Vec<f64> = errors.collect();
            assert_eq!(errors.len(), 16);
            by_hand.push((errors.iter().sum::<f64>() / 16.0, found));
        }
        for (run, (error, _)) in ranking.runs.iter().zip(&by_hand) {
            assert!((run.value.ok_or("ranked")? - error).abs() < 1e-9, "{ranking:?}");
        }
        by_hand.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let taken: Vec<f64> = ranking.taken().iter().filter_map(|run| run.value).collect();
        assert_eq!(taken.len(), 2);
        assert!((taken[0] - by_hand[0].0).abs() < 1e-9 && (taken[1] - by_hand[1].0).abs() < 1e-9);
        let together = predictions(&bench, &summary, Kind::Ensemble, "ensemble m", &format!("group-{}_", group + 1))?;
        assert_eq!(together.rows.len(), 16, "those who test");
        for (row, who) in together.rows.iter().enumerate() {
            let of = |found: &Predicted| {
                let at = found.rows.iter().position(|other| other.key == who.key && other.set == Subset::Test)?;
                found.nodes[0].row(at).map(|values| f64::from(values[0]))
            };
            let (a, b) = (of(&by_hand[0].1).ok_or("predicted")?, of(&by_hand[1].1).ok_or("predicted")?);
            let found = f64::from(together.nodes[0].row(row).ok_or("predicted together")?[0]);
            assert!(
                (found - f64::midpoint(a, b)).abs() < 1e-4,
                "{}: {found}, expected the mean of {a} and {b}",
                who.key
            );
        }
    }
    let folder = summary.folder.as_ref().ok_or("no folder")?;
    let table = std::fs::read_to_string(folder.join("variant-base/ensemble-best-2-m/seed-1/fold-1/ranking.tsv"))?;
    assert_eq!(table.lines().filter(|line| line.ends_with("\tyes")).count(), 2, "{table}");
    let report = std::fs::read_to_string(folder.join("report.html"))?;
    assert!(report.contains("The runs of which the best are taken"));
    // Without training anything again the others may be taken, and the same bytes come of the same choice.
    let more = bench.run(&experiment(&bench, &text.replace("best: 2", "best: 3"))?)?;
    assert_eq!(ran(&more, &WORK), ["ensemble m", "score ensemble of the best 3 of m"]);
    Ok(())
}

#[test]
fn of_equals_the_first_is_taken_and_too_few_with_a_score_are_an_error() -> Outcome {
    let bench = Bench::new()?;
    // A baseline is the same in every repeat: all runs are equal.
    let text = format!(
        "{REPEATED}baseline b(side) -> age = ridge()\nscore b: mae\nensemble b over repeats, best: 2, by: mae\n"
    );
    let summary = bench.run(&experiment(&bench, &text)?)?;
    let scored = summary.variants[0].scores.iter().find(|s| s.of == "ensemble of the best 2 of b").ok_or("no score")?;
    for ranking in &scored.rankings {
        let taken: Vec<bool> = ranking.runs.iter().map(|run| run.taken).collect();
        assert_eq!(taken, [true, true, false, false, false, false]);
    }
    // One validates: of one there is no area under a curve.
    let text = format!("{REPEATED}ensemble dx over repeats, best: 2, by: auc\n")
        .replace("validation: 0.2, test: 0.2", "validation: 0.0125, test: 0.3875");
    let told = bench.run(&experiment(&bench, &text)?).err().map(|e| e.to_string()).unwrap_or_default();
    assert!(
        told.contains("the best 2 of 6 runs are to be taken by auc on those who validate, and 0 of them have it"),
        "{told}"
    );
    Ok(())
}
