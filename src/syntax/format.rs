//! The formatter: one layout for every program, behind `fascicle fmt`.
//!
//! ```text
//!  text ──parse──▶ concrete nodes ──layout──▶ Doc ──print──▶ text
//!   └───────────── comments, by where they stand ───────────┘
//! ```
//!
//! What fits on a line and stood on one stays there; what the author broke stays broken; what is too long is broken at
//! its outermost brackets, pipes or operators. Comments belong to no node: each is printed where it stood between two
//! words. The result is compared with the text before it is handed out, so that formatting never changes a meaning.

mod comments;
mod document;
mod layout;
mod print;
#[cfg(test)]
mod tests;

use super::parse::concrete::{Node, concrete};
use super::{SourceId, Span, SyntaxError, parse};

/// The longest line that is not broken, in characters; trailing comments do not count.
const WIDTH: usize = 110;
/// Spaces of one step of indentation.
const STEP: usize = 2;

/// Lays a source out: two spaces a step, lines of up to 110 characters.
///
/// The result means what the source means, keeps every comment in its place, and is left as it is when formatted again.
///
/// # Errors
///
/// The syntax errors of a source that is not of the language; nothing of it is then laid out.
pub fn format(source: &str) -> Result<String, Vec<SyntaxError>> {
    let nodes = read(source)?;
    let document = layout::file(&nodes, source);
    let formatted = print::print(&document, source, comments::between(&nodes, source));
    match read(&formatted) {
        Ok(again) if same(&nodes, source, &again, &formatted) => Ok(formatted),
        _ => Err(vec![SyntaxError {
            message: "this file cannot be laid out without changing what it means; it is left as it is".into(),
            span: Span { source: SourceId::default(), start: 0, end: 0 },
            related: None,
            hint: Some("this is a fault of the formatter: please report it with the file".into()),
            fixes: Box::default(),
        }]),
    }
}

/// The declarations of a source without syntax errors.
fn read(source: &str) -> Result<Vec<Node>, Vec<SyntaxError>> {
    let (file, errors) = parse(source, SourceId::default());
    if !errors.is_empty() {
        return Err(errors);
    }
    file.declarations
        .iter()
        .map(|declaration| concrete(source, declaration.span).map_err(|error| vec![error]))
        .collect()
}

/// Whether two lists of nodes differ in nothing but separators.
fn same(left: &[Node], left_text: &str, right: &[Node], right_text: &str) -> bool {
    fn parts<'n>(nodes: &'n [Node], text: &str) -> Vec<&'n Node> {
        let separates = |node: &&Node| node.rule.is_some() || !matches!(node.text(text), "," | ";");
        nodes.iter().filter(separates).collect()
    }
    let (left, right) = (parts(left, left_text), parts(right, right_text));
    left.len() == right.len()
        && left.iter().zip(&right).all(|(l, r)| {
            l.rule == r.rule
                && l.children.is_empty() == r.children.is_empty()
                && (!l.children.is_empty() || l.text(left_text) == r.text(right_text))
                && same(&l.children, left_text, &r.children, right_text)
        })
}
