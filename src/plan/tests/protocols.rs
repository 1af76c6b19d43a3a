//! Protocols from the text of a file to who trained, validated and tested: levels left out, folds that validate, subgroups.

use super::analyses::experiment;
use super::{Bench, Kind, Outcome};
use crate::data::split::Split;
use crate::graph::{ClassWeights, LossOp, Op};
use crate::plan::RunSummary;
use crate::program::{Experiment, Sampling};
use std::collections::BTreeSet;
use std::fmt::Write;

/// 90 people of three sites, 60 % of them women, in families of two.
fn people() -> String {
    let mut text = String::from("id,site,sex,family,dx,u,v\n");
    for i in 0..90_usize {
        let (site, sex, dx) = (["A", "B", "C"][i * 7 % 3], ["F", "F", "F", "M", "M"][i % 5], ["HC", "AD"][i / 2 % 2]);
        let u = (i / 2 % 2) as f64 + ((i as f64) * 1.7).sin();
        let _ = writeln!(text, "s{i:02},{site},{sex},f{:02},{dx},{u},{}", i / 2, ((i as f64) * 0.9).cos());
    }
    text
}

const HEAD: &str = r#"
cohort people = table("sites.csv") { subject id }
modality place: vector[2] = people.columns(u |> standardize, v)
target dx: class{HC, AD} = people.column("dx")
model m(place) -> dx { place |> Linear(2) }
"#;

fn compiled(bench: &Bench, text: &str) -> std::result::Result<Experiment, Box<dyn std::error::Error>> {
    std::fs::write(bench.path().join("sites.csv"), people())?;
    experiment(bench, &format!("{HEAD}{text}"))
}

fn splits(bench: &Bench, summary: &RunSummary) -> std::result::Result<Vec<Split>, Box<dyn std::error::Error>> {
    Ok(serde_json::from_slice(&std::fs::read(bench.stored(summary, Kind::Split, "seed 1", "split.json"))?)?)
}

fn place(key: &str) -> usize {
    key.trim_start_matches('s').parse().unwrap_or(usize::MAX)
}

/// How many trained and validated a stage.
fn counts(
    bench: &Bench,
    summary: &RunSummary,
    task: &str,
) -> std::result::Result<(u64, u64), Box<dyn std::error::Error>> {
    let at = bench.stored(summary, Kind::Train, task, "history.json");
    let history: serde_json::Value = serde_json::from_slice(&std::fs::read(at)?)?;
    Ok((history["training"].as_u64().ok_or("no count")?, history["validation"].as_u64().ok_or("no count")?))
}

#[test]
fn each_site_is_left_out_once_and_named_where_its_fold_is() -> Outcome {
    let bench = Bench::new()?;
    let text = "train m { minimize cross_entropy(m, dx), epochs 2 }\n\
                protocol scanners = leave_out(site, validation: 0.15, stratify: [dx], seed: 1)\n\
                score m: auc, accuracy\n";
    let summary = bench.run(&compiled(&bench, text)?)?;
    let splits = splits(&bench, &summary)?;
    assert_eq!(splits.len(), 3);
    for (split, residue) in splits.iter().zip([0, 1, 2]) {
        assert!(split.test.len() == 30 && split.test.iter().all(|key| place(key) * 7 % 3 == residue));
        assert_eq!((split.train.len(), split.validation.len()), (51, 9));
    }
    let trained: Vec<&str> = summary.tasks.iter().filter(|t| t.kind == Kind::Train).map(|t| t.name.as_str()).collect();
    assert_eq!(trained[1], "train m, fold 2 (site = B), seed 1");
    let folder = summary.folder.ok_or("no folder")?;
    let page = std::fs::read_to_string(folder.join("report.html"))?;
    assert!(page.contains("fold 3 (site = C)"), "the report names who is left out");
    Ok(())
}

#[test]
fn subgroups_train_on_as_many_people() -> Outcome {
    let bench = Bench::new()?;
    let text = "param half: one_of(F, M) = F\n\
                train m { minimize cross_entropy(m, dx), epochs 2, within sex == half, take 0.35 }\n\
                protocol cv = kfold(3, validation: 0.2, stratify: [dx, sex], seed: 1)\n\
                score m: auc\n\
                sweep halves: half { compare auc }\n";
    let summary = bench.run(&compiled(&bench, text)?)?;
    let splits = splits(&bench, &summary)?;
    let all = splits[0].train.len() as f64;
    for half in ["F", "M"] {
        let (training, validation) = counts(&bench, &summary, &format!("half={half}, fold 1"))?;
        assert_eq!(training, (0.35 * all).round() as u64, "a share of all who could train");
        let sex = |key: &String| if place(key) % 5 < 3 { "F" } else { "M" };
        let wanted = splits[0].validation.iter().filter(|key| sex(key) == half).count();
        assert_eq!(validation, wanted as u64, "validated within the condition");
    }
    // Both models are judged on everybody who tests.
    for variant in &summary.variants {
        assert!(variant.scores[0].lines[0].runs.iter().all(|run| run.rows == 30));
    }
    let fitted = summary.tasks.iter().filter(|t| t.kind == Kind::Fit).count();
    assert_eq!(fitted, 3, "what is fitted is fitted on all who could train, once for both");
    let few = text.replace("0.35", "0.5");
    let told = bench.run(&compiled(&bench, &few)?).err().ok_or("too few men")?.to_string();
    assert!(told.contains("the stage takes 0.5 of 48 people, and 19 can train within its condition"), "{told}");
    Ok(())
}

#[test]
fn folds_validate_in_turn_beside_people_who_test_them_all() -> Outcome {
    let bench = Bench::new()?;
    let text = "train m { minimize cross_entropy(m, dx), epochs 2 }\n\
                protocol cv = kfold(4, validation: fold, test: holdout, holdout: 18, group: family, stratify: [dx], seed: 1)\n\
                score m: auc\n\
                ensemble m over folds\n";
    let summary = bench.run(&compiled(&bench, text)?)?;
    let splits = splits(&bench, &summary)?;
    let validated: BTreeSet<&String> = splits.iter().flat_map(|s| &s.validation).collect();
    assert_eq!((validated.len(), splits[0].holdout.len()), (72, 18));
    for split in &splits {
        let family = |keys: &[String]| keys.iter().map(|key| place(key) / 2).collect::<BTreeSet<_>>();
        assert!(family(&split.train).is_disjoint(&family(&split.validation)) && split.test.is_empty());
    }
    let [single, together] = summary.variants[0].scores.as_slice() else { return Err("two scores".into()) };
    assert_eq!((single.lines[0].runs.len(), together.lines[0].runs.len()), (4, 1));
    assert!(single.lines[0].runs.iter().all(|run| run.rows == 18));
    Ok(())
}

#[test]
fn what_a_protocol_says_of_records_is_part_of_its_division() -> Outcome {
    let bench = Bench::new()?;
    let fingerprint = |protocol: &str| -> std::result::Result<String, Box<dyn std::error::Error>> {
        let text = format!(
            "train m {{ minimize cross_entropy(m, dx), epochs 1 }}\nprotocol cv = {protocol}\nscore m: accuracy\n"
        );
        let summary = bench.run(&compiled(&bench, &text)?)?;
        let split = summary.tasks.iter().find(|t| t.kind == Kind::Split).ok_or("no split")?;
        Ok(split.fingerprint.clone())
    };
    let plain = fingerprint("kfold(2, seed: 1)")?;
    assert_eq!(plain, fingerprint("kfold(2, redraw: false, test: fold, seed: 1)")?);
    let others =
        ["kfold(2, once: subject, seed: 1)", "kfold(2, group: family, seed: 1)", "kfold(2, validation: 0.2, seed: 1)"];
    let mut all = BTreeSet::from([plain]);
    for other in others {
        assert!(all.insert(fingerprint(other)?), "{other}");
    }
    Ok(())
}

#[test]
fn over_sampling_and_a_weighted_loss_are_variants_of_one_sweep() -> Outcome {
    let bench = Bench::new()?;
    let text = "param over: bool = false\n\
                param weigh: one_of(equal, inverse_frequency) = equal\n\
                train m {\n  minimize cross_entropy(m, dx, weight: weigh)\n  \
                sample if over { balanced(by: dx) } else { shuffled }\n  epochs 1\n}\n\
                score m: auc\n\
                sweep remedies: [over, weigh] in [[false, equal], [true, equal], [false, inverse_frequency]] { compare auc }\n";
    let experiment = compiled(&bench, text)?;
    let said: Vec<(bool, bool)> = experiment
        .variants
        .iter()
        .map(|program| {
            let weighs =
                |op: &Op| matches!(op, Op::Loss(LossOp::CrossEntropy { weights: ClassWeights::InverseFrequency, .. }));
            let over = program.stages[0].sampling == Sampling::Balanced { by: "dx".into() };
            (over, program.graph.nodes.iter().any(|node| weighs(&node.op)))
        })
        .collect();
    assert_eq!(said, [(false, false), (true, false), (false, true)]);
    let summary = bench.run(&experiment)?;
    assert_eq!(summary.variants.len(), 3);
    Ok(())
}
