//! `sweep`: which parameters take which values, and what is compared.

use super::param::{coerce, spell_setting};
use super::reference::reference;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, Reported, all};
use crate::compile::reader::unknown_function;
use crate::compile::repair;
use crate::compile::value::Value;
use crate::program::{Analysis, FieldType, PairedTest, Score};
use fascicle_syntax::{Clause, DeclarationKind, Expr, ExprKind, Fix, Name, Span, SweepAxis, Type, TypeKind, nearest};
use indexmap::IndexMap;
use std::rc::Rc;

/// More variants than anybody means.
const MAX_VARIANTS: usize = 10_000;

/// A sweep before its variants are compiled.
pub(in crate::compile) struct Draft {
    pub name: String,
    pub span: Span,
    /// Settings of each variant.
    pub variants: Vec<Settings>,
    pub compare: Vec<Compared>,
    pub test: PairedTest,
    /// The variant that the others are compared with: its place among them, and where it is said.
    pub reference: Option<(usize, Span)>,
}

/// Something that a sweep compares: `auc`, `auc on holdout`, `probe.auc`.
pub(in crate::compile) struct Compared {
    what: String,
    /// The subset, with its place.
    on: Option<(String, Span)>,
    span: Span,
}

impl Compared {
    /// As the plan reads it.
    pub(in crate::compile) fn item(&self) -> String {
        match &self.on {
            // The analysis says by itself on whom it is.
            Some((on, _)) if !self.what.contains('.') => format!("{} on {on}", self.what),
            _ => self.what.clone(),
        }
    }
}

/// What one variant sets: values by name, each with its spelling.
pub(in crate::compile) type Settings = IndexMap<String, (Value, String)>;

/// `fusion=film,width=8`.
pub(in crate::compile) fn variant_name(settings: &Settings) -> String {
    let parts: Vec<String> = settings.iter().map(|(name, (_, spelled))| format!("{name}={spelled}")).collect();
    if parts.is_empty() { "base".to_string() } else { parts.join(",") }
}

/// Compiles a sweep's axes.
pub(in crate::compile) fn sweep(
    e: &mut Evaluator<'_>,
    name: &Name,
    axes: &[SweepAxis],
    clauses: &[Clause],
) -> Eval<Draft> {
    if name.text == "none" {
        return e.fail(
            Diagnostic::error(Code::TwiceDeclared, name.span, "`none` is taken: `--sweep none` runs no sweep at all")
                .hint("give it another name, such as what it varies: `sweep methods: ..`")
                .repair(repair::written(name.span, "methods")),
        );
    }
    let mut variants: Vec<Settings> = vec![IndexMap::new()];
    let steps = all(axes.iter().map(|axis| steps(e, axis)));
    let mut named: Vec<&Name> = Vec::new();
    for name in axes.iter().flat_map(|axis| &axis.names) {
        if let Some(first) = named.iter().find(|n| n.text == name.text) {
            let message = format!("`{}` is swept twice", name.text);
            return e.fail(
                Diagnostic::error(Code::TwiceDeclared, name.span, message)
                    .also(first.span, "first here")
                    .hint("give all its values in one list"),
            );
        }
        named.push(name);
    }
    for steps in steps? {
        if variants.len().saturating_mul(steps.len()) > MAX_VARIANTS {
            let message = format!("the sweep has more than {MAX_VARIANTS} variants");
            return e.fail(
                Diagnostic::error(Code::TooManyVariants, name.span, message)
                    .hint("its axes are multiplied; give fewer values, or make several sweeps of it"),
            );
        }
        let join = |variant: &Settings, step: &Settings| {
            let mut combined = variant.clone();
            combined.extend(step.clone());
            combined
        };
        variants = variants.iter().flat_map(|v| steps.iter().map(move |s| join(v, s))).collect();
    }
    let mut draft = Draft {
        name: name.text.clone(),
        span: name.span,
        variants,
        compare: Vec::new(),
        test: PairedTest::CorrectedT,
        reference: None,
    };
    let types = all(named.iter().map(|name| swept(e, name)))?;
    for clause in clauses {
        if clause.word.text != "compare" {
            let hint = match nearest(&clause.word.text, &["compare"]) {
                Some(_) => "did you mean `compare`?".to_string(),
                None => "a sweep has `compare`".to_string(),
            };
            let message = format!("a sweep has no clause `{}`", clause.word.text);
            return e.fail(
                Diagnostic::error(Code::UnknownClause, clause.word.span, message).hint(hint).repairs(repair::meant(
                    &clause.word.text,
                    &["compare"],
                    clause.word.span,
                )),
            );
        }
        for value in &clause.values {
            let mut on = None;
            for (link, what) in &value.links {
                match link.text.as_str() {
                    "with" => draft.test = paired_test(e, what)?,
                    "against" => {
                        let at = reference(e, &types, &draft.variants, what)?;
                        if let Some((_, first)) = draft.reference.filter(|(other, _)| *other != at) {
                            let message = "a sweep has one reference for all that it compares";
                            return e.fail(
                                Diagnostic::error(Code::WrongArgument, what.span, message)
                                    .also(first, "the other")
                                    .hint("make two sweeps of it, or leave one out")
                                    .repairs(repair::without_words(e.sources, link.span.to(what.span))),
                            );
                        }
                        draft.reference = Some((at, what.span));
                    }
                    "on" => on = Some((e.sources.text(what.span).to_string(), what.span)),
                    other => {
                        let message = format!("`compare` has no `{other}`");
                        return e.fail(Diagnostic::error(Code::UnknownClause, link.span, message).hint(
                            "it has `on`, `with` and `against`: compare auc on holdout with wilcoxon against film",
                        ));
                    }
                }
            }
            let what = e.sources.text(value.value.span).to_string();
            draft.compare.push(Compared { what, on, span: value.value.span });
        }
    }
    Ok(draft)
}

pub(super) fn paired_test(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<PairedTest> {
    let known = ["corrected_t", "wilcoxon", "mann_whitney"];
    match &expr.kind {
        ExprKind::Name(name) => match name.as_str() {
            "corrected_t" => Ok(PairedTest::CorrectedT),
            "wilcoxon" => Ok(PairedTest::Wilcoxon),
            "mann_whitney" => Ok(PairedTest::MannWhitney),
            other => unknown_function(e, Code::UnknownName, "paired test", other, expr.span, &known),
        },
        _ => e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, "expected the name of a test").hint(known.join(", ")),
        ),
    }
}

/// The settings that one axis goes through.
fn steps(e: &mut Evaluator<'_>, axis: &SweepAxis) -> Eval<Vec<Settings>> {
    let types = all(axis.names.iter().map(|name| swept(e, name)))?;
    let rows = match &axis.values {
        Some(expr) => rows(e, axis, &types, expr)?,
        None => own_options(e, axis, &types)?.into_iter().map(|v| (axis.names[0].span, vec![v])).collect(),
    };
    if rows.is_empty() {
        let place = axis.values.as_ref().map_or(axis.names[0].span, |v| v.span);
        let hint = format!("write: {} in [.., ..]", axis.names[0].text);
        return e.fail(Diagnostic::error(Code::SweepEmpty, place, "the sweep has no values").hint(hint));
    }
    all(rows.into_iter().map(|(span, row)| {
        let mut settings = Settings::new();
        for ((name, ty), value) in axis.names.iter().zip(&types).zip(row) {
            // What does not fit the parameter is told here, at the value, not at the parameter.
            let value = match ty {
                Some(ty) => coerce(e, name, ty, value, span)?,
                None => value,
            };
            let spelled = spell_setting(e, &value);
            settings.insert(name.text.clone(), (value, spelled));
        }
        Ok(settings)
    }))
}

/// The type of what is swept: that of a `param`; `None` for a group.
pub(super) fn swept<'a>(e: &mut Evaluator<'a>, name: &Name) -> Eval<Option<&'a Type>> {
    let (scope, unit) = (e.scope(), e.unit);
    match unit.resolve(scope, &name.text).map(|p| &unit.declarations[p].declaration.kind) {
        Some(DeclarationKind::Param { ty, .. }) => return Ok(Some(ty)),
        Some(DeclarationKind::Group { .. }) => return Ok(None),
        None if unit.is_broken(scope, &name.text) => return Err(Reported),
        _ => {}
    }
    let own = unit.declarations.iter().filter(|d| d.scope == scope);
    let known: Vec<&str> = own
        .filter_map(|d| match &d.declaration.kind {
            DeclarationKind::Param { name, .. } | DeclarationKind::Group { name, .. } => Some(name.text.as_str()),
            _ => None,
        })
        .collect();
    let hint = match nearest(&name.text, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("declare it: param {}: int = 1", name.text),
        None => format!("a sweep changes a `param` or a `group`: {}", known.join(", ")),
    };
    let message = format!("`{}` is not a parameter or a group", name.text);
    e.fail(
        Diagnostic::error(Code::UnknownParam, name.span, message)
            .hint(hint)
            .repairs(repair::meant(&name.text, &known, name.span)),
    )
}

/// The values of an axis without `in`: all options of a `one_of`, both values of a `bool`.
pub(super) fn own_options(e: &mut Evaluator<'_>, axis: &SweepAxis, types: &[Option<&Type>]) -> Eval<Vec<Value>> {
    if let [Some(ty)] = types
        && let TypeKind::Named { name, options, .. } = &ty.kind
    {
        match (name.text.as_str(), options) {
            ("one_of", Some(words)) => return Ok(words.iter().map(|w| Value::word(&w.text)).collect()),
            ("bool", _) => return Ok(vec![Value::Bool(false), Value::Bool(true)]),
            _ => {}
        }
    }
    let name = &axis.names[0];
    let message = format!("which values should `{}` take?", name.text);
    let hint = format!("write: {} in [.., ..]", name.text);
    e.fail(
        Diagnostic::error(Code::SweepEmpty, name.span, message).hint(hint).repairs(match types {
            [Some(Type { kind: TypeKind::Named { name: ty, .. }, .. })] => match ty.text.as_str() {
                "int" => Some("[1, 2]"),
                "real" => Some("[0.1, 1.0]"),
                _ => None,
            }
            .map(|values| {
                let end = Span { start: name.span.end, ..name.span };
                Fix::new(format!("add `in {values}`"), end, format!(" in {values}"))
            }),
            _ => None,
        }),
    )
}

/// The values of an axis, a row for each step, with the place they stand at.
fn rows(
    e: &mut Evaluator<'_>,
    axis: &SweepAxis,
    types: &[Option<&Type>],
    expr: &Expr,
) -> Eval<Vec<(Span, Vec<Value>)>> {
    let count = axis.names.len();
    if let Some(rows) = subsets(e, expr, count)? {
        return Ok(rows.into_iter().map(|row| (expr.span, row)).collect());
    }
    if let ExprKind::List(items) = &expr.kind {
        return all(items.iter().map(|item| match (types, setting(e, item, types)?) {
            ([_], value) => Ok((item.span, vec![value])),
            (_, Value::List(values)) if values.len() == count => Ok((item.span, values.as_ref().clone())),
            _ => {
                let names: Vec<&str> = axis.names.iter().map(|n| n.text.as_str()).collect();
                let message = format!("each value sets {count} parameters");
                e.fail(
                    Diagnostic::error(Code::WrongArgument, item.span, message)
                        .hint(format!("write a list of {count} for each: [{}]", names.join(", "))),
                )
            }
        }));
    }
    let one = |value: Value| (expr.span, vec![value]);
    match e.eval(expr)? {
        Value::List(items) if count == 1 => Ok(items.iter().cloned().map(one).collect()),
        Value::Range(r) if r.whole && count == 1 => {
            let (start, end) = (r.start as i64, r.end as i64);
            let end = if r.inclusive { end.saturating_add(1) } else { end };
            Ok((start..end).take(MAX_VARIANTS + 1).map(|i| one(Value::Int(i))).collect())
        }
        other => e.expected("a list of values", &other, expr.span),
    }
}

/// A value of a sweep: a word is an option of a `one_of`, or what it means in the file.
pub(super) fn setting(e: &mut Evaluator<'_>, expr: &Expr, types: &[Option<&Type>]) -> Eval<Value> {
    let options = |ty: &&Type| matches!(&ty.kind, TypeKind::Named { name, .. } if name.text == "one_of");
    match &expr.kind {
        ExprKind::Name(word) if types.iter().flatten().any(options) => match e.lookup(word, expr.span) {
            // A list may set a `one_of` and a number together.
            Some(Ok(value)) if types.len() > 1 && value.as_real().is_some() => Ok(value),
            _ => Ok(Value::word(word)),
        },
        ExprKind::List(items) => {
            let values = all(items.iter().map(|i| setting(e, i, types)))?;
            Ok(Value::List(Rc::new(values)))
        }
        _ => e.eval(expr),
    }
}

/// `subsets([off, on])`: every combination but the one where all are off.
fn subsets(e: &mut Evaluator<'_>, expr: &Expr, count: usize) -> Eval<Option<Vec<Vec<Value>>>> {
    let ExprKind::Call { callee, arguments } = &expr.kind else { return Ok(None) };
    if !matches!(&callee.kind, ExprKind::Name(n) if n == "subsets") {
        return Ok(None);
    }
    let [argument] = arguments.as_slice() else {
        return e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, "`subsets` takes [off, on]")
                .hint("for example subsets([0, 1])"),
        );
    };
    let value = e.eval(&argument.value)?;
    let pair = match &value {
        Value::List(items) if items.len() == 2 => (items[0].clone(), items[1].clone()),
        other => return e.expected("a list of two values, off and on", other, argument.value.span),
    };
    if count > 16 {
        return e.fail(
            Diagnostic::error(Code::TooManyVariants, expr.span, "subsets of more than 16 parameters")
                .hint("sweep fewer of them together"),
        );
    }
    let rows = (1..1_usize << count)
        .map(|bits| (0..count).map(|i| if bits >> i & 1 == 1 { pair.1.clone() } else { pair.0.clone() }).collect())
        .collect();
    Ok(Some(rows))
}

/// What a sweep compares must be a score's metric or a field of an analysis, of all members of its family.
pub(in crate::compile) fn check_compare(
    e: &mut Evaluator<'_>,
    draft: &Draft,
    scores: &[Score],
    analyses: &[Analysis],
) -> Eval<()> {
    all(draft.compare.iter().map(|compared| match compared.what.rsplit_once('.') {
        Some((name, field)) => compared_field(e, compared, (name, field), analyses),
        None => compared_metric(e, compared, scores),
    }))?;
    Ok(())
}

fn compared_field(
    e: &mut Evaluator<'_>,
    compared: &Compared,
    (name, field): (&str, &str),
    analyses: &[Analysis],
) -> Eval<()> {
    let member = |a: &&Analysis| a.is_of(name) || a.name == name;
    let Some(analysis) = analyses.iter().find(member) else {
        let known: Vec<&str> = analyses.iter().map(|a| a.family().unwrap_or(&a.name)).collect();
        let hint = match nearest(name, &known) {
            Some(near) => format!("did you mean `{near}.{field}`?"),
            None => "name a metric that is scored, or a field of an analysis: `auc`, `differ.significant`".to_owned(),
        };
        let fix = nearest(name, &known).map(|near| repair::written(compared.span, &format!("{near}.{field}")));
        let message = format!("there is no analysis `{name}`");
        return e.fail(Diagnostic::error(Code::UnknownName, compared.span, message).hint(hint).repairs(fix));
    };
    let known = super::analysis::field_names(analysis);
    if !known.contains(&field) {
        let hint = match nearest(field, &known) {
            Some(near) => format!("did you mean `{name}.{near}`?"),
            None => format!("it has {}", known.join(", ")),
        };
        let fix = nearest(field, &known).map(|near| repair::written(compared.span, &format!("{name}.{near}")));
        let message = format!("`{name}` has no field `{field}`");
        return e.fail(Diagnostic::error(Code::UnknownField, compared.span, message).hint(hint).repairs(fix));
    }
    if let Some(answer) = super::analysis::answer_of(analysis, field).filter(|answer| !answer.has_number()) {
        let message = format!("`{name}.{field}` is {}, and variants are compared by numbers", answer.describe());
        let fields = super::analysis::field_names(analysis);
        let is_number = |f: &&&str| super::analysis::answer_of(analysis, f).is_some_and(FieldType::has_number);
        let numbers: Vec<String> = fields.iter().filter(is_number).map(|f| format!("{name}.{f}")).collect();
        let hint = match numbers.as_slice() {
            [] => "ask for a test of it, and compare what that finds: differ.significant".to_owned(),
            numbers => format!("compare {}", numbers.join(", ")),
        };
        return e.fail(
            Diagnostic::error(Code::KindMismatch, compared.span, message).hint(hint).repairs(
                repair::without(e.sources, compared.span, format!("leave out `{}`", compared.what))
                    .filter(|f| f.edits.iter().any(|edit| edit.span != compared.span))
                    .or_else(|| numbers.first().map(|number| repair::written(compared.span, number))),
            ),
        );
    }
    match (&compared.on, analysis.word("on")) {
        (Some((on, _)), Some(own)) if on == own => Ok(()),
        (Some((on, span)), own) => {
            let message = format!("`{name}` is not asked of the {on} subjects");
            let hint = match own {
                Some(_) => format!("say it where it is asked: analysis {name} = ..(.., on: {on})"),
                None => format!("write: compare {name}.{field}"),
            };
            let fix = repair::without_link(e.sources, "on", *span);
            e.fail(Diagnostic::error(Code::WrongArgument, *span, message).hint(hint).repairs(fix))
        }
        (None, _) => Ok(()),
    }
}

fn compared_metric(e: &mut Evaluator<'_>, compared: &Compared, scores: &[Score]) -> Eval<()> {
    let item = &compared.what;
    let of_metric = |s: &&Score| s.metrics.iter().any(|m| m.name() == item.as_str());
    if !scores.iter().any(|s| of_metric(&s)) {
        let names: Vec<_> = scores.iter().flat_map(|s| s.metrics.iter().map(|m| m.name())).collect();
        let known: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let hint = match nearest(item, &known) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "add a score: `score m: auc`".to_string(),
            None => format!("the file scores {}", known.join(", ")),
        };
        let message = format!("nothing scores `{item}`");
        return e.fail(
            Diagnostic::error(Code::UnknownMetric, compared.span, message).hint(hint).repairs(repair::one_of(
                item,
                &known,
                compared.span,
            )),
        );
    }
    let Some((on, span)) = &compared.on else { return Ok(()) };
    if scores.iter().filter(of_metric).any(|s| s.on_name() == on.as_str()) {
        return Ok(());
    }
    let of = scores.iter().find(of_metric).map_or("m", |s| s.of.as_str());
    let hint = format!("add: score {of} on {on}: {item}");
    e.fail(Diagnostic::error(Code::SubsetUnknown, *span, format!("nothing scores `{item}` on {on}")).hint(hint))
}
