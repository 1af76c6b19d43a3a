//! Volumes of regions of the brain, as a segmentation would give them: what a normative model is tried on.
//!
//! # What is true
//!
//! Three parts: 64 cortical (`ctx_01`..), 35 subcortical (`sub_01`..) and 16 hippocampal regions (`hip_01`..). The
//! logarithm of a volume is the sum of
//!
//! ```text
//! the region's own mean            between 0.4 and 8 cm3
//! head size, sex                   one number a person, shared by all regions
//! age                              a loss a decade of the region's own, more in the hippocampus
//! three patterns of variation      person by region: what regions of a healthy brain have in common
//! burden * the region's share      what disease takes: nothing in most of the cortex, up to 30% in the hippocampus
//! measurement                      4%, each region for itself
//! ```
//!
//! where `burden` is 0 for everybody whose severity is below 4.5 and rises to 1 at a severity of 10. So it is known who
//! deviates, where, and by how much. Hippocampal regions are measured on the T2w scan: whoever lacks that lacks them.
//! Shares are in no proportion to those of any disease; this is a test object, not a claim about medicine.

use rand::RngExt;
use serde_json::{Value, json};

use super::clinical::{Factors, Row, Sex};
use super::draws::{Purpose, normal, stream};
use super::spec::{Contrast, PhantomSpec};

/// The parts: prefix, number of regions, mean volume in mm3, loss a decade of ageing, share of regions that disease
/// reaches, and what it takes of those at most.
const PARTS: [Part; 3] = [
    Part { prefix: "ctx", regions: 64, volume: 5000.0, ageing: 0.03, reached: 0.3, taken: 0.12 },
    Part { prefix: "sub", regions: 35, volume: 3000.0, ageing: 0.03, reached: 0.4, taken: 0.15 },
    Part { prefix: "hip", regions: 16, volume: 500.0, ageing: 0.05, reached: 1.0, taken: 0.30 },
];

struct Part {
    prefix: &'static str,
    regions: usize,
    volume: f64,
    ageing: f64,
    reached: f64,
    taken: f64,
}

/// The scans that volumes are measured on.
pub(super) const SCANS: [Contrast; 2] = [Contrast::T1w, Contrast::T2w];

/// Patterns of variation that healthy regions share.
const PATTERNS: usize = 3;
/// Standard deviation of what measuring adds to the logarithm.
const MEASUREMENT: f64 = 0.04;
/// The severity from which disease takes anything.
const ONSET: f64 = 4.5;

/// A region, the same for every subject of a seed.
#[derive(Debug, Clone)]
pub(super) struct Region {
    /// `hip_03`.
    pub name: String,
    log_mean: f64,
    ageing: f64,
    loadings: [f64; PATTERNS],
    taken: f64,
    /// Which of [`SCANS`] it is measured on.
    scan: usize,
}

/// All regions, part by part.
pub(super) fn regions(spec: &PhantomSpec) -> Vec<Region> {
    let mut rng = stream(spec.seed, 0, Purpose::Regions, 0);
    let mut all = Vec::new();
    for part in PARTS {
        for number in 1..=part.regions {
            let reached = rng.random::<f64>() < part.reached;
            let strength = rng.random_range(0.5..1.0);
            all.push(Region {
                name: format!("{}_{number:02}", part.prefix),
                log_mean: part.volume.ln() + 0.3 * normal(&mut rng).clamp(-1.5, 1.5),
                ageing: part.ageing * rng.random_range(0.5..1.5),
                loadings: std::array::from_fn(|_| 0.04 * normal(&mut rng)),
                taken: if reached { part.taken * strength } else { 0.0 },
                scan: usize::from(part.prefix == "hip"),
            });
        }
    }
    all
}

/// What a person has of every region, in mm3; `None` where the scan is missing. `scanned` says which of [`SCANS`] are there.
pub(super) fn volumes(
    spec: &PhantomSpec,
    regions: &[Region],
    subject: usize,
    (row, factors): (&Row, &Factors),
    scanned: [bool; SCANS.len()],
) -> Vec<Option<f64>> {
    let mut rng = stream(spec.seed, subject, Purpose::Regions, 1);
    let sex = match row.sex {
        Some(Sex::M) => 0.05,
        Some(Sex::F) => -0.05,
        None => 0.0,
    };
    let head = sex + 0.08 * normal(&mut rng);
    let patterns: [f64; PATTERNS] = std::array::from_fn(|_| normal(&mut rng));
    let decades = (factors.age - 70.0) / 10.0;
    let burden = burden(factors.severity);
    regions
        .iter()
        .map(|region| {
            // Drawn whether or not it is shown, so that a missing scan moves no other number.
            let measured = MEASUREMENT * normal(&mut rng);
            let shared: f64 = region.loadings.iter().zip(patterns).map(|(l, p)| l * p).sum();
            let log = region.log_mean + head - region.ageing * decades + shared + measured;
            scanned[region.scan].then(|| log.exp() * (1.0 - burden * region.taken))
        })
        .collect()
}

/// `regions.json`: what each column is, and the share of it that disease takes at most.
pub(super) fn described(spec: &PhantomSpec) -> Value {
    let describe = |region: Region| {
        let what = format!("Volume, measured on the {} scan", SCANS[region.scan]);
        (region.name, json!({ "Description": what, "Units": "mm3", "TakenAtMost": (region.taken * 1e4).round() / 1e4 }))
    };
    Value::Object(regions(spec).into_iter().map(describe).collect())
}

/// Share of the most that disease takes: 0 below a severity of 4.5, 1 at 10.
fn burden(severity: f64) -> f64 {
    ((severity - ONSET) / (10.0 - ONSET)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::{Phantom, PhantomError};

    fn phantom(missing_scan: f64) -> Result<Phantom, PhantomError> {
        Phantom::new(PhantomSpec { subjects: 300, seed: 5, missing_scan, missing_cell: 0.0, ..PhantomSpec::default() })
    }

    #[test]
    fn what_disease_takes_rises_with_severity_and_most_in_the_hippocampus() -> Result<(), PhantomError> {
        let phantom = phantom(0.0)?;
        let regions = regions(phantom.spec());
        let lost = |prefix: &str| {
            let logs = |ill: bool| {
                let of = |subject: &usize| (phantom.factors(*subject).severity > 7.0) == ill;
                let people: Vec<usize> = (0..300).filter(of).collect();
                let sum: f64 = people
                    .iter()
                    .flat_map(|s| phantom.regional_volumes(*s).into_iter().zip(&regions))
                    .filter(|(_, region)| region.name.starts_with(prefix))
                    .filter_map(|(volume, _)| volume.map(f64::ln))
                    .sum();
                sum / people.len() as f64 / regions.iter().filter(|r| r.name.starts_with(prefix)).count() as f64
            };
            logs(false) - logs(true)
        };
        assert!(lost("hip") > 0.08, "{}", lost("hip"));
        assert!(lost("ctx") < 0.5 * lost("hip"), "{} {}", lost("ctx"), lost("hip"));
        Ok(())
    }

    #[test]
    fn a_missing_scan_takes_the_hippocampus_and_moves_nothing_else() -> Result<(), PhantomError> {
        let (whole, gaps) = (phantom(0.0)?, phantom(0.5)?);
        let names: Vec<String> = regions(whole.spec()).into_iter().map(|r| r.name).collect();
        assert_eq!(names.len(), 115);
        for subject in 0..20 {
            let (a, b) = (whole.regional_volumes(subject), gaps.regional_volumes(subject));
            for ((name, a), b) in names.iter().zip(&a).zip(&b) {
                let lacks = name.starts_with("hip") && !gaps.has_scan(subject, Contrast::T2w);
                assert_eq!(*b, if lacks { None } else { *a }, "{name} of {subject}");
            }
        }
        Ok(())
    }

    #[test]
    fn nobody_below_the_onset_carries_any_burden() {
        assert_eq!((burden(0.0), burden(ONSET), burden(10.0)), (0.0, 0.0, 1.0));
    }
}
