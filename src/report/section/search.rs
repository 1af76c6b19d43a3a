//! Settings that were searched.

use super::table;
use crate::content::{ReportContent, Search, SearchedSetting};
use crate::figure::trials::{self, Trials};
use crate::number;
use crate::numbering::Numbering;
use maud::{Markup, html};

/// What was chosen in each fold, the trials by each setting, and all that was tried.
pub fn draw(content: &ReportContent, numbering: &mut Numbering) -> Option<Markup> {
    let drawn: Vec<&Search> = content.searches.iter().filter(|search| !search.chosen.rows.is_empty()).collect();
    (!drawn.is_empty()).then(|| {
        html! { @for search in drawn { (one(search, numbering)) } }
    })
}

fn one(search: &Search, numbering: &mut Numbering) -> Markup {
    let rows = search.tried.rows.len();
    html! {
        h3 { span class="name" { (search.name) } }
        @for sentence in &search.sentences { p { (sentence) } }
        (numbering.table(
            html! { "The settings that were chosen in each fold on its validation subjects." },
            table::generic(&search.chosen),
        ))
        @if search.settings.iter().any(|setting| !setting.trials.is_empty()) {
            div class="pairs" {
                @for setting in search.settings.iter().filter(|setting| !setting.trials.is_empty()) {
                    (plotted(search, setting, numbering))
                }
            }
        }
        @if rows > 0 {
            (numbering.table(
                html! { "All that was tried." },
                table::folded_when_long(rows, &format!("All {rows} rows"), table::generic(&search.tried)),
            ))
        }
    }
}

fn plotted(search: &Search, setting: &SearchedSetting, numbering: &mut Numbering) -> Markup {
    let score = search.score.to_string();
    let drawn = setting.trials.iter().filter(|trial| trial.score.is_finite()).count();
    let missing = setting.trials.len() - drawn;
    let description = format!("{score} by {}: {}", setting.name, number::counted(drawn, "trial"));
    let body = trials::draw(&Trials {
        x_title: &setting.name,
        y_title: &score,
        logarithmic: setting.logarithmic,
        choices: &setting.choices,
        points: setting.trials.iter().map(|t| (t.name.as_str(), t.value, t.score, t.chosen)).collect(),
        description: &description,
    });
    numbering.figure(
        body,
        html! {
            (score) " on the validation subjects by " span class="name" { (setting.name) } ": "
            (number::counted(drawn, "trial")) ", those that were chosen in a fold in the second colour."
            @if missing > 0 { " Without a value: " (missing) "." }
        },
    )
}
