//! MGH files against nibabel 5.4.2 (`tests/reference/formats.py`).

use super::super::error::DataError;
use super::super::samples::{folder, put};
use super::super::volume::Volume;
use super::read_header;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// Version, axes 3 x 4 x 2 x 1, type float, and a place in the world, as nibabel writes them.
const HEADER: &str = "0000000100000003000000040000000200000001000000030000000000013f8000003fc0000040000000bf8000000000000000000000000000003e31d0d4bf7c1c5c000000003f7c1c5c3e31d0d441080000c18c135541db249b";

/// What nibabel's `as_closest_canonical` gives of it.
const AFFINE: [[f64; 4]; 3] = [
    [1.0, 0.0, 0.0, 8.0],
    [0.0, 1.9696154594421387, -0.26047226786613464, -19.218583196401596],
    [0.0, 0.3472963571548462, 1.477211594581604, 25.568365216255188],
];
const VALUES: [f32; 24] = [
    10.0, 20.0, 6.0, 16.0, 17.0, 3.0, 13.0, 23.0, 2.0, 12.0, 22.0, 8.0, 9.0, 19.0, 5.0, 15.0, 18.0, 4.0, 14.0, 0.0,
    1.0, 11.0, 21.0, 7.0,
];

fn header(kind: i32) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&HEADER[at..at + 2], 16).expect("hexadecimal");
    let mut bytes: Vec<u8> = (0..HEADER.len()).step_by(2).map(digit).collect();
    bytes.resize(284, 0);
    bytes[20..24].copy_from_slice(&kind.to_be_bytes());
    bytes
}

/// `arange(24).reshape(3, 4, 2) * 7 % 24`, first axis fastest.
fn stored() -> Vec<u8> {
    let at = |i: u8| (i / 12, i / 3 % 4, i % 3);
    (0..24).map(at).map(|(z, y, x)| (x * 8 + y * 2 + z) as u16 * 7 % 24).map(|v| v as u8).collect()
}

fn whole(kind: i32, bytes: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    let mut file = header(kind);
    file.extend(stored().into_iter().flat_map(bytes));
    file
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn refused(name: &str, bytes: &[u8]) -> String {
    let dir = folder();
    Volume::read(&put(dir.path(), name, bytes)).expect_err("the file is wrong").to_string()
}

#[test]
fn every_type_is_read_as_nibabel_reads_it_packed_or_not() {
    let dir = folder();
    let files = [
        whole(0, |v| vec![v]),
        whole(1, |v| i32::from(v).to_be_bytes().to_vec()),
        whole(3, |v| f32::from(v).to_be_bytes().to_vec()),
        whole(4, |v| i16::from(v).to_be_bytes().to_vec()),
        whole(10, |v| u16::from(v).to_be_bytes().to_vec()),
    ];
    for plain in files {
        // Behind the voxels stand scan parameters and tags.
        let tagged = [plain.as_slice(), &[0; 16], b"mri_convert"].concat();
        for (name, bytes) in [("a.mgh", plain.clone()), ("b.mgz", gzip(&plain)), ("c.mgz", gzip(&tagged))] {
            let volume = Volume::read(&put(dir.path(), name, bytes)).expect("fine");
            assert_eq!(volume.shape(), [3, 2, 4]);
            for (found, expected) in volume.affine.0.iter().flatten().zip(AFFINE.iter().flatten()) {
                // nibabel adds the origin up in 32 bits.
                assert!((found - expected).abs() < 1e-6, "{:?}", volume.affine);
            }
            assert_eq!(volume.data.iter().copied().collect::<Vec<_>>(), VALUES);
        }
    }
}

#[test]
fn a_file_without_a_place_has_freesurfers_usual_one() {
    let dir = folder();
    let mut bytes = whole(0, |v| vec![v]);
    bytes[28..30].copy_from_slice(&[0, 0]);
    let header = read_header(&put(dir.path(), "a.mgh", bytes)).expect("fine");
    assert_eq!(header.affine.0[..3], [[-1.0, 0.0, 0.0, 1.5], [0.0, 0.0, 1.0, -1.0], [0.0, -1.0, 0.0, 2.0]]);
}

#[test]
fn what_is_no_number_and_what_is_cut_off_are_told() {
    let plain = whole(0, |v| vec![v]);
    let complex = refused("orig.mgz", &header(7));
    assert!(complex.contains("orig.mgz") && complex.contains("complex numbers (MGH type 7), expected uchar (0)"));
    assert!(refused("a.mgh", &header(99)).contains("an unknown type (MGH type 99)"));
    assert!(refused("a.mgh", &plain[..100]).contains("expected 284 bytes of header, found 100"));
    assert!(refused("a.mgh", &plain[..300]).contains("expected 24 bytes of voxels, found 16"));
    assert!(refused("a.mgz", &gzip(&plain[..300])).contains("expected 24 bytes of voxels, found 16"));
    let mut flat = plain.clone();
    flat[4..8].copy_from_slice(&(-3_i32).to_be_bytes());
    assert!(refused("a.mgh", &flat).contains("its axes are [-3, 4, 2, 1], expected positive numbers"));
    let mut nowhere = plain.clone();
    nowhere[30..34].copy_from_slice(&0_f32.to_be_bytes());
    assert!(refused("a.mgh", &nowhere).contains("do not place the voxels in the world"));
    let mut series = plain;
    series[16..20].copy_from_slice(&5_i32.to_be_bytes());
    assert!(refused("a.mgh", &series).contains("[3, 4, 2, 5]"));
}

#[test]
fn every_beginning_of_a_file_is_read_or_refused() {
    let dir = folder();
    let plain = whole(4, |v| i16::from(v).to_be_bytes().to_vec());
    for cut in 0..plain.len() {
        let path = put(dir.path(), "a.mgh", &plain[..cut]);
        assert!(matches!(Volume::read(&path), Err(DataError::Truncated { .. } | DataError::EmptyFile { .. })), "{cut}");
    }
}
