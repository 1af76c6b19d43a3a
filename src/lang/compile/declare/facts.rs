//! What the tables say of the whole program, where they can be read: whom a missing cell leaves out, who has a target, whether folds can be
//! filled. No image is looked for; that is `check --data`.

use super::cohort::in_cohort;
use super::protocol::in_protocol;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::pipe_steps;
use crate::compile::repair;
use crate::compile::world::{IndexedTable, Who};
use crate::program::{
    Cohort, ColumnSelector, ColumnStep, InputRole, InputSource, InputSpec, Missing, Program, ProtocolKind,
};
use fascicle_syntax::{DeclarationKind, Fix, Span};
use std::rc::Rc;

/// Warns of what the tables tell; more folds than people are an error.
pub(in crate::compile) fn facts(e: &mut Evaluator<'_>, program: &Program, trained_on: &[String]) -> Eval<()> {
    let mut tables: Vec<(Cohort, Rc<IndexedTable>)> = Vec::new();
    for cohort in &program.cohorts {
        let Ok(table) = e.tables.of(cohort) else { return Ok(()) };
        tables.push((cohort.clone(), table));
    }
    for (at, spec) in program.inputs.iter().enumerate() {
        let span = e.input_spans[at];
        let read = |cohort: &Cohort| spec.cohort.as_ref().is_none_or(|name| *name == cohort.name);
        for (cohort, table) in tables.iter().filter(|(cohort, _)| read(cohort)) {
            cells(e, (at, spec), span, cohort, table);
            sites(e, spec, (program, trained_on), cohort, table);
            target(e, spec, span, cohort, table);
        }
    }
    folds(e, program, trained_on, &tables)
}

/// People who lack a cell of a required input are left out.
fn cells(e: &mut Evaluator<'_>, (at, spec): (usize, &InputSpec), span: Span, cohort: &Cohort, table: &IndexedTable) {
    let InputSource::Columns { columns, missing } = &spec.source else { return };
    let Some(people) = table.people.filter(|_| !spec.optional) else { return };
    // Nothing stands in for what steps read beside the columns.
    let mut names: Vec<String> = spec.source.covariates().into_iter().map(|c| c.column).collect();
    let filled = *missing != Missing::Absent;
    let beside = names.len();
    // A column of 0 and 1 for each level is made of every cell that is there.
    let read = columns
        .iter()
        .flat_map(|c| match &c.select {
            ColumnSelector::Name(name) => vec![name.clone()],
            ColumnSelector::Names(names) => names.clone(),
            ColumnSelector::Matching(_) => Vec::new(),
        })
        .filter(|_| !filled);
    names.extend(read);
    let lacking = |name: &String| table.column(name).is_some_and(|c| c.missing > 0);
    let fills = !filled && !names[..beside].iter().any(lacking);
    let fills = fills && columns.iter().all(|c| !c.steps.iter().any(|s| matches!(s, ColumnStep::OneHot { .. })));
    let missing: Vec<&str> =
        names.iter().map(String::as_str).filter(|n| table.column(n).is_some_and(|c| c.missing > 0)).collect();
    if missing.is_empty() {
        return;
    }
    let Some(lost) = e.tables.count(cohort, Who::Lacking(names.clone())).filter(|lost| *lost > 0) else { return };
    let shown = match missing.as_slice() {
        [only] => format!("a cell of `{only}`"),
        [first, second] => format!("a cell of `{first}` or `{second}`"),
        [first, .., last] => format!("a cell of {} columns, `{first}` to `{last}`", missing.len()),
        [] => return,
    };
    let packed = e.packed.iter().find(|packed| packed.has(at)).map(|packed| e.models[packed.model].name.clone());
    let hint = match (packed, fills) {
        (Some(model), _) => {
            format!("`{model}` was trained to do without none of them: keep those who have it, or fill the table in")
        }
        (None, true) => {
            format!("fill them in: columns(.., missing: mean); or let `{}` be absent: `?` behind its type", spec.name)
        }
        (None, false) => format!("let `{}` be absent: `?` behind its type; or keep those who have it", spec.name),
    };
    let repairs = if e.packed.iter().any(|packed| packed.has(at)) { Vec::new() } else { filled_in(e, span, fills) };
    let told = Diagnostic::error(
        Code::CellsMissing,
        span,
        format!("{lost} of {people} in `{}` lack {shown} and are left out", cohort.name),
    )
    .hint(hint)
    .repairs(repairs);
    e.diagnostics.push(told);
}

/// A target that most people lack.
fn target(e: &mut Evaluator<'_>, spec: &InputSpec, span: Span, cohort: &Cohort, table: &IndexedTable) {
    let InputSource::Column { column, .. } = &spec.source else { return };
    let (Some(people), Some(column)) = (table.people, table.column(column)) else { return };
    if spec.role == InputRole::Target && 2 * column.missing > people {
        e.diagnostics.push(
            Diagnostic::error(
                Code::TargetMissing,
                span,
                format!(
                    "{} of {people} in `{}` have no `{}`: they train nothing that needs it and are in none of its scores",
                    column.missing, cohort.name, column.name
                ),
            )
            .hint(format!("keep those who have it, or join the table that holds `{}`", column.name)),
        );
    }
}

/// Every fold needs people, and of every class.
fn folds(
    e: &mut Evaluator<'_>,
    program: &Program,
    trained_on: &[String],
    tables: &[(Cohort, Rc<IndexedTable>)],
) -> Eval<()> {
    let ProtocolKind::KFold { folds, .. } = program.protocol.kind else { return Ok(()) };
    let scheme = e.unit.declarations.iter().find_map(|d| match &d.declaration.kind {
        DeclarationKind::Protocol { scheme, .. } if d.scope == 0 => Some(scheme.span),
        _ => None,
    });
    let Some(scheme) = scheme else { return Ok(()) };
    let trained: Vec<&(Cohort, Rc<IndexedTable>)> =
        tables.iter().filter(|(cohort, _)| trained_on.contains(&cohort.name)).collect();
    // Sessions of one person are one: more records than people are no fault here.
    let people: Option<usize> = trained.iter().map(|(_, table)| table.people).sum();
    let Some(people) = people.filter(|_| !trained.is_empty()) else { return Ok(()) };
    if folds > people {
        return e.fail(
            Diagnostic::error(Code::TooManyFolds, scheme, format!("{folds} folds of {people} people"))
                .hint(format!("kfold({}) at most; kfold({people}) leaves one out at a time", people))
                .repairs(in_protocol(e, "folds", &people.to_string())),
        );
    }
    for (at, spec) in program.inputs.iter().enumerate() {
        let InputSource::Column { column, .. } = &spec.source else { continue };
        if spec.role != InputRole::Target
            || !program.scores.iter().any(|s| s.pairs.iter().any(|p| p.truth.index() == at))
        {
            continue;
        }
        for level in &spec.levels {
            let of = |table: &IndexedTable| {
                let column = table.column(column)?;
                let place = column.levels.as_ref()?.iter().position(|l| l == level)?;
                column.counts.get(place).copied()
            };
            let Some(count) = trained.iter().map(|(_, table)| of(table)).sum::<Option<usize>>() else { continue };
            if count < folds {
                let told = Diagnostic::error(
                        Code::FewOfClass,
                        scheme,
                        format!("{folds} folds, and {count} with {column} = {level}: a fold without the class has no auc or recall"),
                    )
                    .also(e.input_spans[at], "the class is declared here")
                    .hint(format!("kfold({}, stratify: [{column}])", count.max(2))).repairs((count > 1).then(|| in_protocol(e, "folds", &count.to_string())).flatten());
                e.diagnostics.push(told);
            }
        }
    }
    Ok(())
}

/// A site of which some fold trains on fewer than two people, however they are divided.
fn sites(
    e: &mut Evaluator<'_>,
    spec: &InputSpec,
    (program, trained_on): (&Program, &[String]),
    cohort: &Cohort,
    table: &IndexedTable,
) {
    if !trained_on.contains(&cohort.name) {
        return;
    }
    let InputSource::Columns { columns, .. } = &spec.source else { return };
    let mut told: Vec<&str> = Vec::new();
    for step in columns.iter().flat_map(|c| &c.steps) {
        let ColumnStep::Combat(combat) = step else { continue };
        let by = combat.by.as_str();
        if combat.mean_only || told.contains(&by) {
            continue;
        }
        told.push(by);
        let Some((column, levels)) = table.column(by).and_then(|c| Some((c, c.levels.as_ref()?))) else { continue };
        for (level, count) in levels.iter().zip(&column.counts) {
            // Who is tested does not train: of `count` people, in some fold, at least a share.
            let tested = match program.protocol.kind {
                ProtocolKind::KFold { folds, .. } => count.div_ceil(folds.max(1)),
                _ => 0,
            };
            let trains = count.saturating_sub(tested);
            if *count == 0 || trains >= 2 {
                continue;
            }
            let place = e.covariates.iter().find(|(_, r)| r.argument == "by" && r.column == by).map(|(_, r)| r.span);
            let message = format!(
                "`{by}` = `{level}` has {count} of the people of `{}`, and in some fold {trains} of them train{}",
                cohort.name,
                if trains == 1 { "s" } else { "" }
            );
            let value = if level.parse::<f64>().is_ok() { level.clone() } else { format!("\"{level}\"") };
            let told = Diagnostic::error(Code::FewOfSite, place.unwrap_or_default(), message)
                .label("a site's spread needs two")
                .hint(format!("leave the site out: keep {by} != {value}; or make means alike alone: mean_only: true"))
                .repairs(in_cohort(e, &cohort.name, &format!("keep {by} != {value}")));
            e.diagnostics.push(told);
        }
    }
}

/// Cells that are filled in, or an input that some people may lack.
fn filled_in(e: &Evaluator<'_>, declared: Span, fills: bool) -> Vec<Fix> {
    let source = e.unit.declarations.iter().find_map(|d| match &d.declaration.kind {
        DeclarationKind::Input { name, source, .. } if d.scope == 0 && name.span.start == declared.start => {
            Some(pipe_steps(source).0.span)
        }
        _ => None,
    });
    let filled = source.filter(|_| fills).map(|call| repair::with_argument(e.sources, call, "missing: mean"));
    filled.into_iter().collect()
}
