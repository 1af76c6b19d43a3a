//! Models that leave their run.

use super::programs::{classifier, images, one_variant};
use super::{Bench, Outcome};
use crate::graph::{InputId, ModuleId, NodeId, Op};
use crate::plan::{PackOptions, Packed, PlanError, PredictOptions, RunSummary, pack, predict};
use crate::program::{Experiment, ProtocolKind};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

fn one_division(mut experiment: Experiment) -> Experiment {
    experiment.variants[0].protocol.kind = ProtocolKind::Holdout { train: 0.6, validation: 0.1, test: 0.3 };
    experiment
}

pub(super) fn folder(summary: &RunSummary) -> Result<PathBuf, &'static str> {
    summary.folder.clone().ok_or("no folder")
}

/// Applies a model to a file or folder, into `OUT` beside it.
pub(super) fn apply(packed: &Packed, data: &Path, out: &Path) -> Result<crate::plan::Applied, PlanError> {
    predict(
        packed,
        &PredictOptions {
            data: data.to_owned(),
            out: out.to_owned(),
            subject: None,
            rename: indexmap::IndexMap::new(),
            join: Vec::new(),
            any_spacing: false,
            probabilities: true,
            device: crate::nn::tests::device(),
            interrupt: &AtomicBool::new(false),
            progress: &|_, _, _| {},
            command: "fascicle predict".into(),
        },
    )
}

/// Value by subject and element.
pub(super) fn values(
    table: &Path,
    element: usize,
    value: usize,
) -> Result<BTreeMap<(String, String), f64>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(table)?;
    let cells = text.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    let numbers =
        cells.filter_map(|row| Some(((row[0].to_owned(), row[element].to_owned()), row[value].parse().ok()?)));
    Ok(numbers.collect())
}

#[test]
fn a_packed_model_predicts_what_its_run_predicted_from_the_file_alone() -> Outcome {
    let bench = Bench::new()?;
    let summary = bench.run(&one_division(one_variant(classifier(4))))?;
    let run = folder(&summary)?;
    let packed = pack(&run, &PackOptions::default())?;
    let file = bench.path().join("dx.fascicle");
    packed.write(&file)?;
    assert_eq!(Packed::read(&file)?, packed);
    assert_eq!(packed.bytes()?, pack(&run, &PackOptions::default())?.bytes()?);

    // A table of other people with a column more, and without the target.
    let text = std::fs::read_to_string(bench.path().join("people.csv"))?;
    let table: Vec<String> = text
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let kept = cells.iter().enumerate().filter(|(i, _)| *i != 6).map(|(_, cell)| *cell);
            kept.chain(["more"]).collect::<Vec<_>>().join(",")
        })
        .collect();
    let elsewhere = tempfile::tempdir()?;
    std::fs::write(elsewhere.path().join("clinic.csv"), table.join("\n"))?;
    let before = values(&run.join("variant-width=4/seed-1/fold-1/predictions.tsv"), 4, 6)?;
    drop(bench);
    let out = elsewhere.path().join("out");
    let applied = apply(&packed, &elsewhere.path().join("clinic.csv"), &out)?;
    assert_eq!((applied.predicted, applied.runs), (80, 1));
    let after = values(&out.join("predictions.tsv"), 2, 3)?;
    assert!(before.len() > 20, "{before:?}");
    for (key, probability) in &before {
        let found = after.get(key).ok_or_else(|| format!("{key:?} is not predicted"))?;
        assert!((found - probability).abs() < 1e-6, "{key:?}: {found} for {probability}");
    }
    Ok(())
}

#[test]
fn a_file_that_was_changed_is_refused_and_so_is_one_of_another_kind() -> Outcome {
    let bench = Bench::new()?;
    let summary = bench.run(&one_division(one_variant(classifier(4))))?;
    let packed = pack(&folder(&summary)?, &PackOptions::default())?;
    let file = bench.path().join("dx.fascicle");
    packed.write(&file)?;
    let mut bytes = std::fs::read(&file)?;
    let last = bytes.len() - 2;
    bytes[last] ^= 1;
    std::fs::write(&file, &bytes)?;
    let told = |result: Result<Packed, PlanError>| result.err().map(|e| e.to_string()).unwrap_or_default();
    assert!(told(Packed::read(&file)).contains("its checksum is not that of its content"));
    let weights = folder(&summary)?.join("variant-width=4/seed-1/fold-1/weights.safetensors");
    assert!(told(Packed::read(&weights)).contains("it is no packed model"));
    let unknown = PackOptions { model: Some("dy".into()), variant: None };
    let refused = told(pack(&folder(&summary)?, &unknown));
    assert!(refused.contains("the run has no model `dy`; did you mean `dx`? (there: dx)"), "{refused}");
    assert!(told(pack(bench.path(), &PackOptions::default())).contains("name the folder of a finished run"));
    Ok(())
}

#[test]
fn what_a_model_needs_and_does_not_find_is_told_by_name() -> Outcome {
    let bench = Bench::new()?;
    let summary = bench.run(&one_division(one_variant(classifier(4))))?;
    let packed = pack(&folder(&summary)?, &PackOptions::default())?;
    let text = std::fs::read_to_string(bench.path().join("people.csv"))?;
    let table = bench.path().join("other.csv");
    let heading = text.lines().next().ok_or("no heading")?;
    let third = heading.split(',').nth(2).ok_or("no third column")?;
    std::fs::write(&table, text.replacen(third, "Other", 1))?;
    let out = bench.path().join("out");
    let error = apply(&packed, &table, &out).err().ok_or("it was applied")?.to_string();
    assert!(error.contains(&format!("has no column `{third}`")) && error.contains("--rename"), "{error}");
    assert!(!out.exists(), "nothing is left behind");
    // Nothing that is not an earlier prediction is replaced.
    std::fs::create_dir(&out)?;
    std::fs::write(out.join("mine.txt"), "mine")?;
    let error = apply(&packed, &bench.path().join("people.csv"), &out).err().ok_or("it was applied")?.to_string();
    assert!(error.contains("nothing is written over it"), "{error}");
    assert_eq!(std::fs::read_to_string(out.join("mine.txt"))?, "mine");
    Ok(())
}

#[test]
fn images_are_drawn_on_the_grid_of_the_scan_and_other_voxels_are_told() -> Outcome {
    let bench = Bench::new()?;
    let mut program = images();
    let phantom = crate::data::phantom::Phantom::new(crate::data::phantom::PhantomSpec {
        subjects: 12,
        shape: [20, 22, 18],
        ..crate::data::phantom::PhantomSpec::default()
    })?;
    let bids = bench.path().join("bids");
    crate::data::phantom::write_bids(&phantom, &bids, false, &|_, _| {})?;
    program.cohorts[0].source = crate::program::CohortSource::Bids { path: "bids".into() };
    let summary = bench.run(&one_variant(program))?;
    let packed = pack(&folder(&summary)?, &PackOptions::default())?;
    let out = bench.path().join("out");
    let applied = apply(&packed, &bids, &out)?;
    assert_eq!(applied.predicted, 12);
    let drawn = out.join("sub-001/anat/sub-001_desc-auto_recon.nii.gz");
    assert_eq!(crate::data::volume::Volume::read(&drawn)?.shape(), [20, 22, 18], "the model's grid is 16 x 18 x 16");
    let mut other = packed.clone();
    let voxels = serde_json::from_str("{\"spacing\":[100,100,300],\"extent\":[20,22,18]}")?;
    other.model.grids[0] = Some(voxels);
    let error = apply(&other, &bids, &out).err().ok_or("it was applied")?.to_string();
    assert!(error.contains("input `t1`: 12 of 12 images have voxels of another size"), "{error}");
    Ok(())
}

#[test]
fn a_manifest_that_refers_to_what_is_not_there_is_refused_before_anything_reads_it() -> Outcome {
    let bench = Bench::new()?;
    let summary = bench.run(&one_division(one_variant(classifier(4))))?;
    let packed = pack(&folder(&summary)?, &PackOptions::default())?;
    let file = bench.path().join("dx.fascicle");
    let crafted: [fn(&mut Packed); 6] = [
        |packed| {
            let nodes = &mut packed.model.program.graph.nodes;
            let last = nodes.len() as u32;
            std::sync::Arc::make_mut(&mut nodes[1]).inputs = vec![NodeId(last)];
        },
        |packed| std::sync::Arc::make_mut(&mut packed.model.program.graph.nodes[1]).module = Some(ModuleId(99)),
        |packed| std::sync::Arc::make_mut(&mut packed.model.program.graph.nodes[0]).op = Op::Input(InputId(99)),
        |packed| packed.model.program.at_least_one.push(vec![InputId(99)]),
        |packed| packed.model.truths.push(None),
        |packed| packed.model.runs[0].fitted.clear(),
    ];
    for craft in crafted {
        let mut packed = packed.clone();
        craft(&mut packed);
        packed.write(&file)?;
        let told = Packed::read(&file).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(told.contains("its manifest does not fit together"), "{told}");
    }
    Ok(())
}
