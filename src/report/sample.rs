//! A rich report that no experiment made, for looking at and for testing.

mod brains;
mod results;
mod searched;
mod subjects;

use super::content::*;
use brains::{deviation, group_map, pictures};
use results::{accuracy, comparison, confusions, error, regressions};
use searched::search;
use std::ops::Range;
use subjects::{cohorts, model, stage};

/// What fills the gaps between 0 and 1, always in the same way.
struct Draws(u64);

impl Draws {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

const VARIANTS: [&str; 4] =
    ["image_only", "concat", "daft", "hyper, shortcut conditioned on the whole clinical record"];
const CENTRES: [f64; 4] = [0.612, 0.655, 0.671, 0.708];
const SOURCE: &str = r#"/// Let a patient's record set the weights of the network that reads the scan.
param fusion: one_of(image_only, concat, daft, hyper) = hyper
param width: int = 16                      // filters of the first layer

cohort adni = bids("data/adni") { keep session == first }

modality mri: volume[1, 64, 96, 64] = adni.image("anat/*_T1w.nii.gz") |> zscore(mask: nonzero)
modality ehr: vector[_]? = adni.columns(/^clin_/ |> standardize, sex |> onehot)
target diagnosis: class{CN, MCI, AD} = adni.column("diagnosis")

model ad(mri, ehr) -> diagnosis {
  let trunk = mri |> ConvBnRelu(width) |> max_pool3d(2) |> PreactRes(2 * width, dropout: 0.1)
  concat(trunk |> global_avg_pool, ehr ?? mean) |> Linear(4 * width) |> relu |> Linear(3)
}

train ad { minimize cross_entropy(ad, diagnosis, weight: inverse_frequency), optimizer Adam(lr: 1e-4), epochs 250 }
protocol cv = kfold(3, stratify: [diagnosis], seeds: [1, 2])
sweep methods: fusion { compare balanced_accuracy with mann_whitney }
"#;

/// Four variants, three folds, two seeds, 150 regions, long names, missing values.
pub fn content() -> ReportContent {
    let mut draws = Draws(7);
    ReportContent {
        title: "hyperfusion".to_owned(),
        about: "Let a patient's record set the weights of the network that reads the scan. Five ways to use the\n\
                table, one backbone.\n\nAfter Duenias et al., HyperFusion: a hypernetwork approach to multimodal \
                integration of tabular and medical imaging data."
            .to_owned(),
        headline: headline(),
        warnings: warnings(),
        source: Some(Source { file: "hyperfusion.fx".to_owned(), text: SOURCE.to_owned(), marks: marks(SOURCE) }),
        parameters: parameters(),
        cohorts: cohorts(),
        models: vec![model(&mut draws)],
        stages: vec![stage(&mut draws)],
        searches: vec![search(&mut draws)],
        scores: vec![accuracy(&mut draws), error(&mut draws)],
        comparisons: vec![comparison()],
        confusions: confusions(),
        regressions: regressions(&mut draws),
        pictures: vec![pictures(&mut draws)],
        deviations: vec![deviation(&mut draws)],
        analyses: analyses(),
        provenance: Some(provenance()),
    }
}

fn headline() -> Headline {
    let real = ColumnKind::Real { digits: 3 };
    let row = |name: &str, centre: f64, p: f64| {
        vec![
            Cell::from(name),
            Cell::Estimate { value: centre, low: centre - 0.03, high: centre + 0.028 },
            Cell::Number(p),
        ]
    };
    Headline {
        sentences: vec![
            "Conditioning the shortcut on the clinical record gave the best balanced accuracy, 0.708 (95% interval 0.678 \
             to 0.736), 0.096 above the scan alone (corrected p = 0.004)."
                .to_owned(),
            "Concatenation and DAFT lie between the two and do not differ from one another.".to_owned(),
        ],
        table: Some(Table {
            columns: vec![
                Column::new("Variant", ColumnKind::Text),
                Column::new("Balanced accuracy", real),
                Column::new("p against image_only", ColumnKind::P { alpha: 0.05 }),
            ],
            rows: vec![
                row(VARIANTS[3], 0.708, 0.004),
                row("daft", 0.671, 0.031),
                row("concat", 0.655, 0.084),
                row("image_only", 0.612, f64::NAN),
            ],
        }),
    }
}

fn warnings() -> Vec<Warning> {
    vec![
        Warning {
            code: Some("FX0412".to_owned()),
            message: "Class AD has fewer than 20 subjects in the test part of fold 2.".to_owned(),
            detail: Some("Scores by class vary widely there; fewer folds or repeats would steady them.".to_owned()),
            about: vec!["fold 2".to_owned()],
        },
        Warning {
            code: None,
            message: "The loss of one run was not finite after epoch 61.".to_owned(),
            detail: Some("The weights of its best epoch were kept and scored.".to_owned()),
            about: (1..=14).map(|n| format!("sub-{n:04}")).collect(),
        },
    ]
}

fn marks(text: &str) -> Vec<Mark> {
    const WORDS: [(&[&str], HighlightClass); 4] = [
        (
            &[
                "param",
                "cohort",
                "modality",
                "target",
                "model",
                "let",
                "train",
                "minimize",
                "optimizer",
                "epochs",
                "protocol",
                "sweep",
                "compare",
                "with",
                "keep",
            ],
            HighlightClass::Keyword,
        ),
        (&["int", "volume", "vector", "class", "one_of"], HighlightClass::Type),
        (&["ConvBnRelu", "PreactRes", "Linear", "Adam"], HighlightClass::Module),
        (
            &[
                "zscore",
                "standardize",
                "onehot",
                "max_pool3d",
                "global_avg_pool",
                "relu",
                "concat",
                "cross_entropy",
                "kfold",
                "mann_whitney",
            ],
            HighlightClass::Function,
        ),
    ];
    let mut marks = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let comment = line.find("//").unwrap_or(line.len());
        for (words, class) in WORDS {
            for word in words {
                for (at, _) in line[..comment].match_indices(word) {
                    let inside = |c: char| c.is_alphanumeric() || c == '_';
                    let before = line[..at].chars().next_back().is_some_and(inside);
                    let after = line[at + word.len()..].chars().next().is_some_and(inside);
                    if !before && !after {
                        marks.push(Mark { range: offset + at..offset + at + word.len(), class });
                    }
                }
            }
        }
        let quoted: Vec<usize> = line[..comment].match_indices('"').map(|found| found.0).collect();
        for pair in quoted.chunks_exact(2) {
            marks.push(Mark { range: offset + pair[0]..offset + pair[1] + 1, class: HighlightClass::Text });
        }
        if comment < line.len() {
            let range: Range<usize> = offset + comment..offset + line.trim_end().len();
            let doc = line[comment..].starts_with("///");
            marks.push(Mark { range, class: if doc { HighlightClass::Doc } else { HighlightClass::Comment } });
        }
        for (at, _) in line[..comment].match_indices("|>") {
            marks.push(Mark { range: offset + at..offset + at + 2, class: HighlightClass::Operator });
        }
        offset += line.len();
    }
    marks.sort_by_key(|mark| mark.range.start);
    marks
}

fn parameters() -> Vec<Parameter> {
    let one = |name: &str, value: &str, origin: &str, about: Option<&str>| Parameter {
        name: name.to_owned(),
        value: value.to_owned(),
        origin: origin.to_owned(),
        about: about.map(str::to_owned),
    };
    vec![
        one("fusion", "image_only, concat, daft, hyper", "sweep methods", None),
        one("width", "16", "default", Some("filters of the first layer")),
        one("seeds", "[1, 2]", "--set", None),
    ]
}

fn analyses() -> Vec<Analysis> {
    let columns = |names: &[(&str, ColumnKind)]| names.iter().map(|(name, kind)| Column::new(*name, *kind)).collect();
    vec![
        Analysis {
            name: "by_severity".to_owned(),
            method: "Kruskal and Wallis' test of deviation.mean by patients.stage".to_owned(),
            table: Table {
                columns: columns(&[
                    ("Stage", ColumnKind::Text),
                    ("Subjects", ColumnKind::Integer),
                    ("Median", ColumnKind::Real { digits: 2 }),
                    ("p", ColumnKind::P { alpha: 0.05 }),
                ]),
                rows: vec![
                    vec!["CN".into(), 12_034.0.into(), 0.051.into(), 0.0001.into()],
                    vec!["MCI <script>alert(1)</script>".into(), 96.0.into(), 0.3.into(), 0.2.into()],
                    vec!["AD".into(), 41.0.into(), f64::NAN.into(), Cell::Missing],
                    vec!["short row".into()],
                ],
            },
            ..Analysis::default()
        },
        Analysis {
            name: "strata".to_owned(),
            method: "Affinity propagation (Frey and Dueck, 2007)".to_owned(),
            table: Table {
                columns: columns(&[("Subject", ColumnKind::Text), ("Stratum", ColumnKind::Integer)]),
                rows: (0..60).map(|n| vec![format!("sub-{n:04}").into(), f64::from(n % 4).into()]).collect(),
            },
            map: Some(strata()),
            ..Analysis::default()
        },
        Analysis {
            name: "group_map".to_owned(),
            method: "Mann and Whitney's U test at each voxel".to_owned(),
            brains: vec![group_map()],
            ..Analysis::default()
        },
        Analysis {
            name: "errors".to_owned(),
            method: "predicted less true".to_owned(),
            boxes: vec![Boxes {
                of: Quantity::with_unit("age", "years"),
                groups: vec![
                    BoxGroup {
                        name: "women".to_owned(),
                        n: 40,
                        lowest: 21.0,
                        lower: 33.5,
                        median: 47.0,
                        upper: 61.0,
                        highest: 88.0,
                    },
                    BoxGroup { name: "men".to_owned(), lower: f64::NAN, ..BoxGroup::default() },
                ],
            }],
            points: Some(Points {
                x: Quantity::with_unit("age", "years"),
                y: Quantity::with_unit("difference", "years"),
                points: (0..30)
                    .map(|at| MapPoint {
                        name: format!("sub-{at:02}"),
                        x: 20.0 + f64::from(at),
                        y: if at == 7 { f64::NAN } else { f64::from(at % 7) - 3.0 },
                        group: String::new(),
                    })
                    .collect(),
                r: -0.03,
            }),
            ..Analysis::default()
        },
        Analysis { name: "nothing".to_owned(), ..Analysis::default() },
    ]
}

/// Four clouds of fifteen.
fn strata() -> Map {
    let point = |n: usize| {
        let (group, turn) = (n % 4, n as f64 * 2.4);
        let (x, y) = (f64::from(u8::from(group % 2 == 1)) * 30.0, f64::from(u8::from(group > 1)) * 22.0);
        MapPoint {
            name: format!("sub-{n:04}"),
            x: x + 5.0 * turn.cos(),
            y: y + 4.0 * (1.3 * turn).sin(),
            group: (group + 1).to_string(),
        }
    };
    Map { points: (0..60).map(point).collect(), groups: ["1", "2", "3", "4"].map(str::to_owned).to_vec() }
}

fn provenance() -> Provenance {
    let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let task = |name: String, state, seconds| Task {
        fingerprint: format!(
            "{:016x}{:016x}",
            (name.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15),
            0x243f_6a88_85a3_08d3_u64
        ),
        name,
        state,
        seconds,
    };
    let mut tasks = vec![task("index adni".to_owned(), TaskState::Reused, f64::NAN)];
    for variant in ["image_only", "concat", "daft", "hyper"] {
        for fold in 1..=3 {
            tasks.push(task(format!("train ad, {variant}, fold {fold}"), TaskState::Ran, 812.0 + f64::from(fold)));
        }
    }
    tasks.push(task("saliency".to_owned(), TaskState::Failed, f64::NAN));
    tasks.push(task("group_map".to_owned(), TaskState::Skipped, f64::NAN));
    Provenance {
        fascicle: "0.1.0".to_owned(),
        command: "fascicle run hyperfusion.fx --device cuda --set seeds=[1,2]".to_owned(),
        started: "2026-03-14T09:26:53Z".to_owned(),
        seconds: 11_530.0,
        seeds: vec![1, 2],
        device: "CUDA, NVIDIA H200".to_owned(),
        versions: pairs(&[("burn", "0.21.0"), ("cubecl", "0.10.0"), ("nifti", "0.18.0")]),
        fingerprints: pairs(&[
            ("Experiment", "b3:9f86d081884c7d659a2feaa0c55ad015"),
            ("Cohort adni", "b3:60303ae22b998861bce3b28f33eec1be"),
        ]),
        tasks,
    }
}
