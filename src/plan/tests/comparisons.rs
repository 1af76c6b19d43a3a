//! Models side by side, and sweeps whose reference the file names.

use super::analyses::experiment;
use super::{Bench, Kind, Outcome, ran};
use crate::analysis::{Alternative, corrected_resampled_t};
use crate::plan::{Compared, Comparison};

const DATA: &str = r#"
cohort people = table("people.csv") { subject id }
modality side: vector[2] = people.columns([a, b] |> standardize)
condition stage: class{x, y, z} = people.column("stage")
target age: real = people.column("age")
param strength: real = 1.0
baseline close(side) -> age = ridge(strength: strength)
baseline far(side) -> age = ridge(strength: 100000)
baseline near(side) -> age = nearest(3)
protocol cv = kfold(4, validation: 0.0, seeds: [1, 2])
score close, far, near: mae, r2
score far, close: mae, within: stage
"#;

fn table(folder: &std::path::Path) -> std::io::Result<String> {
    std::fs::read_to_string(folder.join("comparison.tsv"))
}

#[test]
fn models_are_compared_with_the_reference_on_the_same_folds() -> Outcome {
    let bench = Bench::new()?;
    let text = format!("{DATA}compare close against far, near: r2\ncompare far, close: mae\n");
    let summary = bench.run(&experiment(&bench, &text)?)?;
    let [first, second] = summary.comparisons.as_slice() else { return Err("two comparisons".into()) };
    assert_eq!((first.sweep.as_str(), first.compared), ("close against far, near", Compared::Models));
    assert_eq!(first.variants, ["close", "far", "near"]);
    let [r2] = first.items.as_slice() else { return Err("one item".into()) };
    assert_eq!((r2.reference, r2.of.as_str()), (Some(0), "age on test"));
    let runs = |model: usize| -> Vec<f64> {
        let line = summary.variants[0].scores[model].lines.iter().find(|line| line.metric.name() == "r2");
        line.map(|line| line.runs.iter().filter_map(|run| run.value).collect()).unwrap_or_default()
    };
    // A ridge as strong as that predicts the mean of the training people.
    let differences: Vec<f64> = runs(1).iter().zip(runs(0)).map(|(far, close)| far - close).collect();
    assert!(differences.len() == 8 && differences.iter().all(|d| *d < -0.5), "{differences:?}");
    let [far, near] = r2.contrasts.as_slice() else { return Err("two contrasts".into()) };
    let expected = differences.iter().sum::<f64>() / 8.0;
    assert!(far.difference.is_some_and(|d| (d - expected).abs() < 1e-12), "{far:?}, expected {expected}");
    let t = corrected_resampled_t(&differences, 60, 20, Alternative::TwoSided)?;
    assert!(far.p.is_some_and(|p| (p - t.p_value).abs() < 1e-12), "{far:?}, expected {}", t.p_value);
    // Holm: the smaller of two is doubled.
    assert!(near.p > far.p && far.p_corrected.zip(far.p).is_some_and(|(c, p)| (c - 2.0 * p).abs() < 1e-12), "{r2:?}");

    // Whole, and by group; the first is the reference.
    let of: Vec<&str> = second.items.iter().map(|item| item.of.as_str()).collect();
    assert_eq!(
        of,
        ["age on test", "age where stage = x on test", "age where stage = y on test", "age where stage = z on test"]
    );
    assert!(second.items.iter().all(|item| item.reference == Some(0) && item.contrasts[0].difference < Some(-2.0)));
    let folder = summary.folder.clone().ok_or("no folder")?;
    let table = table(&folder)?;
    assert!(table.contains("close against far, near\tr2\tage on test\tfar\t"), "{table}");
    assert!(table.contains("\tthe reference is named by the file, not chosen by its scores\n"), "{table}");
    assert!(summary.to_string().contains("compare close against far, near\n"), "{summary}");
    let report = std::fs::read_to_string(folder.join("report.html"))?;
    assert!(report.contains("compare close against far, near") && report.contains("named by the file"));
    // The same again runs nothing; another comparison trains nothing.
    let again =
        bench.run(&experiment(&bench, &text.replace("compare far, close: mae", "compare far, close: mae, r2"))?)?;
    assert_eq!(ran(&again, &[Kind::Baseline, Kind::Predict, Kind::Score]), Vec::<String>::new());
    assert_eq!(ran(&again, &[Kind::Compare]), ["compare far, close: mae, r2"]);
    Ok(())
}

#[test]
fn a_comparison_that_variants_share_is_told_once() -> Outcome {
    let bench = Bench::new()?;
    let text = format!(
        "{DATA}compare far, near: mae\ncompare far, close: r2\nsweep strengths: strength in [1.0, 3.0] {{ compare mae }}\n"
    );
    let summary = bench.run(&experiment(&bench, &text)?)?;
    let models: Vec<(&str, &[String])> = summary
        .comparisons
        .iter()
        .filter(|comparison| comparison.compared == Compared::Models)
        .map(|comparison| (comparison.sweep.as_str(), comparison.within.as_slice()))
        .collect();
    let [of_1, of_3] = ["strength=1", "strength=3"].map(|name| vec![name.to_owned()]);
    assert_eq!(models, [("far, near", &[][..]), ("far, close", &of_1[..]), ("far, close", &of_3[..])]);
    Ok(())
}

#[test]
fn a_sweep_is_compared_with_the_variant_that_the_file_names() -> Outcome {
    let bench = Bench::new()?;
    let sweep = |against: &str| {
        let text =
            format!("{DATA}sweep strengths: strength in [100.0, 1.0, 1000.0] {{ compare mae{against}, r2 on test }}\n");
        experiment(&bench, &text)
    };
    let note = |summary: &crate::plan::RunSummary| table(summary.folder.as_deref().unwrap_or(bench.path()));
    let chosen = bench.run(&sweep("")?)?;
    // The next run has the same folder.
    assert!(note(&chosen)?.contains("\tthe reference is the best of these scores: chosen by them,"));
    let named = bench.run(&sweep(" against 1000")?)?;
    let of_close = |comparison: &Comparison| comparison.items[0].reference;
    assert_eq!(of_close(&chosen.comparisons[0]), Some(1), "the best");
    assert_eq!(of_close(&named.comparisons[0]), Some(2));
    assert!(named.comparisons[0].items[0].contrasts[1].difference < Some(0.0), "less strength, less error");
    assert_eq!(ran(&named, &[Kind::Baseline, Kind::Score]), Vec::<String>::new());
    assert_eq!(ran(&named, &[Kind::Compare]), ["compare strengths"]);
    let table = note(&named)?;
    assert!(table.contains("\tthe reference is named by the file") && !table.contains("chosen by them"), "{table}");
    assert!(chosen.to_string().contains("chosen by them") && named.to_string().contains("named by the file"));
    Ok(())
}
