//! Programs with other settings: the trials of a search.
//!
//! ```text
//!  search s: rate in .., width in [16, 32]
//!     compile ──corners──▶ width=16, width=32, the ends of rate: what cannot be is told before anything runs
//!     the plan ──programs_with(variant, rate=0.00123,width=32)──▶ Program
//! ```
//!
//! The plan knows the settings of a trial only when it lays it out, and asks for the program then.

use super::assemble::{Set, Variant};
use super::code::Code;
use super::declare::{param, search, sweep};
use super::diagnostic::{Diagnostic, Severity, Sources};
use super::repair;
use super::unit::{Loader, Unit};
use super::value::Value;
use super::world::{Tables, World};
use super::{given_settings, stack};
use crate::program::Program;
use fascicle_syntax::{DeclarationKind, ExprKind, Fix, Span, SweepAxis};
use indexmap::IndexMap;

/// Settings of a trial: params and their values, as `--set` has them.
pub type TrialSettings = Vec<(String, String)>;

/// What variants and their trials are compiled from.
pub(super) struct Files<'a> {
    pub unit: &'a Unit,
    pub sources: &'a Sources,
    pub tables: &'a Tables<'a>,
}

impl<'a> Files<'a> {
    /// A variant with further settings, evaluated from where it parts from the one without.
    fn trial(
        &self,
        base: &Variant<'a>,
        variant: &Variant<'a>,
        own: &Own<'_>,
        further: &[(String, String)],
    ) -> Variant<'a> {
        let (settings, spelled) = (own.settings.clone(), own.spelled.clone());
        let mut set = Set { name: own.name.to_owned(), settings, spelled, recorded: false };
        for (name, value) in further {
            set.settings.insert(name.clone(), param::parse_setting(value));
            set.spelled.insert(name.clone(), value.clone());
        }
        let begun = variant.program.as_ref().map(|program| (&variant.checkpoints, program));
        let mut trial = Variant::branch(begun.as_slice(), base, &set)
            .unwrap_or_else(|| Variant::evaluate(self.unit, self.sources, self.tables, set));
        // It is that variant still: what a trial sets stands among its params.
        if let Some(program) = &mut trial.program {
            program.settings.clone_from(own.spelled);
        }
        trial
    }

    /// What is wrong with the trials at the ends of each axis.
    pub fn corners(
        &self,
        base: &Variant<'a>,
        variant: &Variant<'a>,
        own: &Own<'_>,
        used: &mut [bool],
    ) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        let Some(program) = &variant.program else { return told };
        for draft in &variant.searches {
            for (param, value) in draft.search.corners() {
                let trial = self.trial(base, variant, own, &[(param.clone(), value.clone())]);
                trial.mark_used(used);
                told.extend(wrong(self.unit, self.sources, draft, program, &trial, (&param, &value)));
            }
        }
        told
    }
}

/// A variant's own settings.
pub(super) struct Own<'s> {
    pub name: &'s str,
    pub settings: &'s IndexMap<String, Value>,
    pub spelled: &'s IndexMap<String, String>,
}

fn wrong(
    unit: &Unit,
    sources: &Sources,
    draft: &search::Draft,
    program: &Program,
    trial: &Variant<'_>,
    (param, value): (&str, &str),
) -> Vec<Diagnostic> {
    let axes = draft.search.axes.iter().zip(&draft.axes);
    let place = axes.clone().find(|(axis, _)| axis.param == param).map(|(_, span)| *span);
    let Some(place) = place else { return Vec::new() };
    let is_error = |d: &&Diagnostic| d.severity == Severity::Error;
    let errors = trial.diagnostics.iter().filter(is_error).cloned().map(|mut diagnostic| {
        diagnostic.message = format!("with {param} = {value}: {}", diagnostic.message);
        diagnostic.also(place, "this search")
    });
    let errors: Vec<Diagnostic> = errors.collect();
    let Some(difference) = trial.program.as_ref().and_then(|trial| program.differs_beyond_training(trial)) else {
        return errors;
    };
    vec![
        Diagnostic::error(Code::SearchReach, place, format!("{param} = {value} changes {difference}"))
            .hint("a search chooses between networks and ways to train them; compare this by a `sweep`")
            .repairs(swept(unit, sources, place)),
    ]
}

/// A search of a list of values as a sweep of them, compared by what the search would have chosen by.
fn swept(unit: &Unit, sources: &Sources, place: Span) -> Option<Fix> {
    let around = |span: Span| span.source == place.source && span.start <= place.start && place.end <= span.end;
    let declaration = unit.declarations.iter().map(|d| &d.declaration).find(|d| around(d.span))?;
    let DeclarationKind::Search { axes, clauses, .. } = &declaration.kind else { return None };
    let listed = |axis: &SweepAxis| matches!(axis.values.as_ref().map(|values| &values.kind), Some(ExprKind::List(_)));
    let (first, last) = (clauses.first()?, clauses.last()?);
    let end = last.values.last().map(|value| value.links.last().map_or(value.value.span, |(_, of)| of.span))?;
    let choose = clauses.iter().find(|clause| clause.word.text == "choose")?;
    let metric = sources.text(choose.values.first()?.value.span).split_whitespace().next()?;
    if !axes.iter().all(listed) {
        return None;
    }
    let word = repair::word_in(sources, declaration.span, "search")?;
    let inside = first.word.span.to(end);
    Some(Fix::new("compare by a `sweep`", word, "sweep").and(inside, format!("compare {metric}")))
}

/// The programs of trials of a variant of a file, `settings` each. `given` are `--set name=value`, as text.
///
/// # Errors
/// For each that does not compile, why.
pub fn programs_with(
    (name, text): (&str, &str),
    given: &[(String, String)],
    variant: &str,
    settings: &[TrialSettings],
    world: &dyn World,
) -> Vec<Result<Program, String>> {
    stack::with_room(world, |world| programs_here((name, text), given, variant, settings, world))
}

fn programs_here(
    (name, text): (&str, &str),
    given: &[(String, String)],
    variant: &str,
    settings: &[TrialSettings],
    world: &dyn World,
) -> Vec<Result<Program, String>> {
    let mut sources = Sources::default();
    let mut diagnostics = Vec::new();
    let unit = Loader::new(world, &mut sources, &mut diagnostics).main(name, text);
    let given = given_settings(&unit, given, &mut diagnostics);
    let tables = Tables::new(world);
    let files = Files { unit: &unit, sources: &sources, tables: &tables };
    let base = Variant::base(&unit, &sources, &tables, given.clone(), false);
    let drafts = base.sweeps.iter().flat_map(|draft| &draft.variants);
    let own = drafts.into_iter().find(|settings| sweep::variant_name(settings) == variant);
    let (mut all, mut spelled) = (given, IndexMap::new());
    for (name, (value, word)) in own.into_iter().flatten() {
        all.insert(name.clone(), value.clone());
        spelled.insert(name.clone(), word.clone());
    }
    let own = Own { name: variant, settings: &all, spelled: &spelled };
    let of_variant = (!spelled.is_empty()).then(|| files.trial(&base, &base, &own, &[]));
    let of_variant = of_variant.as_ref().unwrap_or(&base);
    let one = |settings: &TrialSettings| {
        let trial = files.trial(&base, of_variant, &own, settings);
        let error = trial.diagnostics.iter().find(|d| d.severity == Severity::Error);
        let why = || error.map_or_else(|| "the file does not compile".to_owned(), |d| d.message.clone());
        let program = trial.program.ok_or_else(why)?;
        let reference = of_variant.program.as_ref();
        match reference.and_then(|reference| reference.differs_beyond_training(&program)) {
            Some(difference) => Err(format!("it changes {difference}, which a search cannot")),
            None => Ok(program),
        }
    };
    settings.iter().map(one).collect()
}
