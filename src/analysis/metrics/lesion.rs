//! Masks by their connected parts: how many of the lesions of a subject are found, and how many are that are not there.
//!
//! ```text
//!  mask [x, y, z] ──▶ connected components ──▶ found / not found, real / not real ──▶ F1
//! ```

use crate::error::{AnalysisError, Result, check_shapes};
use ndarray::{Array3, ArrayView3};

/// The lesion-wise F1 score: the harmonic mean of the share of true lesions that a predicted one touches and of the share of predicted
/// lesions that touch a true one (Commowick et al. 2018, MSSEG). A lesion is a connected component; two voxels touch by a face, an edge
/// or a corner, as in SimpleITK's `ConnectedComponent(fullyConnected=True)`.
///
/// # Errors
/// Masks of different shapes, or both empty: there is nothing to find.
pub fn lesion_f1(truth: ArrayView3<'_, bool>, predicted: ArrayView3<'_, bool>) -> Result<f64> {
    check_shapes("the true mask", truth.shape(), "the predicted mask", predicted.shape())?;
    let (true_lesions, drawn_lesions) = (components(truth), components(predicted));
    let found = share_touched(&true_lesions, predicted);
    let real = share_touched(&drawn_lesions, truth);
    match (found, real) {
        (None, None) => {
            Err(AnalysisError::Undefined { what: "the score of lesions", reason: "there are none in both masks" })
        }
        // Something is missed, or something is drawn where nothing is.
        (None, _) | (_, None) => Ok(0.0),
        (Some(found), Some(real)) if found + real == 0.0 => Ok(0.0),
        (Some(found), Some(real)) => Ok(2.0 * found * real / (found + real)),
    }
}

/// The share of components that have a voxel in common with a mask; `None` where there are none.
fn share_touched(components: &Components, mask: ArrayView3<'_, bool>) -> Option<f64> {
    let mut touched = vec![false; components.count];
    for (component, inside) in components.of.iter().zip(mask.iter()) {
        if let (Some(component), true) = (component.checked_sub(1), *inside) {
            touched[component] = true;
        }
    }
    let found = touched.iter().filter(|touched| **touched).count();
    (components.count > 0).then(|| found as f64 / components.count as f64)
}

/// The connected components of a mask.
pub(super) struct Components {
    /// How many.
    pub(super) count: usize,
    /// Which one each voxel belongs to, from 1, in the order in which they are met; 0 outside the mask.
    pub(super) of: Array3<usize>,
}

/// Components whose voxels touch by a face, an edge or a corner.
pub(super) fn components(mask: ArrayView3<'_, bool>) -> Components {
    let mut of = Array3::<usize>::zeros(mask.raw_dim());
    let grid: [usize; 3] = mask.dim().into();
    let mut count = 0;
    let mut next = Vec::new();
    for ((x, y, z), inside) in mask.indexed_iter() {
        if !*inside || of[[x, y, z]] != 0 {
            continue;
        }
        count += 1;
        of[[x, y, z]] = count;
        next.push([x, y, z]);
        while let Some(at) = next.pop() {
            let around = |i: usize| at[i].saturating_sub(1)..(at[i] + 2).min(grid[i]);
            for x in around(0) {
                for y in around(1) {
                    for z in around(2) {
                        let beside = [x, y, z];
                        if mask[beside] && of[beside] == 0 {
                            of[beside] = count;
                            next.push(beside);
                        }
                    }
                }
            }
        }
    }
    Components { count, of }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fascicle_reference::assert_close;

    fn mask(inside: impl Fn(usize, usize, usize) -> bool) -> Array3<bool> {
        Array3::from_shape_fn((14, 12, 10), |(x, y, z)| inside(x, y, z))
    }

    /// SimpleITK 2.5: `ConnectedComponent(.., True)`; the shares of components by numpy (`tests/reference/masks.py`).
    #[test]
    fn lesions_are_simpleitks_components() {
        let a = mask(|x, y, z| (5 * x + 3 * y + 7 * z + x * y * z) % 29 < 1);
        let b = mask(|x, y, z| {
            let more = 3 * usize::from(x % 5 == 0) + 5 * usize::from(z % 4 == 1);
            (5 * x + 3 * y + 7 * z + x * y * z + more) % 29 < 1
        });
        assert_eq!((components(a.view()).count, components(b.view()).count), (43, 43));
        assert_close(lesion_f1(a.view(), b.view()).unwrap(), 0.627_045_650_301_464_3, 1e-12);
        let dense = mask(|x, y, z| (5 * x + 3 * y + 7 * z + x * y * z) % 13 < 2);
        assert_eq!(components(dense.view()).count, 29);
    }

    #[test]
    fn nothing_drawn_finds_nothing_and_nothing_to_find_has_no_score() {
        let (none, some) = (mask(|_, _, _| false), mask(|x, y, z| x + y + z == 9));
        assert_eq!(lesion_f1(some.view(), none.view()), Ok(0.0));
        assert_eq!(lesion_f1(none.view(), some.view()), Ok(0.0));
        assert_eq!(lesion_f1(some.view(), some.view()), Ok(1.0));
        assert!(lesion_f1(none.view(), none.view()).is_err());
    }
}
