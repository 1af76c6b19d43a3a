//! Boxes around a centre of mass: `crop(around: mass, size: [..])`.

use super::super::affine::inverse;
use super::super::error::{DataError, Result};
use super::super::volume::Volume;
use super::image::Image;

/// A centre that lies within this of the middle between two voxels goes up, as one that lies there exactly does: a way through
/// millimetres and back leaves less.
const TIE: f64 = 1e-6;

/// The centre of mass of a volume, in millimetres of its space: the mean place of its voxels, each weighed by its value.
/// Values below 0 weigh nothing: what is darker than nothing would push the centre away, out of the image at worst.
///
/// # Errors
/// No value above 0.
pub fn centre_of_mass(volume: &Volume) -> Result<[f64; 3]> {
    let (mut mass, mut moments) = (0.0, [0.0; 3]);
    for ((x, y, z), value) in volume.data.indexed_iter() {
        let weight = f64::from(value.max(0.0));
        mass += weight;
        for (moment, place) in moments.iter_mut().zip([x, y, z]) {
            *moment += weight * place as f64;
        }
    }
    if !(mass > 0.0 && mass.is_finite()) {
        let problem = "no voxel is above 0, so that there is no centre of mass to cut around; check the image, or cut a box by \
                       its place: crop(at: [..], size: [..])";
        return Err(DataError::Step { step: "crop", problem: problem.into() });
    }
    Ok(volume.affine.at(moments.map(|moment| moment / mass)))
}

/// The first voxel of a box of this size whose middle is nearest to a point in millimetres. Where it would reach over the edge it
/// is shifted until it lies within.
///
/// # Errors
/// A box that is larger than the image.
pub(super) fn box_around(image: &Image, centre: [f64; 3], size: [usize; 3]) -> Result<[i64; 3]> {
    let grid = image.grid();
    let Some(inverse) = inverse(image.affine.linear()) else {
        let problem = "the affine's axes are not independent, so that no millimetre has a voxel".into();
        return Err(DataError::Step { step: "crop", problem });
    };
    if (0..3).any(|axis| size[axis] > grid[axis]) {
        return Err(too_large(size, grid));
    }
    let origin = image.affine.at([0.0; 3]);
    Ok(std::array::from_fn(|axis| {
        let voxel: f64 = (0..3).map(|world| inverse[axis][world] * (centre[world] - origin[world])).sum();
        let start = (voxel - (size[axis] as f64 - 1.0) / 2.0 + 0.5 + TIE).floor();
        (start as i64).clamp(0, (grid[axis] - size[axis]) as i64)
    }))
}

/// A box that no place in the image can hold.
pub(super) fn too_large(size: [usize; 3], grid: [usize; 3]) -> DataError {
    let problem = format!(
        "a box of {size:?} voxels around the centre of mass is larger than the image, which has {grid:?}; the declared shape \
         pads, `size` only cuts: give at most what all images have"
    );
    DataError::Step { step: "crop", problem }
}

#[cfg(test)]
mod tests {
    use super::super::super::affine::Affine;
    use super::super::ImageChain;
    use super::*;
    use fascicle_lang::program::{ImageMask, ImageStep, Interpolation, SpatialKind};
    use ndarray::Array3;

    /// The image of tests/reference/centres.py, on a grid that is turned about the head's long axis.
    fn volume(less: i64) -> Volume {
        let data = Array3::from_shape_fn([11, 9, 7], |(x, y, z)| {
            let (x, y, z) = (x as i64, y as i64, z as i64);
            ((7 * x + 3 * y * y + 5 * z * x) % 11 + x + if z > 4 { 2 * z } else { 0 } - less) as f32
        });
        let affine = Affine::new([[1.2, -0.3, 0.0], [0.3, 0.9, 0.0], [0.0, 0.0, 2.5]], [-40.0, 12.0, 7.0]);
        Volume { data, affine, header: None }
    }

    fn chain(steps: Vec<ImageStep>, shape: [usize; 3]) -> ImageChain {
        ImageChain { kind: SpatialKind::Volume, steps, shape: [&[1], &shape[..]].concat(), levels: Vec::new() }
    }

    fn around(size: [usize; 3]) -> ImageStep {
        ImageStep::Around { size, of: None }
    }

    /// Where the box begins, read off the affine.
    fn start(volume: &Volume, steps: Vec<ImageStep>, size: [usize; 3]) -> [i64; 3] {
        let image = chain(steps, size).prepare(volume).expect("prepared").image;
        assert_eq!(image.grid(), size);
        let (first, origin) = (image.affine.at([0.0; 3]), volume.affine.at([0.0; 3]));
        let inverse = inverse(volume.affine.linear()).expect("independent");
        std::array::from_fn(|i| (0..3).map(|w| inverse[i][w] * (first[w] - origin[w])).sum::<f64>().round() as i64)
    }

    #[test]
    fn boxes_lie_around_the_centre_of_mass_of_scipy() {
        for (less, centre) in [
            (0, [5.783_718_104_495_747_5, 4.052_247_873_633_05, 3.612_393_681_652_491]),
            // Values below 0 weigh nothing.
            (9, [6.413_920_454_545_455, 4.036_931_818_181_818, 4.371_590_909_090_909]),
        ] {
            let volume = volume(less);
            let (found, expected) = (centre_of_mass(&volume).expect("a centre"), volume.affine.at(centre));
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{found:?} {expected:?}");
        }
        assert_eq!(start(&volume(0), vec![around([4, 5, 3])], [4, 5, 3]), [4, 2, 3]);
        assert_eq!(start(&volume(0), vec![around([9, 2, 6])], [9, 2, 6]), [2, 4, 1]);
        assert_eq!(start(&volume(9), vec![around([4, 5, 3])], [4, 5, 3]), [5, 2, 3]);
        assert_eq!(start(&volume(9), vec![around([9, 2, 6])], [9, 2, 6]), [2, 4, 1]);
    }

    #[test]
    fn what_stands_before_does_not_move_the_centre() {
        let zscore = ImageStep::Zscore { mask: ImageMask::All };
        assert_eq!(start(&volume(0), vec![zscore, around([4, 5, 3])], [4, 5, 3]), [4, 2, 3]);
        // On a finer grid it is the same place: within half a voxel of it.
        let halved = ImageStep::Resample { voxel_mm: vec![0.5], interpolation: Interpolation::Linear };
        let volume = volume(0);
        let image = chain(vec![halved, around([3, 3, 3])], [3, 3, 3]).prepare(&volume).expect("prepared").image;
        let (middle, centre) = (image.affine.at([1.0; 3]), centre_of_mass(&volume).expect("a centre"));
        let apart = middle.iter().zip(centre).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
        assert!(apart <= 0.25 * 3.0_f64.sqrt() + 1e-9, "{apart} mm");
    }

    #[test]
    fn ties_go_up_and_edges_hold_the_box() {
        let mut data = Array3::zeros([6, 6, 6]);
        data[[1, 0, 5]] = 2.0;
        data[[2, 0, 5]] = 2.0;
        let volume = Volume { data, affine: volume(0).affine, header: None };
        // 1.5 lies between the voxels 1 and 2.
        assert_eq!(start(&volume, vec![around([1, 3, 3])], [1, 3, 3]), [2, 0, 3]);
    }

    #[test]
    fn an_image_of_zeros_and_a_box_larger_than_the_image_are_refused() {
        let zeros = Volume { data: Array3::from_elem([3, 3, 3], -1.0), affine: Affine::IDENTITY, header: None };
        let error = chain(vec![around([2, 2, 2])], [2, 2, 2]).prepare(&zeros).expect_err("refused").to_string();
        assert!(error.contains("no voxel is above 0"), "{error}");
        let large = chain(vec![around([4, 10, 3])], [4, 9, 3]);
        let error = large.prepare(&volume(0)).expect_err("refused").to_string();
        assert!(error.contains("[4, 10, 3]") && error.contains("[11, 9, 7]"), "{error}");
        // Of a header alone the axes have no names: only what fits in no order is refused.
        assert!(large.check_boxes([11, 9, 7]).is_ok() && large.check_boxes([9, 9, 7]).is_err());
    }
}
