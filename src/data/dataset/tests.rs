use super::super::cache::Cache;
use super::super::cohort::CohortData;
use super::super::error::DataError;
use super::super::fingerprint::content_hash;
use super::super::samples::{
    NEAREST, bids, class_input, folder, phantom, put, put_array, put_volume, shared, table, volume_input,
};
use super::super::summary::{TableSummary, check_data};
use super::{Augmentation, Dataset, Item};
use fascicle_lang::program::{
    Augment, AxisName, ColumnSelector, ColumnSpec, ColumnStep, Combat, ImageMask, ImageStep, InputRole, InputSource,
    InputSpec, Missing, Protocol, ProtocolKind, SpatialKind,
};
use ndarray::{ArrayD, IxDyn};
use std::path::Path;

const T1W: &str = "anat/*_T1w.nii.gz";

fn load(cohort: &fascicle_lang::program::Cohort) -> CohortData {
    CohortData::load(cohort, Path::new("")).expect("a cohort")
}

fn open(inputs: &[InputSpec], cohorts: &[CohortData], cache: &Path) -> Result<Dataset, DataError> {
    Dataset::open(inputs, cohorts, &Cache::new(cache), &|_, _| {})
}

fn columns_input(name: &str, columns: Vec<ColumnSpec>, missing: Missing, width: usize) -> InputSpec {
    InputSpec {
        source: InputSource::Columns { columns, missing },
        role: InputRole::Condition,
        shape: vec![width],
        levels: Vec::new(),
        window: None,
        ..class_input(name, "", &[])
    }
}

fn numeric(name: &str) -> ColumnSpec {
    ColumnSpec { select: ColumnSelector::Name(name.into()), steps: vec![ColumnStep::Standardize] }
}

/// Four subjects: 3 lacks its T1w, 2 its T2w, 4 has a diagnosis of its own.
fn tree(root: &Path) {
    put(
        root,
        "participants.tsv",
        "participant_id\tage\tdx\nsub-1\t40\tHC\nsub-2\t50\tAD\nsub-3\t60\tAD\nsub-4\t70\tFTD\n",
    );
    for subject in [1, 2, 3, 4] {
        for suffix in ["T1w", "T2w"] {
            if (subject, suffix) != (3, "T1w") && (subject, suffix) != (2, "T2w") {
                let name = format!("sub-{subject}/anat/sub-{subject}_{suffix}.nii.gz");
                put_volume(root, &name, [3, 4, 5], |x, y, z| (subject * 1000 + x * 100 + y * 10 + z) as f32);
            }
        }
    }
}

fn inputs() -> Vec<InputSpec> {
    let t1 = volume_input("t1", T1W, [3, 4, 5], vec![]);
    let t2 = InputSpec { optional: true, ..volume_input("t2", "anat/*_T2w.nii.gz", [3, 4, 5], vec![]) };
    vec![t1, t2, columns_input("age", vec![numeric("age")], Missing::Absent, 1), class_input("dx", "dx", &["HC", "AD"])]
}

#[test]
fn a_batch_holds_present_rows_and_says_which_are_present() {
    let dir = folder();
    tree(dir.path());
    let data = open(&inputs(), &[load(&bids(dir.path()))], &dir.path().join("cache")).expect("opened");
    let keys: Vec<String> = data.members.iter().map(|m| m.key.clone()).collect();
    assert_eq!(keys, ["sub-1", "sub-2", "sub-4"]);
    let fitted = data.fit(&keys[..2]).expect("fitted");
    let batch = fitted
        .batch(&data.items(&keys).expect("items"), &[0, 1, 2, 3], &Augmentation::Fixed { view: 0 })
        .expect("a batch");
    let of = |i: usize| batch.inputs[i].as_ref().expect("asked for");
    assert_eq!((of(0).shape.as_slice(), of(0).values.len()), ([1, 3, 4, 5].as_slice(), 180));
    assert_eq!((of(1).present.as_slice(), of(1).values.len()), ([true, false, true].as_slice(), 120));
    assert_eq!(of(0).values[59..61], [1234.0, 2000.0]);
    assert_eq!(of(2).values, [-1.0, 1.0, 5.0], "scaled by the two training subjects");
    assert_eq!(
        (of(3).values.as_slice(), of(3).present.as_slice()),
        ([0.0, 1.0].as_slice(), [true, true, false].as_slice())
    );
    assert_eq!(fitted.item("sub-1", 3).expect("fine"), Some(vec![0.0]));
    assert_eq!(fitted.mean(&keys[..2], 2).expect("fine"), Some(vec![0.0]));
    assert!(data.place("sub-9").is_err());
}

#[test]
fn the_flow_names_who_was_left_out_and_who_has_a_class_of_its_own() {
    let dir = folder();
    tree(dir.path());
    let data = open(&inputs(), &[load(&bids(dir.path()))], &dir.path().join("cache")).expect("opened");
    let flow = data.flows[0].to_string();
    assert!(flow.contains("4 found, 1 left out, 3 analysed"), "{flow}");
    assert!(flow.contains("no `t1`: no file matches `anat/*_T1w.nii.gz`: 1 (sub-3)"), "{flow}");
    assert!(flow.contains("`dx` is `FTD`, which is not among HC, AD: 1 (sub-4)"), "{flow}");
    assert!(flow.contains("without `t2`: no file matches"), "{flow}");
}

#[test]
fn every_subject_that_does_not_fit_is_named_at_once() {
    let dir = folder();
    tree(dir.path());
    put(dir.path(), "sub-1/anat/sub-1_T1w.nii.gz", "");
    put_array(dir.path(), "sub-2/anat/sub-2_T1w.nii.gz", &ArrayD::zeros(IxDyn(&[3, 4, 5, 2])));
    put_volume(dir.path(), "sub-4/anat/sub-4_T1w.nii.gz", [3, 4, 5], |_, _, _| f32::NAN);
    let cohort = load(&bids(dir.path()));
    let error =
        open(&inputs(), std::slice::from_ref(&cohort), &dir.path().join("cache")).expect_err("wrong").to_string();
    for part in [
        "3 problems",
        "sub-1, input `t1`",
        "is empty",
        "sub-2",
        "[3, 4, 5, 2]",
        "sub-4",
        "60 voxels that are not finite",
    ] {
        assert!(error.contains(part), "{part} in {error}");
    }
    let problems = check_data(&inputs(), &[cohort]).problems;
    let of = |subject: &str| {
        problems.iter().filter(|p| p.subject == subject).map(|p| p.message.as_str()).collect::<Vec<_>>()
    };
    assert!(of("sub-1")[0].contains("is empty") && of("sub-2")[0].contains("one 3D volume"), "{problems:?}");
    assert!(
        of("sub-3")[0].contains("no file matches") && of("sub-4")[0].contains("`FTD` is not among"),
        "{problems:?}"
    );
    assert_eq!(problems.len(), 4);
}

#[test]
fn columns_that_are_not_there_and_text_in_numbers_are_errors() {
    let dir = folder();
    let cohort = load(&table(&put(dir.path(), "t.csv", "id,age\na,40\nb,young\n")));
    let wrong = columns_input("age", vec![numeric("agge")], Missing::Absent, 1);
    assert!(
        open(&[wrong], std::slice::from_ref(&cohort), dir.path())
            .expect_err("typo")
            .to_string()
            .contains("did you mean `age`?")
    );
    let text = columns_input("age", vec![numeric("age")], Missing::Absent, 1);
    let error =
        open(std::slice::from_ref(&text), std::slice::from_ref(&cohort), dir.path()).expect_err("text").to_string();
    assert!(error.contains("t.csv, line 3, column `age`: expected a number, found `young`"), "{error}");
    assert_eq!(check_data(&[text], &[cohort]).problems.len(), 1);
    let width = columns_input("age", vec![numeric("id")], Missing::Absent, 3);
    let numbers = load(&table(&put(dir.path(), "n.csv", "id,age\n1,40\n2,41\n")));
    assert!(open(&[width], &[numbers], dir.path()).expect_err("width").to_string().contains("expected 3 as declared"));
}

#[test]
fn preparing_twice_reads_the_cache_and_gives_the_same_values() {
    let dir = folder();
    tree(dir.path());
    let cohorts = [load(&bids(dir.path()))];
    let cache = dir.path().join("cache");
    let value = || {
        let data = open(&inputs(), &cohorts, &cache).expect("opened");
        let fitted = data.fit(&["sub-1".into()]).expect("fitted");
        fitted.item("sub-1", 0).expect("fine")
    };
    let first = value();
    let before = content_hash(&cohorts[0], &inputs()).expect("a hash");
    assert_eq!(value(), first);
    put_volume(dir.path(), "sub-1/anat/sub-1_T1w.nii.gz", [3, 4, 5], |_, _, _| 7.0);
    assert_ne!(value(), first, "another content is another key");
    assert_ne!(content_hash(&cohorts[0], &inputs()).expect("a hash"), before);
}

#[test]
fn decoding_and_fitting_stop_when_asked_to() {
    let dir = folder();
    tree(dir.path());
    let cohorts = [load(&bids(dir.path()))];
    let cache = Cache::new(&dir.path().join("cache"));
    let stopped = Dataset::open_with_one_of(&inputs(), &[], &cohorts, &cache, &|_, _| Err(DataError::Interrupted));
    assert!(matches!(stopped, Err(DataError::Interrupted)));
    let fitted =
        vec![volume_input("t1", T1W, [3, 4, 5], vec![ImageStep::HistogramStandardize { mask: ImageMask::All }])];
    let data = open(&fitted, &cohorts, &dir.path().join("cache")).expect("what was decoded is kept");
    let stopped = data.fit_interruptible(&["sub-1".into()], &|| Err(DataError::Interrupted));
    assert!(matches!(stopped, Err(DataError::Interrupted)));
}

#[test]
fn random_changes_are_decided_by_seed_epoch_and_subject_and_move_all_inputs_alike() {
    let dir = folder();
    tree(dir.path());
    let same = volume_input("again", T1W, [3, 4, 5], vec![]);
    let mut list = inputs();
    list.push(same);
    let data = open(&list, &[load(&bids(dir.path()))], &dir.path().join("cache")).expect("opened");
    let fitted = data.fit(&["sub-1".into()]).expect("fitted");
    let item = Item { member: 0, slice: 0 };
    let moves = [Augment::Flip { axis: AxisName::Sagittal, share: 0.5 }, Augment::Shift { voxels: 2 }];
    let noise = [Augment::Noise { sd: 1.0 }, Augment::Scale { by: 0.1 }];
    let value = |input, epoch, augment: &[Augment]| {
        fitted.value(item, input, &Augmentation::Random { seed: 3, epoch, augment }).expect("fine").expect("present")
    };
    assert_eq!(value(0, 1, &moves), value(4, 1, &moves));
    assert!((0..20).any(|epoch| value(0, epoch, &moves) != value(0, 20, &moves)));
    assert_eq!(value(0, 1, &noise), value(0, 1, &noise));
    assert_ne!(value(0, 1, &noise), value(4, 1, &noise), "noise is each input's own");
}

#[test]
fn people_without_the_target_are_kept_and_a_target_that_nobody_has_is_an_error() {
    let dir = folder();
    let cohort = load(&table(&put(dir.path(), "t.csv", "id,age,dx\na,40,HC\nb,50,n/a\n")));
    let age = columns_input("age", vec![numeric("age")], Missing::Absent, 1);
    let inputs = |levels: &[&str]| [age.clone(), class_input("dx", "dx", levels)];
    let data = open(&inputs(&["HC", "AD"]), std::slice::from_ref(&cohort), dir.path()).expect("opened");
    assert_eq!((data.members.len(), data.classes(1)), (2, Some([Some(0), None].as_slice())));
    assert!(data.flows[0].to_string().contains("without `dx`: the cell is missing: 1 (b)"));
    let error = open(&inputs(&["CN", "MCI"]), &[cohort], dir.path()).expect_err("nobody").to_string();
    assert!(error.contains("input `dx`: nobody has it") && error.contains("`dx` is `HC`"), "{error}");
}

#[test]
fn volumes_are_cut_into_slices_and_each_is_an_item() {
    let dir = folder();
    tree(dir.path());
    let slices = InputSpec {
        source: InputSource::Image {
            pattern: T1W.into(),
            kind: SpatialKind::Slices,
            steps: vec![ImageStep::Adjacent { slices: 3 }],
            any_spacing: false,
        },
        shape: vec![3, 3, 4],
        ..volume_input("t1", T1W, [3, 4, 5], vec![])
    };
    let data = open(&[slices], &[load(&bids(dir.path()))], &dir.path().join("cache")).expect("opened");
    let items = data.items(&["sub-1".into(), "sub-2".into()]).expect("items");
    assert_eq!(items.len(), 10);
    let fitted = data.fit(&["sub-1".into()]).expect("fitted");
    let values = fitted.value(items[2], 0, &Augmentation::Fixed { view: 0 }).expect("fine").expect("present");
    assert_eq!((values.len(), values[0], values[12], values[24]), (36, 1001.0, 1002.0, 1003.0));
}

#[test]
fn two_cohorts_share_inputs_and_keep_their_people_apart() {
    let dir = folder();
    let mut healthy = table(&put(dir.path(), "healthy.csv", ",age,ctx_a,ctx_b\n0,40,1,2\n1,50,3,4\n"));
    let mut patients = table(&put(dir.path(), "patients.csv", ",ctx_b,age,ctx_a\n0,20,70,10\n1,40,80,30\n"));
    (healthy.name, patients.name) = ("healthy".into(), "patients".into());
    let cortex = ColumnSpec { select: ColumnSelector::Matching("^ctx_".into()), steps: vec![] };
    let list = [columns_input("cortex", vec![cortex], Missing::Absent, 2)];
    let data = open(&list, &[load(&healthy), load(&patients)], dir.path()).expect("opened");
    let keys: Vec<&str> = data.members.iter().map(|m| m.key.as_str()).collect();
    assert_eq!(keys, ["healthy:0", "healthy:1", "patients:0", "patients:1"]);
    let fitted = data.fit(&data.keys(&["healthy".into()])).expect("fitted");
    assert_eq!(fitted.item("patients:0", 0).expect("fine"), Some(vec![10.0, 20.0]), "columns meet by name");
    let protocol = Protocol::new(ProtocolKind::kfold(2, 0.0, 0));
    let splits = data.divide(&protocol, &["healthy".into()]).expect("divided");
    assert_eq!(splits[0].train.len() + splits[0].test.len(), 2);
}

#[test]
fn tables_are_summarised_for_the_compiler() {
    let dir = folder();
    let path = put(dir.path(), "t.csv", "id,age,sex\na,40,M\nb,,F\nc,9,F\n");
    let summary = TableSummary::of(&load(&table(&path))).expect("a summary");
    assert_eq!(summary.rows, 3);
    let [_, age, sex] = summary.columns.as_slice() else { panic!("three columns") };
    assert_eq!((age.numeric, age.missing, age.levels.clone()), (true, 1, Some(vec!["9".into(), "40".into()])));
    assert_eq!((sex.numeric, sex.levels.clone()), (false, Some(vec!["F".into(), "M".into()])));
}

#[test]
fn a_phantom_goes_from_specification_to_batch() {
    let dir = folder();
    let cohort = load(&phantom(6));
    let zscore = ImageStep::Zscore { mask: ImageMask::Nonzero };
    let rescale = ImageStep::Rescale { to: (0.0, 1.0), percentiles: (1.0, 99.0), mask: ImageMask::All, each: false };
    let t1 = volume_input("t1", T1W, [16, 18, 16], vec![zscore, rescale]);
    let t2 = InputSpec { optional: true, ..volume_input("t2", "anat/*_T2w.nii.gz", [16, 16, 16], vec![]) };
    let levels = cohort.levels("diagnosis").expect("classes");
    let levels: Vec<&str> = levels.iter().map(String::as_str).collect();
    let list = [t1, t2, class_input("dx", "diagnosis", &levels)];
    let data = open(&list, std::slice::from_ref(&cohort), dir.path()).expect("opened");
    let keys = data.keys(&["people".into()]);
    let fitted = data.fit(&keys[..4]).expect("fitted");
    let batch = fitted
        .batch(&data.items(&keys).expect("items"), &[0, 1, 2], &Augmentation::Fixed { view: 0 })
        .expect("a batch");
    let t1 = batch.inputs[0].as_ref().expect("asked for");
    assert!(t1.values.len() == 6 * 16 * 18 * 16 && t1.values.iter().all(|v| (0.0..=1.0).contains(v)));
    assert_eq!(batch.inputs[2].as_ref().map(|b| b.values.len()), Some(6));
    assert_eq!(content_hash(&cohort, &list).expect("a hash"), content_hash(&load(&phantom(6)), &list).expect("a hash"));
}

#[test]
fn real_images_of_different_shapes_and_their_labels_make_one_batch() {
    let Some(root) = shared("data/hippocampus") else { return };
    let dir = folder();
    let histogram = ImageStep::HistogramStandardize { mask: ImageMask::All };
    let t1 = volume_input("t1", T1W, [40, 56, 40], vec![histogram, ImageStep::Zscore { mask: ImageMask::All }]);
    let mut labels = volume_input("labels", "derivatives/labels/anat/*_dseg.nii.gz", [40, 56, 40], vec![]);
    labels.shape = vec![40, 56, 40];
    labels.role = InputRole::Target;
    labels.levels = ["background", "anterior", "posterior"].map(String::from).to_vec();
    let small = volume_input("small", T1W, [10, 14, 10], vec![ImageStep::Resize { interpolation: NEAREST }]);
    let data = open(&[t1, labels, small], &[load(&bids(&root))], dir.path()).expect("opened");
    assert_eq!(data.members.len(), 200);
    let keys: Vec<String> = data.members.iter().take(8).map(|m| m.key.clone()).collect();
    let fitted = data.fit(&keys).expect("fitted");
    let batch = fitted
        .batch(&data.items(&keys).expect("items"), &[0, 1, 2], &Augmentation::Fixed { view: 0 })
        .expect("a batch");
    let of = |i: usize| &batch.inputs[i].as_ref().expect("asked for").values;
    assert_eq!((of(0).len(), of(2).len()), (8 * 40 * 56 * 40, 8 * 1400));
    assert!(of(1).iter().all(|v| [0.0, 1.0, 2.0].contains(v)));
    // 1 mm voxels: the label counts are the volumes of participants.tsv.
    let anterior = data.column("anterior_mm3").expect("a column");
    let size = 40 * 56 * 40;
    for (i, volume) in anterior.iter().take(8).enumerate() {
        let voxels = of(1)[i * size..(i + 1) * size].iter().filter(|v| **v == 1.0).count();
        assert_eq!(Some(voxels.to_string()), *volume, "{}", keys[i]);
    }
}

#[test]
fn published_tables_are_selected_by_regular_expression_and_scaled_on_training_subjects() {
    let Some(root) = shared("data/normative") else { return };
    let cohort = load(&table(&root.join("fcon1000.csv")));
    let select = ColumnSelector::Matching("^lh_.*_thickness$".into());
    let width = cohort.columns().iter().filter(|c| c.starts_with("lh_") && c.ends_with("_thickness")).count();
    let list = [columns_input(
        "left",
        vec![ColumnSpec { select, steps: vec![ColumnStep::Standardize] }],
        Missing::Absent,
        width,
    )];
    let dir = folder();
    let data = open(&list, &[cohort], dir.path()).expect("opened");
    let kind = ProtocolKind::kfold(5, 0.1, 100);
    let protocol = Protocol { stratify: vec!["sex".into(), "age".into()], ..Protocol::new(kind) };
    let splits = data.divide(&protocol, &["people".into()]).expect("divided");
    let fitted = data.fit(&splits[0].train).expect("fitted");
    let mean = fitted.mean(&splits[0].train, 0).expect("fine").expect("somebody");
    assert_eq!(mean.len(), width);
    assert!(mean.iter().all(|m| m.abs() < 1e-5), "the training mean is 0");
}

#[test]
fn everybody_of_a_site_that_trained_nobody_is_named_at_once() {
    let dir = folder();
    let site = |i: usize| if i < 10 { ["A", "B"][i % 2] } else { "C" };
    let mut text = String::from("participant_id\ta\tb\tsite\n");
    for i in 0..16 {
        text += &format!("sub-{i:02}\t{}\t{}\t{}\n", (i * i) % 7, (i * 5) % 11, if i == 15 { "n/a" } else { site(i) });
    }
    put(dir.path(), "participants.tsv", &text);
    let combat = ColumnStep::Combat(Combat {
        together: 0,
        by: "site".into(),
        keep: Vec::new(),
        parametric: true,
        empirical_bayes: true,
        mean_only: false,
        reference: None,
    });
    let column = |name: &str| ColumnSpec { select: ColumnSelector::Name(name.into()), steps: vec![combat.clone()] };
    let record = columns_input("record", vec![column("a"), column("b")], Missing::Absent, 2);
    let cohort = load(&table(&dir.path().join("participants.tsv")));
    let data = open(&[record], &[cohort], &dir.path().join("cache")).expect("opened");
    assert!(data.flows[0].to_string().contains("no `record`: `site` is missing: 1"), "{}", data.flows[0]);
    let keys: Vec<String> = data.members.iter().map(|m| m.key.clone()).collect();
    let fitted = data.fit(&keys[..10]).expect("fitted");
    assert!(fitted.check(&keys[..10], |_| true).is_ok() && fitted.check(&keys, |_| false).is_ok());
    let error = fitted.check(&keys, |_| true).expect_err("a site nobody trained on").to_string();
    for part in ["input `record`", "step `combat`", "`site` = `C`", "sub-10, sub-11, sub-12, sub-13 and 1 more have"] {
        assert!(error.contains(part), "{part} in {error}");
    }
    let error = fitted.item(&keys[12], 0).expect_err("a site nobody trained on").to_string();
    assert!(error.contains("sub-12, input `record`: step `combat`"), "{error}");
    assert!(fitted.item(&keys[3], 0).expect("prepared").is_some());
    // What was fitted is all that is needed.
    let kept = serde_json::from_str(&serde_json::to_string(fitted.fitted()).expect("JSON")).expect("JSON");
    let again = data.with_fitted(kept).expect("the same inputs");
    assert_eq!(again.item(&keys[3], 0).expect("prepared"), fitted.item(&keys[3], 0).expect("prepared"));
}

/// Two scans and the mask of each; that of the second lies elsewhere in the world.
#[test]
fn a_mask_that_lies_elsewhere_than_its_scan_is_named_before_both_are_moved() {
    let dir = folder();
    let turn = Augment::Affine { degrees: [10.0; 3], zoom: (1.0, 1.0), apart: false, shift_mm: [0.0; 3] };
    for (subject, origin) in [("sub-1", 0.0), ("sub-2", 3.0)] {
        put_volume(dir.path(), &format!("{subject}/anat/{subject}_T1w.nii.gz"), [6, 6, 6], |x, _, _| x as f32);
        let path = put(dir.path(), &format!("{subject}/anat/{subject}_dseg.nii.gz"), "");
        let data = ndarray::Array3::from_shape_fn((6, 6, 6), |(x, _, _)| f32::from(u8::from(x > 2)));
        let affine = crate::affine::Affine::IDENTITY.regrid([origin, 0.0, 0.0], [1.0; 3]);
        crate::nifti::write(&path, data.view().into_dyn(), &affine, None).expect("an image");
    }
    let scan = volume_input("t1", T1W, [6, 6, 6], vec![]);
    let mask = InputSpec {
        role: InputRole::Target,
        shape: vec![6, 6, 6],
        levels: vec!["rest".into(), "part".into()],
        window: None,
        ..volume_input("parts", "anat/*_dseg.nii.gz", [6, 6, 6], vec![])
    };
    let data = open(&[scan, mask], &[load(&bids(dir.path()))], &dir.path().join("cache")).expect("opened");
    let items = data.items(&["sub-1".into(), "sub-2".into()]).expect("items");
    let fitted = data.fit(&["sub-1".into()]).expect("fitted");
    fitted.check_moves(&items, &[0, 1], &[Augment::Noise { sd: 1.0 }]).expect("nothing is moved");
    fitted.check_moves(&items[..1], &[0, 1], std::slice::from_ref(&turn)).expect("they lie together");
    let error = fitted.check_moves(&items, &[0, 1], std::slice::from_ref(&turn)).expect_err("apart").to_string();
    for part in ["sub-2", "`parts`", "up to 3.0 mm", "`t1`", "[1.00 0.00 0.00 3.00;", "[1.00 0.00 0.00 0.00;"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert!(!error.contains("sub-1"), "{error}");
    // Control points of 6.25 mm over 4 cells.
    let elastic =
        |most_mm| [Augment::Sometimes { share: 0.5, change: Box::new(Augment::Elastic { most_mm, points: 7 }) }];
    fitted.check_moves(&items[..1], &[0, 1], &elastic(0.7)).expect("no folds");
    let error = fitted.check_moves(&items[..1], &[0, 1], &elastic(2.0)).expect_err("folds").to_string();
    assert!(error.contains("elastic(2mm) may fold") && error.contains("write elastic(0.7mm)"), "{error}");
    // The scan and its mask move alike: where the scan is above the middle, the mask is set, but for what is between two voxels.
    let look = |input, seed| {
        let augment = [turn.clone(), Augment::Flip { axis: AxisName::Coronal, share: 0.5 }];
        let draw = Augmentation::Random { seed, epoch: 0, augment: &augment };
        fitted.value(items[0], input, &draw).expect("fine").expect("present")
    };
    for seed in 0..5 {
        let (scan, mask) = (look(0, seed), look(1, seed));
        assert!(scan.iter().zip(&mask).all(|(v, m)| (*v - 2.5).abs() < 0.75 || (*v > 2.5) == (*m == 1.0)), "{seed}");
    }
    assert_ne!(look(0, 1), look(0, 2));
}

#[test]
fn what_one_change_draws_does_not_depend_on_the_others() {
    let dir = folder();
    tree(dir.path());
    let data = open(&inputs(), &[load(&bids(dir.path()))], &dir.path().join("cache")).expect("opened");
    let fitted = data.fit(&["sub-1".into()]).expect("fitted");
    let value = |augment: &[Augment]| {
        let draw = Augmentation::Random { seed: 3, epoch: 1, augment };
        fitted.value(Item { member: 0, slice: 0 }, 0, &draw).expect("fine").expect("present")
    };
    let gamma = Augment::Gamma { exponent: (0.5, 2.0) };
    let sometimes = |share, change: Augment| Augment::Sometimes { share, change: Box::new(change) };
    let field = Augment::BiasField { most: 0.5, order: 2 };
    let never = sometimes(0.0, Augment::Shift { voxels: 2 });
    assert_eq!(value(&[never.clone(), gamma.clone()]), value(&[sometimes(0.0, field.clone()), gamma.clone()]));
    assert_eq!(value(&[gamma.clone(), sometimes(0.0, field.clone())]), value(std::slice::from_ref(&gamma)));
    assert_eq!(value(&[sometimes(1.0, gamma.clone())]), value(std::slice::from_ref(&gamma)));
    let happens = (0..200).filter(|seed| {
        let augment = [sometimes(0.25, gamma.clone())];
        let draw = Augmentation::Random { seed: *seed, epoch: 1, augment: &augment };
        let fixed = Augmentation::Fixed { view: 0 };
        let of = |draw| fitted.value(Item { member: 0, slice: 0 }, 0, draw).expect("fine");
        of(&draw) != of(&fixed)
    });
    let happens = happens.count();
    assert!((30..=70).contains(&happens), "{happens} of 200 with a probability of 1/4");
}
