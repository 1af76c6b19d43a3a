use super::super::affine::Affine;
use super::super::samples::folder;
use super::super::transform::{Image, Prepared};
use super::{Cache, HEADER};
use ndarray::Array4;
use std::path::PathBuf;

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

#[test]
fn a_volume_is_made_once_and_comes_back_as_it_was() {
    let dir = folder();
    let cache = Cache::new(&dir.path().join("made/when/needed"));
    let key = blake3::hash(b"a");
    assert_eq!(cache.get(&key, || Ok(prepared())).expect("made").image(), image());
    let again = cache.get(&key, || panic!("it was made before")).expect("mapped");
    assert_eq!((again.image(), again.shape(), again.cut()), (image(), [2, 3, 4, 5], 7));
}

#[test]
fn a_short_or_damaged_file_is_made_again() {
    let dir = folder();
    let cache = Cache::new(dir.path());
    let key = blake3::hash(b"a");
    let name = key.to_hex();
    let path: PathBuf = dir.path().join(&name[..2]).join(format!("{name}.vol"));
    cache.get(&key, || Ok(prepared())).expect("made");
    let whole = std::fs::read(&path).expect("a file");
    let mut flipped = whole.clone();
    flipped[HEADER + 7] ^= 4;
    let mut lying = whole.clone();
    lying[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
    for damaged in [&whole[..whole.len() - 1], &whole[..20], &[], &flipped, &lying] {
        std::fs::write(&path, damaged).expect("damaged");
        let mut made = false;
        let found = cache.get(&key, || {
            made = true;
            Ok(prepared())
        });
        assert_eq!(found.expect("made again").image(), image());
        assert!(made);
    }
    assert_eq!(std::fs::read(&path).expect("a file"), whole, "the same bytes");
}

#[test]
fn a_whole_volume_under_another_key_is_not_taken_for_it() {
    let dir = folder();
    let cache = Cache::new(dir.path());
    let (a, b) = (blake3::hash(b"a"), blake3::hash(b"b"));
    cache.get(&a, || Ok(prepared())).expect("made");
    std::fs::create_dir_all(cache.path(&b).parent().expect("a folder")).expect("made");
    std::fs::copy(cache.path(&a), cache.path(&b)).expect("copied");
    assert!(cache.find(&a).is_some());
    assert!(cache.find(&b).is_none());
}
