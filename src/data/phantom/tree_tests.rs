//! The tree on disk.

use std::collections::BTreeMap;
use std::path::Path;

use nifti::{IntoNdArray, NiftiObject, ReaderOptions};

use super::tests::{phantom, small};
use super::*;

/// Every file below `dir` with its bytes.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(dir).expect("below").to_string_lossy();
                found.insert(name.into_owned(), std::fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

#[test]
fn a_tree_has_the_scans_that_exist_and_reads_back_as_painted() {
    let phantom = phantom(PhantomSpec { missing_scan: 0.4, missing_cell: 0.3, ..small() });
    let dir = tempfile::tempdir().expect("a folder");
    let told = std::sync::Mutex::new(Vec::new());
    let progress = |done, total| told.lock().expect("a list").push((done, total));
    let written = write_bids(&phantom, dir.path(), false, &progress).expect("a tree");
    let mut told = told.into_inner().expect("a list");
    told.sort_unstable();
    assert_eq!(told, (1..=6).map(|done| (done, 6)).collect::<Vec<_>>());

    let files = files(dir.path());
    assert_eq!(files.keys().cloned().collect::<std::collections::BTreeSet<_>>(), super::bids_paths::files(&phantom));
    let mut scans = 0;
    for (subject, row) in phantom.rows().iter().enumerate() {
        let id = &row.participant_id;
        for contrast in Contrast::ALL {
            let name = format!("{id}/{}/{id}_{}.nii.gz", contrast.folder(), contrast.suffix());
            assert_eq!(files.contains_key(&name), phantom.has_scan(subject, contrast));
            if !files.contains_key(&name) {
                continue;
            }
            scans += 1;
            let object = ReaderOptions::new().read_file(dir.path().join(&name)).expect("a volume");
            let header = object.header().clone();
            let affine = phantom.affine();
            for (row, stored) in [header.srow_x, header.srow_y, header.srow_z].iter().enumerate() {
                assert_eq!(*stored, affine[row].map(|v| v as f32));
            }
            let offsets = [header.quatern_x, header.quatern_y, header.quatern_z];
            assert_eq!(offsets, [0, 1, 2].map(|axis| affine[axis][3] as f32));
            let voxels = object.into_volume().into_ndarray::<f32>().expect("voxels");
            assert_eq!(voxels, phantom.scan(subject, contrast).into_dyn());
        }
        assert!(files.contains_key(&format!("derivatives/truth/{id}/anat/{id}_dseg.nii.gz")));
    }
    assert_eq!(written, Written { subjects: 6, scans });
    let table = String::from_utf8(files["participants.tsv"].clone()).expect("text");
    assert_eq!(table.lines().count(), 7);
    assert!(table.starts_with("participant_id\tage\tsex\t") && table.contains("\tn/a\t"));
    assert!(files.keys().all(|name| !name.starts_with('.')));
}

#[test]
fn the_same_phantom_is_written_as_the_same_bytes() {
    let written = |threads: usize| {
        let dir = tempfile::tempdir().expect("a folder");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build()
            .expect("a pool")
            .install(|| write_bids(&phantom(small()), dir.path(), false, &|_, _| ()))
            .expect("a tree");
        files(dir.path())
    };
    assert!(written(1) == written(3));
}

#[test]
fn a_folder_in_use_is_refused_and_only_an_earlier_phantom_is_overwritten() {
    let dir = tempfile::tempdir().expect("a folder");
    let write = |subjects: usize, overwrite: bool| {
        let phantom = phantom(PhantomSpec { subjects, ..small() });
        write_bids(&phantom, dir.path(), overwrite, &|_, _| ())
    };
    std::fs::write(dir.path().join("thesis.txt"), "years of work").expect("a file");
    assert!(matches!(write(4, false), Err(PhantomError::NotEmpty(_))));
    assert!(matches!(write(4, true), Err(PhantomError::NotAPhantom(_))));
    assert_eq!(files(dir.path()).len(), 1);

    std::fs::remove_file(dir.path().join("thesis.txt")).expect("removed");
    write(6, false).expect("a tree");
    assert!(matches!(write(4, false), Err(PhantomError::NotEmpty(_))));
    write(4, true).expect("a tree in place of the other");
    assert!(!dir.path().join("sub-005").exists());
    assert!(!dir.path().join("derivatives/truth/sub-005").exists());
}

#[test]
fn overwriting_removes_only_what_the_earlier_phantom_wrote() {
    let dir = tempfile::tempdir().expect("a folder");
    let write = |spec: PhantomSpec| write_bids(&phantom(spec), dir.path(), true, &|_, _| ());
    let put = |name: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, "years of work").expect("a file");
    };
    write(PhantomSpec { subjects: 6, ..small() }).expect("a tree");
    let own = [
        "notes.txt",
        "sub-002/anat/sub-002_lesions.txt",
        "sub-006/anat/sub-006_T1w.json",
        "sub-900/anat/sub-900_T1w.nii.gz",
        "derivatives/truth/sub-006/notes.txt",
        "derivatives/mine/sub-001/labels.tsv",
    ];
    own.into_iter().for_each(put);
    let new = PhantomSpec { subjects: 4, seed: 9, ..small() };
    write(new.clone()).expect("a tree in place of the other");
    let found: std::collections::BTreeSet<String> = files(dir.path()).into_keys().collect();
    let mut expected = super::bids_paths::files(&phantom(new.clone()));
    expected.extend(own.map(str::to_owned));
    assert_eq!(found, expected);

    // A file of the user's where a larger phantom has one of its own: nothing changes.
    put("sub-005/anat/sub-005_T1w.nii.gz");
    let before = files(dir.path());
    let refused = write(PhantomSpec { subjects: 6, ..new }).expect_err("a file in the way").to_string();
    assert!(refused.contains("1 file") && refused.contains("sub-005/anat/sub-005_T1w.nii.gz"), "{refused}");
    assert!(files(dir.path()) == before);
}
