//! Proposals on their way to an editor: each name once, what fits first.

use crate::outline::has_letters;
use std::collections::BTreeSet;
use std::ops::Range;

/// What can be written at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What a proposal replaces.
    pub replace: Range<usize>,
    /// The proposals, in order: what fits first.
    pub proposals: Vec<Proposal>,
}

/// Something that can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What is shown, and what typed letters are compared with.
    pub label: String,
    /// What it is.
    pub kind: ProposalKind,
    /// What is shown behind the label: a default, a type, a head.
    pub detail: String,
    /// What is written; `$1` and the like are places to go on at where it is a snippet.
    pub insert: String,
    /// Whether `$1` in it is a place to go on at.
    pub snippet: bool,
    /// How near it is: less is nearer.
    pub rank: u8,
    /// Under which key [`super::documentation`] has more to say; empty for nothing.
    pub key: String,
    /// What is known of it already.
    pub documentation: String,
    /// What else is edited where it is taken: a `use` at the head of the file.
    pub also: Vec<(Range<usize>, String)>,
}

/// What a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalKind {
    /// A declaration to be filled in.
    Snippet,
    /// A word that directs.
    Keyword,
    /// A block, or an operator with weights.
    Block,
    /// A function.
    Function,
    /// A step, an optimizer, a source.
    Step,
    /// A model.
    Model,
    /// A value: an input, a `let`.
    Value,
    /// A `param`.
    Param,
    /// An argument's name.
    Argument,
    /// A column, an output, a field.
    Field,
    /// A class, an option, a word.
    Word,
    /// A type.
    Type,
    /// A cohort, or a part of the library.
    Cohort,
    /// A file.
    File,
}

impl Proposal {
    /// A proposal that writes its label.
    pub(super) fn new(label: &str, kind: ProposalKind, rank: u8) -> Self {
        Self {
            label: label.to_owned(),
            kind,
            detail: String::new(),
            insert: label.to_owned(),
            snippet: false,
            rank,
            key: String::new(),
            documentation: String::new(),
            also: Vec::new(),
        }
    }

    pub(super) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    pub(super) fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    pub(super) fn documentation(mut self, text: impl Into<String>) -> Self {
        self.documentation = text.into();
        self
    }

    pub(super) fn snippet(mut self, text: impl Into<String>) -> Self {
        self.insert = text.into();
        self.snippet = true;
        self
    }

    pub(super) fn insert(mut self, text: impl Into<String>) -> Self {
        self.insert = text.into();
        self
    }
}

/// A completion that is being made.
pub(super) struct List<'t> {
    replace: Range<usize>,
    text: &'t str,
    /// What is typed already.
    typed: Range<usize>,
    proposals: Vec<Proposal>,
    seen: BTreeSet<String>,
}

/// Most proposals that are handed out: a table may have a hundred thousand columns.
const MOST: usize = 500;

impl<'t> List<'t> {
    pub fn new(replace: Range<usize>, text: &'t str, typed: Range<usize>) -> Self {
        Self { replace, text, typed, proposals: Vec::new(), seen: BTreeSet::new() }
    }

    pub fn replace(&mut self, replace: Range<usize>, typed: Range<usize>) {
        (self.replace, self.typed) = (replace, typed);
    }

    /// Adds a proposal, unless one of its name is nearer already or the letters typed say that it is not meant.
    pub fn add(&mut self, proposal: Proposal) {
        let typed = self.text.get(self.typed.clone()).unwrap_or("");
        if has_letters(&proposal.label, typed) && self.seen.insert(proposal.label.clone()) {
            self.proposals.push(proposal);
        }
    }

    /// Whether a proposal of this name is there.
    pub fn has(&self, label: &str) -> bool {
        self.seen.contains(label)
    }

    /// In order: those that begin with what is typed first, among them the nearer, then in the order of their coming.
    pub fn done(mut self) -> Completion {
        let typed = self.text.get(self.typed.clone()).unwrap_or("").to_lowercase();
        self.proposals.sort_by_key(|p| (!p.label.to_lowercase().starts_with(&typed), p.rank));
        self.proposals.truncate(MOST);
        Completion { replace: self.replace, proposals: self.proposals }
    }
}
