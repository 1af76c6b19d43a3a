//! Scans and masks that are cut around one centre of mass.

use super::super::cache::Cache;
use super::super::cohort::CohortData;
use super::super::error::DataError;
use super::super::fingerprint::content_hash;
use super::super::samples::{bids, folder, put_volume, volume_input};
use super::super::summary::check_data;
use super::Dataset;
use fascicle_lang::program::{ImageStep, InputSource, InputSpec};
use std::path::Path;

const T1W: &str = "anat/*_T1w.nii.gz";
const MASK: &str = "anat/*_mask.nii.gz";

fn load(root: &Path) -> CohortData {
    CohortData::load(&bids(root), Path::new("")).expect("a cohort")
}

fn open(inputs: &[InputSpec], root: &Path) -> Result<Dataset, DataError> {
    Dataset::open(inputs, &[load(root)], &Cache::new(&root.join("cache")), &|_, _| {})
}

/// A head that is one bright voxel and its neighbours, and a mask whose own centre lies elsewhere.
fn put_subject(root: &Path, subject: usize, at: [usize; 3]) {
    let near = move |x: usize, y: usize, z: usize| {
        if [x, y, z].iter().zip(at).all(|(a, b)| a.abs_diff(b) <= 1) { 100.0 } else { 0.0 }
    };
    put_volume(root, &format!("sub-{subject}/anat/sub-{subject}_T1w.nii.gz"), [12, 12, 12], near);
    let above = move |x, y, z| f32::from(u8::from([x, y, z] == [at[0], at[1], at[2] + 1]));
    put_volume(root, &format!("sub-{subject}/anat/sub-{subject}_mask.nii.gz"), [12, 12, 12], above);
}

fn inputs(of: Option<&str>) -> [InputSpec; 2] {
    let around = |of: Option<&str>| ImageStep::Around { size: [5, 5, 5], of: of.map(String::from) };
    let t1 = volume_input("t1", T1W, [5, 5, 5], vec![around(None)]);
    let mut mask = volume_input("mask", MASK, [5, 5, 5], vec![around(of)]);
    mask.shape = vec![5, 5, 5];
    mask.levels = vec!["rest".into(), "lesion".into()];
    [t1, mask]
}

/// Where a prepared image is largest.
fn brightest(data: &Dataset, member: usize, input: usize) -> (f32, [usize; 3]) {
    let image = data.image(member, input).expect("an image").image();
    let mut most = (f32::MIN, [0; 3]);
    for ((_, x, y, z), value) in image.data.indexed_iter() {
        if *value > most.0 {
            most = (*value, [x, y, z]);
        }
    }
    most
}

#[test]
fn a_mask_is_cut_around_the_centre_of_its_scan() {
    let dir = folder();
    put_subject(dir.path(), 1, [4, 5, 6]);
    put_subject(dir.path(), 2, [8, 3, 4]);
    let data = open(&inputs(Some(T1W)), dir.path()).expect("opened");
    let own = open(&inputs(None), dir.path()).expect("opened");
    for member in 0..2 {
        // The scan's middle is the middle of the box; the mask's voxel lies one above it, as in the scans.
        assert_eq!(brightest(&data, member, 1), (1.0, [2, 2, 3]));
        assert_eq!(
            data.image(member, 0).expect("an image").affine(),
            data.image(member, 1).expect("an image").affine()
        );
        assert_eq!(brightest(&own, member, 1), (1.0, [2, 2, 2]));
    }
}

#[test]
fn what_a_mask_is_cut_around_belongs_to_its_name_in_the_cache_and_to_the_content() {
    let dir = folder();
    put_subject(dir.path(), 1, [4, 5, 6]);
    let mask = [inputs(Some(T1W))[1].clone()];
    let hash = || content_hash(&load(dir.path()), &mask).expect("a hash");
    let before = (hash(), brightest(&open(&mask, dir.path()).expect("opened"), 0, 0));
    let moved = |x: usize, y: usize, z: usize| if [x, y, z] == [5, 5, 6] { 1.0 } else { 0.0 };
    put_volume(dir.path(), "sub-1/anat/sub-1_T1w.nii.gz", [12, 12, 12], moved);
    let after = (hash(), brightest(&open(&mask, dir.path()).expect("opened"), 0, 0));
    assert_ne!(before.0, after.0);
    assert_eq!((before.1, after.1), ((1.0, [2, 2, 3]), (1.0, [1, 2, 3])));
}

#[test]
fn who_has_no_centre_is_named() {
    let dir = folder();
    put_subject(dir.path(), 1, [4, 5, 6]);
    put_subject(dir.path(), 2, [4, 5, 6]);
    put_volume(dir.path(), "sub-2/anat/sub-2_T1w.nii.gz", [12, 12, 12], |_, _, _| 0.0);
    let error = open(&inputs(Some(T1W)), dir.path()).expect_err("zeros").to_string();
    assert!(error.contains("sub-2_T1w.nii.gz: no voxel is above 0"), "{error}");
    std::fs::remove_file(dir.path().join("sub-2/anat/sub-2_T1w.nii.gz")).expect("removed");
    let mask = [inputs(Some(T1W))[1].clone()];
    let data = open(&mask, dir.path()).expect("opened");
    assert_eq!(data.members.len(), 1);
    let flow = data.flows[0].to_string();
    assert!(flow.contains("no file matches `anat/*_T1w.nii.gz`, whose centre of mass it is cut around"), "{flow}");
}

#[test]
fn labels_that_are_cut_off_are_told() {
    let dir = folder();
    put_subject(dir.path(), 1, [4, 5, 6]);
    put_volume(dir.path(), "sub-1/anat/sub-1_mask.nii.gz", [12, 12, 12], |x, y, z| {
        f32::from(u8::from([x, y, z] == [11, 5, 6]))
    });
    let mut mask = [inputs(Some(T1W))[1].clone()];
    let told = |mask: &[InputSpec]| check_data(mask, &[load(dir.path())]);
    assert!(told(&mask).warnings.iter().any(|w| w.contains("1 of sub-1")), "{:?}", told(&mask).warnings);
    let InputSource::Image { steps, .. } = &mut mask[0].source else { panic!("an image") };
    steps.clear();
    mask[0].shape = vec![12, 12, 12];
    assert_eq!(told(&mask).warnings.len(), 0);
}
