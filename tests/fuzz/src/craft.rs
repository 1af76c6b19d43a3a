//! Files made byte by byte: archives of `torch.save`, safetensors, NIfTI headers.

#[path = "../../../src/exchange/pytorch/crafted/zip.rs"]
mod zip;

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// What `torch.save` makes of a pickle and one storage.
pub fn checkpoint(pickle: &[u8], storage: &[u8], big: bool) -> Vec<u8> {
    let order: &[u8] = if big { b"big" } else { b"little" };
    zip::zip(&[("net/data.pkl", pickle), ("net/byteorder", order), ("net/data/0", storage), ("net/version", b"3\n")])
}

/// A safetensors file of a header and data.
pub fn safetensors(header: &[u8], data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header, data].concat()
}

/// The pickle of a dictionary with one tensor of these sizes and strides.
pub fn pickle(sizes: &[i64], strides: &[i64], class: &str, count: i64, offset: i64) -> Vec<u8> {
    let text = |text: &str| [b"X", &(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat();
    let int = |number: i64| [b"\x8a\x08", &number.to_le_bytes()[..]].concat();
    let ints = |all: &[i64]| [b"(".to_vec(), all.iter().flat_map(|n| int(*n)).collect(), b"t".to_vec()].concat();
    [
        b"\x80\x02ccollections\nOrderedDict\n)R(".to_vec(),
        text("l.weight"),
        b"ctorch._utils\n_rebuild_tensor_v2\n((".to_vec(),
        text("storage"),
        format!("ctorch\n{class}\n").into_bytes(),
        text("0"),
        text("cpu"),
        int(count),
        b"tQ".to_vec(),
        int(offset),
        ints(sizes),
        ints(strides),
        b"\x89ccollections\nOrderedDict\n)RtRu.".to_vec(),
    ]
    .concat()
}

/// A legacy file (before PyTorch 1.6) of the same pickle.
pub fn legacy(pickle: &[u8], count: i64, storage: &[u8]) -> Vec<u8> {
    // Of old, a sixth item says which part of the storage is meant.
    let at = pickle.windows(2).position(|w| w == b"tQ").unwrap_or(0);
    let old = [&pickle[..at], b"N", &pickle[at..]].concat();
    [
        b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.".to_vec(),
        b"\x80\x02}X\x0d\x00\x00\x00little_endian\x88s.".to_vec(),
        old,
        b"\x80\x02](X\x01\x00\x00\x000e.".to_vec(),
        count.to_le_bytes().to_vec(),
        storage.to_vec(),
    ]
    .concat()
}

/// A NIfTI-1 image of this shape and type; its voxels count upwards.
pub fn nifti(shape: [u16; 3], datatype: i16, bytes: usize, big: bool) -> Vec<u8> {
    let mut head = vec![0_u8; 352];
    let put = |head: &mut Vec<u8>, at: usize, little: &[u8]| {
        let mut bytes = little.to_vec();
        if big {
            bytes.reverse();
        }
        head[at..at + bytes.len()].copy_from_slice(&bytes);
    };
    put(&mut head, 0, &348_i32.to_le_bytes());
    for (i, extent) in [3, shape[0], shape[1], shape[2], 1, 1, 1, 1].into_iter().enumerate() {
        put(&mut head, 40 + 2 * i, &extent.to_le_bytes());
    }
    put(&mut head, 70, &datatype.to_le_bytes());
    put(&mut head, 72, &(8 * bytes as i16).to_le_bytes());
    for i in 0..4 {
        put(&mut head, 76 + 4 * i, &1_f32.to_le_bytes());
    }
    put(&mut head, 108, &352_f32.to_le_bytes());
    put(&mut head, 112, &1_f32.to_le_bytes());
    // sform: 1 mm, axes as the world's
    put(&mut head, 254, &1_i16.to_le_bytes());
    for (row, at) in [280, 296, 312].into_iter().enumerate() {
        put(&mut head, at + 4 * row, &1_f32.to_le_bytes());
    }
    head[344..348].copy_from_slice(b"n+1\0");
    let voxels = shape.iter().map(|n| usize::from(*n)).product::<usize>() * bytes;
    head.extend((0..voxels).map(|v| (v % 61) as u8));
    head
}

/// A NIfTI-2 image of 16-bit whole numbers.
pub fn nifti2(shape: [i64; 3]) -> Vec<u8> {
    let mut head = vec![0_u8; 544];
    let mut put = |at: usize, bytes: &[u8]| head[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &540_i32.to_le_bytes());
    put(4, b"n+2\0\r\n\x1a\n");
    put(12, &4_i16.to_le_bytes());
    put(14, &16_i16.to_le_bytes());
    for (i, extent) in [3, shape[0], shape[1], shape[2], 1, 1, 1, 1].into_iter().enumerate() {
        put(16 + 8 * i, &extent.to_le_bytes());
        put(104 + 8 * i, &1_f64.to_le_bytes());
    }
    put(168, &544_i64.to_le_bytes());
    put(176, &1_f64.to_le_bytes());
    put(348, &1_i32.to_le_bytes());
    for (row, at) in [400, 432, 464].into_iter().enumerate() {
        put(at + 8 * row, &1_f64.to_le_bytes());
    }
    let voxels = shape.iter().product::<i64>();
    head.extend((0..voxels).flat_map(|v| (v as i16).to_le_bytes()));
    head
}

/// The same compressed.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("memory takes what is written")
}
