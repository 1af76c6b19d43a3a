//! Nearest neighbours: whether what lies close together belongs together.
//!
//! A table `[items, columns]` and a group an item come in. For every item the nearest other item is found; the share of
//! items whose nearest is of their own group goes out, beside the share that would be expected if neighbours were
//! picked at random.

use crate::clustering::distances::{Distance, distances};
use crate::error::{AnalysisError, Result, check_paired};
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// How often the nearest neighbour is of the same group.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Retrieval {
    /// The share of items whose nearest other item is of their group.
    pub share: f64,
    /// The share expected of neighbours picked at random.
    pub chance: f64,
    /// Items that have another of their group, which are those counted.
    pub items: usize,
}

/// For every item whether its nearest other one is of its group; of equally near ones the first counts.
///
/// An item alone in its group could not be right and is not counted.
///
/// # Errors
/// Fewer than two items, no group with two, lists of different length, or values that are not finite; an item of zeros
/// where the cosine is asked for.
pub fn retrieval(table: ArrayView2<'_, f64>, groups: &[usize], distance: Distance) -> Result<Retrieval> {
    let rows: Vec<usize> = (0..table.nrows()).collect();
    check_paired("the items", &rows, "their groups", groups)?;
    let n = rows.len();
    let distances = distances(table, distance)?;
    let mates = |i: usize| groups.iter().filter(|g| **g == groups[i]).count() - 1;
    let (mut hits, mut chance, mut items) = (0_usize, 0.0, 0_usize);
    for i in rows.into_iter().filter(|i| mates(*i) > 0) {
        let others = (0..n).filter(|j| *j != i);
        let nearest = others.min_by(|a, b| distances[[i, *a]].total_cmp(&distances[[i, *b]]));
        hits += usize::from(nearest.is_some_and(|j| groups[j] == groups[i]));
        chance += mates(i) as f64 / (n - 1) as f64;
        items += 1;
    }
    if items == 0 {
        return Err(AnalysisError::Undefined {
            what: "the share of right neighbours",
            reason: "every item is alone in its group",
        });
    }
    Ok(Retrieval { share: hits as f64 / items as f64, chance: chance / items as f64, items })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fascicle_reference::assert_close;
    use ndarray::array;

    #[test]
    fn neighbours_of_the_same_group_are_counted_and_oneself_is_not() {
        let x = array![[1.0, 0.0], [2.0, 0.1], [0.0, 1.0], [0.1, 3.0], [5.0, 4.9]];
        // The last item is alone in its group; the others lie in pairs of one direction.
        let found = retrieval(x.view(), &[0, 0, 1, 1, 2], Distance::Cosine).unwrap();
        assert_eq!((found.share, found.items), (1.0, 4));
        assert_close(found.chance, 0.25, 1e-12);
        // On straight lines the nearest of the third is the first, of the first the second and of the fourth the third.
        let found = retrieval(x.view(), &[0, 1, 0, 1, 2], Distance::Euclidean).unwrap();
        assert_eq!(found.share, 0.25);
    }

    #[test]
    fn items_that_are_all_alone_have_no_answer() {
        let x = array![[1.0, 0.0], [2.0, 0.1]];
        assert!(matches!(retrieval(x.view(), &[0, 1], Distance::Cosine), Err(AnalysisError::Undefined { .. })));
        assert!(matches!(retrieval(x.view(), &[0], Distance::Cosine), Err(AnalysisError::ShapeMismatch { .. })));
    }
}
