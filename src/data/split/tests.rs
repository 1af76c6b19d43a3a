use super::super::samples::shared;
use super::{Candidate, Columns, Split, StratumColumn, divide, stratified_folds};
use fascicle_lang::program::{Protocol, ProtocolKind};
use std::collections::BTreeSet;

fn people(n: usize) -> Vec<Candidate> {
    (0..n).map(|i| Candidate { key: format!("sub-{i:03}"), person: format!("p{i}") }).collect()
}

fn column(name: &str, n: usize, value: impl Fn(usize) -> String) -> StratumColumn {
    StratumColumn { name: name.into(), values: (0..n).map(|i| Some(value(i))).collect() }
}

fn kfold(folds: usize, validation: f64, holdout: usize, seeds: &[u64]) -> Protocol {
    Protocol { seeds: seeds.to_vec(), ..Protocol::new(ProtocolKind::kfold(folds, validation, holdout)) }
}

fn of_strata(strata: &[StratumColumn]) -> Columns<'_> {
    Columns { strata, ..Columns::default() }
}

fn set(keys: &[String]) -> BTreeSet<&String> {
    keys.iter().collect()
}

#[test]
fn without_shuffling_folds_are_those_of_scikit_learn() {
    let Some(root) = shared("golden/stats") else { return };
    let text = std::fs::read(root.join("stratified_kfold.json")).expect("a golden");
    let json: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    let y: Vec<usize> =
        json["y"].as_array().expect("y").iter().filter_map(|v| v.as_u64()).map(|v| v as usize).collect();
    let folds = stratified_folds(&y, 5, None);
    for (fold, expected) in json["shuffle_False"]["test_indices"].as_array().expect("folds").iter().enumerate() {
        let found: Vec<u64> = (0..y.len()).filter(|i| folds[*i] == fold).map(|i| i as u64).collect();
        let expected: Vec<u64> = expected.as_array().expect("indices").iter().filter_map(|v| v.as_u64()).collect();
        assert_eq!(found, expected, "fold {fold}");
    }
    let mut rng = super::generator(1, "test");
    let shuffled = stratified_folds(&y, 5, Some(&mut rng));
    for (fold, expected) in json["shuffle_True"]["test_class_counts"].as_array().expect("counts").iter().enumerate() {
        let found: Vec<u64> =
            (0..3).map(|c| (0..y.len()).filter(|i| shuffled[*i] == fold && y[*i] == c).count() as u64).collect();
        assert_eq!(serde_json::json!(found), *expected, "fold {fold}");
    }
}

#[test]
fn every_person_is_tested_once_and_never_trained_on_by_that_fold() {
    let splits = divide(&kfold(5, 0.2, 7, &[1, 2]), &people(60), &Columns::default()).expect("divided");
    assert_eq!(splits.len(), 10);
    for seed in [1, 2] {
        let tested: Vec<&String> = splits.iter().filter(|s| s.seed == seed).flat_map(|s| &s.test).collect();
        assert_eq!((tested.len(), tested.iter().collect::<BTreeSet<_>>().len()), (53, 53));
    }
    for split in &splits {
        let all: usize = split.sets().iter().map(|(_, keys)| keys.len()).sum();
        let union: BTreeSet<&String> = split.sets().iter().flat_map(|(_, keys)| keys.iter()).collect();
        assert_eq!((all, union.len()), (60, 60));
        assert_eq!(split.holdout.len(), 7);
        assert_eq!(split.holdout, splits[0].holdout, "one holdout for all folds and seeds");
    }
    let folds = |seed| splits.iter().filter(|s| s.seed == seed).map(|s| s.test.clone()).collect::<Vec<_>>();
    assert_ne!(folds(1), folds(2));
}

#[test]
fn the_same_seed_gives_the_same_division() {
    let divided =
        || divide(&kfold(4, 0.1, 3, &[7]), &people(40), &of_strata(&[column("sex", 40, |i| (i % 2).to_string())]));
    assert_eq!(divided().expect("divided"), divided().expect("divided"));
}

#[test]
fn sessions_of_one_person_stay_together() {
    let candidates: Vec<Candidate> = (0..60)
        .map(|i| Candidate { key: format!("sub-{}_ses-{}", i / 3, i % 3), person: format!("p{}", i / 3) })
        .collect();
    for split in divide(&kfold(4, 0.25, 2, &[1]), &candidates, &Columns::default()).expect("divided") {
        let person = |key: &String| key.split('_').next().map(str::to_owned);
        let sets: Vec<BTreeSet<_>> = split.sets().iter().map(|(_, keys)| keys.iter().map(person).collect()).collect();
        for (i, a) in sets.iter().enumerate() {
            assert!(sets[..i].iter().all(|b| a.is_disjoint(b)));
        }
    }
}

#[test]
fn several_columns_are_kept_alike_numbers_by_quartile() {
    let n = 240;
    let strata = [
        column("diagnosis", n, |i| if i % 3 == 0 { "AD".into() } else { "HC".into() }),
        column("age", n, |i| format!("{}", 40 + (i * 7) % 50)),
    ];
    for split in divide(&kfold(4, 0.2, 40, &[3]), &people(n), &of_strata(&strata)).expect("divided") {
        for (_, keys) in split.sets() {
            let places: Vec<usize> = keys.iter().filter_map(|k| k[4..].parse().ok()).collect();
            let share = places.iter().filter(|i| **i % 3 == 0).count() as f64 / places.len() as f64;
            assert!((share - 1.0 / 3.0).abs() < 0.05, "{share}");
            let age = places.iter().map(|i| (40 + (i * 7) % 50) as f64).sum::<f64>() / places.len() as f64;
            assert!((age - 64.5).abs() < 3.0, "{age}");
        }
    }
}

#[test]
fn shares_are_those_of_a_holdout_protocol() {
    let kind = ProtocolKind::Holdout { train: 0.7, validation: 0.1, test: 0.2 };
    let splits = divide(&Protocol::new(kind), &people(100), &Columns::default()).expect("divided");
    let sizes: Vec<usize> = splits[0].sets().iter().map(|(_, keys)| keys.len()).collect();
    assert_eq!(sizes, [70, 10, 20, 0]);
    assert!(set(&splits[0].train).is_disjoint(&set(&splits[0].test)));
}

#[test]
fn divisions_that_are_not_possible_say_why() {
    let say = |outcome: super::Result<Vec<Split>>| outcome.expect_err("not possible").to_string();
    let folds = say(divide(&kfold(10, 0.0, 0, &[1]), &people(6), &Columns::default()));
    assert!(folds.contains("10 folds of 6 people"), "{folds}");
    let rare = column("diagnosis", 30, |i| if i < 3 { "MCI".into() } else { "HC".into() });
    let class = say(divide(&kfold(5, 0.0, 0, &[1]), &people(30), &of_strata(std::slice::from_ref(&rare))));
    assert!(class.contains("class `MCI` of `diagnosis` has 3 people, fewer than the 5 folds"), "{class}");
    let one = say(divide(&kfold(10, 0.0, 0, &[1]), &people(30), &Columns { classes: &[rare], ..Columns::default() }));
    assert!(one.contains("has only `HC` of `diagnosis`") && one.contains("stratify: [diagnosis]"), "{one}");
    let held = say(divide(&kfold(2, 0.0, 9, &[1]), &people(9), &Columns::default()));
    assert!(held.contains("9 are to be held out of 9"), "{held}");
    assert!(say(divide(&kfold(2, 0.0, 0, &[1]), &[], &Columns::default())).contains("nobody"));
}

#[test]
fn a_split_is_written_one_line_a_record() {
    let splits = divide(&kfold(2, 0.0, 0, &[5]), &people(4), &Columns::default()).expect("divided");
    let text = splits[0].to_tsv();
    assert_eq!(text.lines().count(), 5);
    assert!(text.starts_with("participant_id\tfold\tseed\tset\n") && text.contains("\t1\t5\ttest\n"));
}
