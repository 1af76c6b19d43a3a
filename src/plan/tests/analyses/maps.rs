//! Similarities and maps.

use super::super::Watcher;
use super::{Bench, Outcome, analysed, experiment, field, number};
use crate::plan::{Field, run};

const FILE: &str = r#"
cohort people = table("people.csv") { subject id }
modality left: vector[2] = people.columns(a |> standardize, b |> standardize)
modality right: vector[2] = people.columns(c |> standardize, d |> standardize)
target diagnosis: class{HC, AD} = people.column("diagnosis")
group views = [left, right]
model m(views) {
  let code = for v in views { v |> Linear(2) }
  output z = for v in views { code[v] }
  output back = for v in views { code[v] |> Linear(2) }
}
train m { minimize sum(for v in views { mse(m.back[v], v) }), epochs 2 }
protocol cv = kfold(2, validation: 0.2, stratify: [diagnosis], seed: 1)

analysis alike = for g in diagnosis { similarity(m.z[left], m.z[right], measures: [cka, svcca], within: diagnosis == g) }
analysis same  = similarity(people.columns(a, b), people.columns(b, a), on: all)
analysis apart = tsne(m.z, colour: modality, perplexity: 8)
analysis sick  = tsne(people.columns(a, b, c), colour: diagnosis, perplexity: 12, on: all)
analysis coded = mann_whitney(m.z[left] by diagnosis)
analysis back  = correlation(m.back[left], people.a)
analysis pair  = mann_whitney(people.columns(a, d), AD vs HC, effect: rank_biserial)
"#;

#[test]
fn representations_are_compared_within_classes_and_mapped() -> Outcome {
    let bench = Bench::new()?;
    let watcher = Watcher::default();
    let summary = run(&experiment(&bench, FILE)?, &bench.options(&watcher))?;
    // Coordinates are those of one model; what predicts an input is pooled over all.
    let people = |name: &str, which: &str| -> Result<Vec<Option<f64>>, Box<dyn std::error::Error>> {
        match field(&analysed(&bench, &summary, name)?, which)? {
            Field::Columns { values, .. } => Ok(values.clone()),
            _ => Err("not by column".into()),
        }
    };
    assert_eq!(people("coded", "n_first")?[0], Some(20.0));
    assert_eq!(people("back", "n")?, [Some(80.0); 2]);
    assert!(watcher.told().contains("the coordinates of `z` mean something else in every model"), "{}", watcher.told());
    for class in ["HC", "AD"] {
        let alike = analysed(&bench, &summary, &format!("alike[{class}]"))?;
        let (cka, people) = (number(&alike, "cka")?, number(&alike, "people")?);
        assert!((0.0..1.0).contains(&cka) && people == 20.0, "{alike:?}");
        assert!(!alike.fields.contains_key("cca") && alike.method.contains(&format!("diagnosis = {class}")));
    }
    // The same columns in another order are the same representation.
    let same = analysed(&bench, &summary, "same")?;
    for measure in ["cka", "debiased_cka", "cca", "svcca"] {
        assert!((number(&same, measure)? - 1.0).abs() < 1e-9, "{measure}: {same:?}");
    }
    let apart = analysed(&bench, &summary, "apart")?;
    let Field::Subjects(map) = field(&apart, "map")? else { return Err("no map".into()) };
    assert_eq!((map.names.len(), map.subjects.len()), (2, 80), "two views of the 40 people of the first fold");
    let Field::Labels { labels, .. } = field(&apart, "colour")? else { return Err("no colours".into()) };
    assert_eq!(labels.iter().filter(|l| *l == "left").count(), 40);
    let Field::Subjects(map) = field(&analysed(&bench, &summary, "sick")?, "map")?.clone() else {
        return Err("no map".into());
    };
    assert_eq!(map.subjects.len(), 80);
    let report = std::fs::read_to_string(summary.folder.clone().ok_or("no folder")?.join("report.html"))?;
    assert!(report.contains("alike") && report.contains("t-SNE"));

    // The first class is the one named first: people with AD have more of `a`.
    let pair = analysed(&bench, &summary, "pair")?;
    let Field::Columns { values, .. } = field(&pair, "effect")? else { return Err("no effect".into()) };
    assert!(values[0] > Some(0.5), "{values:?}");
    Ok(())
}
