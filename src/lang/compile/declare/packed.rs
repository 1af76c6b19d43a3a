//! What a file that uses a packed model can and cannot say, and whether its tables have what the model reads.
//!
//! Nobody is divided there: every person of every cohort is new to the model, and nothing is fitted on any of them.

use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, Reported};
use crate::compile::repair;
use crate::compile::world::IndexedTable;
use crate::program::{ColumnSelector, InputSource, InputSpec, Metric};
use fascicle_syntax::{DeclarationKind, InputWord, Name, Span, nearest};
use std::rc::Rc;

/// How many missing columns an error names.
const SHOWN: usize = 5;

/// What trains, divides or compares by divisions is told to stand in a file of its own.
pub(in crate::compile) fn trains_nothing(e: &mut Evaluator<'_>, main: &[usize]) -> Eval<()> {
    let unit = e.unit;
    let kinds = || main.iter().map(|i| &unit.declarations[*i].declaration);
    let used = kinds().find_map(|d| match &d.kind {
        DeclarationKind::UseModel { name, .. } => Some(name),
        _ => None,
    });
    let Some(used) = used else { return Ok(()) };
    let mut failed = false;
    for declaration in kinds() {
        let Some((what, place)) = refused(&declaration.kind, declaration.span) else { continue };
        let hint = match &declaration.kind {
            DeclarationKind::Input { .. } => {
                "what the model reads is declared in its file; a target is read as it is: target x: real = c.column(\"x\")"
                    .to_owned()
            }
            DeclarationKind::Ensemble { .. } => format!(
                "analyses average what the runs of the model predict, and a score is the mean over them: score {} on COHORT: ..",
                used.text
            ),
            DeclarationKind::Compare { .. } | DeclarationKind::Sweep { .. } => {
                "score each by itself; values of params are given by --set name=value".to_owned()
            }
            _ => "train in a file of its own, pack its run (`fascicle pack runs/NAME -o FILE`), and use the model here"
                .to_owned(),
        };
        // What only says how to train, and who is read for it.
        let trains = matches!(
            declaration.kind,
            DeclarationKind::Train { .. }
                | DeclarationKind::Protocol { .. }
                | DeclarationKind::Sweep { .. }
                | DeclarationKind::Search { .. }
                | DeclarationKind::Compare { .. }
                | DeclarationKind::Ensemble { .. }
        );
        let removed = trains.then(|| repair::without(e.sources, declaration.span, format!("remove {what}"))).flatten();
        let message = format!("{what} cannot stand beside `use model {}`: here nothing is trained", used.text);
        failed |= e
            .fail::<()>(
                Diagnostic::error(Code::TrainsBesideUsed, place, message)
                    .also(used.span, "is used as it was trained")
                    .hint(hint)
                    .repairs(removed),
            )
            .is_err();
    }
    if failed { Err(Reported) } else { Ok(()) }
}

/// What a declaration is, and where it says so, where it has no place beside a packed model.
fn refused(kind: &DeclarationKind, span: Span) -> Option<(String, Span)> {
    let named = |word: &str, name: &Name| Some((format!("`{word} {}`", name.text), name.span));
    match kind {
        DeclarationKind::Train { model, .. } => named("train", model),
        DeclarationKind::Model { name, .. } => named("model", name),
        DeclarationKind::Baseline { name, .. } => named("baseline", name),
        DeclarationKind::Protocol { name, .. } => named("protocol", name),
        DeclarationKind::Ensemble { model, .. } => named("ensemble", model),
        DeclarationKind::Sweep { name, .. } => named("sweep", name),
        DeclarationKind::Search { name, .. } => named("search", name),
        DeclarationKind::Compare { of, .. } => Some(("`compare`".into(), of.first().map_or(span, |of| of.span))),
        DeclarationKind::Input { role: InputWord::Modality, name, .. } => named("modality", name),
        DeclarationKind::Input { role: InputWord::Condition, name, .. } => named("condition", name),
        _ => None,
    }
}

/// What the tables of the cohorts lack of what the packed models read, as far as they can be read; and targets of the file
/// that would have to be prepared.
pub(in crate::compile) fn columns(e: &mut Evaluator<'_>) -> Eval<()> {
    let mut failed = false;
    for packed in e.packed.clone() {
        let model = e.models[packed.model].name.clone();
        for cohort in e.cohorts.clone() {
            let Ok(table) = e.tables.of(&cohort) else { continue };
            let read = e.inputs.iter().enumerate().filter(|(at, _)| packed.reads(*at)).map(|(_, spec)| spec);
            let mut missing: Vec<String> = Vec::new();
            let read: Vec<&InputSpec> = read.collect();
            let own: Vec<String> = read.iter().flat_map(|spec| names(spec)).collect();
            for name in read.iter().filter(|spec| !may_lack(spec)).flat_map(|spec| names(spec)) {
                if table.column(&name).is_none() && !missing.contains(&name) {
                    missing.push(name);
                }
            }
            let Some(first) = missing.first() else { continue };
            let shown: Vec<String> = missing.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
            let more = if missing.len() > SHOWN { ", .." } else { "" };
            let columns = if missing.len() == 1 { "column" } else { "columns" };
            let message = format!(
                "the table of `{}` has no {columns} {}{more}, which `{model}` reads",
                cohort.name,
                shown.join(", ")
            );
            let hint = advice(first, packed.contents.rename.get(first), &table, &own);
            let place = declared(e, &cohort.name);
            let told = Diagnostic::error(Code::UnknownColumn, place, message).also(packed.span, "the model").hint(hint);
            failed |= e.fail::<()>(told).is_err();
        }
    }
    for at in 0..e.inputs.len() {
        let spec = &e.inputs[at];
        let is_own = !e.packed.is_empty() && !e.packed.iter().any(|packed| packed.has(at));
        if is_own && !matches!(spec.source, InputSource::Column { .. }) {
            let message = format!("`{}` would have to be prepared, and nothing is fitted here", spec.name);
            let told = Diagnostic::error(Code::TrainsBesideUsed, e.input_spans[at], message)
                .hint("a target is read as it stands in a column: target x: real = c.column(\"x\")");
            failed |= e.fail::<()>(told).is_err();
        }
    }
    if failed { Err(Reported) } else { Ok(()) }
}

/// Whether a cohort may have none of it: then its people lack it.
fn may_lack(spec: &InputSpec) -> bool {
    spec.optional && matches!(spec.source, InputSource::Columns { .. })
}

/// The columns that an input is read from, as far as they are named.
fn names(spec: &InputSpec) -> Vec<String> {
    match &spec.source {
        InputSource::Column { column, .. } => vec![column.clone()],
        InputSource::Columns { columns, .. } => {
            let named = columns.iter().filter(|c| !matches!(c.select, ColumnSelector::Matching(_)));
            let beside = spec.source.covariates().into_iter().map(|covariate| covariate.column);
            named.flat_map(|column| column.select.names().to_vec()).chain(beside).collect()
        }
        InputSource::Image { .. } | InputSource::Given => Vec::new(),
    }
}

/// What to do about a missing column: it may be called as it was where the model was trained, or nearly so; those that are
/// `read` are no other.
fn advice(missing: &str, before: Option<&String>, table: &Rc<IndexedTable>, read: &[String]) -> String {
    if let Some(before) = before.filter(|name| table.column(name).is_some()) {
        return format!("it is called so in the table: rename {missing} from \"{before}\"");
    }
    let known = table.columns.iter().map(|column| column.name.as_str());
    let known: Vec<&str> = known.filter(|name| !read.iter().any(|own| own == name)).collect();
    match nearest(missing, &known) {
        Some(near) => format!("is it `{near}`? rename {missing} from \"{near}\""),
        None => {
            format!("name the column that holds it, rename {missing} from \"..\", or the table that does: join \"..\"")
        }
    }
}

fn declared(e: &Evaluator<'_>, cohort: &str) -> Span {
    let position = e.unit.resolve(0, cohort);
    position.map_or_else(Span::default, |p| match &e.unit.declarations[p].declaration.kind {
        DeclarationKind::Cohort { name, .. } => name.span,
        _ => e.unit.declarations[p].declaration.span,
    })
}

/// What an output is compared with must be known of whom is judged.
pub(in crate::compile) fn known_of(e: &mut Evaluator<'_>, truth: usize, cohort: Option<&str>, place: Span) -> Eval<()> {
    if !e.packed.iter().any(|packed| packed.has(truth)) {
        return Ok(());
    }
    let InputSource::Column { column, .. } = e.inputs[truth].source.clone() else { return Ok(()) };
    let judged: Vec<_> = e.cohorts.iter().filter(|c| cohort.is_none_or(|name| c.name == name)).cloned().collect();
    for cohort in judged {
        let Ok(table) = e.tables.of(&cohort) else { continue };
        if table.column(&column).is_none() {
            let message =
                format!("the table of `{}` has no column `{column}`, which this is compared with", cohort.name);
            let before = e.packed.iter().find_map(|packed| packed.contents.rename.get(&column)).cloned();
            let hint = advice(&column, before.as_ref(), &table, &[]);
            let there = declared(e, &cohort.name);
            let told = Diagnostic::error(Code::UnknownColumn, place, message).also(there, "this cohort").hint(hint);
            return e.fail(told);
        }
    }
    Ok(())
}

/// A metric that is relative to the mean of those who trained asks for images that did not leave their run.
pub(super) fn has_training_mean(e: &mut Evaluator<'_>, model: usize, metrics: &[(Metric, Span)]) -> Eval<()> {
    let Some(packed) = e.packed_of(model) else { return Ok(()) };
    let place = packed.span;
    match metrics.iter().find(|(metric, _)| *metric == Metric::Skill) {
        None => Ok(()),
        Some((_, span)) => e.fail(
            Diagnostic::error(
                Code::MetricKind,
                *span,
                "`skill` is relative to the mean training image, which is not here",
            )
            .also(place, "was trained elsewhere")
            .hint("of images there are psnr, ssim, mse, mae, norm_diff and cnr")
            .repairs(repair::without(e.sources, *span, "leave out `skill`".into())),
        ),
    }
}
