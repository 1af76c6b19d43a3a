//! Strata of people and what they differ in: clusters, factors, permutation, profiles.

use super::{Bench, Outcome, analysed, experiment, field, number};
use crate::plan::Field;
use std::fmt::Write;

/// Three groups of people far apart in `u` and `v`; `p1` to `p3` follow the group, `p4` to `p6` another factor.
fn people() -> String {
    let mut text = String::from("id,u,v,p1,p2,p3,p4,p5,p6,site\n");
    for i in 0..60 {
        let wave = |k: f64| ((i as f64 + 1.0) * k).sin();
        let (group, other) = (i % 3, wave(2.3));
        let (u, v) = ([0.0, 8.0, 0.0][group] + 0.3 * wave(1.7), [0.0, 0.0, 8.0][group] + 0.3 * wave(3.1));
        let level = [-1.0, 0.0, 1.0][group];
        let _ = write!(text, "s{i:02},{u},{v}");
        for k in [1.1, 1.9, 2.9] {
            let _ = write!(text, ",{}", level + 0.3 * wave(k));
        }
        for k in [0.7, 3.3, 4.1] {
            let _ = write!(text, ",{}", other + 0.3 * wave(k));
        }
        let _ = writeln!(text, ",{}", ["A", "B", "C"][group]);
    }
    text
}

const FILE: &str = r#"
cohort people = table("strata.csv") { subject id }
modality place: vector[2] = people.columns(u, v)
model m(place) {
  output z = place |> Linear(2)
  output back = place |> Linear(2) |> Linear(2)
}
train m { minimize mse(m.back, place) + mse(m.z, place), epochs 1 }
protocol cv = kfold(2, validation: 0.1, seed: 1)

analysis strata  = affinity_propagation(people.columns(u, v), damping: 3 in 0.5..0.9, preference: 10 in percentile(1..99), keep: best silhouette)
analysis factors = factor_analysis(people.columns(/^p\d/), rotate: varimax, keep: eigenvalue > 1)
analysis differ  = kruskal_wallis(factors.scores by strata, correct: fdr)
analysis chance  = permutation(differ, times: 500, correct: fdr)
analysis tied    = permutation(linked, times: 200)
analysis linked  = correlation(factors.scores, people.p1)
analysis profile = quantiles(median(factors.scores by strata), within: factors.scores)
analysis coded   = affinity_propagation(m.z)
"#;

#[test]
fn strata_of_people_are_found_told_apart_and_described() -> Outcome {
    let bench = Bench::new()?;
    std::fs::write(bench.path().join("strata.csv"), people())?;
    let summary = bench.run(&experiment(&bench, FILE)?)?;

    let strata = analysed(&bench, &summary, "strata")?;
    assert_eq!(number(&strata, "clusters")?, 3.0);
    assert!(number(&strata, "silhouette")? > 0.9);
    let Field::Labels { subjects, labels } = field(&strata, "labels")? else { return Err("no labels".into()) };
    // What no model gave is everybody's.
    assert_eq!(subjects.len(), 60);
    assert!((0..57).all(|i| labels[i] == labels[i + 3]) && labels[0] != labels[1] && labels[1] != labels[2]);

    let factors = analysed(&bench, &summary, "factors")?;
    assert_eq!(number(&factors, "factors")?, 2.0);
    let Field::Matrix { rows, columns, values } = field(&factors, "loadings")? else {
        return Err("no loadings".into());
    };
    assert_eq!((rows.len(), columns.len()), (6, 2));
    // Three columns load on one factor, three on the other.
    let main = |row: usize| usize::from(values[row][1].map(f64::abs) > values[row][0].map(f64::abs));
    assert!(main(0) == main(1) && main(1) == main(2) && main(3) == main(4) && main(4) == main(5) && main(0) != main(3));

    let of_group = main(0);
    let p = |name: &str, field_name: &str| -> Result<Vec<f64>, Box<dyn std::error::Error>> {
        match field(&analysed(&bench, &summary, name)?, field_name)? {
            Field::Columns { values, .. } => Ok(values.iter().copied().flatten().collect()),
            _ => Err("not by column".into()),
        }
    };
    let (differ, chance) = (p("differ", "q")?, p("chance", "p")?);
    assert!(differ[of_group] < 1e-6 && differ[1 - of_group] > 0.05, "{differ:?}");
    // The least there is: nobody of 500 shuffles, and the data themselves.
    assert_eq!(chance[of_group], 1.0 / 501.0);
    assert!(chance[1 - of_group] > 0.05, "{chance:?}");
    assert_eq!(p("chance", "observed")?, p("differ", "h")?);
    assert_eq!(p("tied", "p")?[of_group], 1.0 / 201.0);

    let profile = analysed(&bench, &summary, "profile")?;
    let Field::Matrix { rows, values, .. } = field(&profile, "quantile")? else { return Err("no quantiles".into()) };
    assert_eq!(rows.len(), 3);
    // The middles of three groups of one size, one behind the other: a sixth, a half, five sixths.
    let mut found: Vec<f64> = values.iter().filter_map(|row| row[of_group]).collect();
    found.sort_by(f64::total_cmp);
    let expected = [1.0 / 6.0, 0.5, 5.0 / 6.0];
    assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 0.02), "{found:?}");

    // Of an embedding: those of the first fold that its model has not seen.
    let coded = analysed(&bench, &summary, "coded")?;
    let Field::Labels { subjects, .. } = field(&coded, "labels")? else { return Err("no labels".into()) };
    assert_eq!(subjects.len(), 30);
    assert!(coded.method.contains("fold 1, seed 1, the first of 2 models"), "{}", coded.method);
    Ok(())
}
