//! Which layers the loss depends on.

use super::programs::{classifier, one_variant};
use super::reuse::WORK;
use super::{Bench, Outcome, ran};
use crate::plan::{AnalysisResult, Field};
use crate::program::{Analysis, AnalysisKind, Argument, Experiment};

fn request(draws: f64) -> Experiment {
    let mut program = classifier(4);
    let arguments = [("model".to_owned(), Argument::Trained(0)), ("draws".to_owned(), Argument::Number(draws))];
    let spelling = format!("layer_entropy(dx, draws: {draws})");
    program.analyses = vec![Analysis {
        name: "layers".into(),
        kind: AnalysisKind::LayerEntropy,
        arguments: arguments.into(),
        spelling,
    }];
    one_variant(program)
}

#[test]
fn each_layer_has_the_entropy_of_the_loss_over_its_draws() -> Outcome {
    let bench = Bench::new()?;
    let summary = bench.run(&request(200.0))?;
    let at = bench.stored(&summary, super::Kind::Analyse, "layers", "analysis.json");
    let found: AnalysisResult = serde_json::from_str(&std::fs::read_to_string(at)?)?;
    let Some(Field::Columns { names, values }) = found.fields.get("entropy") else { return Err("no entropy".into()) };
    assert_eq!(names, &["dx.Linear", "dx.Linear_2"]);
    assert!(values.iter().flatten().all(|bits| *bits > 0.5 && *bits < 30_f64.log2()), "{values:?}");
    let (Some(Field::Number(loss)), Some(Field::Columns { values: means, .. })) =
        (found.fields.get("loss"), found.fields.get("mean"))
    else {
        return Err("no losses".into());
    };
    assert!(means.iter().flatten().all(|mean| mean > loss), "trained weights are better than any others: {found:?}");
    let folder = summary.folder.ok_or("no folder")?;
    let table = std::fs::read_to_string(folder.join("analysis-layers.tsv"))?;
    assert!(table.starts_with("name\tentropy\tmean\tsd\ndx.Linear\t"), "{table}");
    assert!(std::fs::read_to_string(folder.join("report.html"))?.contains("200 draws of each layer"));
    Ok(())
}

#[test]
fn other_draws_train_nothing() -> Outcome {
    let bench = Bench::new()?;
    bench.run(&request(20.0))?;
    assert_eq!(ran(&bench.run(&request(30.0))?, &WORK), ["analyse layers"]);
    Ok(())
}
