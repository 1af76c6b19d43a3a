//! Ranks, with the mean rank for equal values.
//!
//! A sample comes in, its ranks (from 1) and the sizes of its groups of equal values go out; every rank test starts
//! here.

/// The ranks of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranks {
    /// One rank a value, from 1; equal values share the mean of the ranks they take.
    pub values: Vec<f64>,
    /// The size of every group of two or more equal values.
    pub ties: Vec<usize>,
}

impl Ranks {
    /// Ranks finite `values` (scipy's `rankdata`, method `average`).
    pub fn of(values: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        let mut ranks = vec![0.0; values.len()];
        let mut ties = Vec::new();
        let mut start = 0;
        for group in order.chunk_by(|&a, &b| values[a] == values[b]) {
            // The ranks start + 1 ..= start + n have this mean.
            let rank = start as f64 + (group.len() + 1) as f64 / 2.0;
            group.iter().for_each(|&i| ranks[i] = rank);
            if group.len() > 1 {
                ties.push(group.len());
            }
            start += group.len();
        }
        Self { values: ranks, ties }
    }

    /// The sum of `t^3 - t` over groups of equal values, by which every rank test corrects its variance.
    pub fn tie_term(&self) -> f64 {
        self.ties.iter().map(|&t| t as f64).map(|t| t * t * t - t).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_mean_rank() {
        let ranks = Ranks::of(&[3.0, 1.0, 3.0, 2.0, 3.0, 1.0]);
        assert_eq!(ranks.values, [5.0, 1.5, 5.0, 3.0, 5.0, 1.5]);
        assert_eq!(ranks.ties, [2, 3]);
        assert_eq!(ranks.tie_term(), 6.0 + 24.0);
    }

    #[test]
    fn negative_zero_equals_zero() {
        assert_eq!(Ranks::of(&[0.0, -0.0]).values, [1.5, 1.5]);
    }
}
