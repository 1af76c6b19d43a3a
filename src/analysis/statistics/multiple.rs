//! Correction for multiple testing.
//!
//! The p of every test of a family come in, adjusted ones in the same order go out: a test is significant at level
//! alpha where its adjusted p is at most alpha. Follows statsmodels' `multipletests`.

use crate::error::{AnalysisError, Result, check_sample};
use serde::{Deserialize, Serialize};

/// What is kept below alpha, and under which assumption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// The false discovery rate, for independent or positively dependent tests (Benjamini and Hochberg 1995).
    BenjaminiHochberg,
    /// The false discovery rate, under any dependence (Benjamini and Yekutieli 2001).
    BenjaminiYekutieli,
    /// The probability of any false discovery: every p times the number of tests.
    Bonferroni,
    /// The same, step by step (Holm 1979): never weaker than Bonferroni.
    Holm,
}

/// Adjusts `p_values` by `correction`.
///
/// # Errors
/// No tests; a p that is not finite or not within 0..1. A test without a p is to be left out, not given as NaN.
pub fn adjust(p_values: &[f64], correction: Correction) -> Result<Vec<f64>> {
    check_sample("the list of p-values", p_values)?;
    if let Some(i) = p_values.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(AnalysisError::OutOfRange {
            what: "the list of p-values",
            position: vec![i],
            value: p_values[i],
            expected: "a probability, from 0 to 1",
        });
    }
    let n = p_values.len();
    let tests = n as f64;
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));

    let mut adjusted = vec![0.0; n];
    match correction {
        Correction::Bonferroni => adjusted = p_values.iter().map(|p| (p * tests).min(1.0)).collect(),
        Correction::Holm => {
            // From the smallest p upwards, none below the one before it.
            let mut largest = 0.0_f64;
            for (rank, &i) in order.iter().enumerate() {
                largest = largest.max((p_values[i] * (n - rank) as f64).min(1.0));
                adjusted[i] = largest;
            }
        }
        Correction::BenjaminiHochberg | Correction::BenjaminiYekutieli => {
            let dependence = match correction {
                Correction::BenjaminiYekutieli => (1..=n).map(|k| 1.0 / k as f64).sum(),
                _ => 1.0,
            };
            // From the largest p downwards, none above the one after it.
            let mut smallest = 1.0_f64;
            for (rank, &i) in order.iter().enumerate().rev() {
                smallest = smallest.min(p_values[i] / ((rank + 1) as f64 / tests / dependence));
                adjusted[i] = smallest;
            }
        }
    }
    Ok(adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fascicle_reference::{assert_all_close, number, numbers, stats};

    #[test]
    fn corrections_for_multiple_testing_are_those_of_statsmodels() {
        let Some(golden) = stats("bh_fdr") else {
            return;
        };
        let cases = golden["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 6);
        for case in cases {
            let p = numbers(&case["p"]);
            for (correction, key) in [
                (Correction::BenjaminiHochberg, "bh_q"),
                (Correction::BenjaminiYekutieli, "by_q"),
                (Correction::Bonferroni, "bonferroni"),
                (Correction::Holm, "holm"),
            ] {
                assert_all_close(&adjust(&p, correction).unwrap(), &numbers(&case[key]), 1e-12);
            }
            let alpha = number(&case["alpha"]);
            let rejected: Vec<bool> =
                adjust(&p, Correction::BenjaminiHochberg).unwrap().iter().map(|&q| q <= alpha).collect();
            let expected: Vec<bool> =
                case["bh_reject"].as_array().unwrap().iter().map(|v| v.as_bool().unwrap()).collect();
            assert_eq!(rejected, expected);
        }
        assert!(matches!(adjust(&[0.1, 1.2], Correction::Holm), Err(AnalysisError::OutOfRange { .. })));
    }
}
