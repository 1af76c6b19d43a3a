//! How well the variants do.

use super::{CENTRES, Draws, VARIANTS};
use crate::content::*;

fn variant(draws: &mut Draws, name: &str, centre: f64, spread: f64) -> VariantScore {
    let folds: Vec<FoldScore> = (0..6)
        .map(|run| FoldScore {
            fold: format!("fold {}", run % 3 + 1),
            seed: run / 3 + 1,
            value: centre + spread * draws.normal(),
        })
        .collect();
    VariantScore {
        variant: name.to_owned(),
        folds,
        mean: centre,
        sd: spread,
        low: centre - 1.1 * spread,
        high: centre + 1.0 * spread,
    }
}

pub(super) fn accuracy(draws: &mut Draws) -> Score {
    let mut variants: Vec<VariantScore> =
        VARIANTS.iter().zip(CENTRES).map(|(name, centre)| variant(draws, name, centre, 0.027)).collect();
    variants[1].folds[4].value = f64::NAN;
    Score {
        of: "ad on test".to_owned(),
        name: "balanced_accuracy".to_owned(),
        metric: Quantity::plain("balanced accuracy"),
        better: Better::Higher,
        chance: Some(1.0 / 3.0),
        interval: "95% bootstrap interval over subjects, 10000 draws".to_owned(),
        variants,
        rankings: Vec::new(),
    }
}

pub(super) fn error(draws: &mut Draws) -> Score {
    let mut variants: Vec<VariantScore> =
        VARIANTS.iter().map(|name| variant(draws, name, 4.1 + 0.2 * draws_of(name), 0.31)).collect();
    let broken = &mut variants[2];
    (broken.mean, broken.sd, broken.low, broken.high) = (f64::NAN, f64::NAN, f64::NAN, f64::NAN);
    broken.folds.iter_mut().for_each(|fold| fold.value = f64::NAN);
    Score {
        of: "age on test".to_owned(),
        name: "mae".to_owned(),
        metric: Quantity::with_unit("mean absolute error", "years"),
        better: Better::Lower,
        chance: None,
        interval: "95% bootstrap interval over subjects, 10000 draws".to_owned(),
        variants,
        rankings: vec![Ranking {
            variant: VARIANTS[0].to_owned(),
            by: Quantity::with_unit("mean absolute error", "years"),
            runs: [4.02, 3.87, f64::NAN, 4.4]
                .into_iter()
                .enumerate()
                .map(|(at, value)| RankedRun { run: format!("repeat {}, seed 1", at + 1), value, taken: at < 2 })
                .collect(),
        }],
    }
}

fn draws_of(name: &str) -> f64 {
    name.len() as f64 % 5.0
}

pub(super) fn comparison() -> Comparison {
    let mut contrasts = Vec::new();
    for first in 0..VARIANTS.len() {
        for second in 0..first {
            let difference = CENTRES[first] - CENTRES[second];
            let missing = (first, second) == (2, 1);
            let known = |value: f64| if missing { f64::NAN } else { value };
            contrasts.push(Contrast {
                first: VARIANTS[first].to_owned(),
                second: VARIANTS[second].to_owned(),
                difference: known(difference),
                low: known(difference - 0.041),
                high: known(difference + 0.041),
                p: known((0.12 - difference).max(0.0002)),
                p_corrected: known((0.16 - 1.2 * difference).max(0.004)),
            });
        }
    }
    Comparison {
        name: "sweep methods, ad on test".to_owned(),
        metric: Quantity::plain("balanced accuracy"),
        better: Better::Higher,
        reference: String::new(),
        test: "corrected resampled t test over 3 folds and 2 seeds (Nadeau and Bengio, 2003), two-sided".to_owned(),
        correction: Some("Benjamini and Hochberg's false discovery rate over 6 tests".to_owned()),
        interval: "95% interval".to_owned(),
        alpha: 0.05,
        contrasts,
    }
}

pub(super) fn confusions() -> Vec<Confusion> {
    let classes = ["CN", "MCI", "AD"].map(str::to_owned).to_vec();
    let long = [
        "cognitively normal",
        "early mild impairment",
        "late mild impairment",
        "Alzheimer's disease",
        "frontotemporal dementia",
        "empty class",
    ];
    vec![
        Confusion {
            name: "hyper, ad on test, all folds".to_owned(),
            classes: classes.clone(),
            counts: vec![vec![391, 38, 3], vec![96, 352, 41], vec![12, 77, 177]],
        },
        Confusion {
            name: "image_only, ad on test, all folds".to_owned(),
            classes,
            counts: vec![vec![318, 101, 13], vec![144, 271, 74], vec![31, 108, 127]],
        },
        Confusion {
            name: "Stages in the external cohort".to_owned(),
            classes: long.map(str::to_owned).to_vec(),
            counts: vec![
                vec![41, 6, 2, 0, 1, 0],
                vec![9, 22, 11, 3, 0, 0],
                vec![2, 10, 19, 8, 2, 0],
                vec![0, 2, 7, 1231, 4, 0],
                vec![1, 0, 3, 5, 14, 0],
                vec![0; 6],
            ],
        },
    ]
}

pub(super) fn regressions(draws: &mut Draws) -> Vec<Regression> {
    let mut one = |name: &str, subjects: usize, noise: f64| {
        let mut points: Vec<ScatterPoint> = (0..subjects)
            .map(|n| {
                let truth = 72.0 + 7.0 * draws.normal();
                ScatterPoint {
                    subject: format!("sub-{n:04}"),
                    truth,
                    predicted: 72.0 + 0.8 * (truth - 72.0) + noise * draws.normal(),
                }
            })
            .collect();
        points[3].predicted = f64::NAN;
        Regression {
            name: name.to_owned(),
            target: Quantity::with_unit("age", "years"),
            points,
            r: 0.8132,
            mae: 0.1 + 3.8 + 0.2,
        }
    };
    vec![one("hyper, age on test", 397, 3.4), one("image_only, age on test", 60, 5.0)]
}
