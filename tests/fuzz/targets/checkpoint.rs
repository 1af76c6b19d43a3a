//! Any bytes as a file of weights: as they are (0), as pickle and storage of an archive whose checksums are right (1), as
//! header and data of a safetensors file whose length is right (2). An error in words, or tensors that fill their shapes,
//! which are written and read back bit by bit.
#![no_main]

use fascicle_exchange::{parse_safetensors, read_tensors, safetensors_bytes, shapes_of_safetensors};
use fascicle_fuzz::limit::within;
use fascicle_fuzz::{craft, scratch::Scratch};
use libfuzzer_sys::fuzz_target;
use std::cell::LazyCell;

thread_local! {
    static FILE: LazyCell<Scratch> = const { LazyCell::new(|| Scratch::ending(".weights")) };
}

/// The file that an input stands for.
fn file(data: &[u8]) -> Option<Vec<u8>> {
    let (mode, rest) = data.split_first()?;
    Some(match mode % 4 {
        1 | 3 => {
            let length = usize::from(*rest.first()?) << 8 | usize::from(*rest.get(1)?);
            let (pickle, storage) = rest[2..].split_at(length.min(rest.len() - 2));
            craft::checkpoint(pickle, storage, mode % 4 == 3)
        }
        2 => {
            let end = rest.iter().position(|b| *b == 0).unwrap_or(rest.len());
            craft::safetensors(&rest[..end], rest.get(end + 1..).unwrap_or_default())
        }
        _ => rest.to_vec(),
    })
}

fuzz_target!(init: fascicle_fuzz::seeds::write("checkpoint"), |data: &[u8]| {
    let Some(file) = file(data) else { return };
    FILE.with(|scratch| {
        let path = scratch.holding(&file);
        // Values of a pickle are larger than the bytes that make them, and entries of an archive may be compressed.
        let most = (8 << 20) + 2000 * file.len();
        let shapes = within(most, || shapes_of_safetensors(path));
        let tensors = match within(most, || read_tensors(path)) {
            Ok(tensors) => tensors,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                return;
            }
        };
        for (name, (shape, values)) in &tensors {
            assert_eq!(shape.iter().product::<usize>(), values.len(), "{name}");
        }
        if file.get(8) == Some(&b'{') {
            let shapes = shapes.expect("a file that is read has a header");
            assert!(shapes.iter().eq(tensors.iter().map(|(name, (shape, _))| (name, shape))), "{shapes:?}");
        }
        let written = safetensors_bytes(&tensors).expect("tensors fill their shapes");
        let read = parse_safetensors(&written).expect("what is written can be read");
        assert!(read.keys().eq(tensors.keys()));
        for ((a, b), name) in read.values().zip(tensors.values()).zip(tensors.keys()) {
            assert!(a.0 == b.0 && a.1.iter().map(|v| v.to_bits()).eq(b.1.iter().map(|v| v.to_bits())), "{name}");
        }
    });
});
