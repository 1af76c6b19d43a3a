//! Patches: where they lie, that all images of a subject are cut alike, and what moves of them are.

use super::super::cache::Cache;
use super::super::cohort::CohortData;
use super::super::samples::{bids, folder, put, put_volume, volume_input};
use super::super::transform::Image;
use super::super::transform::spatial::{Move, Part, Places, moved};
use super::{Augmentation, Dataset, FittedInputs, Item};
use crate::affine::Affine;
use fascicle_lang::program::{Augment, AxisName, InputRole, InputSpec, Window};
use ndarray::{Array4, s};
use std::path::Path;

const GRID: [usize; 3] = [12, 10, 9];
const PATCH: [usize; 3] = [5, 4, 3];

/// Every voxel of the scan says where it lies; a lesion of 12 voxels.
fn people(root: &Path) -> Dataset {
    put(root, "participants.tsv", "participant_id\nsub-1\nsub-2\n");
    for sub in ["sub-1", "sub-2"] {
        put_volume(root, &format!("{sub}/anat/{sub}_T1w.nii.gz"), GRID, |x, y, z| (100 * x + 10 * y + z) as f32);
        let lesion = |x, y, z| f32::from(u8::from((8..10).contains(&x) && (1..3).contains(&y) && (5..8).contains(&z)));
        put_volume(root, &format!("{sub}/anat/{sub}_dseg.nii.gz"), GRID, lesion);
    }
    let window = Some(Window { size: PATCH, overlap: 0.25 });
    let t1 = InputSpec { window, ..volume_input("t1", "anat/*_T1w.nii.gz", GRID, vec![]) };
    let mask = InputSpec {
        name: "lesion".into(),
        role: InputRole::Target,
        shape: GRID.to_vec(),
        levels: vec!["rest".into(), "lesion".into()],
        ..InputSpec { window, ..volume_input("lesion", "anat/*_dseg.nii.gz", GRID, vec![]) }
    };
    let cohort = CohortData::load(&bids(root), Path::new("")).expect("a cohort");
    Dataset::open(&[t1, mask], &[cohort], &Cache::new(&root.join("cache")), &|_, _| ()).expect("a dataset")
}

fn both(fitted: &FittedInputs<'_>, seed: u64, augment: &[Augment], balanced: Option<usize>) -> (Vec<f32>, Vec<f32>) {
    let item = Item { member: 1, slice: 0 };
    let draw = Augmentation::Patch { seed, augment, balanced };
    let batch = fitted.batch(&[item], &[0, 1], &draw).expect("a batch");
    let input = |at: usize| batch.inputs[at].as_ref().expect("asked for");
    assert_eq!((input(0).shape.as_slice(), input(1).shape.as_slice()), ([1, 5, 4, 3].as_slice(), PATCH.as_slice()));
    (input(0).values.clone(), input(1).values.clone())
}

fn is_lesion(value: f32) -> bool {
    let value = value as usize;
    let (x, y, z) = (value / 100, value / 10 % 10, value % 10);
    (8..10).contains(&x) && (1..3).contains(&y) && (5..8).contains(&z)
}

#[test]
fn a_patch_is_a_box_of_the_scan_and_of_its_mask_and_lies_anywhere() {
    let dir = folder();
    let data = people(dir.path());
    let fitted = data.fit(&["sub-1".into()]).expect("fitted");
    let mut firsts = std::collections::BTreeSet::new();
    for seed in 0..400 {
        let (scan, mask) = both(&fitted, seed, &[], None);
        for (at, value) in scan.iter().enumerate() {
            let from_first = (100 * (at / 12) + 10 * (at / 3 % 4) + at % 3) as f32;
            assert_eq!(*value, scan[0] + from_first);
        }
        assert!(scan.iter().zip(&mask).all(|(scan, mask)| is_lesion(*scan) == (*mask == 1.0)));
        assert_eq!((scan.clone(), mask), both(&fitted, seed, &[], None), "the same seed, the same patch");
        firsts.insert(scan[0] as usize);
    }
    // 8 x 7 x 7 places, most of them seen in 400 draws.
    assert!((200..=392).contains(&firsts.len()), "{}", firsts.len());
}

#[test]
fn half_of_the_patches_are_about_the_foreground_where_it_is_balanced() {
    let dir = folder();
    let data = people(dir.path());
    let fitted = data.fit(&["sub-1".into()]).expect("fitted");
    // The middle voxel of a patch is the one that was drawn, or as near as the border lets it be.
    let about_lesion = |seed| both(&fitted, seed, &[], Some(1)).1[(2 * 4 + 2) * 3 + 1] == 1.0;
    let count = (0..400).filter(|seed| about_lesion(*seed)).count();
    // Of 1080 voxels 12 are of the lesion; those with y = 1 are moved by one, away from the border.
    assert!((150..=230).contains(&count), "{count} of 400");
    let contains = (0..400).filter(|seed| both(&fitted, *seed, &[], Some(1)).1.contains(&1.0)).count();
    assert!(contains >= 180, "{contains} of 400");
}

#[test]
fn moves_of_whole_voxels_move_a_patch_about_its_middle_and_masks_with_it() {
    let dir = folder();
    let data = people(dir.path());
    let fitted = data.fit(&["sub-1".into()]).expect("fitted");
    let flip = [Augment::Flip { axis: AxisName::Sagittal, share: 1.0 }];
    for seed in 0..20 {
        let (plain, _) = both(&fitted, seed, &[], Some(1));
        let (scan, mask) = both(&fitted, seed, &flip, Some(1));
        let mirrored: Vec<f32> = plain.chunks(12).rev().flatten().copied().collect();
        assert_eq!(scan, mirrored);
        assert!(scan.iter().zip(&mask).all(|(scan, mask)| is_lesion(*scan) == (*mask == 1.0)));
        let (scan, mask) = both(&fitted, seed, &[Augment::Shift { voxels: 3 }], Some(1));
        assert!(scan.iter().zip(&mask).all(|(scan, mask)| is_lesion(*scan) == (*mask == 1.0)));
    }
}

#[test]
fn a_part_of_a_moved_image_is_sampled_as_the_whole_is() {
    let affine = Affine::new([[1.0, 0.0, 0.0], [0.0, 1.5, 0.0], [0.0, 0.0, 2.0]], [3.0, -5.0, 10.0]);
    let value = |(_, x, y, z): (usize, usize, usize, usize)| ((7 * x + 3 * y * y + 5 * z * x) % 11) as f32;
    let image = Image { data: Array4::from_shape_fn((2, 11, 9, 7), value), affine, labels: false };
    let turn = Move::Affine { zoom: [1.1, 0.9, 1.0], degrees: [5.0, -10.0, 20.0], shift_mm: [1.0, 0.5, -1.0] };
    let moves = [Move::Flip(1), turn];
    let all = moved(&image, &moves);
    // About the middle of the image, so that it is the same as of the whole.
    let part = Part { at: [3, 2, 2], size: [5, 5, 3] };
    let places = Places::of(image.grid(), affine.voxel_mm(), &moves, &part);
    let Part { at: [x, y, z], size: [nx, ny, nz] } = places.read;
    let around = image.data.slice(s![.., x..x + nx, y..y + ny, z..z + nz]);
    let expected = all.data.slice(s![.., 3..8, 2..7, 2..5]);
    for channel in 0..2 {
        let values: Vec<f32> = around.slice(s![channel, .., .., ..]).iter().copied().collect();
        let mut found = vec![0.0; part.voxels()];
        places.sample(&values, false, &mut found);
        for (found, expected) in found.iter().zip(expected.slice(s![channel, .., .., ..])) {
            assert!((found - expected).abs() < 1e-4, "{found} {expected}");
        }
    }
}
