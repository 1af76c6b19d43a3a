//! Comments: found between the words of a source, and set at the ends of lines.
//!
//! In come the nodes of a file; out go its comments in order. The printer hands back those that trail a line, which are
//! then set two spaces behind the code, or under each other where the author had them so.

use super::super::parse::concrete::Node;

/// A comment of the source, white space at its end left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comment<'s> {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// From its slashes on.
    pub text: &'s str,
}

/// A comment at the end of a line that was laid out.
#[derive(Debug)]
pub(super) struct Trailing<'s> {
    /// The line of the result, from 0.
    pub line: usize,
    /// The column in the source, in characters.
    pub column: usize,
    /// From its slashes on.
    pub text: &'s str,
}

/// The comments of a source: whatever stands between two words and is not white space.
pub(super) fn between<'s>(nodes: &[Node], source: &'s str) -> Vec<Comment<'s>> {
    let mut found = Vec::new();
    let mut at = 0;
    for leaf in nodes.iter().flat_map(Node::leaves) {
        gap(source, at, leaf.start, &mut found);
        at = leaf.end;
    }
    gap(source, at, source.len(), &mut found);
    found
}

fn gap<'s>(source: &'s str, mut at: usize, end: usize, found: &mut Vec<Comment<'s>>) {
    while let Some(from) = source.get(at..end).and_then(|gap| gap.find("//")) {
        let start = at + from;
        let rest = &source[start..end];
        let text = rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())].trim_end();
        at = start + text.len();
        found.push(Comment { start, end: at, text });
    }
}

/// Sets the comments behind their lines. On lines that follow each other, comments that stood in one column of the
/// source stand in one column again.
pub(super) fn trail(lines: &mut [String], comments: &[Trailing<'_>]) {
    let aligned = |pair: &[Trailing<'_>]| pair[0].line + 1 == pair[1].line && pair[0].column == pair[1].column;
    let mut rest = comments;
    while !rest.is_empty() {
        let run = 1 + rest.windows(2).take_while(|pair| aligned(pair)).count();
        let (together, after) = rest.split_at(run);
        let width =
            together.iter().filter_map(|c| lines.get(c.line)).map(|line| line.chars().count()).max().unwrap_or(0);
        for comment in together {
            if let Some(line) = lines.get_mut(comment.line) {
                let blank = width.saturating_sub(line.chars().count()) + 2;
                line.extend(std::iter::repeat_n(' ', blank));
                line.push_str(comment.text);
            }
        }
        rest = after;
    }
}
