use super::super::bids::{Entities, FilePattern};
use super::super::error::DataError;
use super::super::samples::{bids, folder, phantom, put, shared, table};
use super::{CohortData, ImageFile, NoImage};
use fascicle_lang::program::{CohortClause, Comparison, Predicate, Scalar};
use std::path::Path;

fn compare(column: &str, comparison: Comparison, value: Scalar) -> Predicate {
    Predicate::Compare { column: column.into(), comparison, value }
}

fn load(cohort: &fascicle_lang::program::Cohort) -> super::Result<CohortData> {
    CohortData::load(cohort, Path::new(""))
}

fn names(data: &CohortData) -> Vec<String> {
    data.records.iter().map(super::Record::name).collect()
}

/// Two subjects; the first with two sessions.
fn tree(root: &Path) {
    put(root, "participants.tsv", "participant_id\tage\tsex\n02\t50\tM\nsub-01\t40\tF\n");
    put(root, "sub-01/ses-1/anat/sub-01_ses-1_T1w.nii.gz", "x");
    put(root, "sub-01/ses-2/anat/sub-01_ses-2_T1w.nii.gz", "x");
    put(root, "sub-01/sub-01_sessions.tsv", "session_id\tage\nses-1\tn/a\nses-2\t43\n");
    put(root, "sub-02/anat/sub-02_T1w.nii.gz", "x");
    put(root, "sub-02/anat/sub-02_run-2_T1w.nii.gz", "x");
    put(root, "derivatives/seg/sub-02/anat/sub-02_dseg.nii.gz", "x");
}

#[test]
fn rows_meet_records_by_subject_and_session_never_by_position() {
    let dir = folder();
    tree(dir.path());
    let data = load(&bids(dir.path())).expect("loaded");
    assert_eq!(names(&data), ["sub-01_ses-1", "sub-01_ses-2", "sub-02"]);
    assert_eq!(data.numbers("age").expect("ages"), [Some(40.0), Some(43.0), Some(50.0)]);
    assert_eq!(data.texts("sex").expect("sexes"), [Some("F"), Some("F"), Some("M")]);
    assert_eq!((data.flow.found, data.flow.subjects), (3, 2));
    assert_eq!(data.person(0), data.person(1));
}

#[test]
fn a_session_can_be_chosen_and_the_flow_says_who_went() {
    let dir = folder();
    tree(dir.path());
    let mut cohort = bids(dir.path());
    cohort.keep = vec![("session == first".into(), Predicate::Session { which: "first".into() })];
    let data = load(&cohort).expect("loaded");
    assert_eq!(names(&data), ["sub-01_ses-1", "sub-02"]);
    assert_eq!(data.flow.left_out[0].records, ["sub-01_ses-2"]);
    assert_eq!(
        data.flow.to_string(),
        "people: 3 found (2 subjects), 1 left out, 2 analysed\n  left out: keep session == first: 1 (sub-01_ses-2)"
    );
}

#[test]
fn a_pattern_finds_one_file_and_several_are_named() {
    let dir = folder();
    tree(dir.path());
    let data = load(&bids(dir.path())).expect("loaded");
    let find = |record, pattern: &str| data.image(record, &FilePattern::new(pattern).expect("a pattern"));
    assert!(
        matches!(find(1, "anat/*_T1w.nii.gz"), Ok(Some(ImageFile::Path(p))) if p.ends_with("sub-01_ses-2_T1w.nii.gz"))
    );
    assert!(matches!(find(2, "derivatives/seg/anat/*_dseg.nii.gz"), Ok(Some(_))));
    assert!(matches!(find(0, "derivatives/seg/anat/*_dseg.nii.gz"), Ok(None)));
    let error = find(2, "anat/*_T1w.nii.gz").expect_err("two").to_string();
    assert!(error.contains("sub-02: 2 files match") && error.contains("run-2") && error.contains("narrow"), "{error}");
    assert!(FilePattern::new("anat/[").is_err() && FilePattern::new("../x").is_err());
}

#[test]
fn file_names_are_taken_apart_into_entities() {
    let found = Entities::parse("sub-01_ses-2_acq-mprage_T1w.nii.gz");
    assert_eq!((found.get("sub"), found.get("ses"), found.get("run")), (Some("01"), Some("2"), None));
    assert_eq!((found.suffix.as_str(), found.extension.as_str()), ("T1w", ".nii.gz"));
}

/// The part of the declaration that an error concerns, and the error.
fn clause_and_error(loaded: super::Result<CohortData>) -> (CohortClause, DataError) {
    match loaded.expect_err("an error") {
        DataError::Declared { clause, source, .. } => (clause, *source),
        other => panic!("{other} names no part of the declaration"),
    }
}

#[test]
fn a_join_that_matches_nobody_names_both_columns_with_values_of_each() {
    let dir = folder();
    let path = put(dir.path(), "t.csv", "participant_id,age\nsub-1,30\nsub-2,31\n");
    put(dir.path(), "more.csv", "ID,score\nA1,5\nA2,6\n");
    let mut cohort = table(&path);
    cohort.join = vec!["more.csv".into()];
    let (clause, error) = clause_and_error(load(&cohort));
    assert_eq!(clause, CohortClause::Join(0));
    let told = error.to_string();
    assert!(told.contains("its column `ID` has `A1`, `A2`, and `participant_id` `sub-1`, `sub-2`"), "{told}");
}

#[test]
fn an_identifier_that_leads_out_of_its_folder_is_refused_with_its_line() {
    let dir = folder();
    for (id, problem) in [("../x", "separator"), ("/etc/x", "separator"), ("..", "above"), ("\"a\tb\"", "a tab")] {
        let path = put(dir.path(), "t.csv", format!("participant_id,age\nsub-1,30\n{id},31\n"));
        let (clause, error) = clause_and_error(load(&table(&path)));
        assert_eq!(clause, CohortClause::Source);
        assert!(matches!(error, DataError::Identifier { line: 3, .. }), "{error}");
        assert!(error.to_string().contains(problem), "{error}");
    }
}

#[test]
fn a_link_without_content_and_a_folder_in_a_files_place_are_told_from_nothing() {
    let dir = folder();
    for subject in ["sub-1", "sub-2", "sub-3", "sub-4"] {
        std::fs::create_dir_all(dir.path().join(subject).join("anat")).expect("folders");
    }
    put(dir.path(), "participants.tsv", "participant_id\nsub-1\nsub-2\nsub-3\nsub-4\n");
    let file = |subject: &str| dir.path().join(subject).join("anat").join(format!("{subject}_T1w.nii.gz"));
    std::fs::write(file("sub-1"), b"x").expect("a file");
    std::fs::create_dir(file("sub-2")).expect("a folder");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../../.git/annex/objects/MD5E-s1--0.nii.gz", file("sub-3")).expect("a link");
    let data = load(&bids(dir.path())).expect("loaded");
    let pattern = FilePattern::new("anat/*_T1w.nii.gz").expect("a pattern");
    let find = |record| data.find_image(record, &pattern).expect("found or not");
    assert!(matches!(find(0), Ok(ImageFile::Path(_))));
    assert!(matches!(find(1), Err(NoImage::Unreadable(reason)) if reason.contains("is a folder, not a file")));
    #[cfg(unix)]
    assert!(matches!(find(2), Err(NoImage::Unreadable(reason)) if reason.contains("git annex get")));
    assert!(matches!(find(3), Err(NoImage::Absent(_))));
}

#[test]
fn a_folder_that_is_not_there_is_said_to_be_missing() {
    let dir = folder();
    let error = load(&bids(&dir.path().join("nowhere"))).expect_err("missing").to_string();
    assert!(error.contains("there is no BIDS folder at") && error.contains("nowhere"), "{error}");
    assert!(matches!(clause_and_error(load(&bids(dir.path()))), (CohortClause::Source, DataError::NotFound { .. })));
}

#[test]
fn a_missing_cell_meets_no_comparison_nor_its_opposite() {
    let dir = folder();
    let path = put(dir.path(), "t.csv", "id,age,dx\na,30,HC\nb,n/a,HC\nc,60,AD\n");
    let mut cohort = table(&path);
    let young = compare("age", Comparison::Less, Scalar::Number(45.0));
    cohort.keep = vec![("age < 45".into(), young.clone())];
    assert_eq!(names(&load(&cohort).expect("loaded")), ["a"]);
    cohort.keep = vec![("not age < 45".into(), Predicate::Not(Box::new(young.clone())))];
    let data = load(&cohort).expect("loaded");
    assert_eq!(names(&data), ["c"]);
    assert_eq!(data.flow.left_out[1].reason, "keep not age < 45: the cell is missing");
    let healthy = Predicate::In { column: "dx".into(), values: vec![Scalar::Text("HC".into())] };
    cohort.keep = vec![("either".into(), Predicate::Or(Box::new(young), Box::new(healthy)))];
    assert_eq!(names(&load(&cohort).expect("loaded")), ["a", "b"]);
    cohort.keep = vec![("dx == XX".into(), compare("dx", Comparison::Equal, Scalar::Text("XX".into())))];
    assert!(load(&cohort).expect_err("nobody").to_string().contains("nobody is left"));
}

#[test]
fn columns_can_be_renamed_and_tables_joined() {
    let dir = folder();
    let path = put(dir.path(), "t.csv", "id,Age at scan\na,30\nb,31\n");
    put(dir.path(), "more.tsv", "participant_id\tscore\nsub-b\t5\n");
    let mut cohort = table(&path);
    cohort.rename.insert("age".into(), "Age at scan".into());
    cohort.join = vec!["more.tsv".into()];
    let data = load(&cohort).expect("loaded");
    assert_eq!(data.columns(), ["id", "age", "score"]);
    assert_eq!(data.numbers("age").expect("ages"), [Some(30.0), Some(31.0)]);
    assert_eq!(data.numbers("score").expect("scores"), [None, Some(5.0)]);
    cohort.rename.insert("weight".into(), "Wait".into());
    assert!(matches!(clause_and_error(load(&cohort)), (CohortClause::Rename(1), DataError::NoColumn { .. })));
}

#[test]
fn a_subject_that_occurs_twice_in_a_table_is_an_error() {
    let dir = folder();
    let path = put(dir.path(), "t.csv", "id,age\na,30\na,31\n");
    let (clause, error) = clause_and_error(load(&table(&path)));
    assert_eq!(clause, CohortClause::Source);
    assert!(matches!(error, DataError::DuplicateSubject { first: 2, second: 3, .. }), "{error}");
}

#[test]
fn text_where_keep_compares_numbers_is_named_with_its_line() {
    let dir = folder();
    let mut cohort = table(&put(dir.path(), "t.csv", "id,age\na,30\nb,old\n"));
    cohort.keep = vec![("age < 45".into(), compare("age", Comparison::Less, Scalar::Number(45.0)))];
    assert!(matches!(clause_and_error(load(&cohort)), (CohortClause::Keep(0), DataError::NotANumber { line: 3, .. })));
}

#[test]
fn a_phantom_is_a_cohort_with_rows_and_scans() {
    let data = load(&phantom(12)).expect("loaded");
    assert_eq!(data.records.len(), 12);
    let scan = |pattern: &str| FilePattern::new(pattern).expect("a pattern");
    assert!(matches!(data.image(0, &scan("anat/*_T1w.nii.gz")), Ok(Some(ImageFile::Scan { .. }))));
    let t2 = (0..12).filter(|r| matches!(data.image(*r, &scan("anat/*_T2w.nii.gz")), Ok(Some(_)))).count();
    assert!((1..12).contains(&t2), "{t2} of 12 have T2w");
    assert!(data.image(0, &scan("func/*_bold.nii.gz")).is_err());
}

#[test]
fn the_published_trees_are_read() {
    let Some(root) = shared("data") else { return };
    let data = load(&bids(&root.join("hippocampus"))).expect("loaded");
    assert_eq!(data.records.len(), 200);
    assert!(data.numbers("anterior_mm3").expect("volumes").iter().all(Option::is_some));
    let labels = FilePattern::new("derivatives/labels/anat/*_dseg.nii.gz").expect("a pattern");
    assert!((0..200).all(|r| matches!(data.image(r, &labels), Ok(Some(_)))));
    let synthetic = load(&bids(&root.join("bids-examples/synthetic"))).expect("loaded");
    assert_eq!((synthetic.flow.found, synthetic.flow.subjects), (10, 5));
    assert_eq!(
        synthetic.numbers("systolic_blood_pressure").expect("a column of sessions.tsv")[..2],
        [Some(112.0), Some(113.0)]
    );
}

/// The patterns of the language's guide.
#[test]
fn what_fmriprep_and_clinica_write_is_found_by_pattern() {
    let dir = folder();
    let root = dir.path();
    let space = "space-MNI152NLin2009cAsym";
    for subject in ["sub-01", "sub-02"] {
        put(root, &format!("study/{subject}/anat/{subject}_T1w.nii.gz"), "x");
        for suffix in ["desc-preproc_T1w", "desc-brain_mask", "dseg", "label-GM_probseg", "label-WM_probseg"] {
            for space in ["", "space-MNI152NLin2009cAsym_"] {
                let file = format!("study/derivatives/fmriprep/{subject}/anat/{subject}_{space}{suffix}.nii.gz");
                put(root, &file, "x");
            }
        }
        put(root, &format!("study/derivatives/freesurfer/{subject}/mri/brain.mgz"), "x");
        let session = format!("caps/subjects/{subject}/ses-M000");
        let stem = format!("{subject}_ses-M000");
        let linear = "space-MNI152NLin2009cSym_desc-Crop_res-1x1x1";
        put(root, &format!("{session}/t1_linear/{stem}_{linear}_T1w.nii.gz"), "x");
        put(root, &format!("{session}/t1_linear/{stem}_space-MNI152NLin2009cSym_res-1x1x1_affine.mat"), "x");
        put(root, &format!("{session}/pet_linear/{stem}_trc-18FFDG_{linear}_suvr-cerebellumPons2_pet.nii.gz"), "x");
        put(root, &format!("{session}/pet_linear/{stem}_trc-18FAV45_{linear}_suvr-pons2_pet.nii.gz"), "x");
        let dartel = format!("{session}/t1/spm/dartel/group-adni/{stem}_T1w_segm");
        for tissue in ["graymatter", "whitematter"] {
            let end = "space-Ixi549Space_modulated-on_fwhm-8mm_probability.nii.gz";
            put(root, &format!("{dartel}-{tissue}_{end}"), "x");
        }
        put(root, &format!("{session}/t1/freesurfer_cross_sectional/{stem}/mri/brain.mgz"), "x");
    }
    let found = |root: &str, patterns: &[String]| {
        let data = load(&bids(&dir.path().join(root))).expect("loaded");
        for pattern in patterns {
            for record in 0..data.records.len() {
                let file = data.image(record, &FilePattern::new(pattern).expect("a pattern"));
                assert!(matches!(file, Ok(Some(ImageFile::Path(_)))), "{pattern}: {file:?}");
            }
        }
        data.records.len()
    };
    let fmriprep = [
        format!("derivatives/fmriprep/anat/*_{space}_desc-preproc_T1w.nii.gz"),
        format!("derivatives/fmriprep/anat/*_{space}_desc-brain_mask.nii.gz"),
        format!("derivatives/fmriprep/anat/*_{space}_label-GM_probseg.nii.gz"),
        "derivatives/freesurfer/mri/brain.mgz".into(),
    ];
    assert_eq!(found("study", &fmriprep), 2);
    let caps = [
        "t1_linear/*_desc-Crop_res-1x1x1_T1w.nii.gz",
        "pet_linear/*_trc-18FFDG_*_suvr-cerebellumPons2_pet.nii.gz",
        "t1/spm/dartel/group-adni/*_segm-graymatter_space-Ixi549Space_modulated-on_fwhm-8mm_probability.nii.gz",
        "t1/freesurfer_cross_sectional/*/mri/brain.mgz",
    ];
    assert_eq!(found("caps/subjects", &caps.map(String::from)), 2);
    // Without its space a pattern finds the scan's own grid too.
    let data = load(&bids(&dir.path().join("study"))).expect("loaded");
    let both = FilePattern::new("derivatives/fmriprep/anat/*_desc-preproc_T1w.nii.gz").expect("a pattern");
    let error = data.image(0, &both).expect_err("two").to_string();
    assert!(error.contains("2 files match") && error.contains(space), "{error}");
}
