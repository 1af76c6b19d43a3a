//! Distances between the surfaces of two masks, in millimetres.
//!
//! ```text
//!  two masks [x, y, z] ──▶ surfaces (voxels that touch one outside by a face) ──▶ distances both ways ──▶ percentile, mean, share
//! ```
//!
//! Definitions are MONAI's (`compute_hausdorff_distance`, `compute_average_surface_distance`, `compute_surface_dice`): a surface is a mask without its erosion by the cross of six
//! neighbours, where the border of the image counts as outside; distances are Euclidean between centres of voxels.

use crate::bootstrap::quantile_of_sorted;
use crate::error::{AnalysisError, Result, check_shapes};
use ndarray::{Array3, ArrayView3, Axis, Zip};

/// The Hausdorff distance: from each surface the given percentile (100: the largest) of the distances to the other, the
/// larger of both. Percentiles are interpolated linearly, as numpy's.
///
/// # Errors
/// Masks of different shapes, or one that is empty: there is no surface to measure from.
pub fn hausdorff(
    truth: ArrayView3<'_, bool>,
    predicted: ArrayView3<'_, bool>,
    voxel_mm: [f64; 3],
    percent: f64,
) -> Result<f64> {
    let ways = distances(truth, predicted, voxel_mm)?;
    let one_way = ways.map(|mut distances| {
        distances.sort_unstable_by(f64::total_cmp);
        quantile_of_sorted(&distances, percent / 100.0)
    });
    Ok(one_way[0].max(one_way[1]))
}

/// The average symmetric surface distance: the mean of the distances of all voxels of both surfaces to the other one. MONAI's
/// `compute_average_surface_distance(symmetric=True)`.
///
/// # Errors
/// As [`hausdorff`].
pub fn average_surface_distance(
    truth: ArrayView3<'_, bool>,
    predicted: ArrayView3<'_, bool>,
    voxel_mm: [f64; 3],
) -> Result<f64> {
    let ways = distances(truth, predicted, voxel_mm)?;
    let all = ways.iter().map(Vec::len).sum::<usize>();
    Ok(ways.iter().flatten().sum::<f64>() / all as f64)
}

/// The surface Dice coefficient: the share of the voxels of both surfaces that lie at most `tolerance_mm` from the other one (Nikolov et
/// al. 2021). MONAI's `compute_surface_dice`.
///
/// # Errors
/// As [`hausdorff`].
pub fn surface_dice(
    truth: ArrayView3<'_, bool>,
    predicted: ArrayView3<'_, bool>,
    voxel_mm: [f64; 3],
    tolerance_mm: f64,
) -> Result<f64> {
    let ways = distances(truth, predicted, voxel_mm)?;
    let all = ways.iter().map(Vec::len).sum::<usize>();
    let near = ways.iter().flatten().filter(|mm| **mm <= tolerance_mm).count();
    Ok(near as f64 / all as f64)
}

/// From each voxel of a surface to the other surface: of the true one, of the predicted one.
fn distances(
    truth: ArrayView3<'_, bool>,
    predicted: ArrayView3<'_, bool>,
    voxel_mm: [f64; 3],
) -> Result<[Vec<f64>; 2]> {
    check_shapes("the true mask", truth.shape(), "the predicted mask", predicted.shape())?;
    let surfaces = [surface(truth), surface(predicted)];
    if surfaces.iter().any(|surface| !surface.iter().any(|s| *s)) {
        return Err(AnalysisError::Undefined { what: "the distance of surfaces", reason: "one of the masks is empty" });
    }
    let one_way = |from: &Array3<bool>, to: &Array3<bool>| -> Vec<f64> {
        let squared = squared_distances(to, voxel_mm);
        from.iter().zip(&squared).filter(|(is_surface, _)| **is_surface).map(|(_, d)| d.sqrt()).collect()
    };
    Ok([one_way(&surfaces[0], &surfaces[1]), one_way(&surfaces[1], &surfaces[0])])
}

/// The voxels of a mask that touch one outside it by a face.
fn surface(mask: ArrayView3<'_, bool>) -> Array3<bool> {
    let mut surface = Array3::from_elem(mask.raw_dim(), false);
    let shape: [usize; 3] = mask.dim().into();
    for ((x, y, z), inside) in mask.indexed_iter() {
        if !*inside {
            continue;
        }
        let at = [x, y, z];
        let is_outside = |axis: usize, up: bool| {
            let mut next = at;
            if up {
                next[axis] += 1;
                next[axis] >= shape[axis] || !mask[next]
            } else {
                at[axis] == 0 || {
                    next[axis] -= 1;
                    !mask[next]
                }
            }
        };
        surface[at] = (0..3).any(|axis| is_outside(axis, true) || is_outside(axis, false));
    }
    surface
}

/// The squared distance of every voxel to the nearest one that is set (Felzenszwalb and Huttenlocher 2012: the lower
/// envelope of parabolas, axis by axis).
fn squared_distances(set: &Array3<bool>, voxel_mm: [f64; 3]) -> Array3<f64> {
    let mut squared = set.mapv(|is_set| if is_set { 0.0 } else { f64::INFINITY });
    for (axis, mm) in voxel_mm.into_iter().enumerate() {
        let mut envelope = Envelope::default();
        Zip::from(squared.lanes_mut(Axis(axis))).for_each(|mut line| {
            let heights: Vec<f64> = line.to_vec();
            envelope.of(&heights, mm);
            line.iter_mut().enumerate().for_each(|(at, value)| *value = envelope.at(at as f64 * mm));
        });
    }
    squared
}

/// The lowest of the parabolas `(x - p)^2 + h`.
#[derive(Default)]
struct Envelope {
    /// Place and height of each parabola that is somewhere the lowest.
    lowest: Vec<(f64, f64)>,
    /// From where on.
    from: Vec<f64>,
    /// The one that was asked for last: places are asked in ascending order.
    last: usize,
}

impl Envelope {
    fn of(&mut self, heights: &[f64], mm: f64) {
        self.lowest.clear();
        self.from.clear();
        self.last = 0;
        for (at, height) in heights.iter().enumerate().filter(|(_, height)| height.is_finite()) {
            let place = at as f64 * mm;
            let mut from = f64::NEG_INFINITY;
            while let (Some((p, h)), Some(start)) = (self.lowest.last().copied(), self.from.last().copied()) {
                from = ((height + place * place) - (h + p * p)) / (2.0 * (place - p));
                if from > start {
                    break;
                }
                self.lowest.pop();
                self.from.pop();
                from = f64::NEG_INFINITY;
            }
            self.lowest.push((place, *height));
            self.from.push(from);
        }
    }

    fn at(&mut self, place: f64) -> f64 {
        while self.from.get(self.last + 1).is_some_and(|from| *from < place) {
            self.last += 1;
        }
        self.lowest.get(self.last).map_or(f64::INFINITY, |(p, height)| (place - p).powi(2) + height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fascicle_reference::assert_close;

    fn ball(centre: [f64; 3], radius: f64) -> Array3<bool> {
        Array3::from_shape_fn((14, 12, 10), |(x, y, z)| {
            let at = [x as f64, y as f64, z as f64];
            (0..3).map(|i| (at[i] - centre[i]).powi(2)).sum::<f64>() <= radius * radius
        })
    }

    /// scipy 1.16: `binary_erosion(m) ^ m`, `distance_transform_edt(~surface, sampling)` and numpy's percentile, which are
    /// the steps of MONAI's function.
    #[test]
    fn distances_of_surfaces_are_those_of_scipys_distance_transform() {
        let a = ball([6.0, 5.0, 4.0], 4.2);
        let mut b = ball([7.0, 6.0, 5.0], 3.4);
        b[[0, 0, 0]] = true;
        let of = |mm, percent| hausdorff(a.view(), b.view(), mm, percent).unwrap();
        assert_close(of([1.0; 3], 100.0), 4.690_415_759_823_43, 1e-12);
        assert_close(of([1.0; 3], 95.0), 2.449_489_742_783_178, 1e-12);
        assert_close(of([1.0; 3], 50.0), 1.0, 1e-12);
        assert_close(of([1.0, 1.5, 2.25], 100.0), 6.427_480_066_091_221, 1e-12);
        assert_close(of([1.0, 1.5, 2.25], 95.0), 3.967_850_136_272_233, 1e-12);
        assert_close(of([1.0, 1.5, 2.25], 50.0), 1.5, 1e-12);
    }

    /// MONAI 1.6.1, in single precision (`tests/reference/masks.py`).
    #[test]
    fn mean_distances_and_shares_of_surfaces_are_monais() {
        let a = ball([6.0, 5.0, 4.0], 4.2);
        let mut b = ball([7.0, 6.0, 5.0], 3.4);
        b[[0, 0, 0]] = true;
        let (iso, uneven) = ([1.0; 3], [1.0, 1.5, 2.25]);
        for (mm, expected) in [(iso, 1.158_882_9), (uneven, 1.571_744_4)] {
            assert_close(average_surface_distance(a.view(), b.view(), mm).unwrap(), expected, 1e-6);
        }
        let expected = [
            (iso, 0.5, 0.174_273_86),
            (iso, 1.0, 0.659_751_06),
            (iso, 1.5, 0.759_336_11),
            (iso, 2.0, 0.846_473_04),
            (uneven, 0.5, 0.174_273_86),
            (uneven, 1.0, 0.481_327_8),
            (uneven, 1.5, 0.609_958_53),
            (uneven, 2.0, 0.730_290_47),
        ];
        for (mm, tolerance, expected) in expected {
            assert_close(surface_dice(a.view(), b.view(), mm, tolerance).unwrap(), expected, 1e-6);
        }
        // SimpleITK 2.5: GetVolumeSimilarity is 0.5576519916142557.
        let similarity = super::super::image::volume_similarity(a.view(), b.view()).unwrap();
        assert_close(similarity, 1.0 - 0.557_651_991_614_255_7 / 2.0, 1e-12);
    }

    #[test]
    fn an_empty_mask_has_no_surface() {
        let (a, none) = (ball([6.0, 5.0, 4.0], 2.0), Array3::from_elem((14, 12, 10), false));
        let error = hausdorff(a.view(), none.view(), [1.0; 3], 100.0).unwrap_err();
        assert!(error.to_string().contains("one of the masks is empty"), "{error}");
        assert_eq!(hausdorff(a.view(), a.view(), [1.0; 3], 100.0), Ok(0.0));
    }
}
