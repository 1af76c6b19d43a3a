//! What is known of a file at one moment, and the files that are open.
//!
//! ```text
//!  present   text, tree, and once it is compiled its analysis
//!  good      the last analysis that gave a program, with its places carried over the edits since
//! ```
//!
//! Declarations are recovered one by one, so the present analysis answers for all but the broken ones; for those the good one does.

use crate::analysis::{Analysis, OpenTexts, SweepSummary};
use crate::document::{Carry, Document, Edit};
use crate::outside::Outside;
use fascicle_lang::compile::{Diagnostic, Fact, ModelTable, Record, Seen, Sources, TableSummary};
use fascicle_lang::names::Names;
use fascicle_lang::program::Program;
use fascicle_syntax::{Declaration, File, SourceId, Span, SyntaxError, parse};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

/// A file at one moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Its path.
    pub file: String,
    /// Its text.
    pub document: Document,
    /// The analysis of this very text, once there is one.
    pub present: Option<Arc<Analysis>>,
    /// The last one of a text that is a program as it stands.
    pub good: Option<Good>,
    /// What the last compilation of all variants told, if the file as it stands had no errors.
    pub whole: Option<Whole>,
    /// The models as they were when the file was opened, or first compiled.
    pub opened: Option<Arc<[ModelTable]>>,
    parsed: Arc<OnceLock<(Arc<File>, Vec<SyntaxError>)>>,
    /// What its words mean, as it was last asked.
    pub(crate) named: Arc<Mutex<Option<Arc<Names>>>>,
}

/// An analysis of an earlier text.
#[derive(Debug, Clone)]
pub struct Good {
    /// What it gave.
    pub analysis: Arc<Analysis>,
    /// Where its places stand now.
    pub carry: Carry,
}

/// What stays of a compilation of all variants while they are compiled again: neither programs nor records.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The sweeps with their variants.
    pub sweeps: Arc<[SweepSummary]>,
    /// What was told.
    pub diagnostics: Arc<[Diagnostic]>,
    /// The texts that it was told of.
    pub sources: Arc<Sources>,
    /// Where their places stand now.
    pub carry: Carry,
}

impl Whole {
    fn of(analysis: &Analysis, length: usize) -> Self {
        let compilation = &analysis.compilation;
        Self {
            sweeps: analysis.sweeps.as_slice().into(),
            diagnostics: compilation.diagnostics.as_slice().into(),
            sources: Arc::new(compilation.sources.clone()),
            carry: Carry::whole(length),
        }
    }

    fn carried(mut self, edit: Edit) -> Self {
        self.carry.edit(edit);
        self
    }
}

impl Good {
    fn carried(mut self, edit: Edit) -> Self {
        self.carry.edit(edit);
        self
    }
}

/// A fact, with where its expression stands in the present text.
#[derive(Debug, Clone)]
pub struct Sighting<'s> {
    /// What was seen.
    pub fact: &'s Fact,
    /// The record it stands in.
    pub record: &'s Record,
    /// The analysis that made it.
    pub analysis: &'s Analysis,
    /// Where the expression stands now.
    pub range: Range<usize>,
    /// In how many calls of the block around it the expression was evaluated; the fact is of the first.
    pub calls: usize,
}

impl Snapshot {
    /// A file that was just opened.
    pub fn new(file: impl Into<String>, text: &str, version: i32) -> Self {
        let document = Document::new(text, version);
        let (present, good, whole, opened) = (None, None, None, None);
        Self {
            file: file.into(),
            document,
            present,
            good,
            whole,
            opened,
            parsed: Arc::default(),
            named: Arc::default(),
        }
    }

    /// The file after an edit.
    pub fn edited(&self, range: Range<usize>, replacement: &str, version: i32) -> Self {
        let (document, edit) = self.document.edited(range, replacement, version);
        if edit.removed == 0 && edit.inserted == 0 {
            return Self { document, ..self.clone() };
        }
        let good = self.good.clone().map(|good| good.carried(edit));
        let whole = self.whole.clone().map(|whole| whole.carried(edit));
        Self { document, present: None, good, whole, parsed: Arc::default(), named: Arc::default(), ..self.clone() }
    }

    /// The file with the analysis of this text.
    pub fn analysed(&self, analysis: Arc<Analysis>) -> Self {
        let broken = analysis.compilation.base.is_none() || analysis.panic.is_some();
        let length = self.document.text().len();
        let fresh = || Good { analysis: analysis.clone(), carry: Carry::whole(length) };
        let good = if broken { self.good.clone() } else { Some(fresh()) };
        let all = !broken && !analysis.compilation.partial;
        let whole = if all { Some(Whole::of(&analysis, length)) } else { self.whole.clone() };
        let is_program = analysis.compilation.base.is_some();
        let opened = self.opened.clone().or_else(|| is_program.then(|| analysis.models().into()));
        Self { present: Some(analysis), good, whole, opened, ..self.clone() }
    }

    /// Its text.
    pub fn text(&self) -> &str {
        self.document.text()
    }

    /// The declarations of the present text that can be read.
    pub fn tree(&self) -> &File {
        &self.parsed().0
    }

    /// What cannot be read of the present text.
    pub fn syntax_errors(&self) -> &[SyntaxError] {
        &self.parsed().1
    }

    pub(crate) fn parsed(&self) -> &(Arc<File>, Vec<SyntaxError>) {
        self.parsed.get_or_init(|| {
            let (file, errors) = parse(self.text(), SourceId::default());
            (Arc::new(file), errors)
        })
    }

    /// The declaration around a byte of the present text.
    pub fn declaration_at(&self, at: usize) -> Option<&Declaration> {
        self.tree().declarations.iter().find(|d| d.span.range().contains(&at) || d.span.end as usize == at)
    }

    /// The program: of the present text where it has one, else the last good one.
    pub fn program(&self) -> Option<&Program> {
        let present = self.present.as_deref().and_then(|a| a.compilation.base.as_ref());
        present.or_else(|| self.good.as_ref()?.analysis.compilation.base.as_ref())
    }

    /// Layers and totals of the models of [`Snapshot::program`].
    pub fn models(&self) -> &[ModelTable] {
        let present = self.present.as_deref().filter(|analysis| analysis.compilation.base.is_some());
        present.or_else(|| self.good.as_ref().map(|good| &*good.analysis)).map(Analysis::models).unwrap_or_default()
    }

    /// The sweeps with their variants: of the last text of which all variants were compiled.
    pub fn sweeps(&self) -> &[SweepSummary] {
        self.whole.as_ref().map(|whole| &*whole.sweeps).unwrap_or_default()
    }

    /// The tables of cohorts, by the cohort's name: those of the present text, else the last that were read.
    pub fn tables(&self) -> &[(String, TableSummary)] {
        let present = self.present.as_deref().map(|a| a.tables.as_slice()).filter(|t| !t.is_empty());
        present.or_else(|| self.good.as_ref().map(|good| good.analysis.tables.as_slice())).unwrap_or_default()
    }

    /// The analyses to ask, the present one first, with how places of theirs come here.
    fn analyses(&self) -> impl Iterator<Item = (&Analysis, Option<&Carry>)> {
        let present = self.present.as_deref().map(|analysis| (analysis, None));
        let good = self.good.as_ref().filter(|good| !good.carry.is_whole() || self.present.is_none());
        present.into_iter().chain(good.map(|good| (&*good.analysis, Some(&good.carry))))
    }

    /// The records of the file as it stands, the present one first.
    pub fn records(&self) -> impl Iterator<Item = (&Analysis, &Record, Option<&Carry>)> {
        self.analyses().filter_map(|(analysis, carry)| Some((analysis, analysis.compilation.records.first()?, carry)))
    }

    /// What is known of the expression that stands at exactly these bytes of the present text.
    pub fn fact_of(&self, range: Range<usize>) -> Option<Sighting<'_>> {
        self.records().find_map(|(analysis, record, carry)| {
            let then = match carry {
                None => range.clone(),
                Some(carry) => carry.then(range.start)?..carry.then(range.end)?,
            };
            let span = Span { source: SourceId::default(), start: then.start as u32, end: then.end as u32 };
            let (fact, calls) = record.first(span)?;
            let known = fact.seen != Seen::Broken;
            known.then(|| Sighting { fact, record, analysis, range: range.clone(), calls })
        })
    }

    /// What is known of the narrowest expression around a byte of the present text.
    pub fn fact_at(&self, at: usize) -> Option<Sighting<'_>> {
        self.records().find_map(|(analysis, record, carry)| {
            let then = carry.map_or(Some(at), |carry| carry.then(at))?;
            let main = record.facts.iter().filter(|f| f.span.source == SourceId::default() && f.seen != Seen::Broken);
            let around = main.filter(|f| f.span.range().contains(&then) || f.span.end as usize == then);
            // Of equally narrow ones the first call.
            let fact = around.min_by_key(|f| f.span.end - f.span.start)?;
            let range = carry.map_or(Some(fact.span.range()), |carry| carry.stretch_now(fact.span.range()))?;
            let calls = fact.calls;
            Some(Sighting { fact, record, analysis, range, calls })
        })
    }
}

/// The files that are open.
#[derive(Clone)]
pub struct Workspace {
    /// By path.
    pub files: BTreeMap<String, Arc<Snapshot>>,
    /// What is not open.
    pub outside: Arc<dyn Outside>,
}

impl Workspace {
    /// One without open files.
    pub fn new(outside: Arc<dyn Outside>) -> Self {
        Self { files: BTreeMap::new(), outside }
    }

    /// The text of a file: that of the editor where it is open.
    ///
    /// # Errors
    /// Why it cannot be read, in a sentence.
    pub fn text(&self, path: &str) -> Result<Arc<str>, String> {
        match self.files.get(path) {
            Some(open) => Ok(Arc::from(open.text())),
            None => self.outside.text(path).map(Arc::from),
        }
    }

    /// The texts of all open files.
    pub fn open_texts(&self) -> OpenTexts {
        self.files.iter().map(|(path, snapshot)| (path.clone(), snapshot.document.shared())).collect()
    }
}
