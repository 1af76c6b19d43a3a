//! Differences to the reference, and whether they are more than chance.

use super::super::score::Line;
use super::super::task::RunKey;
use super::Contrast;
use crate::analysis::{
    Alternative, AnalysisError, Correction, TTest, adjust, corrected_resampled_t, mann_whitney, spread,
    wilcoxon_signed_rank,
};
use crate::program::PairedTest;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// A value for every run.
pub(super) type ByRun = Vec<(RunKey, Option<f64>)>;

/// What is said of a single fold.
pub(super) const ONE_FOLD: &str = "one fold alone cannot be tested; use more folds or seeds";

pub(super) fn runs_of(line: &Line) -> ByRun {
    line.runs.iter().map(|run| (run.run, run.value)).collect()
}

/// `test` comes with what is said where there is too little to test.
pub(super) fn contrasts(
    lines: &[Option<ByRun>],
    reference: usize,
    test: (PairedTest, &str),
    sizes: (usize, usize),
) -> Vec<Contrast> {
    let mut contrasts: Vec<Contrast> = (0..lines.len())
        .filter(|variant| *variant != reference)
        .map(|variant| contrast(variant, lines[variant].as_ref(), lines[reference].as_ref(), test, sizes))
        .collect();
    let p: Vec<f64> = contrasts.iter().filter_map(|c| c.p).collect();
    if let Ok(corrected) = adjust(&p, Correction::Holm) {
        let mut corrected = corrected.into_iter();
        for contrast in contrasts.iter_mut().filter(|c| c.p.is_some()) {
            contrast.p_corrected = corrected.next();
        }
    }
    contrasts
}

fn contrast(
    variant: usize,
    line: Option<&ByRun>,
    reference: Option<&ByRun>,
    (test, alone): (PairedTest, &str),
    (train, tested): (usize, usize),
) -> Contrast {
    let mut contrast =
        Contrast { variant, difference: None, low: None, high: None, p: None, p_corrected: None, reason: None };
    let (Some(line), Some(reference)) = (line, reference) else {
        contrast.reason = Some("one of the two does not have this score".into());
        return contrast;
    };
    let of = |line: &ByRun, run: RunKey| line.iter().find(|(other, _)| *other == run).and_then(|(_, value)| *value);
    let (a, b): (Vec<f64>, Vec<f64>) =
        line.iter().filter_map(|(run, value)| Some(((*value)?, of(reference, *run)?))).unzip();
    let differences: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
    contrast.difference = spread(&differences).ok().map(|s| s.mean);
    let outcome = match test {
        PairedTest::CorrectedT => corrected_resampled_t(&differences, train, tested, Alternative::TwoSided).map(|t| {
            (contrast.low, contrast.high) = interval(&t).map_or((None, None), |(low, high)| (Some(low), Some(high)));
            t.p_value
        }),
        PairedTest::Wilcoxon => wilcoxon_signed_rank(&a, &b, Alternative::TwoSided).map(|w| w.p_value),
        PairedTest::MannWhitney => mann_whitney(&a, &b, Alternative::TwoSided).map(|u| u.p_value),
    };
    match outcome {
        Ok(p) => contrast.p = Some(p),
        Err(AnalysisError::TooFew { .. } | AnalysisError::Empty { .. }) => {
            contrast.reason = Some(alone.to_owned());
        }
        Err(e) => contrast.reason = Some(e.to_string()),
    }
    contrast
}

/// The 95% interval of a difference.
fn interval(t: &TTest) -> Option<(f64, f64)> {
    let distribution = StudentsT::new(0.0, 1.0, t.df).ok()?;
    let half = distribution.inverse_cdf(0.975) * t.standard_error;
    half.is_finite().then_some((t.mean_difference - half, t.mean_difference + half))
}
