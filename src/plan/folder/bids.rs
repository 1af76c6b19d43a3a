//! What makes a run's folder a BIDS derivative: its description, its README, and which files are not BIDS's.
//!
//! Tables, the report and the folders of variants and analyses have names of their own, which BIDS does not know:
//! `.bidsignore` says so, and `bids-validator` is content with the rest. Files that a user adds are not in it.

use crate::program::Experiment;
use serde_json::{Value, json};
use std::path::Path;

/// The README.
pub(super) const README: &str = "README";
/// The list of what a BIDS validator is to pass over.
pub(super) const IGNORE: &str = ".bidsignore";

/// What the folder holds that BIDS has no name for, besides the experiment's file.
const NOT_BIDS: [&str; 14] = [
    "report.html",
    "program.json.gz",
    "params.json",
    "provenance.json",
    "files.json",
    "flow.json",
    "flow.tsv",
    "scores.tsv",
    "scores_summary.tsv",
    "scores_by_subject.tsv",
    "comparison.tsv",
    "split.tsv",
    "analysis-*",
    "variant-*",
];

/// `dataset_description.json`.
pub(super) fn description(experiment: &Experiment) -> Value {
    json!({
        "Name": experiment.name,
        "BIDSVersion": "1.9.0",
        "DatasetType": "derivative",
        "GeneratedBy": [{
            "Name": "fascicle",
            "Version": env!("CARGO_PKG_VERSION"),
            "Description": experiment.doc,
        }],
    })
}

/// `.bidsignore`.
pub(super) fn ignore(source: &Path) -> String {
    // A name may hold what has a meaning in a pattern.
    let mut name = String::new();
    for c in source.to_string_lossy().chars() {
        if "\\*?[]!# ".contains(c) {
            name.push('\\');
        }
        name.push(c);
    }
    format!("{name}\n{}\n", NOT_BIDS.join("\n"))
}

/// `README`.
pub(super) fn readme(experiment: &Experiment, source: &Path) -> String {
    let (name, source) = (&experiment.name, source.display());
    let rule = "=".repeat(name.chars().count());
    let doc = experiment.doc.trim();
    let doc = if doc.is_empty() { String::new() } else { format!("{doc}\n\n") };
    format!(
        "{name}\n{rule}\n\n{doc}\
         Made by fascicle from {source}, which lies here as it was run; the next run replaces what fascicle wrote and leaves \
         other files alone. Start with report.html.\n\n\
         scores.tsv          every score of every fold: of, metric, unit, variant, fold (from 1), seed, value\n\
         scores_summary.tsv  the same over folds and seeds: mean, sd, and the interval from low to high\n\
         scores_by_subject.tsv  the score of every image and mask by itself, where images are judged\n\
         comparison.tsv      differences between the variants of each sweep\n\
         split.tsv           who was in which set of which fold and seed\n\
         flow.tsv            who was found, left out and why, and analysed; flow.json is the same as data\n\
         analysis-NAME.tsv   what an analysis found; its maps are in the folder of that name\n\
         analysis-NAME_reference.json  means and deviations of the reference of a normative_deviation, for `fascicle pack`\n\
         variant-NAME        a folder a variant: seed-1/fold-1 has scores, predictions, weights and predicted images\n\
         program.json.gz     the experiment as it was compiled, for `fascicle pack`\n\
         params.json         the settings of each variant\n\
         provenance.json     command, versions, device, times and the fingerprint of every task\n\
         files.json          the files that fascicle wrote\n\n\
         Tables have n/a for what is missing. Files that are not BIDS's are listed in .bidsignore.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_a_pattern_is_ignored_as_a_name() {
        let text = ignore(Path::new("two [old] *.fx"));
        assert!(text.starts_with("two\\ \\[old\\]\\ \\*.fx\nreport.html\n"), "{text}");
        assert!(text.ends_with("variant-*\n"), "{text}");
    }
}
