//! Any bytes as an image, as they are (first byte even) or compressed: an error in words, or a volume that fills its shape;
//! compressed or not makes no difference.
#![no_main]

use fascicle_data::nifti::read_header;
use fascicle_data::{Result, Volume};
use fascicle_fuzz::limit::within;
use fascicle_fuzz::{craft, scratch::Scratch};
use libfuzzer_sys::fuzz_target;
use std::cell::LazyCell;

thread_local! {
    static PLAIN: LazyCell<Scratch> = const { LazyCell::new(|| Scratch::ending(".nii")) };
    static PACKED: LazyCell<Scratch> = const { LazyCell::new(|| Scratch::ending(".nii.gz")) };
}

/// Compressed bytes may hold a thousand times as many, and each of those becomes a number, twice while axes are turned.
fn most(bytes: &[u8]) -> usize {
    let held = if bytes.starts_with(&[0x1f, 0x8b]) { 1040 * bytes.len() } else { bytes.len() };
    (4 << 20) + 16 * held
}

fn read(scratch: &Scratch, bytes: &[u8]) -> Result<Volume> {
    let path = scratch.holding(bytes);
    within(most(bytes), || {
        let header = read_header(path);
        let volume = Volume::read(path)?;
        let [x, y, z] = volume.shape();
        assert_eq!(volume.data.len(), x * y * z);
        assert!(volume.data.iter().all(|v| v.is_finite()), "a voxel is no number");
        assert!(header.is_ok(), "the header alone is refused: {:?}", header.err());
        Ok(volume)
    })
}

fuzz_target!(init: fascicle_fuzz::seeds::write("nifti"), |data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    let plain = PLAIN.with(|scratch| read(scratch, bytes));
    if let Err(error) = &plain {
        assert!(!error.to_string().is_empty());
    }
    if first % 2 == 0 || bytes.starts_with(&[0x1f, 0x8b]) {
        return;
    }
    let packed = PACKED.with(|scratch| read(scratch, &craft::gzip(bytes)));
    match (plain, packed) {
        (Ok(plain), Ok(packed)) => assert!(plain.data == packed.data && plain.affine == packed.affine),
        (Err(_), Err(_)) => {}
        (Ok(_), Err(e)) => panic!("compressed it is refused: {e}"),
        (Err(e), Ok(_)) => panic!("compressed it is taken, and else not: {e}"),
    }
});
