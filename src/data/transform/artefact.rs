//! What scanners do to intensities, as augmentation draws it: other contrast, uneven fields, blur, and boxes that change places.
//!
//! Each function is told what was drawn, and changes one image.

use super::gaussian::gaussian_filter;
use super::image::Image;
use ndarray::{Array4, s};

/// MONAI's: added to the range of an image, so that one of a single value stays as it is.
const EPSILON: f32 = 1e-7;

/// Intensities to a power, between the smallest and the largest of the image, which stay: MONAI's `AdjustContrast`.
pub(crate) fn gamma(data: &mut Array4<f32>, exponent: f64) {
    let (low, high) = data.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    let range = high - low;
    if !range.is_finite() {
        return;
    }
    let exponent = exponent as f32;
    data.mapv_inplace(|v| ((v - low) / (range + EPSILON)).powf(exponent) * range + low);
}

/// How many coefficients a field of this degree has.
pub(crate) fn coefficients(order: usize) -> usize {
    (order + 1) * (order + 2) * (order + 3) / 6
}

/// Times the exponential of a polynomial of the place, -1 to 1 between the outermost voxels of each axis, whose coefficients come by
/// rising powers of the first axis, then of the second, then of the third: TorchIO's `BiasField`.
///
/// Of a part of an image, whose first voxel lies at `part.0` of `part.1` voxels, it is the field of the whole.
pub(crate) fn bias_field(data: &mut Array4<f32>, part: ([usize; 3], [usize; 3]), order: usize, coefficients: &[f64]) {
    let (_, nx, ny, nz) = data.dim();
    let (first, whole) = part;
    let along = |i: usize, axis: usize| match whole[axis] {
        n if n > 1 => 2.0 * (first[axis] + i) as f64 / (n as f64 - 1.0) - 1.0,
        _ => 0.0,
    };
    let deep: Vec<f64> = (0..nz).map(|z| along(z, 2)).collect();
    let mut field = vec![0.0_f32; nz];
    for x in 0..nx {
        for y in 0..ny {
            // The polynomial of the third axis alone, on this line.
            let mut line = vec![0.0; order + 1];
            let mut given = coefficients.iter();
            for i in 0..=order {
                for j in 0..=order - i {
                    let weight = along(x, 0).powi(i as i32) * along(y, 1).powi(j as i32);
                    (line.iter_mut().take(order - i - j + 1)).zip(&mut given).for_each(|(sum, c)| *sum += c * weight);
                }
            }
            for (value, z) in field.iter_mut().zip(&deep) {
                *value = (line.iter().rev().fold(0.0, |sum, c| sum * z + c) as f32).exp();
            }
            for mut values in data.slice_mut(s![.., x, y, ..]).rows_mut() {
                values.iter_mut().zip(&field).for_each(|(value, factor)| *value *= factor);
            }
        }
    }
}

/// Smoothed by a Gaussian of these standard deviations: TorchIO's `Blur`.
pub(crate) fn blur(image: &mut Image, sd_mm: [f64; 3]) {
    let voxel = image.affine.voxel_mm();
    let sd = std::array::from_fn(|i| sd_mm[i] / voxel[i]);
    image.data.outer_iter_mut().for_each(|channel| gaussian_filter(channel, sd));
}

/// Lets pairs of boxes change places, one after the other, each given by its first voxels: TorchIO's `Swap`.
pub(crate) fn swap(data: &mut Array4<f32>, extent: [usize; 3], pairs: &[[[usize; 3]; 2]]) {
    let of = |at: [usize; 3]| {
        let [x, y, z]: [_; 3] = std::array::from_fn(|i| at[i]..at[i] + extent[i]);
        s![.., x, y, z]
    };
    let grid = [data.dim().1, data.dim().2, data.dim().3];
    let inside = |at: &[usize; 3]| (0..3).all(|i| at[i] + extent[i] <= grid[i]);
    for [one, other] in pairs.iter().filter(|pair| pair.iter().all(inside)) {
        let (first, second) = (data.slice(of(*one)).to_owned(), data.slice(of(*other)).to_owned());
        data.slice_mut(of(*other)).assign(&first);
        data.slice_mut(of(*one)).assign(&second);
    }
}
