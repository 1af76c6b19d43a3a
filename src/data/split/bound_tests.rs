//! Who must not be parted: levels that are left out, groups, folds that validate, holdouts, one record a person.

use super::{Candidate, Columns, Split, StratumColumn, divide, grouped_folds, take};
use fascicle_lang::program::{Protocol, ProtocolKind, Tested, Validation};
use std::collections::{BTreeMap, BTreeSet};

fn people(n: usize) -> Vec<Candidate> {
    (0..n).map(|i| Candidate { key: format!("{i}"), person: format!("p{i}") }).collect()
}

fn column(name: &str, values: impl IntoIterator<Item = impl Into<String>>) -> StratumColumn {
    StratumColumn { name: name.into(), values: values.into_iter().map(|v| Some(v.into())).collect() }
}

fn leave_out(levels: &[&str], validation: f64) -> Protocol {
    let levels = levels.iter().map(|l| (*l).to_owned()).collect();
    Protocol::new(ProtocolKind::LeaveOut { column: "site".into(), levels, validation })
}

fn grouped(kind: ProtocolKind) -> Protocol {
    Protocol { group: Some("family".into()), ..Protocol::new(kind) }
}

fn by(bound: &[StratumColumn]) -> Columns<'_> {
    Columns { bound, ..Columns::default() }
}

fn places(keys: &[String]) -> Vec<usize> {
    keys.iter().map(|k| k.parse().expect("a place")).collect()
}

fn say(outcome: super::Result<Vec<Split>>) -> String {
    outcome.expect_err("not possible").to_string()
}

/// 60 people of 23 families, of one to six people.
fn families() -> StratumColumn {
    column("family", (0..60_usize).map(|i| format!("f{}", (i * i + i / 7) % 23)))
}

/// No value of a column on two sides of a split, and nobody in two sets.
fn assert_apart(splits: &[Split], column: &StratumColumn) {
    for split in splits {
        let mut of: BTreeMap<&str, &str> = BTreeMap::new();
        for (set, keys) in split.sets() {
            for place in places(keys) {
                let value = column.values[place].as_deref().expect("a value");
                let other = *of.entry(value).or_insert(set);
                assert_eq!(other, set, "{value} in fold {} of seed {}", split.fold, split.seed);
            }
        }
        let all: Vec<usize> = split.sets().iter().flat_map(|(_, keys)| places(keys)).collect();
        assert_eq!(all.len(), all.iter().collect::<BTreeSet<_>>().len());
    }
}

// scikit-learn 1.9.1: `GroupKFold(3).split(groups, groups, groups)`, the fold of each. Groups have one to nine members,
// so that no two tie.
const GROUPS: [usize; 45] = [
    2, 5, 7, 8, 7, 8, 0, 3, 1, 1, 5, 3, 4, 7, 7, 5, 1, 4, 3, 7, 1, 8, 8, 0, 3, 3, 3, 3, 7, 7, 5, 1, 1, 6, 3, 5, 4, 5,
    1, 0, 6, 7, 4, 8, 3,
];
const GROUP_FOLDS: [usize; 45] = [
    2, 2, 1, 1, 1, 1, 0, 0, 2, 2, 2, 0, 0, 1, 1, 2, 2, 0, 0, 1, 2, 1, 1, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 1, 0, 2, 0, 2,
    2, 0, 1, 1, 0, 1, 0,
];
// scikit-learn 1.9.1: `StratifiedGroupKFold(4).split(y, y, groups)`, the fold of each.
const FAMILIES: [usize; 48] = [
    2, 13, 9, 12, 2, 10, 5, 6, 0, 8, 11, 9, 2, 7, 3, 13, 12, 2, 7, 13, 11, 9, 8, 0, 10, 6, 1, 3, 7, 10, 7, 8, 12, 9, 5,
    9, 8, 1, 0, 9, 5, 8, 4, 3, 2, 5, 11, 5,
];
const CLASSES: [usize; 48] = [
    1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 2, 2, 0, 1, 1, 1, 0, 0, 1, 2, 0, 1, 2, 2, 0, 0, 2, 0, 0, 1, 2, 0, 1, 1, 0, 2, 2, 1,
    2, 1, 2, 2, 1, 0, 0, 1, 0, 2,
];
const STRATIFIED_FOLDS: [usize; 48] = [
    1, 1, 0, 3, 1, 2, 0, 2, 3, 2, 0, 0, 1, 3, 3, 1, 3, 1, 3, 1, 0, 0, 2, 3, 2, 2, 1, 3, 3, 2, 3, 2, 3, 0, 0, 0, 2, 1,
    3, 0, 0, 2, 2, 3, 1, 0, 0, 0,
];

#[test]
fn groups_without_shuffling_go_to_the_folds_of_scikit_learn() {
    assert_eq!(grouped_folds(&[0; 45], &GROUPS, 3, None), GROUP_FOLDS);
    assert_eq!(grouped_folds(&CLASSES, &FAMILIES, 4, None), STRATIFIED_FOLDS);
}

#[test]
fn a_level_left_out_is_the_test_set_of_scikit_learn() {
    // scikit-learn 1.9.1: `LeaveOneGroupOut().split(s, s, s)` of s = list("BACABBCAABCB").
    let site = column("site", "BACABBCAABCB".chars());
    let splits = divide(&leave_out(&["A", "B", "C"], 0.0), &people(12), &by(std::slice::from_ref(&site)));
    let splits = splits.expect("divided");
    let tested: Vec<Vec<usize>> = splits.iter().map(|split| places(&split.test)).collect();
    assert_eq!(tested, [vec![1, 3, 7, 8], vec![0, 4, 5, 9, 11], vec![2, 6, 10]]);
    assert!(splits.iter().all(|split| split.train.len() + split.test.len() == 12));
}

#[test]
fn each_level_tests_once_and_a_share_of_the_others_validates() {
    let site = column("site", (0..90_usize).map(|i| ["1", "2", "10"][i * i % 3]));
    let strata = [column("sex", (0..90_usize).map(|i| ["F", "M"][i / 2 % 2]))];
    let bound = [site.clone()];
    let columns = Columns { strata: &strata, bound: &bound, ..Columns::default() };
    let protocol = Protocol { seeds: vec![1, 2], ..leave_out(&["1.0", "2"], 0.2) };
    let splits = divide(&protocol, &people(90), &columns).expect("divided");
    assert_eq!(splits.len(), 4, "nobody is of the third level");
    for split in &splits {
        let others = 90 - split.test.len();
        assert_eq!(split.validation.len(), (others as f64 * 0.2).round() as usize);
        let levels: BTreeSet<&Option<String>> = places(&split.test).iter().map(|i| &site.values[*i]).collect();
        assert_eq!(levels.len(), 1);
        let women = places(&split.validation).iter().filter(|i| **i / 2 % 2 == 0).count();
        assert!(women.abs_diff(split.validation.len() - women) <= 2, "{women} of {}", split.validation.len());
    }
    assert_ne!(splits[0].validation, splits[2].validation, "each seed draws its own");
}

#[test]
fn groups_are_never_parted_whatever_the_scheme() {
    let family = families();
    let bound = [family.clone()];
    let sex = [column("sex", (0..60_usize).map(|i| ["F", "M"][i % 2]))];
    let holdout = ProtocolKind::Holdout { train: 0.6, validation: 0.15, test: 0.25 };
    let turns =
        |test, holdout| ProtocolKind::KFold { folds: 4, validation: Validation::Fold, holdout, redraw: true, test };
    let kinds = [
        ProtocolKind::kfold(5, 0.2, 0),
        ProtocolKind::kfold(3, 0.1, 9),
        turns(Tested::Fold, 0),
        turns(Tested::Holdout, 12),
        holdout,
    ];
    for kind in kinds {
        for strata in [&sex[..], &[]] {
            let columns = Columns { strata, bound: &bound, ..Columns::default() };
            let protocol = Protocol { seeds: vec![1, 2, 3], ..grouped(kind.clone()) };
            let splits = divide(&protocol, &people(60), &columns).expect("divided");
            assert_apart(&splits, &family);
            assert_eq!(splits, divide(&protocol, &people(60), &columns).expect("divided"));
            for split in &splits {
                let sizes: Vec<usize> = split.sets().iter().map(|(_, keys)| keys.len()).collect();
                assert_eq!(sizes.iter().sum::<usize>(), 60, "{kind:?}");
                if let ProtocolKind::KFold { holdout, .. } = kind {
                    assert!(sizes[3].abs_diff(holdout) <= 3, "{sizes:?} of {kind:?}");
                }
            }
        }
    }
}

#[test]
fn sets_of_groups_keep_strata_alike() {
    // Families of two, one sex each.
    let family = [column("family", (0..200_usize).map(|i| (i / 2).to_string()))];
    let sex = [column("sex", (0..200_usize).map(|i| ["F", "M", "M", "M"][i / 2 % 4]))];
    let columns = Columns { strata: &sex, bound: &family, ..Columns::default() };
    for split in divide(&grouped(ProtocolKind::kfold(5, 0.25, 0)), &people(200), &columns).expect("divided") {
        for (set, keys) in split.sets().into_iter().take(3) {
            let women = places(keys).iter().filter(|i| **i / 2 % 4 == 0).count();
            assert!((women as f64 / keys.len() as f64 - 0.25).abs() < 0.06, "{women} of {} in {set}", keys.len());
        }
        assert_eq!((split.test.len(), split.validation.len()), (40, 40));
    }
}

#[test]
fn a_fold_validates_behind_the_one_that_tests() {
    let kind =
        |test, holdout, redraw| ProtocolKind::KFold { folds: 4, validation: Validation::Fold, holdout, redraw, test };
    let splits =
        divide(&Protocol::new(kind(Tested::Fold, 0, false)), &people(41), &Columns::default()).expect("divided");
    for (fold, split) in splits.iter().enumerate() {
        assert_eq!(split.validation, splits[(fold + 1) % 4].test);
        assert_eq!(split.train.len() + split.validation.len() + split.test.len(), 41);
    }
    let splits = divide(&Protocol::new(kind(Tested::Holdout, 11, false)), &people(41), &Columns::default());
    let splits = splits.expect("divided");
    let validated: BTreeSet<&String> = splits.iter().flat_map(|s| &s.validation).collect();
    assert_eq!(validated.len(), 30, "each fold validates once");
    assert!(splits.iter().all(|s| s.test.is_empty() && s.holdout == splits[0].holdout && s.holdout.len() == 11));
}

#[test]
fn each_seed_holds_out_others_where_it_is_to() {
    let of = |redraw, seeds: &[u64]| {
        let kind = ProtocolKind::KFold {
            folds: 3,
            validation: Validation::Share(0.1),
            holdout: 10,
            redraw,
            test: Tested::Fold,
        };
        let protocol = Protocol { seeds: seeds.to_vec(), ..Protocol::new(kind) };
        divide(&protocol, &people(50), &Columns::default()).expect("divided")
    };
    assert_eq!(of(false, &[1, 2])[0].holdout, of(false, &[1, 2])[3].holdout);
    let redrawn = of(true, &[1, 2]);
    assert_ne!(redrawn[0].holdout, redrawn[3].holdout);
    assert_eq!(redrawn[..3], of(false, &[1])[..], "a seed alone divides as it did");
    assert_eq!(redrawn[3..], of(true, &[2])[..], "whatever the other seeds are");
}

#[test]
fn one_record_a_person_validates_and_tests_and_all_train() {
    let candidates: Vec<Candidate> = (0..90)
        .map(|i| Candidate { key: format!("sub-{:02}_ses-{}", i / 3, i % 3), person: format!("p{}", i / 3) })
        .collect();
    let protocol = Protocol { once: true, ..Protocol::new(ProtocolKind::kfold(5, 0.2, 5)) };
    for split in divide(&protocol, &candidates, &Columns::default()).expect("divided") {
        for keys in [&split.validation, &split.test, &split.holdout] {
            assert!(!keys.is_empty() && keys.iter().all(|key| key.ends_with("ses-0")));
        }
        assert_eq!((split.train.len(), split.test.len(), split.holdout.len()), (48, 5, 5));
    }
}

#[test]
fn who_has_no_cell_is_in_no_set() {
    let mut family = families();
    for lacking in [3, 17] {
        family.values[lacking] = None;
    }
    let bound = [family];
    for split in divide(&grouped(ProtocolKind::kfold(4, 0.1, 5)), &people(60), &by(&bound)).expect("divided") {
        let all: BTreeSet<usize> = split.sets().iter().flat_map(|(_, keys)| places(keys)).collect();
        assert_eq!(all.len(), 58);
        assert!(!all.contains(&3) && !all.contains(&17));
    }
}

#[test]
fn a_record_without_a_cell_goes_with_the_others_of_its_person() {
    let candidates: Vec<Candidate> =
        (0..8).map(|i| Candidate { key: i.to_string(), person: format!("p{}", i / 2) }).collect();
    let mut site = column("site", ["A", "A", "B", "B", "A", "A", "B", "B"]);
    site.values[1] = None;
    let splits = divide(&leave_out(&["A", "B"], 0.0), &candidates, &by(&[site])).expect("divided");
    assert_eq!(places(&splits[0].test), [0, 1, 4, 5]);
}

#[test]
fn people_who_cannot_be_kept_together_are_told() {
    let candidates: Vec<Candidate> =
        (0..6).map(|i| Candidate { key: format!("sub-{i}"), person: format!("p{}", i / 2) }).collect();
    let site = column("site", ["A", "A", "A", "B", "B", "B"]);
    let both = say(divide(&leave_out(&["A", "B"], 0.0), &candidates, &by(std::slice::from_ref(&site))));
    assert!(both.contains("`sub-3` have site = A and site = B"), "{both}");
    let unknown = say(divide(&leave_out(&["A", "C"], 0.0), &people(6), &by(std::slice::from_ref(&site))));
    assert!(unknown.contains("`B` is not among the levels of `site` that the program knows: A, C"), "{unknown}");
    let empty = say(divide(&leave_out(&["A", "B", "C"], 0.0), &people(6), &by(std::slice::from_ref(&site))));
    assert!(empty.contains("the test set of fold 3 (site = C) (seed 1) would be empty"), "{empty}");
    let family = [column("family", ["f", "f", "g", "g", "h", "h"])];
    let few = say(divide(&grouped(ProtocolKind::kfold(4, 0.0, 0)), &people(6), &by(&family)));
    assert!(few.contains("4 folds of 3 groups of `family`; use at most 3 folds"), "{few}");
    let none = say(divide(&grouped(ProtocolKind::kfold(2, 0.0, 0)), &people(6), &Columns::default()));
    assert!(none.contains("there is no column `family`"), "{none}");
}

#[test]
fn a_level_of_one_class_may_test_but_not_train_alone() {
    let site = [column("site", ["A", "A", "B", "B", "C", "C"])];
    let dx = [column("dx", ["HC", "HC", "HC", "AD", "AD", "HC"])];
    let columns = Columns { classes: &dx, bound: &site, ..Columns::default() };
    assert_eq!(divide(&leave_out(&["A", "B", "C"], 0.0), &people(6), &columns).expect("divided").len(), 3);
    let dx = [column("dx", ["HC", "AD", "HC", "HC", "HC", "HC"])];
    let columns = Columns { classes: &dx, bound: &site, ..Columns::default() };
    let one = say(divide(&leave_out(&["A", "B", "C"], 0.0), &people(6), &columns));
    assert!(one.contains("the training set of fold 1 (seed 1) has only `HC` of `dx`"), "{one}");
}

#[test]
fn as_many_are_taken_as_are_asked_for_and_strata_stay_alike() {
    let candidates: Vec<Candidate> =
        (0..80).map(|i| Candidate { key: format!("{i}"), person: format!("p{}", i / 2) }).collect();
    let age = [column("group", (0..80_usize).map(|i| ["old", "young", "young", "young"][i / 2 % 4]))];
    let taken = take(&candidates, &age, 20, 1, 0);
    assert_eq!(taken, take(&candidates, &age, 20, 1, 0));
    assert_ne!(taken, take(&candidates, &age, 20, 1, 1));
    assert_eq!(taken.len(), 40, "all records of each");
    assert_eq!(taken.iter().filter(|i| **i / 2 % 4 == 0).count(), 10);
    assert_eq!(take(&candidates, &age, 40, 3, 2), (0..80).collect::<Vec<_>>());
}
