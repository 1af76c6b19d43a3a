//! What was asked: the file as run and its parameters.

use super::table;
use crate::content::{HighlightClass, Mark, Parameter, ReportContent, Source};
use crate::numbering::Numbering;
use maud::{Markup, html};

/// The source in colour and a table of the parameters.
pub fn draw(content: &ReportContent, numbering: &mut Numbering) -> Option<Markup> {
    let source = content.source.as_ref().filter(|source| !source.text.trim().is_empty());
    if source.is_none() && content.parameters.is_empty() {
        return None;
    }
    Some(html! {
        @if let Some(source) = source {
            p class="file" { code { (source.file) } }
            pre class="source" tabindex="0" { code { (coloured(source)) } }
        }
        @if !content.parameters.is_empty() {
            (numbering.table(html! { "Parameters of this run." }, parameters(&content.parameters)))
        }
    })
}

fn parameters(parameters: &[Parameter]) -> Markup {
    let described = parameters.iter().any(|parameter| parameter.about.is_some());
    let body = table::framed(html! {
        thead { tr { th scope="col" { "Parameter" } th scope="col" { "Value" } th scope="col" { "Set by" } @if described { th scope="col" { "Meaning" } } } }
        tbody {
            @for parameter in parameters {
                tr {
                    td { code { (parameter.name) } }
                    td { code { (parameter.value) } }
                    td { (parameter.origin) }
                    @if described { td class="prose" { (parameter.about.as_deref().unwrap_or("")) } }
                }
            }
        }
    });
    table::folded_when_long(parameters.len(), &format!("All {} parameters", parameters.len()), body)
}

/// The text, each mark in a span of its class. Marks that make no sense are left out, never the text.
fn coloured(source: &Source) -> Markup {
    let text = source.text.trim_end();
    let mut marks: Vec<&Mark> = source.marks.iter().collect();
    marks.sort_by_key(|mark| mark.range.start);
    let mut pieces: Vec<(&str, Option<HighlightClass>)> = Vec::new();
    let mut done = 0;
    for mark in marks {
        if mark.range.start < done || mark.range.is_empty() {
            continue;
        }
        if let (Some(before), Some(inside)) = (text.get(done..mark.range.start), text.get(mark.range.clone())) {
            pieces.push((before, None));
            pieces.push((inside, Some(mark.class)));
            done = mark.range.end;
        }
    }
    pieces.push((text.get(done..).unwrap_or(""), None));
    html! {
        @for (piece, class) in pieces {
            @match class {
                Some(class) => span class=(class_name(class)) { (piece) },
                None => (piece),
            }
        }
    }
}

fn class_name(class: HighlightClass) -> &'static str {
    match class {
        HighlightClass::Keyword => "h-keyword",
        HighlightClass::Definition => "h-definition",
        HighlightClass::Type => "h-type",
        HighlightClass::Module => "h-module",
        HighlightClass::Function => "h-function",
        HighlightClass::Argument => "h-argument",
        HighlightClass::Number => "h-number",
        HighlightClass::Text => "h-text",
        HighlightClass::Pattern => "h-pattern",
        HighlightClass::Operator => "h-operator",
        HighlightClass::Comment => "h-comment",
        HighlightClass::Doc => "h-doc",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, marks: &[(std::ops::Range<usize>, HighlightClass)]) -> String {
        let marks = marks.iter().map(|(range, class)| Mark { range: range.clone(), class: *class }).collect();
        coloured(&Source { file: "a.fx".to_owned(), text: text.to_owned(), marks }).into_string()
    }

    #[test]
    fn marks_become_spans_and_text_is_escaped() {
        let marks = [(0..5, HighlightClass::Keyword), (12..15, HighlightClass::Text)];
        assert_eq!(
            shown("param a: b =<&>", &marks),
            "<span class=\"h-keyword\">param</span> a: b =<span class=\"h-text\">&lt;&amp;&gt;</span>"
        );
    }

    #[test]
    #[allow(clippy::reversed_empty_ranges)]
    fn marks_that_overlap_run_out_or_cut_a_character_lose_their_colour_and_no_text() {
        let text = "é |> relu";
        let marks = [
            (1..3, HighlightClass::Number),
            (3..5, HighlightClass::Operator),
            (4..6, HighlightClass::Text),
            (6..99, HighlightClass::Function),
            (9..2, HighlightClass::Function),
        ];
        assert_eq!(shown(text, &marks), "é <span class=\"h-operator\">|&gt;</span> relu");
    }
}
