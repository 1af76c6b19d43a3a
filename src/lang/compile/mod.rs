//! Text to program: names, compile-time values, blocks, shapes, absence, leaks; every error at once.
//!
//! ```text
//!  text ─▶ 1. load      files that `use` and `extends` name, parsed           Unit
//!       ─▶ 2. sweep     which settings each variant has                       Draft
//!       ─▶ 3. evaluate  one variant: cohorts, inputs, models, stages, ...     Program
//!       ─▶ 4. lint      what nothing uses                                     warnings
//! ```
//!
//! The compiler reads no file and touches no device: texts and tables come through [`World`].

mod assemble;
mod code;
mod declare;
mod diagnostic;
mod evaluate;
mod frameworks;
mod layers;
mod lint;
mod reader;
mod record;
mod render;
mod repair;
mod stack;
mod trial;
mod unit;
mod value;
mod world;

pub use code::Code;
pub use declare::analysis::{AnalysisReference, PRELUDE as ANALYSIS_PRELUDE, ParameterReference, analyses};
pub(crate) use declare::entry::find as find_entry;
pub use declare::entry::{Chapter, ENTRY_PRELUDE, Entry, Parameter as EntryParameter, Takes, entries};
pub use diagnostic::{Diagnostic, Label, Severity, Source, Sources};
pub use fascicle_syntax::{Edit, Fix};
pub use frameworks::suggestion;
pub use layers::{CriticTable, LayerRow, ModelTable, WindowTable, model_tables};
pub use record::{Call, CallId, Fact, LISTED, Record, Seen};
pub use render::{JsonDiagnostic, JsonEdit, JsonFix, JsonLabel, json_diagnostics, render};
pub use trial::{TrialSettings, programs_with};
pub(crate) use unit::beside;
pub use world::{
    ColumnSummary, EmptyWorld, PackedContents, Shapes, TableProblem, TableProblemKind, TableSummary, Who, World,
};

use crate::program::{Experiment, Program, Sweep};
use assemble::{Set, Variant};
use declare::{param, sweep};
use evaluate::Checkpoints;
use fascicle_syntax::{DeclarationKind, nearest};
use indexmap::IndexMap;
use std::sync::atomic::{AtomicBool, Ordering};
use unit::{Loader, Unit};
use value::Value;

/// What compiling gives: a program where there is no error, and everything there is to say.
#[derive(Debug, Clone, Default)]
pub struct Compilation {
    /// The program, unless there are errors.
    pub experiment: Option<Experiment>,
    /// The file as it stands, without any sweep, unless it has errors of its own.
    pub base: Option<Program>,
    /// Errors and warnings, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that took part.
    pub sources: Sources,
    /// What was seen of each expression, where [`Request::record`] asks: first the file as it stands, then each variant up to 64,
    /// short of what is there as in the file.
    pub records: Vec<Record>,
    /// Whether something was left out, because only the file as it stands was asked for, or because nobody waits any more.
    pub partial: bool,
}

/// What is asked of a compilation beside the program.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    /// Whether what each expression gave is recorded.
    pub record: bool,
    /// Whether only the file as it stands is compiled, no variant of a sweep and no corner of a search.
    pub base_only: bool,
    /// Once true, variants that are not begun are left out.
    pub cancelled: Option<&'a AtomicBool>,
}

impl Compilation {
    /// Whether there is an error.
    pub fn failed(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }
}

/// Most variants whose expressions are recorded: nobody looks at more beside each other.
const MAX_RECORDED: usize = 64;

/// Compiles a file. `settings` are `--set name=value`, as text.
pub fn compile(name: &str, text: &str, settings: &[(String, String)], world: &dyn World) -> Compilation {
    compile_with(name, text, settings, world, Request::default())
}

/// The same, asked for more or for less.
pub fn compile_with(
    name: &str,
    text: &str,
    settings: &[(String, String)],
    world: &dyn World,
    request: Request<'_>,
) -> Compilation {
    stack::with_room(world, |world| compile_here(name, text, settings, world, request))
}

fn compile_here(
    name: &str,
    text: &str,
    settings: &[(String, String)],
    world: &dyn World,
    request: Request<'_>,
) -> Compilation {
    let mut sources = Sources::default();
    let mut diagnostics = Vec::new();
    let unit = Loader::new(world, &mut sources, &mut diagnostics).main(name, text);
    let given = given_settings(&unit, settings, &mut diagnostics);
    let tables = world::Tables::new(world);

    // The file as it stands comes first: its errors are those of every variant.
    let mut used = vec![false; unit.declarations.len()];
    let mut base = Variant::base(&unit, &sources, &tables, given.clone(), request.record);
    base.mark_used(&mut used);
    let mut variants = Variants::default();
    let mut sweeps = Vec::new();
    let files = trial::Files { unit: &unit, sources: &sources, tables: &tables };
    let nothing = IndexMap::new();
    let own = trial::Own { name: "base", settings: &given, spelled: &nothing };
    let mut partial = request.base_only && !(base.sweeps.is_empty() && base.searches.is_empty());
    let mut of_trials = if partial { Vec::new() } else { files.corners(&base, &base, &own, &mut used) };
    let drafts = if partial { Vec::new() } else { std::mem::take(&mut base.sweeps) };
    let mut records = Vec::from_iter(base.record.take());
    for draft in drafts {
        let mut indices = Vec::with_capacity(draft.variants.len());
        for settings in &draft.variants {
            if request.cancelled.is_some_and(|cancelled| cancelled.load(Ordering::Relaxed)) {
                partial = true;
                break;
            }
            let mut all = given.clone();
            all.extend(settings.iter().map(|(k, (value, _))| (k.clone(), value.clone())));
            let spelled = settings.iter().map(|(k, (_, spelled))| (k.clone(), spelled.clone())).collect();
            let recorded = request.record && records.len() <= MAX_RECORDED;
            let set = Set { name: sweep::variant_name(settings), settings: all, spelled, recorded };
            indices.extend(variants.index(set, &draft, &base, |set, others| {
                let (name, settings, spelled) = (set.name.clone(), set.settings.clone(), set.spelled.clone());
                // A variant that is recorded begins where it parts from the file, whose record has the rest.
                let others = if recorded { &others[..others.len().min(1)] } else { others };
                let mut variant = Variant::branch(others, &base, &set)
                    .unwrap_or_else(|| Variant::evaluate(&unit, &sources, &tables, set));
                let whole = records.first();
                let own = variant.record.take().zip(whole).map(|(record, whole)| record.parting_from(whole));
                records.extend(own);
                variant.mark_used(&mut used);
                let own = trial::Own { name: &name, settings: &settings, spelled: &spelled };
                of_trials.extend(files.corners(&base, &variant, &own, &mut used));
                variant
            }));
        }
        sweeps.push(Sweep {
            name: draft.name.clone(),
            variants: indices,
            compare: draft.compare.iter().map(sweep::Compared::item).collect(),
            test: draft.test,
            reference: draft.reference.map(|(at, _)| at),
        });
    }
    diagnostics.append(&mut base.diagnostics);
    diagnostics.extend(variants.diagnostics());
    diagnostics.append(&mut of_trials);
    let failed = |diagnostics: &[Diagnostic]| diagnostics.iter().any(|d| d.severity == Severity::Error);
    if !failed(&diagnostics) && !partial {
        let compiled = base.program.as_ref().map(|program| lint::Base {
            program,
            origins: base.checkpoints.origins(),
            sources: &sources,
        });
        lint::lint((&unit, &sources), &used, compiled, &variants.programs, &mut diagnostics);
    }
    diagnostics.sort_by_key(|d| (d.span().source, d.span().start, d.code));
    diagnostics.dedup_by(|a, b| a.code == b.code && a.labels.first() == b.labels.first() && a.message == b.message);

    let base = base.program;
    let mut variants = variants.programs;
    if variants.is_empty() {
        variants.extend(base.clone());
    }
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let experiment = (!failed(&diagnostics) && !variants.is_empty() && !partial).then(|| Experiment {
        name: stem.strip_suffix(".fx").unwrap_or(stem).to_string(),
        doc: unit.doc.clone(),
        variants,
        sweeps,
    });
    Compilation { experiment, base, diagnostics, sources, records, partial }
}

/// The variants of all sweeps, each compiled once, and the errors that arise in them only.
#[derive(Default)]
struct Variants<'a> {
    programs: Vec<Program>,
    /// Where those that follow may begin: how the last of `programs` was evaluated.
    checkpoints: Checkpoints<'a>,
    /// Position in `programs` by name; `None` for one that does not compile.
    known: IndexMap<String, Option<usize>>,
    /// Errors that the file as it stands has not, with the names of the variants in which each arises.
    errors: Vec<(Diagnostic, Vec<String>)>,
}

impl<'a> Variants<'a> {
    /// The position of a variant's program, compiled where it is new.
    fn index(
        &mut self,
        set: Set,
        draft: &sweep::Draft,
        base: &Variant<'a>,
        compile_one: impl FnOnce(Set, &[(&Checkpoints<'a>, &Program)]) -> Variant<'a>,
    ) -> Option<usize> {
        if let Some(known) = self.known.get(&set.name) {
            return *known;
        }
        let name = set.name.clone();
        let begun = base.program.as_ref().map(|program| (&base.checkpoints, program));
        let latest = self.programs.last().map(|program| (&self.checkpoints, program));
        let others: Vec<_> = begun.into_iter().chain(latest).collect();
        let variant = compile_one(set, &others);
        let same = |a: &Diagnostic, b: &Diagnostic| a.code == b.code && a.span() == b.span();
        for diagnostic in variant.diagnostics {
            if base.diagnostics.iter().any(|d| same(d, &diagnostic)) {
                continue;
            }
            match self.errors.iter_mut().find(|(d, _)| same(d, &diagnostic)) {
                Some((_, names)) => names.push(name.clone()),
                None => {
                    let diagnostic = diagnostic.also(draft.span, "this sweep");
                    self.errors.push((diagnostic, vec![name.clone()]));
                }
            }
        }
        let index = variant.program.map(|program| {
            self.programs.push(program);
            self.checkpoints = variant.checkpoints;
            self.programs.len() - 1
        });
        self.known.insert(name, index);
        index
    }

    /// The errors, each once, saying in which variants it arises.
    fn diagnostics(&mut self) -> impl Iterator<Item = Diagnostic> {
        std::mem::take(&mut self.errors).into_iter().map(|(mut diagnostic, names)| {
            let others = match names.len() {
                1 => String::new(),
                n => format!(" and {} others", n - 1),
            };
            diagnostic.message = format!("in the variant {}{others}: {}", names[0], diagnostic.message);
            diagnostic.variant = names.into_iter().next();
            diagnostic
        })
    }
}

/// `--set` as values; names that no parameter has are errors.
fn given_settings(
    unit: &Unit,
    settings: &[(String, String)],
    diagnostics: &mut Vec<Diagnostic>,
) -> IndexMap<String, Value> {
    let mut given = IndexMap::new();
    for (name, value) in settings {
        let position = unit.resolve(0, name);
        let is_param =
            position.is_some_and(|p| matches!(unit.declarations[p].declaration.kind, DeclarationKind::Param { .. }));
        if !is_param {
            let known: Vec<&str> = unit
                .declarations
                .iter()
                .filter(|d| d.scope == 0)
                .filter_map(|d| match &d.declaration.kind {
                    DeclarationKind::Param { name, .. } => Some(name.text.as_str()),
                    _ => None,
                })
                .collect();
            let hint = match nearest(name, &known) {
                Some(near) => format!("did you mean `--set {near}={value}`?"),
                None if known.is_empty() => "the file declares no `param`".to_string(),
                None => format!("its parameters are {}", known.join(", ")),
            };
            let message = format!("`--set {name}={value}`: the file has no parameter `{name}`");
            diagnostics.push(Diagnostic::on_command_line(Code::UnknownParam, message).hint(hint));
            continue;
        }
        given.insert(name.clone(), param::parse_setting(value));
    }
    given
}
