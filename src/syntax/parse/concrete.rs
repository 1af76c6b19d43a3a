//! The text as the grammar saw it, punctuation included: what the formatter lays out.
//!
//! The tree of [`crate::tree`] forgets parentheses, separators and how a thing was spelt; here nothing but
//! white space is forgotten. Every node spans exactly its own text: pest's pairs may trail white space and comments.

use super::{Grammar, Rule, SyntaxError};
use crate::Span;
use pest::Parser;
use pest::iterators::Pair;

/// A stretch of text: a word or mark when it has no children, otherwise everything between its first and last.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// The grammar's rule; none for punctuation.
    pub rule: Option<Rule>,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Parts, in order; none for a word or mark.
    pub children: Vec<Node>,
}

/// Marks of two characters that stand between pairs; all others there are of one.
const LONG_MARKS: [&str; 4] = ["->", "=>", "|>", "??"];

/// The declaration that stands at `span`, which [`super::parse`] has read before.
pub(crate) fn concrete(text: &str, span: Span) -> Result<Node, SyntaxError> {
    let error = || SyntaxError {
        message: "the parser read this declaration once but not again".into(),
        span,
        related: None,
        hint: None,
        fixes: Box::default(),
    };
    let part = text.get(span.range()).ok_or_else(error)?;
    let mut pairs = Grammar::parse(Rule::declaration, part).map_err(|_| error())?;
    let pair = pairs.next().ok_or_else(error)?;
    Ok(node(pair, text, span.start as usize))
}

fn node(mut pair: Pair<'_, Rule>, text: &str, offset: usize) -> Node {
    // Rules that add nothing are walked through in a loop, so that depth on the stack is depth in the text.
    while is_transparent(pair.as_rule()) {
        let mut inner = pair.clone().into_inner();
        match (inner.next(), inner.next()) {
            (Some(only), None) => pair = only,
            _ => break,
        }
    }
    let rule = pair.as_rule();
    let (start, end) = (offset + pair.as_span().start(), offset + pair.as_span().end());
    let mut children = Vec::new();
    if is_word(rule) {
        // Only `?` looks at what follows it, white space and comments in between.
        let end = if rule == Rule::maybe { start + 1 } else { end };
        return Node { rule: Some(rule), start, end, children };
    }
    let mut at = start;
    for inner in pair.into_inner() {
        marks(text, at, offset + inner.as_span().start(), &mut children);
        let child = node(inner, text, offset);
        at = child.end;
        children.push(child);
    }
    marks(text, at, end, &mut children);
    let end = children.last().map_or(start, |last| last.end);
    Node { rule: Some(rule), start, end, children }
}

/// One past the last byte of a pair's own text: pairs may trail white space and comments.
pub(super) fn end_of(pair: &Pair<'_, Rule>) -> usize {
    let mut pair = pair.clone();
    loop {
        let span = pair.as_span();
        if is_word(pair.as_rule()) {
            return if pair.as_rule() == Rule::maybe { span.start() + 1 } else { span.end() };
        }
        let last = pair.clone().into_inner().last();
        let mut behind = Vec::new();
        let from = last.as_ref().map_or(span.start(), |last| last.as_span().end());
        marks(span.get_input(), from, span.end(), &mut behind);
        match (behind.last(), last) {
            (Some(mark), _) => return mark.end,
            (None, Some(last)) => pair = last,
            (None, None) => return span.end(),
        }
    }
}

/// The punctuation between two pairs.
fn marks(text: &str, from: usize, to: usize, found: &mut Vec<Node>) {
    let mut at = from;
    while let Some(first) = text[at..to].chars().next() {
        let rest = &text[at..to];
        if first.is_whitespace() {
            at += first.len_utf8();
        } else if rest.starts_with("//") {
            at += rest.find(['\n', '\r']).unwrap_or(rest.len());
        } else {
            let long = LONG_MARKS.iter().find(|mark| rest.starts_with(**mark));
            let end = at + long.map_or(first.len_utf8(), |mark| mark.len());
            found.push(Node { rule: None, start: at, end, children: Vec::new() });
            at = end;
        }
    }
}

/// Rules of one child that say nothing more than the child does.
fn is_transparent(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::declaration
            | Rule::expr
            | Rule::grouped
            | Rule::coalesced
            | Rule::disjunction
            | Rule::conjunction
            | Rule::negation
            | Rule::comparison
            | Rule::piped
            | Rule::stage
            | Rule::range
            | Rule::sum
            | Rule::product
            | Rule::unary
            | Rule::power
            | Rule::postfix
            | Rule::primary
            | Rule::argument
            | Rule::clause_value
            | Rule::use_name
            | Rule::level
    )
}

/// Rules whose text is one word or mark.
fn is_word(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::ident
            | Rule::name
            | Rule::number
            | Rule::text
            | Rule::regex
            | Rule::boolean
            | Rule::input_word
            | Rule::clause_link
            | Rule::type_name
            | Rule::level_word
            | Rule::maybe
            | Rule::group_op
            | Rule::or_op
            | Rule::and_op
            | Rule::not_op
            | Rule::compare_op
            | Rule::range_op
            | Rule::sum_op
            | Rule::product_op
            | Rule::minus
            | Rule::phrase_word
            | Rule::fold_word
    ) || is_keyword(rule)
}

/// Words that say nothing that the rule around them does not.
pub(super) fn is_keyword(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::kw_use
            | Rule::kw_as
            | Rule::kw_extends
            | Rule::kw_without
            | Rule::kw_param
            | Rule::kw_cohort
            | Rule::kw_group
            | Rule::kw_block
            | Rule::kw_model
            | Rule::kw_baseline
            | Rule::kw_loss
            | Rule::kw_train
            | Rule::kw_protocol
            | Rule::kw_ensemble
            | Rule::kw_score
            | Rule::kw_compare
            | Rule::kw_against
            | Rule::kw_analysis
            | Rule::kw_sweep
            | Rule::kw_search
            | Rule::kw_let
            | Rule::kw_output
            | Rule::kw_on
            | Rule::kw_over
            | Rule::kw_in
            | Rule::kw_if
            | Rule::kw_else
            | Rule::kw_for
            | Rule::kw_from
            | Rule::kw_scan
            | Rule::kw_fold
            | Rule::kw_match
    )
}

impl Node {
    /// Its words and marks, in order.
    pub fn leaves(&self) -> Vec<&Node> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(node) = open.pop() {
            if node.children.is_empty() {
                found.push(node);
            } else {
                open.extend(node.children.iter().rev());
            }
        }
        found
    }

    /// Its text.
    pub fn text<'t>(&self, source: &'t str) -> &'t str {
        &source[self.start..self.end]
    }
}
