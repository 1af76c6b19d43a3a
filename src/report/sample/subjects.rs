//! Who takes part, which network sees them and how it learns.

use super::{Draws, VARIANTS};
use crate::content::*;

pub(super) fn cohorts() -> Vec<Cohort> {
    let subjects = |from: u32, count: u32| (from..from + count).map(|n| format!("sub-ADNI{n:04}")).collect::<Vec<_>>();
    let group = |reason: &str, from, count| LeftOut { reason: reason.to_owned(), subjects: subjects(from, count) };
    let part = |name: &str, subjects| SplitPart { name: name.to_owned(), subjects };
    let missing = |modality: &str, kind: &str, absent, treatment: &str| Missingness {
        modality: modality.to_owned(),
        kind: kind.to_owned(),
        present: 1187 - absent,
        absent,
        treatment: treatment.to_owned(),
    };
    vec![
        Cohort {
            name: "adni".to_owned(),
            origin: "bids(\"data/adni\") { keep session == first }".to_owned(),
            found: 1264,
            left_out: vec![
                group("no T1-weighted image in the first session", 1, 41),
                group("diagnosis is n/a in participants.tsv", 300, 22),
                group("header and voxels disagree: the file is shorter than its header says", 700, 1),
                group("another reason that nobody had to be left out for", 0, 0),
                group("failed quality control", 900, 13),
            ],
            analysed: 1187,
            splits: (1..=3u64)
                .map(|fold| Split {
                    name: format!("fold {fold}"),
                    parts: vec![part("train", 632 + fold), part("validation", 158), part("test", 397 - fold)],
                })
                .collect(),
            missing: vec![
                missing("mri", "volume[1, 64, 96, 64]", 0, "left out"),
                missing("ehr", "vector[34]?", 211, "filled with the mean of the training subjects"),
                missing("pet", "volume[1, 64, 96, 64]?", 602, "skipped by poe"),
            ],
        },
        Cohort {
            name: "external".to_owned(),
            origin: "table(\"data/external.csv\")".to_owned(),
            found: 96,
            analysed: 96,
            ..Cohort::default()
        },
    ]
}

pub(super) fn model(draws: &mut Draws) -> Model {
    let mut layers = vec![Layer {
        path: "trunk.ConvBnRelu.conv".to_owned(),
        operator: "Conv3d(16, kernel: 3, padding: same)".to_owned(),
        shape: "[16, 64, 96, 64]".to_owned(),
        parameters: 448,
        operations: 169_869_312,
    }];
    for block in 1..=14 {
        let (filters, side) = (16 << (block / 4), 64 >> (block / 4));
        for name in ["conv1", "relu"] {
            let conv = name == "conv1";
            layers.push(Layer {
                path: format!("trunk.PreactRes[{block}].{name}"),
                operator: if conv { format!("Conv3d({filters}, kernel: 3, padding: same)") } else { "relu".to_owned() },
                shape: format!("[{filters}, {side}, {}, {side}]", side * 3 / 2),
                parameters: if conv { 27 * filters * filters } else { 0 },
                operations: if conv { (draws.uniform() * 4e9) as u64 } else { 0 },
            });
        }
    }
    Model {
        name: "ad".to_owned(),
        variant: Some("hyper".to_owned()),
        parameters: layers.iter().map(|layer| layer.parameters).sum(),
        operations: layers.iter().map(|layer| layer.operations).sum(),
        memory: 5_690_831_667,
        batch: 32,
        layers,
        critics: vec![critic()],
        drawing: String::new(),
    }
}

fn critic() -> Critic {
    let layer = |number: &str, width: u64, read: u64| Layer {
        path: format!("scanner.Linear{number}"),
        operator: format!("Linear({width})"),
        shape: format!("[{width}]"),
        parameters: width * (read + 1),
        operations: 0,
    };
    let layers = vec![layer("", 64, 128), layer("_2", 3, 64)];
    Critic { name: "scanner".to_owned(), parameters: layers.iter().map(|layer| layer.parameters).sum(), layers }
}

pub(super) fn stage(draws: &mut Draws) -> Stage {
    let curve = |draws: &mut Draws, variant: usize| Curve {
        variant: VARIANTS[variant].to_owned(),
        runs: (0..6)
            .map(|run| {
                let (epochs, floor) = (150 + 20 * (run % 3), 0.35 - 0.05 * variant as f64 + 0.02 * draws.normal());
                let broken = variant == 1 && run == 4;
                let loss = |draws: &mut Draws, epoch: u32, over: f64| {
                    let t = f64::from(epoch);
                    let loss = floor + 0.9 * (-t / 30.0).exp() + over * t / 400.0;
                    if broken && epoch > 61 { f64::NAN } else { loss * (1.0 + 0.03 * draws.normal()) }
                };
                let mut points = |over: f64| -> Vec<EpochLoss> {
                    (1..=epochs).map(|epoch| EpochLoss { epoch, loss: loss(draws, epoch, over) }).collect()
                };
                let (train, validation) = (points(-0.3), points(0.35));
                let best = validation.iter().filter(|p| p.loss.is_finite()).min_by(|a, b| a.loss.total_cmp(&b.loss));
                Run {
                    fold: format!("fold {}", run % 3 + 1),
                    seed: u64::from(run / 3 + 1),
                    best: best.map(|point| point.epoch),
                    train,
                    validation,
                }
            })
            .collect(),
    };
    Stage {
        name: "ad".to_owned(),
        loss: Quantity::plain("cross-entropy (nats)"),
        logarithmic: true,
        curves: (0..4).map(|variant| curve(draws, variant)).collect(),
    }
}
