use super::*;
use ndarray::{Array3, Zip};

type Outcome = std::result::Result<(), Box<dyn std::error::Error>>;

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
    let ratio = contrast_to_noise(image.slice(s![0..2, 0..3, 0..2]), image.slice(s![2..4, 1..4, 3..5]))?;
    assert!((ratio - 0.07192854921030149).abs() < 1e-14, "{ratio}");
    let ratio = contrast_to_noise(image.slice(s![0..1, 0..4, 0..4]), image.slice(s![3..4, 1..5, 2..6]))?;
    assert!((ratio - 0.09075473265045804).abs() < 1e-14, "{ratio}");
    Ok(())
}

#[test]
fn the_mean_over_pairs_does_not_depend_on_scale_or_offset() -> Outcome {
    let regions = RegionPairs { roi: [4, 4, 3], pairs: 200, seed: 7 };
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
    let regions = RegionPairs { roi: [2, 2, 2], pairs: 50, seed: 3 };
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
    let regions = RegionPairs { roi: [3, 3, 3], pairs: 300, seed: 1 };
    assert!(regions.score(noisy.view(), smooth.view())? > regions.score(noisy.view(), noisy.view())?);
    Ok(())
}

#[test]
fn what_has_no_ratio_says_why() {
    let flat = Array3::<f32>::from_elem((6, 6, 6), 2.0);
    let image = patterned((6, 6, 6));
    let regions = RegionPairs { roi: [2, 2, 2], pairs: 10, seed: 0 };
    let reason = |outcome: Result<f64>| outcome.err().map(|e| e.to_string()).unwrap_or_default();
    assert!(reason(regions.score(flat.view(), image.view())).contains("two separate regions"));
    assert!(reason(regions.score(image.view(), flat.view())).contains("constant within every region"));
    let large = RegionPairs { roi: [2, 7, 2], ..regions };
    assert!(reason(large.score(image.view(), image.view())).contains("no more voxels"));
    let all = RegionPairs { roi: [4, 4, 4], ..regions };
    assert!(reason(all.score(image.view(), image.view())).contains("two separate regions"));
}
