//! Small files of FreeSurfer's shape; names are those of `asegstats2table` and `aparcstats2table` of FreeSurfer 7.

use super::super::error::DataError;
use super::super::fingerprint::content_hash;
use super::super::samples::{cohort, folder, put};
use super::super::table::{Table, Tables};
use super::super::{CohortData, Volume};
use super::is_pattern;
use fascicle_lang::program::CohortSource;
use std::path::Path;

const ASEG: &str = "# Title Segmentation Statistics \n# subjectname SUBJECT\n\
    # Measure BrainSeg, BrainSegVol, Brain Segmentation Volume, 1243340.500000, mm^3\n\
    # Measure SurfaceHoles, SurfaceHoles, Total number of defect holes in surfaces prior to fixing, 32, unitless\n\
    # Measure EstimatedTotalIntraCranialVol, eTIV, Estimated Total Intracranial Volume, 1518371.508936, mm^3\n\
    # NCols 10 \n\
    # ColHeaders  Index SegId NVoxels Volume_mm3 StructName normMean normStdDev normMin normMax normRange  \n\
    \x20 1   4      8245     8245.7  Left-Lateral-Ventricle            36.6     13.1    10.0   84.0   74.0 \n\
    \x20 2  17      4193     4193.2  Left-Hippocampus                  75.9      7.6    33.0  104.0   71.0 \n";
const APARC: &str = "# Title Cortical Parcellation Statistics \n# hemi lh\n# AnnotationFile ../label/lh.aparc.annot\n\
    # Measure Cortex, NumVert, Number of Vertices, 130412, unitless\n\
    # Measure Cortex, WhiteSurfArea, White Surface Total Area, 85990.1, mm^2\n\
    # Measure Cortex, MeanThickness, Mean Thickness, 2.51304, mm\n\
    # Measure EstimatedTotalIntraCranialVol, eTIV, Estimated Total Intracranial Volume, 1518371.508936, mm^3\n\
    # ColHeaders StructName NumVert SurfArea GrayVol ThickAvg ThickStd MeanCurv GausCurv FoldInd CurvInd\n\
    bankssts                                 1465   1000   2465  2.563 0.450     0.107     0.018       11     1.0\n";

const SCAN: &str = "mri/brain.mgz";

/// Two people and FreeSurfer's own brain.
fn freesurfer(root: &Path) {
    put(root, "fs/sub-01/stats/aseg.stats", ASEG);
    put(
        root,
        "fs/sub-02/stats/aseg.stats",
        ASEG.replace("4193.2", "3000.5").replace("Left-Lateral-Ventricle", "WM-hypointensities"),
    );
    put(root, "fs/fsaverage/stats/aseg.stats", ASEG);
    put(root, "fs/sub-01/stats/lh.aparc.stats", APARC);
    put(root, "fs/sub-03/mri/orig.mgz", "x");
}

fn problem(path: &Path) -> String {
    Table::read(path).expect_err("it is wrong").to_string()
}

#[test]
fn segmented_volumes_are_a_column_a_structure_and_a_row_a_person() {
    let dir = folder();
    freesurfer(dir.path());
    let table = Table::read(&dir.path().join("fs/*/stats/aseg.stats")).expect("a table");
    let expected = [
        "participant_id",
        "Left-Lateral-Ventricle",
        "Left-Hippocampus",
        "BrainSegVol",
        "SurfaceHoles",
        "EstimatedTotalIntraCranialVol",
        "WM-hypointensities",
    ];
    assert_eq!(table.columns, expected);
    assert_eq!(table.numbers("Left-Hippocampus").expect("numbers"), [Some(4193.2), Some(3000.5)]);
    // A structure that was not found is a missing cell.
    assert_eq!(table.numbers("Left-Lateral-Ventricle").expect("numbers"), [Some(8245.7), None]);
    assert_eq!(table.numbers("EstimatedTotalIntraCranialVol").expect("numbers"), [Some(1518371.508936); 2]);
    assert_eq!(table.rows[1].cells.get(0), Some("sub-02"));
    assert!(table.rows[1].path.ends_with("fs/sub-02/stats/aseg.stats"));
}

#[test]
fn a_parcellated_surface_is_a_column_a_region_and_measure() {
    let dir = folder();
    freesurfer(dir.path());
    let table = Table::read(&dir.path().join("fs/sub-*/stats/lh.aparc.stats")).expect("a table");
    let expected = [
        ("lh_bankssts_area", 1000.0),
        ("lh_bankssts_volume", 2465.0),
        ("lh_bankssts_thickness", 2.563),
        ("lh_bankssts_thicknessstd", 0.45),
        ("lh_bankssts_meancurv", 0.107),
        ("lh_bankssts_gauscurv", 0.018),
        ("lh_bankssts_foldind", 11.0),
        ("lh_bankssts_curvind", 1.0),
        ("lh_WhiteSurfArea_area", 85990.1),
        ("lh_MeanThickness_thickness", 2.51304),
    ];
    assert_eq!(table.columns[1..], expected.map(|(name, _)| name));
    for (name, value) in expected {
        assert_eq!(table.numbers(name).expect("numbers"), [Some(value)], "{name}");
    }
}

#[test]
fn sessions_and_the_longitudinal_stream_are_read_from_the_folders() {
    let dir = folder();
    for name in ["sub-01_ses-1", "sub-01_ses-2.long.sub-01", "bert"] {
        put(dir.path(), &format!("{name}/stats/aseg.stats"), ASEG);
    }
    let table = Table::read(&dir.path().join("*/stats/aseg.stats")).expect("a table");
    assert_eq!(table.columns[..2], ["participant_id", "session_id"]);
    let who: Vec<_> = table.rows.iter().map(|row| (row.cells.get(0), row.cells.get(1))).collect();
    assert_eq!(who, [(Some("bert"), None), (Some("sub-01"), Some("ses-1")), (Some("sub-01"), Some("ses-2"))]);
}

#[test]
fn it_is_joined_as_any_table_beside_the_scans_of_a_folder_or_as_the_people_themselves() {
    let dir = folder();
    freesurfer(&dir.path().join("derivatives"));
    put(dir.path(), "participants.tsv", "participant_id\tage\nsub-01\t41\nsub-02\t52\nsub-03\t63\n");
    put(dir.path(), "sub-01/anat/sub-01_T1w.nii.gz", "x");
    let mut bids = cohort(CohortSource::Bids { path: dir.path().display().to_string() });
    bids.join = vec!["derivatives/fs/*/stats/aseg.stats".into(), "derivatives/fs/*/stats/lh.aparc.stats".into()];
    let data = CohortData::load(&bids, Path::new("")).expect("people");
    let column = data.column("Left-Hippocampus").expect("there");
    let of: Vec<_> =
        (0..3).map(|i| (data.records[i].subject.as_str(), data.number(i, &column).expect("a number"))).collect();
    assert_eq!(of, [("sub-01", Some(4193.2)), ("sub-02", Some(3000.5)), ("sub-03", None)]);
    // The content of every file counts.
    let before = content_hash(&data, &[]).expect("a hash");
    put(dir.path(), "derivatives/fs/sub-02/stats/aseg.stats", ASEG);
    let data = CohortData::load(&bids, Path::new("")).expect("people");
    let changed = content_hash(&data, &[]).expect("a hash");
    assert_ne!(before, changed);
    // And whose it is.
    let of = |name: &str| dir.path().join("derivatives/fs").join(name).join("stats");
    std::fs::rename(of("sub-02"), of("sub-03")).expect("moved");
    let data = CohortData::load(&bids, Path::new("")).expect("people");
    assert_ne!(changed, content_hash(&data, &[]).expect("a hash"));
    std::fs::rename(of("sub-03"), of("sub-02")).expect("moved back");

    let path = dir.path().join("derivatives/fs/*/stats/aseg.stats").display().to_string();
    let people = CohortData::load(&cohort(CohortSource::Table { path }), Path::new("")).expect("people");
    assert_eq!(people.records.iter().map(|r| r.subject.as_str()).collect::<Vec<_>>(), ["sub-01", "sub-02"]);
    put(dir.path(), "derivatives/fs/sub-01/mri/brain.mgz", "x");
    let pattern = super::super::bids::FilePattern::new(SCAN).expect("a pattern");
    let image = people.image(0, &pattern).expect("found").expect("there");
    assert!(image.identity().ends_with("fs/sub-01/mri/brain.mgz"));
    assert!(Volume::read(Path::new(&image.identity())).is_err());
}

#[test]
fn what_is_wrong_is_told_with_its_file_and_line() {
    let dir = folder();
    let wrong = |text: &str| {
        let path = put(dir.path(), "fs/sub-01/stats/aseg.stats", text);
        assert!(!is_pattern(&path));
        problem(&dir.path().join("fs/*/stats/aseg.stats"))
    };
    assert!(
        wrong(&ASEG.replace("4193.2", "many"))
            .contains("line 9: `Left-Hippocampus` has the value `many`, expected a number")
    );
    assert!(wrong(&ASEG.replace("Left-Hippocampus", "")).contains("line 9: 9 cells, expected 10: Index SegId"));
    assert!(
        wrong(&ASEG.replace("Left-Hippocampus", "Left-Lateral-Ventricle"))
            .contains("`Left-Lateral-Ventricle` occurs twice")
    );
    assert!(wrong(&ASEG.replace("Volume_mm3", "Volume")).contains("there is no `Volume_mm3`"));
    assert!(
        wrong(&ASEG.replace("# ColHeaders", "# Columns")).contains("line 8: a row before the line `# ColHeaders ..`")
    );
    let ended = wrong(ASEG.split("  1 ").next().unwrap_or_default());
    assert!(ended.contains("sub-01/stats/aseg.stats, line 7: no region"), "{ended}");
    assert!(wrong("").contains("is empty"));
    assert!(
        problem(&dir.path().join("fs/*/stats/rh.aparc.stats"))
            .contains("there is no file of FreeSurfer's statistics at")
    );
    assert!(
        problem(&dir.path().join("no/*/stats/aseg.stats")).contains("there is no folder of FreeSurfer's people at")
    );
    assert!(problem(&dir.path().join("*/*/stats/aseg.stats")).contains("expected one `*`"));
    assert!(problem(&dir.path().join("fs/**/aseg.stats")).contains("one folder a person"));
    assert!(matches!(Tables::default().read(&dir.path().join("fs/*/*.stats")), Err(DataError::Pattern { .. })));
}

#[test]
fn every_beginning_of_a_file_is_read_or_refused() {
    for text in [ASEG, APARC] {
        for cut in 0..text.len() {
            let _ = super::parse(&text[..cut]);
        }
    }
}

#[test]
fn what_a_cohort_is_read_from_are_the_files_that_there_are_now() {
    let dir = folder();
    freesurfer(dir.path());
    let mut bids = cohort(CohortSource::Bids { path: "".into() });
    bids.join = vec!["fs/*/stats/aseg.stats".into()];
    let of_people = |who: &[&str]| {
        let read = CohortData::read_from(&bids, dir.path());
        let files = who.iter().map(|who| format!("fs/{who}/stats/aseg.stats"));
        let expected: Vec<_> =
            std::iter::once("fs".to_owned()).chain(files).map(|path| dir.path().join(path)).collect();
        assert_eq!(read[3..], expected);
    };
    of_people(&["sub-01", "sub-02"]);
    put(dir.path(), "fs/sub-04/stats/aseg.stats", ASEG);
    of_people(&["sub-01", "sub-02", "sub-04"]);
}
