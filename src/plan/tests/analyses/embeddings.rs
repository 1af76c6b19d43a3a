//! Probes and retrieval.

use super::{Bench, Outcome, analysed, experiment, field, number};
use crate::plan::Field;

/// Two views of a table, encoded without training: `a` and `b` tell the diagnosis, `c` follows `a`, `d` is noise.
const FILE: &str = r#"
cohort people = table("people.csv") { subject id }
modality left: vector[2] = people.columns(a |> standardize, b |> standardize)
modality right: vector[2] = people.columns(c |> standardize, d |> standardize)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
group views = [left, right]
param width: int = 3

model m(views) {
  let code = for v in views { v |> Linear(width) }
  output z = for v in views { code[v] }
  output back = for v in views { code[v] |> Linear(2) }
}

train m {
  minimize sum(for v in views { mse(m.back[v], v) })
  optimizer Adam(lr: 0.05)
  epochs 4
}
protocol cv = kfold(3, validation: 0.25, holdout: 14, stratify: [diagnosis], seed: 1)
"#;

#[test]
fn a_probe_tells_the_class_from_the_view_that_shows_it() -> Outcome {
    let bench = Bench::new()?;
    let file = format!(
        "{FILE}
analysis probe = for v in views {{ logistic_probe(m.z[v], diagnosis, search: 30) }}
analysis held = logistic_probe(m.z[left], diagnosis, search: 0, penalty: l2, on: holdout)
analysis raw = logistic_probe(people.columns(a, b), diagnosis, search: 10, score: accuracy)
"
    );
    let summary = bench.run(&experiment(&bench, &file)?)?;
    let (left, right) = (analysed(&bench, &summary, "probe[left]")?, analysed(&bench, &summary, "probe[right]")?);
    assert!(number(&left, "auc")? > 0.75, "{left:?}");
    assert!(number(&left, "auc")? > number(&right, "auc")? - 0.05, "{right:?}");
    let Field::Runs { runs, names, values } = field(&left, "auc")? else { return Err("not by run".into()) };
    assert_eq!((runs.len(), names.as_slice(), values.len()), (3, [String::new()].as_slice(), 3));
    assert_eq!(number(&analysed(&bench, &summary, "held")?, "strength")?, 1.0);
    assert!(number(&analysed(&bench, &summary, "raw")?, "accuracy")? > 0.7);
    // A second run fits nothing, and finds the same.
    let again = bench.run(&experiment(&bench, &file)?)?;
    assert!(again.tasks.iter().all(|task| !task.ran));
    let folder = summary.folder.ok_or("no folder")?;
    let table = super::text(&folder.join("analysis-probe-left.tsv"))?;
    assert_eq!(
        table.lines().next(),
        Some("seed\tfold\trepeat\tname\tauc\taccuracy\tbalanced_accuracy\tstrength\tmixture")
    );
    assert_eq!(table.lines().count(), 4, "{table}");
    Ok(())
}

#[test]
fn a_linear_probe_tells_the_factor_that_is_there() -> Outcome {
    let bench = Bench::new()?;
    let file = format!("{FILE}\nanalysis told = linear_probe(m.z, people.columns(a, age))\n");
    let summary = bench.run(&experiment(&bench, &file)?)?;
    let told = analysed(&bench, &summary, "told")?;
    let Field::Runs { names, values, .. } = field(&told, "r2")? else { return Err("not by run".into()) };
    assert_eq!(names, &["a", "age"]);
    // `a` is a linear function of the embedding; age is `a` and noise.
    assert!(values.iter().all(|run| run[0] > Some(0.98) && run[1] > Some(0.7) && run[1] < run[0]), "{values:?}");
    Ok(())
}

#[test]
fn embeddings_are_retrieved_by_what_they_share() -> Outcome {
    let bench = Bench::new()?;
    let file = format!(
        "{FILE}
analysis by_view = retrieval(m.z by modality)
analysis by_person = retrieval(m.z by subject, on: holdout)
analysis by_class = retrieval(people.columns(a, b) by diagnosis, distance: euclidean, on: all)
"
    );
    let summary = bench.run(&experiment(&bench, &file)?)?;
    let by_view = analysed(&bench, &summary, "by_view")?;
    assert!(number(&by_view, "share")? > 0.5, "{by_view:?}");
    // Of two views of 14 people, one of the 27 others is the right one.
    let by_person = analysed(&bench, &summary, "by_person")?;
    assert_eq!(number(&by_person, "items")?, 28.0);
    assert!((number(&by_person, "chance")? - 1.0 / 27.0).abs() < 1e-12);
    let by_class = analysed(&bench, &summary, "by_class")?;
    assert_eq!(number(&by_class, "items")?, 80.0);
    assert!(number(&by_class, "share")? > 0.75);
    Ok(())
}

#[test]
fn a_sweep_compares_a_family_of_analyses_member_by_member() -> Outcome {
    let bench = Bench::new()?;
    let file = format!(
        "{FILE}
analysis probe = for v in views {{ logistic_probe(m.z[v], diagnosis, search: 5) }}
analysis differ = mann_whitney(people.columns(a, b) by diagnosis)
sweep widths: width in [1, 4] {{ compare probe.auc, probe[left].accuracy, differ.significant }}
"
    );
    let summary = bench.run(&experiment(&bench, &file)?)?;
    let items: Vec<&str> = summary.comparisons[0].items.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(items, ["probe[left].auc", "probe[right].auc", "probe[left].accuracy", "differ.significant"]);
    let [auc, .., significant] = summary.comparisons[0].items.as_slice() else { return Err("no items".into()) };
    assert!(auc.values.iter().all(|v| v.runs.len() == 3 && v.sd.is_some()), "{auc:?}");
    assert!(auc.contrasts.len() == 1 && auc.contrasts[0].p.is_some(), "{auc:?}");
    // The same columns in both variants: the same number, and nothing to test.
    assert_eq!(significant.values.iter().map(|v| v.mean).collect::<Vec<_>>(), [Some(2.0), Some(2.0)]);
    assert!(significant.contrasts.is_empty());
    Ok(())
}
