use super::super::affine::Affine;
use super::super::error::DataError;
use super::super::samples::{folder, put, put_array, put_volume, shared};
use super::super::volume::Volume;
use super::{read_header, write};
use flate2::Compression;
use flate2::write::GzEncoder;
use ndarray::{Array3, ArrayD, IxDyn};
use std::io::Write;
use std::path::Path;

/// A NIfTI-1 file of 2 x 2 x 1 voxels, uncompressed, that a test can damage.
fn plain(datatype: i16, voxels: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0_u8; 352];
    let mut set = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    set(0, &348_i32.to_le_bytes());
    for (i, d) in [3_i16, 2, 2, 1].into_iter().enumerate() {
        set(40 + 2 * i, &d.to_le_bytes());
    }
    set(70, &datatype.to_le_bytes());
    for i in 0..4 {
        set(76 + 4 * i, &1_f32.to_le_bytes());
    }
    set(108, &352_f32.to_le_bytes());
    set(254, &1_i16.to_le_bytes());
    for (i, at) in [280, 300, 320].into_iter().enumerate() {
        set(at, &1_f32.to_le_bytes());
        assert!(i < 3);
    }
    set(344, b"n+1\0");
    bytes.extend_from_slice(voxels);
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn error_of(path: &Path) -> DataError {
    Volume::read(path).expect_err("the file is wrong")
}

#[test]
fn slope_and_intercept_are_applied_and_a_slope_of_zero_is_none() {
    let dir = folder();
    let mut bytes = plain(4, &[1_i16, 2, 3, -4].map(i16::to_le_bytes).concat());
    let path = put(dir.path(), "a.nii", &bytes);
    assert_eq!(Volume::read(&path).expect("fine").data.iter().sum::<f32>(), 2.0);
    bytes[112..116].copy_from_slice(&0.5_f32.to_le_bytes());
    bytes[116..120].copy_from_slice(&10_f32.to_le_bytes());
    let path = put(dir.path(), "b.nii", &bytes);
    let volume = Volume::read(&path).expect("fine");
    assert_eq!(volume.data.iter().copied().collect::<Vec<_>>(), [10.5, 11.5, 11.0, 8.0]);
    bytes[112..116].copy_from_slice(&f32::NAN.to_le_bytes());
    let path = put(dir.path(), "c.nii", &bytes);
    assert_eq!(Volume::read(&path).expect("fine").data[[1, 1, 0]], -4.0);
}

#[test]
fn an_image_that_runs_to_the_left_is_turned_to_the_right() {
    let dir = folder();
    let mut bytes = plain(2, &[1, 2, 3, 4]);
    bytes[280..284].copy_from_slice(&(-1_f32).to_le_bytes());
    let volume = Volume::read(&put(dir.path(), "a.nii", bytes)).expect("fine");
    assert_eq!(volume.data.iter().copied().collect::<Vec<_>>(), [2.0, 4.0, 1.0, 3.0]);
    assert_eq!(volume.affine.0[0], [1.0, 0.0, 0.0, -1.0]);
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    let dir = folder();
    let error = error_of(&put(dir.path(), "sub-01_T1w.nii.gz", b"")).to_string();
    assert!(error.contains("sub-01_T1w.nii.gz is empty (0 bytes)"), "{error}");
}

#[test]
fn a_missing_file_and_garbage_are_told_apart() {
    let dir = folder();
    assert!(matches!(error_of(&dir.path().join("no.nii.gz")), DataError::NotFound { .. }));
    assert!(matches!(error_of(&put(dir.path(), "a.nii.gz", [7; 5000])), DataError::NotNifti { .. }));
    assert!(matches!(error_of(&put(dir.path(), "b.nii.gz", b"abc")), DataError::Truncated { what: "header", .. }));
    assert!(matches!(error_of(&put(dir.path(), "c.nii.gz", gzip(&[9; 5000]))), DataError::NotNifti { .. }));
}

#[test]
fn a_truncated_file_is_found_wherever_it_ends() {
    let dir = folder();
    let noise: Vec<u8> = (0..4_u32).flat_map(|i| blake3::hash(&i.to_le_bytes()).as_bytes()[..8].to_vec()).collect();
    let whole = plain(64, &noise.iter().map(|b| b & 0x3f).collect::<Vec<_>>());
    for cut in [4, 100, 347, 360, whole.len() - 1] {
        let error = error_of(&put(dir.path(), "a.nii", &whole[..cut]));
        assert!(matches!(error, DataError::Truncated { .. }), "{cut}: {error}");
    }
    let packed = gzip(&whole);
    for cut in [3, 12, packed.len() / 2, packed.len() - 9, packed.len() - 1] {
        let error = error_of(&put(dir.path(), "a.nii.gz", &packed[..cut]));
        assert!(matches!(error, DataError::Truncated { .. }), "{cut}: {error}");
    }
    assert!(Volume::read(&put(dir.path(), "a.nii.gz", &packed)).is_ok());
}

#[test]
fn flipped_bits_in_the_compressed_data_are_noticed() {
    let dir = folder();
    let mut packed = gzip(&plain(2, &[1, 2, 3, 4]));
    let checksum = packed.len() - 6;
    packed[checksum] ^= 1;
    assert!(matches!(error_of(&put(dir.path(), "a.nii.gz", packed)), DataError::NotNifti { .. }));
}

#[test]
fn a_header_that_lies_about_its_shape_allocates_nothing() {
    let dir = folder();
    for dims in [[7_i16, 32767, 32767, 32767], [3, -2, 2, 1], [3, 0, 2, 2], [0, 2, 2, 2], [9, 2, 2, 2]] {
        let mut bytes = plain(64, &[0; 32]);
        for (i, d) in dims.into_iter().enumerate() {
            bytes[40 + 2 * i..42 + 2 * i].copy_from_slice(&d.to_le_bytes());
        }
        if dims[0] == 7 {
            for i in 4..8 {
                bytes[40 + 2 * i..42 + 2 * i].copy_from_slice(&32767_i16.to_le_bytes());
            }
        }
        for (name, content) in [("a.nii", bytes.clone()), ("a.nii.gz", gzip(&bytes))] {
            let path = put(dir.path(), name, content);
            assert!(read_header(&path).is_err() && Volume::read(&path).is_err(), "{dims:?}");
        }
    }
}

#[test]
fn no_damage_to_a_header_makes_reading_panic() {
    let dir = folder();
    let whole = plain(16, &[1.0_f32; 4].map(f32::to_le_bytes).concat());
    let mut fine = 0;
    for round in 0_u32..1500 {
        let noise = blake3::hash(&round.to_le_bytes());
        let mut bytes = whole.clone();
        for pair in noise.as_bytes()[..6].as_chunks::<3>().0 {
            let at = (usize::from(pair[0]) | usize::from(pair[1]) << 8) % 348;
            bytes[at] = pair[2];
        }
        let content = if round % 2 == 0 { bytes } else { gzip(&bytes) };
        fine += usize::from(Volume::read(&put(dir.path(), "a.nii", content)).is_ok());
    }
    assert!(fine > 100, "most fields do not matter");
}

#[test]
fn types_without_a_single_number_a_voxel_are_named() {
    let dir = folder();
    let error = error_of(&put(dir.path(), "a.nii", plain(128, &[0; 12]))).to_string();
    assert!(error.contains("colours (datatype 128)"), "{error}");
}

#[test]
fn a_fourth_axis_is_refused_unless_it_has_one_voxel() {
    let dir = folder();
    let series = put_array(dir.path(), "a.nii.gz", &ArrayD::zeros(IxDyn(&[3, 4, 5, 6])));
    let error = error_of(&series).to_string();
    assert!(error.contains("[3, 4, 5, 6]") && error.contains("one 3D volume"), "{error}");
    let single = put_array(dir.path(), "b.nii.gz", &ArrayD::zeros(IxDyn(&[3, 4, 5, 1])));
    assert_eq!(Volume::read(&single).expect("fine").shape(), [3, 4, 5]);
}

#[test]
fn voxels_that_are_not_finite_are_counted_and_the_first_is_placed() {
    let dir = folder();
    let path = put_volume(dir.path(), "a.nii.gz", [3, 4, 5], |x, y, z| match (x, y, z) {
        (1, 2, 3) => f32::NAN,
        (2, 2, 3) => f32::INFINITY,
        _ => 1.0,
    });
    let error = error_of(&path).to_string();
    assert!(error.contains("2 voxels that are not finite, the first (NaN) at voxel [1, 2, 3]"), "{error}");
}

#[test]
fn what_is_written_comes_back_with_its_affine_and_header_and_always_as_the_same_bytes() {
    let dir = folder();
    let affine = Affine([[0.0, 2.0, 0.0, -5.0], [-1.5, 0.0, 0.0, 7.0], [0.0, 0.0, 3.0, 1.0], [0.0, 0.0, 0.0, 1.0]]);
    let data = Array3::from_shape_fn([3, 4, 5], |(x, y, z)| (x * 100 + y * 10 + z) as f32);
    let mut source = plain(2, &[1, 2, 3, 4]);
    source[148..155].copy_from_slice(b"scanner");
    let like = Volume::read(&put(dir.path(), "source.nii", source)).expect("fine").header;
    let paths = ["a.nii.gz", "b.nii.gz"].map(|name| dir.path().join(name));
    for path in &paths {
        write(path, data.view().into_dyn(), &affine, like.as_ref()).expect("written");
    }
    let header = read_header(&paths[0]).expect("fine");
    assert_eq!(header.affine, affine);
    assert_eq!(header.shape, [3, 4, 5]);
    assert!(header.fields.descrip.starts_with(b"scanner"));
    let back = Volume::read(&paths[0]).expect("fine");
    assert_eq!(back.shape(), [4, 3, 5]);
    assert_eq!(back.data[[1, 2, 4]], data[[0, 1, 4]]);
    assert_eq!(std::fs::read(&paths[0]).expect("bytes"), std::fs::read(&paths[1]).expect("bytes"));
    assert!(write(&dir.path().join("map.img"), data.view().into_dyn(), &affine, None).is_err());
}

#[test]
fn published_empty_images_give_the_error_of_empty_files() {
    let Some(root) = shared("data/bids-examples/ds001") else { return };
    assert!(matches!(error_of(&root.join("sub-01/anat/sub-01_T1w.nii.gz")), DataError::EmptyFile { .. }));
}

/// Sums and affines are nibabel's (`as_closest_canonical(load(p)).get_fdata().sum()`).
#[test]
fn real_images_have_the_sums_that_nibabel_gives() {
    let Some(root) = shared("data") else { return };
    for (path, shape, sum) in REAL {
        let volume = Volume::read(&root.join(path)).expect("a real image");
        let found: f64 = volume.data.iter().map(|v| f64::from(*v)).sum();
        assert_eq!(volume.shape(), shape, "{path}");
        assert!((found - sum).abs() <= 1e-9 * sum, "{path}: {found} instead of {sum}");
    }
}

const REAL: [(&str, [usize; 3], f64); 4] = [
    ("hippocampus/sub-001/anat/sub-001_T1w.nii.gz", [35, 51, 35], 3968524.0),
    ("hippocampus/sub-303/anat/sub-303_T1w.nii.gz", [35, 48, 38], 34732294.47846174),
    ("hippocampus/derivatives/labels/sub-303/anat/sub-303_dseg.nii.gz", [35, 48, 38], 4830.0),
    ("head_labels/sub-01_dseg.nii.gz", [256, 256, 256], 1494141766.0),
];

#[test]
fn a_view_with_permuted_axes_is_written_as_its_copy_would_be() {
    let dir = folder();
    let channels_first =
        ArrayD::from_shape_fn(IxDyn(&[2, 3, 4, 5]), |i| (i[0] * 60 + i[1] * 20 + i[2] * 5 + i[3]) as f32);
    let view = channels_first.view().permuted_axes(IxDyn(&[1, 2, 3, 0]));
    let paths = [dir.path().join("view.nii.gz"), dir.path().join("copy.nii.gz")];
    write(&paths[0], view.view(), &Affine::IDENTITY, None).expect("a view");
    let mut copy = ArrayD::zeros(view.raw_dim());
    copy.assign(&view);
    write(&paths[1], copy.view(), &Affine::IDENTITY, None).expect("a copy");
    let [view, copy] = paths.map(|path| std::fs::read(path).expect("written"));
    assert_eq!(view, copy);
}
