//! Models of several runs that predict the held-out people as one.

use super::super::metric::softmax;
use super::super::predict::Predicted;
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
    program.ensembles = vec![Ensemble { model: program.scores[0].model, over, rule }];
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
