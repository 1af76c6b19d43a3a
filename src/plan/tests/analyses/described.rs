//! A paper's first table, and the errors of a model person by person.

use super::{analysed, experiment, field, number};
use crate::plan::Field;
use crate::plan::tests::{Bench, Outcome};
use fascicle_reference::assert_close;
use std::fmt::Write;

const A: [f64; 8] = [2.1, 3.4, 1.9, 5.6, 4.4, 3.8, 2.7, 4.9];
const B: [f64; 8] = [1.8, 3.9, 1.2, 4.1, 4.6, 2.2, 2.9, 3.3];
const C: [f64; 5] = [10.2, 9.1, 8.7, 12.5, 11.9];

/// Groups `a`, `b`, `c` with the numbers above; 5, 2 and 1 of them are women.
fn table() -> String {
    let mut text = String::from("id,x,group,sex,two\n");
    let groups: [(&str, &[f64], usize); 3] = [("a", &A, 5), ("b", &B, 2), ("c", &C, 1)];
    for (group, values, women) in groups {
        for (at, x) in values.iter().enumerate() {
            let sex = if at < women { "F" } else { "M" };
            // Of a and b alone; the third has none.
            let two = if group == "c" { "n/a" } else { group };
            let _ = writeln!(text, "{group}{at},{x},{group},{sex},{two}");
        }
    }
    text
}

const FILE: &str = r#"
cohort people = table("described.csv") { subject id }
analysis three = describe(people.columns(x, sex) by people.group)
analysis two = describe(people.columns(x, sex) by people.two)
analysis ranks = describe(people.columns(x) by people.two, test: ranks)
analysis ranked = describe(people.columns(x) by people.group, test: ranks)
analysis alone = describe(people.x)
"#;

/// Rows are `x`, `sex = F`, `sex = M`; p is that of scipy 1.17.1, quantiles numpy's.
#[test]
fn a_first_table_has_the_numbers_and_tests_of_scipy() -> Outcome {
    let bench = Bench::new()?;
    std::fs::write(bench.path().join("described.csv"), table())?;
    let summary = bench.run(&experiment(&bench, FILE)?)?;
    let p = |name: &str| -> Result<Vec<Option<f64>>, Box<dyn std::error::Error>> {
        match field(&analysed(&bench, &summary, name)?, "p")? {
            Field::Columns { values, .. } => Ok(values.clone()),
            _ => Err("no columns".into()),
        }
    };
    assert_close(p("three")?[0].ok_or("p")?, 2.871245975788233e-08, 1e-9);
    assert_close(p("three")?[1].ok_or("p")?, 0.1923964647528817, 1e-9);
    assert_eq!(p("three")?[2], None, "the test of a column is told once");
    assert_close(p("two")?[0].ok_or("p")?, 0.35863106754485313, 1e-9);
    assert_close(p("two")?[1].ok_or("p")?, 0.13057001811573693, 1e-9);
    assert_close(p("ranks")?[0].ok_or("p")?, 0.4418026418026417, 1e-9);
    assert_close(p("ranked")?[0].ok_or("p")?, 0.0034743854576026376, 1e-9);
    assert_eq!(p("alone")?, [None]);
    let three = analysed(&bench, &summary, "three")?;
    let Field::Matrix { rows, columns, values } = field(&three, "table")? else { return Err("no table".into()) };
    assert_eq!(rows, &["x", "sex = F", "sex = M"]);
    let at = |row: usize, column: &str| {
        let place = columns.iter().position(|name| name == column).ok_or_else(|| format!("no column {column}"))?;
        values[row][place].ok_or_else(|| format!("nothing in {column}"))
    };
    for (said, expected) in
        [("n", 8.0), ("mean", 3.6), ("sd", 1.3288018233409697), ("lower", 2.55), ("median", 3.6), ("upper", 4.525)]
    {
        assert_close(at(0, &format!("a: {said}"))?, expected, 1e-9);
    }
    assert_eq!((at(1, "a: n")?, at(1, "a: share")?, at(2, "c: n")?), (5.0, 0.625, 4.0));
    assert_eq!((number(&three, "people")?, at(0, "all: n")?, at(0, "c: highest")?), (21.0, 21.0, 12.5));
    assert!(three.notes.iter().any(|note| note.contains("fewer than 5 people are expected")), "{:?}", three.notes);
    let folder = summary.folder.ok_or("no folder")?;
    let report = std::fs::read_to_string(folder.join("report.html"))?;
    assert!(report.contains("5 (62%)") || report.contains("5 (63%)"), "counts and shares are shown");
    assert!(report.contains("Boxes go from the lower to the upper quartile"));
    Ok(())
}

const MODEL: &str = r#"
cohort people = table("people.csv") { subject id }
modality side: vector[2] = people.columns([a, b] |> standardize)
target age: real = people.column("age") |> standardize
baseline ridge(side) -> age = ridge(strength: 2)
protocol cv = kfold(4, validation: 0, seeds: [1, 2])
score ridge: mae
analysis errors = residuals(ridge)
analysis bias = correlation(errors.difference, people.age)
analysis by_group = describe(errors.absolute by people.group)
"#;

#[test]
fn errors_are_of_people_whom_the_model_has_not_seen_in_the_unit_of_the_column() -> Outcome {
    let bench = Bench::new()?;
    let summary = bench.run(&experiment(&bench, MODEL)?)?;
    let errors = analysed(&bench, &summary, "errors")?;
    let of = |name: &str| match field(&errors, name) {
        Ok(Field::Subjects(table)) => Ok(table.clone()),
        _ => Err(format!("no {name}")),
    };
    let (predicted, truth, difference, absolute) = (of("predicted")?, of("truth")?, of("difference")?, of("absolute")?);
    assert_eq!((predicted.subjects.len(), number(&errors, "people")?), (80, 80.0));
    let text = std::fs::read_to_string(bench.path().join("people.csv"))?;
    for (at, subject) in truth.subjects.iter().enumerate() {
        let line = text.lines().find(|line| line.starts_with(&format!("{subject},"))).ok_or("a line")?;
        let age: f64 = line.split(',').nth(5).ok_or("an age")?.parse()?;
        let value = |table: &crate::plan::Table| table.values[at][0].ok_or("a number");
        assert!((value(&truth)? - age).abs() < 1e-9, "the truth is the number of the table");
        assert!((value(&predicted)? - age - value(&difference)?).abs() < 1e-9);
        assert!((value(&difference)?.abs() - value(&absolute)?).abs() < 1e-12);
    }
    // Two divisions: everybody is predicted twice by models that have not seen them, and the mean is at most as wrong.
    let mae = summary.variants[0].scores[0].lines[0].mean.ok_or("scored")?;
    assert!(number(&errors, "mean_absolute")? <= mae * (1.0 + 1e-6), "{mae}");
    assert!(mae < 4.0 && mae > 1.0, "years, not standard deviations: {mae}");
    let folder = summary.folder.ok_or("no folder")?;
    let table = std::fs::read_to_string(folder.join("analysis-errors.tsv"))?;
    assert!(table.starts_with("participant_id\tpredicted\ttruth\tdifference\tabsolute\n"), "{table}");
    assert_eq!(table.lines().count(), 81);
    assert!(std::fs::read_to_string(folder.join("report.html"))?.contains("predicted less true against true"));
    Ok(())
}
