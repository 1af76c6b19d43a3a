//! The clinical table, and the hidden factors behind both the table and the images.
//!
//! # What decides the diagnosis
//!
//! Two factors: `atrophy`, which only images show, and `marker` (amyloid status), which only the table shows.
//! Writing `t = 1` for amyloid-positive and `t = -1` for amyloid-negative people, the log-odds of being a patient are
//!
//! ```text
//! SLOPE * (ALONE * atrophy + t * atrophy + MAIN * t + SHIFT)
//! ```
//!
//! so that what atrophy means depends on the table: among amyloid-positive people the atrophied are patients, among
//! amyloid-negative people atrophy counts for little, and the other way. This is a property wanted of a test object, not
//! a claim about medicine. Either factor alone has an area under the ROC curve of about 0.7, a sum of the two reaches
//! about 0.86, the two with their product 0.95.
//!
//! The other columns follow from the marker, from age and from chance, so that no column gives the diagnosis away.
//! `severity` is the log-odds on another scale and is an outcome, not a predictor.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::decimals::push_fixed;
use super::draws::{Purpose, normal, stream};
use super::spec::PhantomSpec;

/// Share of amyloid-positive people before classes are balanced.
const POSITIVE: f64 = 0.6;
/// Steepness of the log-odds.
const SLOPE: f64 = 3.5;
/// Weight of atrophy alone, against 1 for its product with amyloid status.
const ALONE: f64 = 0.6;
/// Weight of amyloid status alone, against 1 for its product with atrophy.
const MAIN: f64 = 0.6;
/// Offset of the log-odds.
const SHIFT: f64 = -0.1;

/// Columns of the table, in the order of `participants.tsv`.
pub const COLUMNS: [&str; 12] = [
    "participant_id",
    "age",
    "sex",
    "education",
    "site",
    "apoe4",
    "mmse",
    "abeta",
    "ptau",
    "diagnosis",
    "severity",
    "stage",
];

/// Sex as the table has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Sex {
    /// Female, `F`.
    F,
    /// Male, `M`.
    M,
}

/// The class to be predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Diagnosis {
    /// Healthy.
    Control,
    /// Ill.
    Patient,
}

impl Diagnosis {
    /// `control` or `patient`, as in the table.
    pub fn name(self) -> &'static str {
        match self {
            Diagnosis::Control => "control",
            Diagnosis::Patient => "patient",
        }
    }
}

/// One person's line of the table; `None` is a missing cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// `sub-001` and on.
    pub participant_id: String,
    /// Years, 50 to 90.
    pub age: Option<f64>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Years of schooling.
    pub education: Option<u32>,
    /// Where the person was scanned: `site-1` and on.
    pub site: String,
    /// Number of APOE e4 alleles: 0, 1 or 2.
    pub apoe4: Option<u32>,
    /// Mini-Mental State Examination, 0 to 30.
    pub mmse: Option<u32>,
    /// Amyloid-beta 42 in cerebrospinal fluid, pg/mL; low in amyloid-positive people.
    pub abeta: Option<f64>,
    /// Phosphorylated tau in cerebrospinal fluid, pg/mL.
    pub ptau: Option<f64>,
    /// The class.
    pub diagnosis: Diagnosis,
    /// How ill, about 0 (not at all) to 10.
    pub severity: f64,
}

impl Row {
    /// Severity in four steps.
    fn stage(&self) -> &'static str {
        match self.severity {
            s if s < 4.5 => "none",
            s if s < 6.0 => "mild",
            s if s < 7.5 => "moderate",
            _ => "severe",
        }
    }

    /// A cell as text: `None` when it is missing, or when there is no such column (see [`COLUMNS`]).
    pub fn cell(&self, column: &str) -> Option<String> {
        let fixed = |value: f64, decimals: u32| {
            let mut text = String::new();
            push_fixed(&mut text, value, decimals);
            text
        };
        match column {
            "participant_id" => Some(self.participant_id.clone()),
            "age" => self.age.map(|v| fixed(v, 1)),
            "sex" => self.sex.map(|v| format!("{v:?}")),
            "education" => self.education.map(|v| v.to_string()),
            "site" => Some(self.site.clone()),
            "apoe4" => self.apoe4.map(|v| v.to_string()),
            "mmse" => self.mmse.map(|v| v.to_string()),
            "abeta" => self.abeta.map(|v| fixed(v, 1)),
            "ptau" => self.ptau.map(|v| fixed(v, 1)),
            "diagnosis" => Some(self.diagnosis.name().to_owned()),
            "severity" => Some(fixed(self.severity, 2)),
            "stage" => Some(self.stage().to_owned()),
            _ => None,
        }
    }
}

/// What is true of a person and never in the table: the causes that the anatomy is painted from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Factors {
    /// Years, also when the table's cell is missing.
    pub age: f64,
    /// Index of the site.
    pub site: usize,
    /// Standard score of medial temporal atrophy, within -1.9 to 1.9: small hippocampi, large ventricles.
    pub atrophy: f64,
    /// Amyloid status, near 1 (positive) or -1 (negative); `abeta` is its measurement.
    pub marker: f64,
    /// White matter lesion load, about 0 to 3.
    pub lesion_load: f64,
    /// Loss of temporo-parietal uptake, 0 to 0.6 of the normal.
    pub hypometabolism: f64,
    /// How ill, as in the table.
    pub severity: f64,
}

impl Factors {
    /// The factors in the order of the columns of `truth.tsv`.
    pub(super) fn hidden(&self) -> [f64; 6] {
        [self.atrophy, self.marker, self.lesion_load, self.hypometabolism, self.severity, self.age]
    }
}

/// The causes that the diagnosis is drawn from.
struct Causes {
    atrophy: f64,
    positive: bool,
    log_odds: f64,
}

/// One person: the line of the table and the factors behind it. No voxel is painted.
pub(super) fn draw(spec: &PhantomSpec, subject: usize) -> (Row, Factors) {
    let rng = &mut stream(spec.seed, subject, Purpose::Clinical, 0);
    let diagnosis = assigned_class(spec.seed, subject);
    let causes = causes_of(diagnosis, rng);
    let Causes { atrophy, positive, log_odds } = causes;

    let marker = if positive { 1.0 } else { -1.0 } + 0.2 * normal(rng);
    let severity = (4.5 + 0.55 * log_odds + 0.5 * normal(rng)).clamp(0.0, 10.0);
    let site = rng.random_range(0..spec.sites);
    let age = round_to((70.0 + 1.2 * atrophy + 8.0 * normal(rng)).clamp(50.0, 90.0), 0.1);
    let aged = (age - 70.0) / 10.0;
    let ill = (severity - 4.5) / 2.5;
    let lesion_load = (0.9 + 0.35 * aged + 0.15 * ill + 0.5 * normal(rng)).clamp(0.0, 3.0);
    let hypometabolism = (0.25 + 0.08 * atrophy + 0.02 * ill + 0.08 * normal(rng)).clamp(0.0, 0.6);

    let education = (13.0 + 2.5 * normal(rng)).round().clamp(6.0, 22.0);
    let allele = if positive { 0.38 } else { 0.12 };
    let apoe4 = (0..2).filter(|_| rng.random_bool(allele)).count() as u32;
    let mmse = 27.6 - 0.5 * marker - 0.5 * aged + 0.1 * (education - 13.0) + 1.4 * normal(rng);
    let abeta = 850.0 - 250.0 * marker + 30.0 * normal(rng);
    let ptau = 24.0 + 5.0 * marker + 1.5 * aged + 5.0 * normal(rng);
    let sex = if rng.random_bool(0.5) { Sex::F } else { Sex::M };

    let gone = &mut stream(spec.seed, subject, Purpose::MissingCells, 0);
    let row = Row {
        participant_id: format!("sub-{:03}", subject.saturating_add(1)),
        age: kept(age, spec.missing_cell, gone),
        sex: kept(sex, spec.missing_cell, gone),
        education: kept(education as u32, spec.missing_cell, gone),
        site: format!("site-{}", site + 1),
        apoe4: kept(apoe4, spec.missing_cell, gone),
        mmse: kept(mmse.round().clamp(0.0, 30.0) as u32, spec.missing_cell, gone),
        abeta: kept(round_to(abeta.max(100.0), 0.1), spec.missing_cell, gone),
        ptau: kept(round_to(ptau.max(3.0), 0.1), spec.missing_cell, gone),
        diagnosis,
        severity: round_to(severity, 0.01),
    };
    let factors = Factors { age, site, atrophy, marker, lesion_load, hypometabolism, severity: row.severity };
    (row, factors)
}

/// Each pair of neighbours has one patient, by the toss of the pair's own coin: classes are equal at every even size.
fn assigned_class(seed: u64, subject: usize) -> Diagnosis {
    let first_is_patient = stream(seed, subject / 2, Purpose::Pair, 0).random_bool(0.5);
    if first_is_patient == subject.is_multiple_of(2) { Diagnosis::Patient } else { Diagnosis::Control }
}

/// Causes drawn from their distribution given the class, by drawing until the class comes out (about twice).
fn causes_of(diagnosis: Diagnosis, rng: &mut ChaCha8Rng) -> Causes {
    loop {
        // Two overlapping groups, spared and atrophied: unit variance, lighter tails than one Gaussian.
        let group = if rng.random_bool(0.5) { 0.7 } else { -0.7 };
        let atrophy = (group + 0.71 * normal(rng)).clamp(-1.9, 1.9);
        let positive = rng.random_bool(POSITIVE);
        let t = if positive { 1.0 } else { -1.0 };
        let log_odds = SLOPE * (ALONE * atrophy + t * atrophy + MAIN * t + SHIFT);
        let ill = rng.random_bool(1.0 / (1.0 + (-log_odds).exp()));
        if ill == (diagnosis == Diagnosis::Patient) {
            return Causes { atrophy, positive, log_odds };
        }
    }
}

fn kept<T>(value: T, missing: f64, rng: &mut ChaCha8Rng) -> Option<T> {
    // The draw is made at every rate, so that raising the rate only ever takes cells away.
    (rng.random::<f64>() >= missing).then_some(value)
}

/// Rounded so that the number in memory is the number in the file.
fn round_to(value: f64, step: f64) -> f64 {
    let per_unit = (1.0 / step).round();
    (value * per_unit).round() / per_unit
}
