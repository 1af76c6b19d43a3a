//! The report: one HTML page that holds everything a run found, and that opens anywhere.
//!
//! ```text
//!  results ──plan──▶ ReportContent ──section──▶ tables, figures, pictures ──page──▶ report.html
//!                        │
//!                        └──tables──▶ scores.tsv
//! ```
//!
//! 1. [`content`] says what a report holds, as numbers; the plan fills it in.
//! 2. [`picture`] cuts planes out of volumes and makes PNGs of them.
//! 3. `section` turns each part of the content into text, tables and figures; `figure` draws the figures as SVG.
//! 4. [`render`] puts the page together: style, figures and pictures are in it, nothing is fetched and no script runs.
//! 5. [`tables`] writes the scores as TSV.
//!
//! The same content always gives the same bytes.

pub mod content;
mod figure;
mod number;
mod numbering;
mod page;
pub mod picture;
mod section;
pub mod tables;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use content::ReportContent;

/// The page for `content`.
pub fn render(content: &ReportContent) -> String {
    page::page(content).into_string()
}
