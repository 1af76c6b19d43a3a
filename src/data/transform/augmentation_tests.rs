//! Changes of images beside TorchIO 1.2.1, MONAI 1.6.1 and SimpleITK 2.5: `tests/reference/augmentations.py` prints these numbers.

use super::super::affine::Affine;
use super::artefact;
use super::elastic::Elastic;
use super::image::Image;
use super::spatial::{Move, moved};
use ndarray::Array4;

/// Away from the border, beyond which TorchIO has another value.
const PLACES: [[usize; 3]; 6] = [[4, 4, 3], [3, 3, 3], [5, 4, 2], [4, 2, 4], [3, 5, 3], [5, 3, 4]];

fn image() -> Image {
    let value = |(_, x, y, z): (usize, usize, usize, usize)| ((7 * x + 3 * y * y + 5 * z * x) % 11) as f32;
    let affine = Affine::new([[1.0, 0.0, 0.0], [0.0, 1.5, 0.0], [0.0, 0.0, 2.0]], [3.0, -5.0, 10.0]);
    Image { data: Array4::from_shape_fn((1, 9, 8, 7), value), affine, labels: false }
}

#[track_caller]
fn is_near(data: &Array4<f32>, expected: [f32; 6]) {
    for ([x, y, z], expected) in PLACES.into_iter().zip(expected) {
        let found = data[[0, x, y, z]];
        assert!((found - expected).abs() <= 1e-5 * expected.abs().max(1.0), "{x} {y} {z}: {found}, not {expected}");
    }
}

fn turned() -> Move {
    Move::Affine { zoom: [1.1, 0.95, 1.2], degrees: [10.0, -7.0, 15.0], shift_mm: [0.5, -0.75, 1.0] }
}

/// About the third axis, and about the others.
fn turned_by(others: f64, third: f64) -> Move {
    Move::Affine { zoom: [1.0; 3], degrees: [others, others, third], shift_mm: [0.0; 3] }
}

/// Control points as in the script: ITK counts them along the axes of its world, to the left, to the back and up.
fn deformed() -> Move {
    let mut at = (2, 2, 2);
    let draw = || {
        let (i, j, k) = (6 - at.0, 6 - at.1, at.2);
        at = match at {
            (4, 4, 4) => at,
            (i, 4, 4) => (i + 1, 2, 2),
            (i, j, 4) => (i, j + 1, 2),
            (i, j, k) => (i, j, k + 1),
        };
        let of = |a: usize, b: usize, c: usize| (((i * a + j * b + k * c) % 9) as f64 - 4.0) / 4.0 * 0.6;
        [of(3, 5, 7), of(2, 7, 3), of(5, 1, 2)]
    };
    Move::Elastic(Elastic::of(7, draw))
}

#[test]
fn an_affine_move_is_torchios() {
    let found = moved(&image(), &[turned()]);
    is_near(&found.data, [4.257_760_5, 3.725_387_3, 5.649_324_4, 5.344_104_3, 5.051_208_5, 4.619_87]);
    // Of a mask the nearest voxel.
    let labels = Image { data: image().data.mapv(|v| f32::from(u8::from(v > 5.0))), labels: true, ..image() };
    is_near(&moved(&labels, &[turned()]).data, [1.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
}

#[test]
fn an_elastic_deformation_is_torchios() {
    let found = moved(&image(), &[deformed()]);
    is_near(&found.data, [4.064_608_6, 4.633_556_4, 1.289_902_7, 9.366_329, 8.630_568_5, 7.499_527]);
}

#[test]
fn moves_are_composed_in_their_order() {
    // Whole voxels and mirrors lose nothing, so that one interpolation is what two are.
    let exact = [Move::Voxels([1, 0, -2]), Move::Flip(1)];
    let apart = exact.iter().fold(image(), |image, step| moved(&image, std::slice::from_ref(step)));
    let together = moved(&image(), &exact);
    assert_eq!(apart.data, together.data);
    let mut mirrored = moved(&image(), &[turned()]).data;
    mirrored.invert_axis(ndarray::Axis(1));
    let one = moved(&image(), &[turned(), Move::Flip(0)]).data;
    assert!(mirrored.iter().zip(&one).all(|(a, b)| (a - b).abs() < 1e-4));
    // A spline in front of an affine move is asked at any place, behind it on the grid: here both are the same.
    let still = turned_by(0.0, 0.0);
    let (anywhere, on_grid) = (moved(&image(), &[deformed(), still]), moved(&image(), &[deformed()]));
    assert!(anywhere.data.iter().zip(&on_grid.data).all(|(a, b)| (a - b).abs() < 1e-4));
    // To and fro within the field of view: a ramp is linear, so that interpolation loses nothing.
    let ramp =
        Image { data: Array4::from_shape_fn((1, 9, 8, 7), |(_, x, y, z)| (x + 2 * y + 3 * z) as f32), ..image() };
    let back = moved(&ramp, &[turned_by(0.0, 20.0), turned_by(0.0, -20.0)]);
    assert!(ramp.data.iter().zip(&back.data).all(|(a, b)| (a - b).abs() < 1e-4));
}

#[test]
fn a_slice_stays_in_its_plane_and_its_channels_move_alike() {
    let slice =
        Image { data: Array4::from_shape_fn((2, 9, 8, 1), |(c, x, y, _)| (10 * c + 3 * x + y) as f32), ..image() };
    for step in [turned(), deformed(), Move::Voxels([1, 1, 5])] {
        let found = moved(&slice, &[step]);
        assert_eq!(found.data.dim(), (2, 9, 8, 1));
        let difference = |x: usize, y: usize| found.data[[1, x, y, 0]] - found.data[[0, x, y, 0]];
        assert!((0..9).all(|x| (0..8).all(|y| (difference(x, y) - 10.0).abs() < 1e-4)));
    }
    assert_ne!(moved(&slice, &[turned_by(0.0, 15.0)]).data, slice.data);
    // Turns about the other axes would leave the plane.
    assert_eq!(moved(&slice, &[turned_by(40.0, 15.0)]), moved(&slice, &[turned_by(0.0, 15.0)]));
}

#[test]
fn contrast_is_monais() {
    let mut data = image().data - 3.0;
    artefact::gamma(&mut data, 1.4);
    is_near(&data, [-0.227_420_57, 0.789_291_4, -2.601_892_7, 7.0, 5.628_584, 4.316_881]);
    let mut flat = Array4::from_elem((1, 2, 2, 2), 3.0);
    artefact::gamma(&mut flat, 0.5);
    assert_eq!(flat, Array4::from_elem((1, 2, 2, 2), 3.0));
}

#[test]
fn a_bias_field_is_torchios() {
    let coefficients: Vec<f64> = (0..20).map(|i| 0.1 * f64::from((3 * i) % 7 - 3)).collect();
    assert_eq!(artefact::coefficients(3), coefficients.len());
    let mut data = image().data;
    artefact::bias_field(&mut data, ([0; 3], [9, 8, 7]), 3, &coefficients);
    is_near(&data, [3.033_199_3, 3.752_904_4, 0.779_491_4, 6.629_92, 7.337_292, 5.925_744]);
    assert!((data[[0, 8, 7, 6]] - 2.714_512_3).abs() < 1e-5 && (data[[0, 0, 1, 0]] - 6.183_818).abs() < 1e-5);
}

#[test]
fn blur_and_swaps_are_torchios() {
    let mut blurred = image();
    artefact::blur(&mut blurred, [1.5, 0.9, 2.2]);
    is_near(&blurred.data, [4.726_305_5, 4.687_685, 4.944_994_4, 4.916_877, 5.999_249_5, 4.894_035]);
    let mut swapped = image().data;
    let pairs = [[[0, 0, 0], [4, 3, 2]], [[3, 3, 2], [1, 5, 5]], [[7, 6, 5], [4, 4, 3]]];
    artefact::swap(&mut swapped, [2, 2, 2], &pairs);
    is_near(&swapped, [2.0, 2.0, 10.0, 10.0, 9.0, 8.0]);
}
