use super::super::cohort::{CohortData, ImageFile, Record};
use super::super::samples::{bids, folder, put};
use super::FilePattern;
use fascicle_lang::program::{Cohort, Pairing};
use std::path::Path;

const T1: &str = "anat/*_T1w.nii.gz";
const FALFF: &str = "func/*_fALFF.nii.gz";

fn paired(root: &Path) -> Cohort {
    let images = vec![("t1".into(), T1.into()), ("falff".into(), FALFF.into())];
    let pairing = Pairing { spelling: "pair t1, falff by nearest day".into(), images, column: None };
    Cohort { pair: Some(pairing), ..bids(root) }
}

fn scan(root: &Path, session: &str, kind: &str, suffix: &str) {
    put(root, &format!("sub-01/ses-{session}/{kind}/sub-01_ses-{session}_{suffix}.nii.gz"), "x");
}

/// The session of each image of each record.
fn sessions(data: &CohortData) -> Vec<(String, String)> {
    let of = |record, pattern| match data.image(record, &FilePattern::new(pattern).expect("a pattern")) {
        Ok(Some(ImageFile::Path(path))) => {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            name.split("ses-").nth(1).expect("a session").split('_').next().unwrap_or_default().to_owned()
        }
        other => panic!("{other:?}"),
    };
    (0..data.records.len()).map(|record| (of(record, T1), of(record, FALFF))).collect()
}

fn pairs(cohort: &Cohort) -> Vec<(String, String)> {
    sessions(&CohortData::load(cohort, Path::new("")).expect("loaded"))
}

fn pair(t1: &str, falff: &str) -> (String, String) {
    (t1.into(), falff.into())
}

/// Three sessions with the first image, two with the other.
fn visits(root: &Path) {
    put(root, "participants.tsv", "participant_id\nsub-01\n");
    for session in ["a", "b", "c"] {
        scan(root, session, "anat", "T1w");
    }
    for session in ["d", "e"] {
        scan(root, session, "func", "fALFF");
    }
}

#[test]
fn the_nearest_sessions_meet_and_each_is_used_once() {
    let dir = folder();
    visits(dir.path());
    // d lies 5 days from b and 7 from a; e lies 40 from b, which is taken, and 100 from c.
    put(
        dir.path(),
        "sub-01/sub-01_sessions.tsv",
        "session_id\tdays\nses-a\t0\nses-b\t12\nses-c\t152\nses-d\t7\nses-e\t52\n",
    );
    let data = CohortData::load(&paired(dir.path()), Path::new("")).expect("loaded");
    assert_eq!(sessions(&data), [pair("a", "e"), pair("b", "d")]);
    assert_eq!(data.records.iter().map(Record::name).collect::<Vec<_>>(), ["sub-01_ses-a", "sub-01_ses-b"]);
    let flow = data.flow.to_string();
    assert!(flow.starts_with("people: 5 found (1 subjects), 3 left out, 2 analysed"), "{flow}");
    assert!(
        flow.contains("pair t1, falff by nearest day: no session of `falff` is left for it: 1 (sub-01_ses-c)"),
        "{flow}"
    );
    assert!(flow.contains("pair t1, falff by nearest day: has no `t1`: 2 (sub-01_ses-d, sub-01_ses-e)"), "{flow}");
}

#[test]
fn days_come_from_the_times_of_sessions_or_of_scans() {
    let dir = folder();
    visits(dir.path());
    let times = "session_id\tacq_time\nses-a\t2009-01-01T09:00:00\nses-b\t2009-06-01T09:00:00Z\nses-c\t2012-01-01\n\
                 ses-d\t2011-12-24T10:00:00.500\nses-e\t2009-05-30T12:00:00\n";
    put(dir.path(), "sub-01/sub-01_sessions.tsv", times);
    assert_eq!(pairs(&paired(dir.path())), [pair("b", "e"), pair("c", "d")]);

    // The time of a scan is nearer to the truth than that of its session.
    let scans = "filename\tacq_time\nfunc/sub-01_ses-d_fALFF.nii.gz\t2009-01-02T10:00:00\n";
    put(dir.path(), "sub-01/ses-d/sub-01_ses-d_scans.tsv", scans);
    assert_eq!(pairs(&paired(dir.path())), [pair("a", "d"), pair("b", "e")]);
}

#[test]
fn a_column_that_is_named_tells_the_day() {
    let dir = folder();
    visits(dir.path());
    let days = "session_id\tvisit\tdays\nses-a\t1\t9\nses-b\t2\t1\nses-c\t30\t1\nses-d\t31\t1\nses-e\t2\t9\n";
    put(dir.path(), "sub-01/sub-01_sessions.tsv", days);
    let mut cohort = paired(dir.path());
    if let Some(pairing) = &mut cohort.pair {
        pairing.column = Some("visit".into());
    }
    assert_eq!(pairs(&cohort), [pair("b", "e"), pair("c", "d")]);
}

#[test]
fn one_session_of_each_needs_no_day_and_both_images_may_share_one() {
    let dir = folder();
    put(dir.path(), "participants.tsv", "participant_id\nsub-01\n");
    scan(dir.path(), "a", "anat", "T1w");
    scan(dir.path(), "b", "func", "fALFF");
    put(dir.path(), "sub-02/anat/sub-02_T1w.nii.gz", "x");
    put(dir.path(), "sub-02/func/sub-02_fALFF.nii.gz", "x");
    let data = CohortData::load(&paired(dir.path()), Path::new("")).expect("loaded");
    assert_eq!(data.records.iter().map(Record::name).collect::<Vec<_>>(), ["sub-01_ses-a", "sub-02"]);
}

#[test]
fn a_session_whose_day_nobody_knows_is_named_with_what_was_looked_for() {
    let dir = folder();
    visits(dir.path());
    let error = CohortData::load(&paired(dir.path()), Path::new("")).expect_err("no days").to_string();
    assert!(error.contains("when sub-01_ses-a took place"), "{error}");
    assert!(error.contains("`day` or `days` or `acq_time` in sub-01_sessions.tsv"), "{error}");

    put(dir.path(), "sub-01/sub-01_sessions.tsv", "session_id\tacq_time\nses-a\tyesterday\n");
    let error = CohortData::load(&paired(dir.path()), Path::new("")).expect_err("no date").to_string();
    assert!(
        error.contains("the `acq_time` of sub-01_ses-a: expected a date such as") && error.contains("`yesterday`"),
        "{error}"
    );
}

#[test]
fn days_and_dates_of_one_subject_cannot_be_compared() {
    let dir = folder();
    visits(dir.path());
    let mixed = "session_id\tdays\tacq_time\nses-a\t9\tn/a\nses-b\t1\tn/a\nses-c\t5\tn/a\nses-d\tn/a\t2009-01-01\nses-e\t9\tn/a\n";
    put(dir.path(), "sub-01/sub-01_sessions.tsv", mixed);
    let error = CohortData::load(&paired(dir.path()), Path::new("")).expect_err("mixed").to_string();
    assert!(
        error.contains("whose day comes from `days`") && error.contains("whose day comes from `acq_time`"),
        "{error}"
    );
}

#[test]
fn keep_sees_the_pairs() {
    use fascicle_lang::program::Predicate;
    let dir = folder();
    visits(dir.path());
    put(
        dir.path(),
        "sub-01/sub-01_sessions.tsv",
        "session_id\tdays\nses-a\t0\nses-b\t12\nses-c\t152\nses-d\t14\nses-e\t150\n",
    );
    let keep = vec![("session == first".into(), Predicate::Session { which: "first".into() })];
    assert_eq!(pairs(&Cohort { keep, ..paired(dir.path()) }), [pair("b", "d")]);
}
