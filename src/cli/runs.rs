//! `fascicle runs` and `fascicle compare`

use super::progress::duration;
use super::table::aligned;
use super::{run::status_of, source, status};
use crate::plan::{self, RunContrast};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

/// What `runs` is asked.
#[derive(Debug, Args)]
pub(super) struct RunsArgs {
    /// The folder of all runs and of their store of results
    #[arg(long, default_value = "runs", value_name = "DIR")]
    out: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What `compare` is asked.
#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// Runs of the folder, or their folders: the others are compared with the first
    #[arg(value_name = "RUN", num_args = 2.., required = true)]
    runs: Vec<PathBuf>,
    /// The folder of all runs and of their store of results
    #[arg(long, default_value = "runs", value_name = "DIR")]
    out: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Scores of a run that are shown in a line.
const SHOWN: usize = 3;
/// Lines of a file's differences that are shown.
const LINES: usize = 40;

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "n/a".to_string(), |value| format!("{value:.4}"))
}

pub(super) fn runs(args: &RunsArgs) -> u8 {
    let found = match plan::runs(&args.out) {
        Ok(found) => found,
        Err(error) => {
            source::fail(&error.to_string());
            return status_of(&error);
        }
    };
    if args.json {
        source::print_json(&found);
        return status::DONE;
    }
    let row = |run: &plan::RunFolder| {
        let scores: Vec<String> = run
            .scores
            .iter()
            .take(SHOWN)
            .map(|score| {
                let variant = if score.variant == "n/a" { String::new() } else { format!(" ({})", score.variant) };
                format!("{} {}{variant} {}", score.of, score.metric, number(score.mean))
            })
            .collect();
        let took = duration(Duration::try_from_secs_f64(run.seconds).unwrap_or_default());
        let began = run.started.get(..16).unwrap_or(&run.started).replace('T', " ");
        vec![run.name.clone(), began, took, run.variants.to_string(), scores.join("; ")]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    source::print(&aligned(&["run", "began (UTC)", "took", "variants", "first scores"], &rows, 5));
    status::DONE
}

pub(super) fn compare(args: &CompareArgs) -> u8 {
    let place = |run: &PathBuf| if run.join("provenance.json").is_file() { run.clone() } else { args.out.join(run) };
    let (first, others) = (place(&args.runs[0]), &args.runs[1..]);
    let contrasts = others.iter().map(|run| plan::contrast(&first, &place(run))).collect::<Result<Vec<_>, _>>();
    let contrasts = match contrasts {
        Ok(contrasts) => contrasts,
        Err(error) => {
            source::fail(&error.to_string());
            return status::WRONG;
        }
    };
    if args.json {
        source::print_json(&contrasts);
        return status::DONE;
    }
    let text: Vec<String> = contrasts.iter().map(shown).collect();
    source::print(&text.join("\n"));
    status::DONE
}

fn shown(found: &RunContrast) -> String {
    let mut text = format!("{} and {}\n", found.reference, found.run);
    match found.file.as_slice() {
        [] => text.push_str("the file: the same\n"),
        lines => {
            text.push_str("the file:\n");
            lines.iter().take(LINES).for_each(|line| text.push_str(&format!("  {line}\n")));
            if lines.len() > LINES {
                text.push_str(&format!("  and {} more lines\n", lines.len() - LINES));
            }
        }
    }
    for (name, first, second) in &found.params {
        text.push_str(&format!("{name}: {first} -> {second}\n"));
    }
    found.people.iter().for_each(|line| text.push_str(&format!("{line}\n")));
    let row = |score: &plan::ScoreContrast| {
        vec![
            score.of.clone(),
            score.metric.clone(),
            number(score.means.0),
            number(score.means.1),
            score.difference.map_or_else(String::new, |d| format!("{d:+.4}")),
            score.pairs.to_string(),
            score.p.map_or_else(String::new, |p| format!("{p:.3}")),
        ]
    };
    let rows: Vec<_> = found.scores.iter().map(row).collect();
    match rows.is_empty() {
        true => text.push_str("they have no score in common\n"),
        false => {
            let header = ["score", "metric", &found.reference, &found.run, "difference", "pairs", "p"];
            text.push_str(&aligned(&header, &rows, 2));
        }
    }
    text
}
