//! Nodes to document: where there is a space, and where a line may be broken.

use super::super::parse::Rule;
use super::super::parse::concrete::Node;
use super::document::{Blank, Doc};
use std::collections::BTreeSet;

/// Words that go on with the value before them; a clause of that name needs the comma before it.
const GOES_ON: [&str; 9] = ["by", "vs", "in", "and", "or", "from", "on", "with", "against"];

struct Layout<'s> {
    source: &'s str,
    /// Words that must stay on a line after the one before them.
    below: BTreeSet<usize>,
}

/// The document of a file.
pub(super) fn file(nodes: &[Node], source: &str) -> Vec<Doc> {
    let mut layout = Layout { source, below: BTreeSet::new() };
    layout.find_below(nodes);
    let mut parts = Vec::new();
    for node in nodes {
        parts.push(Doc::line(false, Blank::Kept));
        parts.push(layout.node(node));
    }
    parts
}

impl Layout<'_> {
    fn node(&self, node: &Node) -> Doc {
        let Some(rule) = node.rule else { return self.word(node) };
        if node.children.is_empty() {
            return self.word(node);
        }
        match rule {
            Rule::list
            | Rule::record
            | Rule::paren
            | Rule::call
            | Rule::index
            | Rule::parameters
            | Rule::model_inputs
            | Rule::shape
            | Rule::shape_args
            | Rule::level_args
            | Rule::option_args
            | Rule::sweep_names => self.bracketed(rule, &node.children),
            Rule::use_decl => self.use_declaration(node),
            Rule::piped
            | Rule::grouped
            | Rule::coalesced
            | Rule::disjunction
            | Rule::conjunction
            | Rule::comparison
            | Rule::sum
            | Rule::product => self.chain(node),
            Rule::clause
            | Rule::extends_without
            | Rule::train_on
            | Rule::ensemble_decl
            | Rule::score_decl
            | Rule::compare_decl
            | Rule::analysis_decl
            | Rule::sweep_decl
            | Rule::search_decl => self.enumeration(node),
            Rule::body | Rule::step | Rule::clauses => {
                Doc::Group { broken: self.breaks(node.start, node.end), parts: self.braces(&node.children) }
            }
            Rule::match_expr => self.match_expression(node),
            Rule::if_expr => self.if_expression(node),
            // Its separator is set by the braces around it.
            Rule::statement => self.words(node.children.iter().filter(|child| child.rule.is_some())),
            Rule::match_arm => self.words(node.children.iter().filter(|child| !self.is_comma(child))),
            _ => self.words(&node.children),
        }
    }

    fn word(&self, node: &Node) -> Doc {
        let word = Doc::Word { start: node.start, end: node.end };
        if self.below.contains(&node.start) { Doc::Sequence(vec![Doc::NewLine, word]) } else { word }
    }

    fn text(&self, node: &Node) -> &str {
        node.text(self.source)
    }

    /// Whether the source has a line break between two places.
    fn breaks(&self, from: usize, to: usize) -> bool {
        self.source[from..to].contains(['\n', '\r'])
    }

    /// Whether the source has a line break between two neighbours.
    fn breaks_between(&self, nodes: &[Node]) -> bool {
        nodes.windows(2).any(|pair| self.breaks(pair[0].end, pair[1].start))
    }

    fn is_comma(&self, node: &Node) -> bool {
        node.rule.is_none() && self.text(node) == ","
    }

    /// One after the other, spaces where the language has them.
    fn words<'n>(&self, nodes: impl IntoIterator<Item = &'n Node>) -> Doc {
        let mut parts = Vec::new();
        let mut before: Option<&Node> = None;
        for node in nodes {
            if before.is_some_and(|before| self.has_space(before, node)) {
                parts.push(Doc::Space);
            }
            parts.push(if self.is_comma(node) { Doc::Mark(",") } else { self.node(node) });
            before = Some(node);
        }
        Doc::Sequence(parts)
    }

    fn has_space(&self, before: &Node, after: &Node) -> bool {
        let glues = |node: &Node| match node.rule {
            Some(rule) => rule == Rule::range_op,
            None => self.text(node) == ".",
        };
        let attached = match after.rule {
            Some(rule) => matches!(
                rule,
                Rule::call
                    | Rule::index
                    | Rule::field
                    | Rule::parameters
                    | Rule::model_inputs
                    | Rule::shape_args
                    | Rule::level_args
                    | Rule::option_args
                    | Rule::maybe
            ),
            None => matches!(self.text(after), "," | ":"),
        };
        !(attached || glues(before) || glues(after) || before.rule == Some(Rule::minus))
    }

    fn use_declaration(&self, node: &Node) -> Doc {
        let brace = node.children.iter().position(|child| child.rule.is_none() && self.text(child) == "{");
        let (path, names) = node.children.split_at(brace.unwrap_or(node.children.len()));
        let mut parts = vec![self.words(path)];
        if !names.is_empty() {
            parts.push(self.bracketed(Rule::use_decl, names));
        }
        Doc::Sequence(parts)
    }

    /// Brackets around what commas separate. Items that the author set on one line stay on one if it is not too long.
    fn bracketed(&self, rule: Rule, children: &[Node]) -> Doc {
        let [open, inner @ .., close] = children else { return self.words(children) };
        let items: Vec<&Node> = inner.iter().filter(|child| child.rule.is_some()).collect();
        let space = rule == Rule::record && !items.is_empty();
        let by_author = self.breaks_between(children);
        let mut rows: Vec<Vec<&Node>> = Vec::new();
        for item in &items {
            match rows.last_mut() {
                Some(row) if !by_author || row.last().is_some_and(|last| !self.breaks(last.end, item.start)) => {
                    row.push(item)
                }
                _ => rows.push(vec![item]),
            }
        }
        let mut parts = Vec::new();
        for row in &rows {
            let mut docs = Vec::new();
            for item in row {
                if !docs.is_empty() {
                    docs.extend([Doc::Mark(","), Doc::soft()]);
                }
                let is_shape = matches!(rule, Rule::shape | Rule::shape_args) && self.is_dimension(item);
                docs.push(if is_shape { self.dimension(item) } else { self.node(item) });
            }
            match parts.is_empty() {
                true => parts.push(Doc::line(space, Blank::Opening)),
                false => parts.extend([Doc::Mark(","), Doc::soft()]),
            }
            match by_author {
                true => parts.push(Doc::Group { broken: self.spills(row), parts: docs }),
                false => parts.extend(docs),
            }
        }
        if !items.is_empty() && !matches!(rule, Rule::paren | Rule::index) {
            parts.push(Doc::MarkIfBroken(","));
        }
        Doc::Group {
            broken: by_author || self.spills(&items),
            parts: vec![self.word(open), Doc::Indent(parts), Doc::line(space, Blank::Closing), self.word(close)],
        }
    }

    /// Whether an item of a shape is arithmetic on one line, such as `2*d`.
    fn is_dimension(&self, node: &Node) -> bool {
        !self.breaks(node.start, node.end)
            && node.leaves().iter().all(|leaf| match leaf.rule {
                Some(Rule::ident | Rule::number | Rule::sum_op) => true,
                Some(Rule::product_op) => self.text(leaf) != "%",
                _ => false,
            })
    }

    /// Arithmetic of a shape, set without spaces.
    fn dimension(&self, node: &Node) -> Doc {
        Doc::Sequence(node.leaves().into_iter().map(|leaf| self.word(leaf)).collect())
    }

    /// Whether items cannot share a line: only the last may span several, and only within its own brackets.
    fn spills(&self, items: &[&Node]) -> bool {
        let Some((last, others)) = items.split_last() else { return false };
        others.iter().any(|item| self.breaks(item.start, item.end))
            || self.breaks(last.start, last.end) && (!ends_in_brackets(last) || self.breaks_outside_brackets(last))
    }

    fn breaks_outside_brackets(&self, node: &Node) -> bool {
        let mut depth = 0usize;
        node.leaves().windows(2).any(|pair| {
            match self.text(pair[0]) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            let closes = matches!(self.text(pair[1]), ")" | "]" | "}");
            depth == 0 && !closes && self.breaks(pair[0].end, pair[1].start)
        })
    }

    /// Operands with what stands between them, an operator first on each line that is broken off.
    fn chain(&self, node: &Node) -> Doc {
        let Some((first, rest)) = node.children.split_first() else { return Doc::Sequence(Vec::new()) };
        let mut parts = Vec::new();
        for pair in rest.chunks(2) {
            parts.push(Doc::soft());
            parts.push(self.words(pair));
        }
        let broken = self.breaks_between(&node.children);
        Doc::Sequence(vec![self.node(first), Doc::Group { broken, parts: vec![Doc::Indent(parts)] }])
    }

    /// What commas separate without brackets around it, as the values of a clause.
    fn enumeration(&self, node: &Node) -> Doc {
        let mut children = node.children.as_slice();
        let mut tail = Vec::new();
        if let [before @ .., last] = children
            && last.rule == Some(Rule::clauses)
        {
            children = before;
            tail = vec![Doc::Space, self.node(last)];
        }
        let mut segments = children.split(|child| self.is_comma(child));
        let mut parts = vec![self.words(segments.next().unwrap_or_default())];
        let mut rest = Vec::new();
        for segment in segments {
            rest.extend([Doc::Mark(","), Doc::soft(), self.words(segment)]);
        }
        let commas = children.iter().enumerate().filter(|(_, child)| self.is_comma(child));
        let broken = commas
            .map(|(at, _)| &children[at.saturating_sub(1)..children.len().min(at + 2)])
            .any(|c| self.breaks_between(c));
        if !rest.is_empty() {
            parts.push(Doc::Group { broken, parts: vec![Doc::Indent(rest)] });
        }
        parts.extend(tail);
        Doc::Sequence(parts)
    }

    /// Braces around statements, clauses or arms: each on its own line, or all on one.
    fn braces(&self, children: &[Node]) -> Vec<Doc> {
        let [open, inner @ .., close] = children else { return vec![self.words(children)] };
        let arrow = inner.iter().position(|child| child.rule.is_none() && self.text(child) == "=>");
        let (head, inner) = inner.split_at(arrow.map_or(0, |at| at + 1));
        let mut parts = vec![self.word(open)];
        if !head.is_empty() {
            parts.extend([Doc::Space, self.words(head)]);
        }
        let mut lines = Vec::new();
        for (at, child) in inner.iter().enumerate().filter(|(_, child)| child.rule.is_some()) {
            let before = inner[..at].iter().rposition(|c| c.rule.is_some());
            match before {
                None => lines.push(Doc::line(true, Blank::Opening)),
                Some(before) => {
                    lines.extend(self.separator(&inner[before..at], child));
                    lines.push(Doc::line(true, Blank::Kept));
                }
            }
            lines.push(self.node(child));
        }
        let space = !lines.is_empty();
        parts.extend([Doc::Indent(lines), Doc::line(space, Blank::Closing), self.word(close)]);
        parts
    }

    /// What stands between two statements, clauses or arms beside the line break. It is left out where a line break says
    /// the same, and kept where the next line would otherwise go on with this one.
    fn separator(&self, before: &[Node], next: &Node) -> Option<Doc> {
        let starts = |marks: &[char]| self.text(next).starts_with(marks);
        match next.rule {
            Some(Rule::clause) => {
                before.iter().find(|node| self.is_comma(node))?;
                let word = next.leaves().first().map_or("", |leaf| self.text(leaf));
                Some(if matches!(word, "else" | "of") || GOES_ON.contains(&word) {
                    Doc::Mark(",")
                } else {
                    Doc::MarkIfFlat(",")
                })
            }
            Some(Rule::match_arm) => Some(Doc::MarkIfFlat(",")),
            _ if starts(&['-', '/']) => Some(Doc::Mark(";")),
            _ => Some(Doc::MarkIfFlat(";")),
        }
    }

    fn match_expression(&self, node: &Node) -> Doc {
        let brace = node.children.iter().position(|child| child.rule.is_none()).unwrap_or(0);
        let (head, arms) = node.children.split_at(brace);
        let broken = arms.first().zip(arms.last()).is_some_and(|(open, close)| self.breaks(open.start, close.end));
        Doc::Sequence(vec![self.words(head), Doc::Space, Doc::Group { broken, parts: self.braces(arms) }])
    }

    /// The bodies of a conditional are broken together or not at all.
    fn if_expression(&self, node: &Node) -> Doc {
        let mut parts = Vec::new();
        let mut broken = false;
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            for child in &node.children {
                if !parts.is_empty() {
                    parts.push(Doc::Space);
                }
                match child.rule {
                    // Only the last part of a conditional that goes on with another.
                    Some(Rule::if_expr) if child.end == node.end => {
                        open.push(child);
                        break;
                    }
                    Some(Rule::body) => {
                        broken |= self.breaks(child.start, child.end);
                        parts.extend(self.braces(&child.children));
                    }
                    _ => parts.push(self.node(child)),
                }
            }
        }
        Doc::Group { broken, parts }
    }

    /// After a comma, a word and a value on one line begin a clause. A value that begins with a word of its own, such as
    /// `if`, and goes on below it, has to go on doing so.
    fn find_below(&mut self, nodes: &[Node]) {
        let mut open: Vec<&Node> = nodes.iter().collect();
        while let Some(node) = open.pop() {
            if node.rule == Some(Rule::clause) {
                for value in node.children.iter().skip(2).filter(|child| child.rule.is_some()) {
                    if let [first, second, ..] = value.leaves().as_slice()
                        && self.breaks(first.end, second.start)
                        && !GOES_ON.contains(&self.text(second))
                        && self.source[first.start..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                        && self.source[second.start..]
                            .starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '"' | '['))
                    {
                        self.below.insert(second.start);
                    }
                }
            }
            open.extend(&node.children);
        }
    }
}

/// Whether a value that spans several lines does so between brackets that end it.
fn ends_in_brackets(node: &Node) -> bool {
    match node.rule {
        Some(Rule::named_argument | Rule::record_field) => node.children.last().is_some_and(ends_in_brackets),
        Some(rule) => matches!(
            rule,
            Rule::for_expr
                | Rule::scan_expr
                | Rule::fold_expr
                | Rule::if_expr
                | Rule::match_expr
                | Rule::list
                | Rule::record
                | Rule::paren
                | Rule::postfix
        ),
        None => false,
    }
}
