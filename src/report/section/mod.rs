//! The sections of the page: each takes its part of the content and gives text, tables and figures, or nothing when
//! that part is empty.

mod analysis;
mod brain;
mod cohort;
mod comparison;
mod confusion;
mod deviation;
mod headline;
mod learning;
mod model;
mod provenance;
mod question;
mod reconstruction;
mod regression;
mod score;
mod search;
mod table;
mod warning;

use super::content::ReportContent;
use super::numbering::{Numbering, Section};
use maud::Markup;

/// Every section that has something to say, in the order of the page.
pub fn all(content: &ReportContent, numbering: &mut Numbering) -> Vec<Section> {
    type Draw = fn(&ReportContent, &mut Numbering) -> Option<Markup>;
    const SECTIONS: [(&str, &str, Draw); 15] = [
        ("results", "Results at a glance", headline::draw),
        ("warnings", "Read this first", warning::draw),
        ("question", "What was asked", question::draw),
        ("data", "Data", cohort::draw),
        ("models", "Models", model::draw),
        ("training", "Training", learning::draw),
        ("searches", "Settings that were searched", search::draw),
        ("scores", "Scores", score::draw),
        ("comparisons", "Comparisons", comparison::draw),
        ("confusion", "Confusion matrices", confusion::draw),
        ("regression", "Predicted and true values", regression::draw),
        ("reconstructions", "Reconstructions", reconstruction::draw),
        ("deviations", "Deviations from the norm", deviation::draw),
        ("analyses", "Analyses", analysis::draw),
        ("provenance", "Provenance", provenance::draw),
    ];
    SECTIONS
        .into_iter()
        .filter_map(|(id, title, draw)| draw(content, numbering).map(|body| Section { id, title, body }))
        .collect()
}
