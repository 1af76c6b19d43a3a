//! Average precision: how far down a list of subjects, the most probable first, the members of a class stand.

use crate::error::{AnalysisError, Result, check_paired, check_sample};

/// The sum over thresholds of the recall that is gained times the precision there, without interpolation
/// (scikit-learn's `average_precision_score`). Equal scores make one threshold.
///
/// `member[i]` says whether subject `i` belongs to the class, `scores[i]` what the model gave it.
///
/// # Errors
/// No members, lists of different length, or a score that is not finite.
pub fn average_precision(member: &[bool], scores: &[f64]) -> Result<f64> {
    check_sample("the scores", scores)?;
    check_paired("the true classes", member, "the scores", scores)?;
    let members = member.iter().filter(|m| **m).count();
    if members == 0 {
        return Err(AnalysisError::MissingClass { class: 1 });
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let (mut found, mut seen, mut sum) = (0_usize, 0_usize, 0.0);
    for equal in order.chunk_by(|a, b| scores[*a] == scores[*b]) {
        let here = equal.iter().filter(|i| member[**i]).count();
        (found, seen) = (found + here, seen + equal.len());
        sum += here as f64 / members as f64 * found as f64 / seen as f64;
    }
    Ok(sum)
}
