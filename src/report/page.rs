//! The page around the sections: head, style, title, contents; and the numbers of figures and tables.

use super::content::ReportContent;
use super::numbering::Numbering;
use super::{number, section};
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");
/// A page that may neither fetch nor run anything cannot surprise whoever opens it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// The whole page.
pub fn page(content: &ReportContent) -> Markup {
    let mut numbering = Numbering::default();
    let sections = section::all(content, &mut numbering);
    let title = if content.title.is_empty() { "Experiment" } else { &content.title };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="generator" content="fascicle";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (arrowhead())
                nav aria-label="Contents" {
                    ol {
                        @for section in &sections {
                            li { a href={ "#" (section.id) } { (section.title) } }
                        }
                    }
                }
                main {
                    header {
                        h1 { (title) }
                        (run_line(content))
                        @if !content.about.trim().is_empty() {
                            div class="abstract" { (paragraphs(&content.about)) }
                        }
                    }
                    @for section in &sections {
                        section id=(section.id) {
                            h2 { (section.title) }
                            (section.body)
                        }
                    }
                }
            }
        }
    }
}

/// Text whose blank lines part paragraphs.
pub fn paragraphs(text: &str) -> Markup {
    let mut paragraphs: Vec<String> = vec![String::new()];
    for line in text.lines().map(str::trim) {
        match paragraphs.last_mut() {
            Some(last) if !line.is_empty() => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(line);
            }
            _ => paragraphs.push(String::new()),
        }
    }
    html! {
        @for paragraph in paragraphs.iter().filter(|paragraph| !paragraph.is_empty()) {
            p { (paragraph) }
        }
    }
}

fn run_line(content: &ReportContent) -> Markup {
    let mut facts = Vec::new();
    if let Some(provenance) = &content.provenance {
        if !provenance.started.is_empty() {
            facts.push(readable_time(&provenance.started));
        }
        if !provenance.device.is_empty() {
            facts.push(provenance.device.clone());
        }
        if provenance.seconds.is_finite() {
            facts.push(number::duration(provenance.seconds));
        }
        if !provenance.fascicle.is_empty() {
            facts.push(format!("fascicle {}", provenance.fascicle));
        }
    }
    html! {
        @if !facts.is_empty() {
            p class="run" { (facts.join(" · ")) }
        }
    }
}

/// A time in ISO 8601 to the minute; anything else as it is.
pub fn readable_time(time: &str) -> String {
    match (time.get(..10), time.get(10..11), time.get(11..16), time.strip_suffix('Z')) {
        (Some(day), Some("T"), Some(minute), Some(_)) => format!("{day} {minute} UTC"),
        _ => time.to_owned(),
    }
}

/// The head of every arrow on the page.
fn arrowhead() -> Markup {
    html! {
        svg class="defs" width="0" height="0" aria-hidden="true" {
            defs {
                marker id="arrowhead" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto" {
                    path class="arrowhead" d="M0 0.5L7.5 4L0 7.5z" {}
                }
            }
        }
    }
}
