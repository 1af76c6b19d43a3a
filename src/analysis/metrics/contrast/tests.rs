use super::*;
use ndarray::{Array3, Zip};

type Outcome = std::result::Result<(), Box<dyn std::error::Error>>;

/// Patterson and Foster's ratio, random places, the mean.
const RANDOM: RegionPairs = RegionPairs {
    roi: [2, 2, 2],
    pairs: 50,
    seed: 0,
    places: RegionPlaces::Random,
    noise: Noise::Each,
    over: Average::Mean,
};

/// Dimitri et al.: the joint standard deviation, a grid, the median.
const GRID: RegionPairs =
    RegionPairs { roi: [1, 1, 2], places: RegionPlaces::Grid, noise: Noise::Joint, over: Average::Median, ..RANDOM };

/// `(37 i mod 101)` at the i-th voxel.
fn patterned(shape: (usize, usize, usize)) -> Array3<f32> {
    let mut at = 0;
    Array3::from_shape_simple_fn(shape, || {
        at += 1;
        ((at - 1) * 37 % 101) as f32
    })
}

#[test]
fn the_ratio_of_two_regions_is_that_of_numpy() -> Outcome {
    let image = patterned((4, 5, 6));
    let ratio = contrast_to_noise(image.slice(s![0..2, 0..3, 0..2]), image.slice(s![2..4, 1..4, 3..5]), Noise::Each)?;
    assert!((ratio - 0.07192854921030149).abs() < 1e-14, "{ratio}");
    let ratio = contrast_to_noise(image.slice(s![0..1, 0..4, 0..4]), image.slice(s![3..4, 1..5, 2..6]), Noise::Each)?;
    assert!((ratio - 0.09075473265045804).abs() < 1e-14, "{ratio}");
    Ok(())
}

#[test]
fn the_mean_over_pairs_does_not_depend_on_scale_or_offset() -> Outcome {
    let regions = RegionPairs { roi: [4, 4, 3], pairs: 200, seed: 7, ..RANDOM };
    let image = patterned((12, 10, 9));
    let other = image.mapv(|v| 3.0 * v + 50.0);
    let (one, two) = (regions.score(image.view(), image.view())?, regions.score(other.view(), other.view())?);
    assert!((one - two).abs() < 1e-6 * one, "{one} {two}");
    assert_eq!(one, regions.score(image.view(), image.view())?, "the same seed draws the same places");
    assert_ne!(one, RegionPairs { seed: 8, ..regions }.score(image.view(), image.view())?);
    Ok(())
}

#[test]
fn two_regions_share_no_voxel_and_no_air() -> Outcome {
    // Air but for two slabs: regions lie in them or across their edge.
    let image =
        Array3::from_shape_fn((6, 6, 6), |(i, j, k)| if i == 0 || i == 5 { (1 + j * k + i) as f32 } else { 0.0 });
    let regions = RegionPairs { roi: [2, 2, 2], pairs: 50, seed: 3, ..RANDOM };
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for _ in 0..50 {
        let (a, b) = regions.pair(&image.view(), [4, 4, 4], &mut rng)?;
        assert!((0..3).any(|axis| a[axis].abs_diff(b[axis]) >= 2), "{a:?} and {b:?} overlap");
        assert!([a, b].iter().all(|at| at[0] == 0 || at[0] == 4), "{a:?} or {b:?} is air");
    }
    Ok(())
}

#[test]
fn a_blurred_image_has_a_larger_ratio_in_the_same_places() -> Outcome {
    let noisy =
        Array3::from_shape_fn((10, 10, 10), |(i, j, k)| i as f32 + ((i * 7 + j * 13 + k * 29) % 11) as f32 / 5.0);
    let mut smooth = noisy.clone();
    Zip::indexed(&mut smooth).for_each(|(i, _, _), v| *v = 0.5 * *v + 0.5 * (i as f32 + 1.0));
    let regions = RegionPairs { roi: [3, 3, 3], pairs: 300, seed: 1, ..RANDOM };
    assert!(regions.score(noisy.view(), smooth.view())? > regions.score(noisy.view(), noisy.view())?);
    Ok(())
}

#[test]
fn what_has_no_ratio_says_why() {
    let flat = Array3::<f32>::from_elem((6, 6, 6), 2.0);
    let image = patterned((6, 6, 6));
    let regions = RegionPairs { roi: [2, 2, 2], pairs: 10, seed: 0, ..RANDOM };
    let reason = |outcome: Result<f64>| outcome.err().map(|e| e.to_string()).unwrap_or_default();
    assert!(reason(regions.score(flat.view(), image.view())).contains("two separate regions"));
    assert!(reason(regions.score(image.view(), flat.view())).contains("constant within every region"));
    let large = RegionPairs { roi: [2, 7, 2], ..regions };
    assert!(reason(large.score(image.view(), image.view())).contains("no more voxels"));
    let all = RegionPairs { roi: [4, 4, 4], ..regions };
    assert!(reason(all.score(image.view(), image.view())).contains("two separate regions"));
}

#[test]
fn the_joint_ratio_of_two_regions_is_that_of_numpy() -> Outcome {
    // numpy.abs(a.mean() - b.mean()) / numpy.concatenate([a.ravel(), b.ravel()]).std()
    let image = patterned((4, 5, 6));
    let (a, b) = (image.slice(s![0..2, 0..3, 0..2]), image.slice(s![2..4, 1..4, 3..5]));
    assert!((contrast_to_noise(a, b, Noise::Joint)? - 0.10159101391567608).abs() < 1e-14);
    let (a, b) = (image.slice(s![0..1, 0..4, 0..4]), image.slice(s![3..4, 1..5, 2..6]));
    assert!((contrast_to_noise(a, b, Noise::Joint)? - 0.12808310812056042).abs() < 1e-14);
    // Regions of different sizes: 0, 2 and 4, 4, 4, 8.
    let (a, b) = (
        Array3::from_shape_vec((1, 1, 2), vec![0.0, 2.0])?,
        Array3::from_shape_vec((1, 1, 4), vec![4.0, 4.0, 4.0, 8.0])?,
    );
    assert!((contrast_to_noise(a.view(), b.view(), Noise::Joint)? - 1.6483267673842683).abs() < 1e-14);
    Ok(())
}

#[test]
fn the_cells_of_a_grid_meet_each_other_once() -> Outcome {
    // Cells 0 2, 4 8, 5 7 and one that is constant, which is in no pair; the last voxel is in no cell.
    let truth = Array3::from_shape_vec((1, 1, 9), vec![0.0, 2.0, 4.0, 8.0, 5.0, 7.0, 3.0, 3.0, 90.0])?;
    // Contrasts 5, 5, 0; joint standard deviations sqrt(8.75), sqrt(7.25), sqrt(2.5).
    let (first, second) = (5.0 / 8.75_f64.sqrt(), 5.0 / 7.25_f64.sqrt());
    assert!((GRID.score(truth.view(), truth.view())? - first).abs() < 1e-12, "the median of {first}, {second} and 0");
    let mean = RegionPairs { over: Average::Mean, ..GRID };
    assert!((mean.score(truth.view(), truth.view())? - (first + second) / 3.0).abs() < 1e-12);
    let each = RegionPairs { noise: Noise::Each, ..mean };
    let (first, second) = (5.0 / 5.0_f64.sqrt(), 5.0 / 2.0_f64.sqrt());
    assert!((each.score(truth.view(), truth.view())? - (first + second) / 3.0).abs() < 1e-12);
    Ok(())
}

#[test]
fn a_grid_of_many_pairs_is_drawn_from() -> Outcome {
    let image = patterned((12, 10, 9));
    let regions = RegionPairs { roi: [4, 4, 3], pairs: 10, ..GRID };
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let pairs = regions.pairs_of_grid(&image.view(), &mut rng)?;
    assert_eq!(pairs.len(), 10, "of 18 cells' 153 pairs");
    for (a, b) in pairs {
        assert_ne!(a, b);
        assert!([a, b].iter().all(|at| (0..3).all(|axis| at[axis] % regions.roi[axis] == 0)), "{a:?} {b:?}");
    }
    Ok(())
}

#[test]
fn ratios_of_two_images_differ_by_their_share() -> Outcome {
    let truth = Array3::from_shape_vec((1, 1, 4), vec![0.0, 2.0, 4.0, 8.0])?;
    let judged = Array3::from_shape_vec((1, 1, 4), vec![0.0, 1.0, 2.0, 2.0])?;
    // 5 / sqrt(8.75) in the truth, 1.5 / sqrt(0.6875) in what is judged.
    let (t, j) = (5.0 / 8.75_f64.sqrt(), 1.5 / 0.6875_f64.sqrt());
    assert!((GRID.difference(truth.view(), judged.view())? - (j - t) / (j + t)).abs() < 1e-12);
    assert_eq!(GRID.difference(truth.view(), truth.view())?, 0.0);
    let flat = Array3::<f32>::from_elem((1, 1, 4), 2.0);
    let reason = GRID.score(flat.view(), truth.view()).err().map(|e| e.to_string()).unwrap_or_default();
    assert!(reason.contains("fewer than two cells"), "{reason}");
    Ok(())
}

#[test]
fn medians_are_those_of_numpy() {
    assert_eq!(Average::Median.of(&mut [3.0, -1.0, 2.0]), 2.0);
    assert_eq!(Average::Median.of(&mut [4.0, 1.0, 3.0, 2.0]), 2.5);
    assert_eq!(Average::Median.of(&mut [5.0]), 5.0);
    assert!(Average::Median.of(&mut []).is_nan());
}
