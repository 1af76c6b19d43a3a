//! Gaussian smoothing of volumes, by its standard deviation in voxels.

use ndarray::{ArrayViewMut3, Axis};

/// Standard deviations after which the kernel is cut off.
const TRUNCATE: f64 = 4.0;

/// Full width at half maximum of a Gaussian of standard deviation 1.
pub fn full_width(sd: f64) -> f64 {
    sd * (8.0 * std::f64::consts::LN_2).sqrt()
}

/// Smooths along each axis with a Gaussian of `sd` voxels: scipy's `gaussian_filter` with its defaults, `mode="reflect"`
/// (the volume continues as its mirror image, the edge voxel repeated) and `truncate=4.0`. An axis of one voxel, or with a
/// standard deviation so small that the kernel holds one voxel, stays as it is.
pub fn gaussian_filter(mut volume: ArrayViewMut3<'_, f32>, sd: [f64; 3]) {
    for (axis, sd) in sd.into_iter().enumerate() {
        let radius = (TRUNCATE * sd + 0.5) as usize;
        if radius == 0 || volume.len_of(Axis(axis)) == 1 {
            continue;
        }
        let raw: Vec<f64> = (0..=radius).map(|k| (-0.5 * (k as f64 / sd).powi(2)).exp()).collect();
        let total = raw[0] + 2.0 * raw[1..].iter().sum::<f64>();
        let kernel: Vec<f64> = raw.iter().map(|w| w / total).collect();
        // The line with what continues it on both sides, so that every voxel has its neighbours in one place.
        let n = volume.len_of(Axis(axis));
        let mirrored = |i: usize| {
            let i = (i as i64 - radius as i64).rem_euclid(2 * n as i64) as usize;
            if i < n { i } else { 2 * n - 1 - i }
        };
        let source: Vec<usize> = (0..n + 2 * radius).map(mirrored).collect();
        let (mut line, mut sides) = (vec![0.0_f64; n + 2 * radius], vec![0.0_f64; n]);
        for mut lane in volume.lanes_mut(Axis(axis)) {
            line.iter_mut().zip(&source).for_each(|(to, from)| *to = f64::from(lane[*from]));
            sides.fill(0.0);
            for (k, weight) in kernel.iter().enumerate().skip(1) {
                let (before, behind) = (&line[radius - k..], &line[radius + k..]);
                for ((sum, a), b) in sides.iter_mut().zip(before).zip(behind) {
                    *sum += weight * (a + b);
                }
            }
            for ((value, centre), sides) in lane.iter_mut().zip(&line[radius..]).zip(&sides) {
                *value = (kernel[0] * centre + sides) as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;

    #[test]
    fn the_filter_is_scipys() {
        // scipy 1.17.1: gaussian_filter(v, sigma=(1.5, 0.75, 0.5)) of the same float32 array.
        let value = |(x, y, z): (usize, usize, usize)| ((7 * x + 3 * y * y + 5 * z * x) % 11) as f32;
        let mut volume = Array3::from_shape_fn((5, 4, 3), value);
        gaussian_filter(volume.view_mut(), [1.5, 0.75, 0.5]);
        for (place, expected) in [
            ([0, 0, 0], 3.540_903_3),
            ([4, 3, 2], 4.911_461),
            ([2, 1, 1], 4.196_82),
            ([0, 3, 1], 4.579_211_7),
            ([3, 0, 2], 4.269_022),
        ] {
            let found: f32 = volume[place];
            assert!((found - expected).abs() < 1e-5 * expected, "{place:?}: {found}, expected {expected}");
        }
        // What leaves at an edge comes back from its mirror image.
        assert!((volume.sum() - 266.0).abs() < 1e-3);
    }

    #[test]
    fn a_kernel_of_one_voxel_and_an_axis_of_one_voxel_change_nothing() {
        let volume = Array3::from_shape_fn((3, 3, 1), |(x, y, _)| (x * y) as f32);
        let mut same = volume.clone();
        gaussian_filter(same.view_mut(), [0.1, 0.0, 2.0]);
        assert_eq!(same, volume);
        assert!((full_width(1.5) - 3.532_23).abs() < 1e-5);
    }
}
