//! Who is judged, class by class, group by group and person by person.

use super::programs::{classifier, images, one_variant};
use super::{Bench, Outcome};
use crate::program::{Comparison, Metric, Predicate, Scalar};

fn equals(column: &str, value: Scalar) -> Predicate {
    Predicate::Compare { column: column.into(), comparison: Comparison::Equal, value }
}

#[test]
fn each_class_has_a_score_of_its_own() -> Outcome {
    let bench = Bench::new()?;
    let mut program = classifier(4);
    program.scores[0].metrics = vec![Metric::Recall, Metric::Brier];
    let mut each = program.scores[0].clone();
    each.each_class = true;
    program.scores.push(each);
    let summary = bench.run(&one_variant(program))?;
    let [together, each] = summary.variants[0].scores.as_slice() else { return Err("two scores".into()) };
    let keys: Vec<&str> = each.lines.iter().map(|line| line.key.as_str()).collect();
    assert_eq!(keys, ["class HC", "class AD", "class HC", "class AD"]);
    let mean = |lines: &[crate::plan::Line]| lines.iter().filter_map(|l| l.mean).sum::<f64>() / lines.len() as f64;
    assert!((mean(&each.lines[..2]) - mean(&together.lines[..1])).abs() < 1e-12, "macro recall is the mean of both");
    assert!(each.lines.iter().all(|line| line.low <= line.mean && line.mean <= line.high));
    Ok(())
}

#[test]
fn groups_are_judged_apart_and_have_everybody_once() -> Outcome {
    let bench = Bench::new()?;
    let mut program = classifier(4);
    program.scores[0].metrics = vec![Metric::Accuracy];
    let mut apart = program.scores[0].clone();
    apart.within = ["healthy", "patient"]
        .map(|level| (format!("group = {level}"), equals("group", Scalar::Text(level.into()))))
        .to_vec();
    program.scores.push(apart);
    let summary = bench.run(&one_variant(program))?;
    let [all, apart] = summary.variants[0].scores.as_slice() else { return Err("two scores".into()) };
    let keys: Vec<&str> = apart.lines.iter().map(|line| line.key.as_str()).collect();
    assert_eq!(keys, ["where group = healthy", "where group = patient"]);
    for run in 0..all.lines[0].runs.len() {
        let whole = &all.lines[0].runs[run];
        let parts: Vec<_> = apart.lines.iter().map(|line| &line.runs[run]).collect();
        assert_eq!(parts.iter().map(|part| part.rows).sum::<usize>(), whole.rows);
        let right = |score: &crate::plan::RunScore| score.value.map(|v| (v * score.rows as f64).round());
        let sum = parts.iter().filter_map(|part| right(part)).sum::<f64>();
        assert_eq!(Some(sum), right(whole));
    }
    Ok(())
}

#[test]
fn a_group_by_a_column_that_no_table_has_is_an_error() -> Outcome {
    let bench = Bench::new()?;
    let mut program = classifier(4);
    program.scores[0].within = vec![("hand = L".into(), equals("hand", Scalar::Text("L".into())))];
    let error = bench.run(&one_variant(program)).err().ok_or("it ran")?.to_string();
    assert!(error.contains("has no column `hand`"), "{error}");
    Ok(())
}

#[test]
fn every_image_that_is_judged_has_a_line_of_its_own() -> Outcome {
    let bench = Bench::new()?;
    let mut program = images();
    program.scores[0].metrics = vec![Metric::Mse, Metric::Rmse];
    let summary = bench.run(&one_variant(program))?;
    let table = std::fs::read_to_string(summary.folder.clone().ok_or("no folder")?.join("scores_by_subject.tsv"))?;
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some("variant\ton\tof\tseed\tfold\trepeat\tparticipant_id\tmetric\tvalue\tnote"));
    let judged = &summary.variants[0].scores[0].lines;
    let runs: usize = judged[0].runs.iter().map(|run| run.rows).sum();
    let cells: Vec<Vec<&str>> = lines.map(|line| line.split('\t').collect()).collect();
    assert_eq!(cells.len(), 2 * runs);
    let first: Vec<f64> =
        cells.iter().filter(|row| (row[4], row[7]) == ("1", "mse")).filter_map(|row| row[8].parse().ok()).collect();
    let mean = first.iter().sum::<f64>() / first.len() as f64;
    assert!((mean - judged[0].runs[0].value.ok_or("no score")?).abs() < 1e-12);
    Ok(())
}
