//! What the last run of an experiment left, in a few words each.

use crate::plan::{self, Kind, MeanScore, TaskState};
use fascicle_editor::outside::Results;
use std::fs;
use std::path::Path;

/// Most metrics of a score that are named.
const METRICS: usize = 4;
/// Cells of an analysis of one row that are shown.
const CELLS: usize = 4;

/// The results of the experiment in a file; `None` where it never ran.
pub(super) fn of(out: &Path, file: &str) -> Option<Results> {
    let name = Path::new(file).file_stem()?.to_string_lossy().into_owned();
    let folder = out.join(&name);
    let mut results = Results::default();
    if let Ok(run) = plan::run_in(&folder) {
        results.answers = scores(&run.scores);
    }
    results.answers.extend(analyses(&folder));
    results.trainings = trainings(out, &name);
    (results != Results::default()).then_some(results)
}

/// Of something that is scored, each metric with its means, a variant each.
type Means = Vec<(String, Vec<f64>)>;

/// `fused on test` is said over `score fused`; of several variants the range.
fn scores(found: &[MeanScore]) -> Vec<(String, String)> {
    let mut answers: Vec<(String, Means)> = Vec::new();
    for score in found {
        let Some(mean) = score.mean else { continue };
        let of = score.of.split(" on ").next().unwrap_or(&score.of).to_owned();
        let on = score.of.split(" on ").nth(1).filter(|on| *on != "test");
        let metric = on.map_or_else(|| score.metric.clone(), |on| format!("{} on {on}", score.metric));
        let metrics = match answers.iter_mut().position(|(known, _)| *known == of) {
            Some(at) => &mut answers[at].1,
            None => {
                answers.push((of, Vec::new()));
                let last = answers.len() - 1;
                &mut answers[last].1
            }
        };
        match metrics.iter_mut().find(|(known, _)| *known == metric) {
            Some((_, means)) => means.push(mean),
            None => metrics.push((metric, vec![mean])),
        }
    }
    let said = |(metric, means): &(String, Vec<f64>)| {
        let low = means.iter().copied().fold(f64::INFINITY, f64::min);
        let high = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        match means.len() {
            1 => format!("{metric} {low:.3}"),
            n => format!("{metric} {low:.3} to {high:.3} of {n}"),
        }
    };
    let line = |(of, metrics): (String, Vec<(String, Vec<f64>)>)| {
        (of, metrics.iter().take(METRICS).map(said).collect::<Vec<_>>().join(", "))
    };
    answers.into_iter().map(line).collect()
}

/// Tables of analyses: the one row, or how many there are.
fn analyses(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut found: Vec<(String, String)> = entries
        .filter_map(|entry| {
            let file = entry.file_name().to_string_lossy().into_owned();
            let name = file.strip_prefix("analysis-")?.strip_suffix(".tsv")?.to_owned();
            let text = fs::read_to_string(entry.path()).ok()?;
            Some((name, table(&text)))
        })
        .collect();
    found.sort();
    found
}

fn table(text: &str) -> String {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or("").split('\t').collect();
    let rows: Vec<&str> = lines.collect();
    match rows.as_slice() {
        [row] => {
            let cells = header.iter().zip(row.split('\t')).take(CELLS);
            let short =
                |cell: &str| cell.parse::<f64>().map_or_else(|_| cell.to_owned(), |number| format!("{number:.3}"));
            cells.map(|(name, cell)| format!("{name} {}", short(cell))).collect::<Vec<_>>().join(", ")
        }
        rows => format!("{} rows", rows.len()),
    }
}

/// How many trainings of each model are done.
fn trainings(out: &Path, experiment: &str) -> Vec<(String, String)> {
    let Ok(standing) = plan::standing(out, experiment) else { return Vec::new() };
    let mut models: Vec<(String, [usize; 4])> = Vec::new();
    for (task, state) in standing.plan.tasks.iter().zip(&standing.states).filter(|(task, _)| task.kind == Kind::Train) {
        // `train fused [width=8], fold 1, seed 1`: the model's name comes second.
        let stage = task.name.strip_prefix("train ").unwrap_or(&task.name);
        let model = stage.split([' ', ',', '[', '(']).next().unwrap_or(stage).to_owned();
        let counts = match models.iter_mut().position(|(known, _)| *known == model) {
            Some(at) => &mut models[at].1,
            None => {
                models.push((model, [0; 4]));
                let last = models.len() - 1;
                &mut models[last].1
            }
        };
        counts[match state {
            TaskState::Done => 0,
            TaskState::Claimed(_) => 1,
            TaskState::Failed(_) => 2,
            TaskState::ToRun => 3,
        }] += 1;
    }
    let said = |(model, [done, running, failed, left]): (String, [usize; 4])| {
        let others = [(running, "running"), (failed, "failed"), (left, "to run")];
        let others =
            others.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!(", {count} {word}"));
        let all = done + running + failed + left;
        (model, format!("{done} of {all} trainings done{}", others.collect::<String>()))
    };
    models.into_iter().map(said).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_said_in_a_line() {
        let score = |of: &str, metric: &str, mean| MeanScore {
            of: of.to_owned(),
            metric: metric.to_owned(),
            variant: "n/a".to_owned(),
            mean,
        };
        let found = [
            score("m on test", "auc", Some(0.8714)),
            score("m on test", "auc", Some(0.9)),
            score("m on test", "f1", Some(0.5)),
            score("m on holdout", "auc", Some(0.7)),
            score("n on test", "mae", None),
        ];
        let said = "auc 0.871 to 0.900 of 2, f1 0.500, auc on holdout 0.700";
        assert_eq!(scores(&found), [("m".to_owned(), said.to_owned())]);
        assert_eq!(table("p\tn\n0.01234\t30\n"), "p 0.012, n 30.000");
        assert_eq!(table("label\nA\nB\n"), "2 rows");
    }
}
