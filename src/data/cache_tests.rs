use super::super::affine::Affine;
use super::super::samples::folder;
use super::super::transform::{Image, Prepared};
use super::{Cache, HEADER};
use ndarray::Array4;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

fn image() -> Image {
    let mut affine = Affine::IDENTITY;
    affine.0[1][3] = -4.5;
    Image {
        data: Array4::from_shape_fn((2, 3, 4, 5), |(c, x, y, z)| (c * 1000 + x * 100 + y * 10 + z) as f32),
        affine,
        labels: true,
    }
}

fn prepared() -> Prepared {
    Prepared { image: image(), cut: 7 }
}

fn put(cache: &Cache, keys: &[blake3::Hash]) {
    let filling = cache.fill();
    keys.iter().for_each(|key| filling.put(key, &prepared()).expect("written"));
    filling.end().expect("ended");
}

fn packs(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}

#[test]
fn a_volume_comes_back_as_it_was() {
    let dir = folder();
    let place = dir.path().join("made/when/needed");
    let cache = Cache::new(&place);
    let (a, b) = (blake3::hash(b"a"), blake3::hash(b"b"));
    assert!(cache.find(&a).is_none());
    put(&cache, &[a, b]);
    for cache in [&cache, &Cache::new(&place)] {
        let found = cache.find(&b).expect("it is there");
        assert_eq!((found.image(), found.shape(), found.cut()), (image(), [2, 3, 4, 5], 7));
    }
    assert_eq!(packs(&place).len(), 1, "many volumes are one file");
}

#[test]
fn a_pack_that_another_process_writes_is_found() {
    let dir = folder();
    let (ours, theirs) = (Cache::new(dir.path()), Cache::new(dir.path()));
    let key = blake3::hash(b"a");
    assert!(ours.find(&key).is_none());
    put(&theirs, &[key]);
    ours.packs.look_again();
    assert!(ours.find(&key).is_some());
}

#[test]
fn volumes_are_put_from_several_threads() {
    let dir = folder();
    let cache = Cache::new(dir.path());
    let keys: Vec<blake3::Hash> = (0..200_u32).map(|at| blake3::hash(&at.to_le_bytes())).collect();
    let filling = cache.fill();
    keys.par_iter().for_each(|key| filling.put(key, &prepared()).expect("written"));
    filling.end().expect("ended");
    assert!(keys.iter().all(|key| cache.find(key).is_some_and(|found| found.image() == image())));
}

#[test]
fn a_damaged_volume_is_not_found_and_its_neighbour_is() {
    let dir = folder();
    let (a, b) = (blake3::hash(b"a"), blake3::hash(b"b"));
    put(&Cache::new(dir.path()), &[a, b]);
    let path = packs(dir.path()).remove(0);
    let whole = std::fs::read(&path).expect("a file");
    let mut flipped = whole.clone();
    flipped[HEADER + 7] ^= 4;
    let mut lying = whole.clone();
    lying[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
    for damaged in [&flipped, &lying] {
        std::fs::write(&path, damaged).expect("damaged");
        let cache = Cache::new(dir.path());
        assert!(cache.find(&a).is_none());
        assert!(cache.find(&b).is_some());
        // It is made again, beside.
        put(&cache, &[a]);
        assert!(Cache::new(dir.path()).find(&a).is_some());
        packs(dir.path()).into_iter().filter(|pack| *pack != path).for_each(|p| std::fs::remove_file(p).expect("gone"));
    }
}

#[test]
fn a_short_pack_or_a_damaged_table_is_none() {
    let dir = folder();
    let key = blake3::hash(b"a");
    put(&Cache::new(dir.path()), &[key]);
    let path = packs(dir.path()).remove(0);
    let whole = std::fs::read(&path).expect("a file");
    let end = whole.len();
    let mut table = whole.clone();
    table[end - 60] ^= 1;
    let mut count = whole.clone();
    count[end - 48..end - 40].copy_from_slice(&u64::MAX.to_le_bytes());
    for damaged in [&whole[..end - 1], &whole[..20], &[], &table, &count] {
        std::fs::write(&path, damaged).expect("damaged");
        assert!(Cache::new(dir.path()).find(&key).is_none());
    }
    std::fs::write(&path, &whole).expect("mended");
    assert!(Cache::new(dir.path()).find(&key).is_some());
}

#[test]
fn a_whole_volume_under_another_key_is_not_taken_for_it() {
    let dir = folder();
    let (a, b) = (blake3::hash(b"a"), blake3::hash(b"b"));
    let cache = Cache::new(dir.path());
    let header = super::header(&prepared(), &[], &a);
    cache.fill().put(&a, &prepared()).expect("written");
    let filling = cache.fill();
    filling.writer().put(&b, &[&header]).expect("written");
    filling.end().expect("ended");
    assert!(cache.find(&b).is_none());
}

#[test]
fn the_same_volumes_are_the_same_pack() {
    let (one, other) = (folder(), folder());
    let keys = [blake3::hash(b"a"), blake3::hash(b"b")];
    for dir in [&one, &other] {
        put(&Cache::new(dir.path()), &keys);
    }
    let (one, other) = (packs(one.path()).remove(0), packs(other.path()).remove(0));
    assert_eq!(one.file_name(), other.file_name());
    assert_eq!(std::fs::read(one).expect("read"), std::fs::read(other).expect("read"));
}
