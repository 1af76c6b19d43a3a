//! `sweep`: which parameters take which values, and what is compared.

use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::unknown_function;
use crate::compile::value::{Value, spell};
use crate::program::{Metric, PairedTest};
use crate::syntax::{Clause, DeclarationKind, Expr, ExprKind, Name, Span, SweepAxis, TypeKind, nearest};
use indexmap::IndexMap;
use std::rc::Rc;

/// More variants than anybody means.
const MAX_VARIANTS: usize = 100_000;

/// A sweep before its variants are compiled.
pub(in crate::compile) struct Draft {
    pub name: String,
    pub span: Span,
    /// Settings of each variant.
    pub variants: Vec<IndexMap<String, Value>>,
    pub compare: Vec<(String, Span)>,
    pub test: PairedTest,
}

/// Compiles a sweep's axes.
pub(in crate::compile) fn sweep(e: &mut Evaluator<'_>, name: &Name, axes: &[SweepAxis], clauses: &[Clause]) -> Eval<Draft> {
    let mut variants: Vec<IndexMap<String, Value>> = vec![IndexMap::new()];
    for axis in axes {
        let steps = steps(e, axis)?;
        if variants.len().saturating_mul(steps.len()) > MAX_VARIANTS {
            let message = format!("the sweep has more than {MAX_VARIANTS} variants");
            return e.fail(Diagnostic::error(Code::TooManyVariants, name.span, message));
        }
        variants = variants
            .iter()
            .flat_map(|variant| {
                steps.iter().map(|step| {
                    let mut combined = variant.clone();
                    combined.extend(step.clone());
                    combined
                })
            })
            .collect();
    }
    let mut draft = Draft { name: name.text.clone(), span: name.span, variants, compare: Vec::new(), test: PairedTest::CorrectedT };
    for clause in clauses {
        if clause.word.text != "compare" {
            let hint = match nearest(&clause.word.text, &["compare"]) {
                Some(_) => "did you mean `compare`?".to_string(),
                None => "a sweep has `compare`".to_string(),
            };
            let message = format!("a sweep has no clause `{}`", clause.word.text);
            return e.fail(Diagnostic::error(Code::UnknownClause, clause.word.span, message).hint(hint));
        }
        for value in &clause.values {
            draft.compare.push((e.sources.text(value.value.span).to_string(), value.value.span));
            for (link, what) in &value.links {
                if link.text == "with" {
                    draft.test = paired_test(e, what)?;
                }
            }
        }
    }
    Ok(draft)
}

fn paired_test(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<PairedTest> {
    let known = ["corrected_t", "wilcoxon", "mann_whitney"];
    match &expr.kind {
        ExprKind::Name(name) => match name.as_str() {
            "corrected_t" => Ok(PairedTest::CorrectedT),
            "wilcoxon" => Ok(PairedTest::Wilcoxon),
            "mann_whitney" => Ok(PairedTest::MannWhitney),
            other => unknown_function(e, Code::UnknownName, "paired test", other, expr.span, &known),
        },
        _ => e.fail(Diagnostic::error(Code::WrongArgument, expr.span, "expected the name of a test").hint(known.join(", "))),
    }
}

/// The settings that one axis goes through.
fn steps(e: &mut Evaluator<'_>, axis: &SweepAxis) -> Eval<Vec<IndexMap<String, Value>>> {
    let mut options = None;
    for name in &axis.names {
        let scope = e.scope();
        let declared = e.unit.resolve(scope, &name.text).map(|p| &e.unit.declarations[p].declaration.kind);
        match declared {
            Some(DeclarationKind::Param { ty, .. }) => {
                if let TypeKind::Named { name: word, options: Some(words), .. } = &ty.kind
                    && word.text == "one_of"
                {
                    options = Some(words.iter().map(|w| Value::word(&w.text)).collect::<Vec<_>>());
                } else if matches!(&ty.kind, TypeKind::Named { name, .. } if name.text == "bool") {
                    options = Some(vec![Value::Bool(false), Value::Bool(true)]);
                }
            }
            Some(DeclarationKind::Group { .. }) => {}
            _ => {
                let known: Vec<&str> = e
                    .unit
                    .declarations
                    .iter()
                    .filter(|d| d.scope == scope)
                    .filter_map(|d| match &d.declaration.kind {
                        DeclarationKind::Param { name, .. } | DeclarationKind::Group { name, .. } => Some(name.text.as_str()),
                        _ => None,
                    })
                    .collect();
                let hint = match nearest(&name.text, &known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("a sweep changes a `param` or a `group`: {}", known.join(", ")),
                };
                let message = format!("`{}` is not a parameter or a group", name.text);
                return e.fail(Diagnostic::error(Code::UnknownParam, name.span, message).hint(hint));
            }
        }
    }
    let Some(expr) = &axis.values else {
        let Some(options) = options.filter(|_| axis.names.len() == 1) else {
            let name = &axis.names[0];
            return e.fail(
                Diagnostic::error(Code::SweepEmpty, name.span, format!("which values should `{}` take?", name.text))
                    .hint(format!("write: {} in [.., ..]", name.text)),
            );
        };
        return Ok(options.into_iter().map(|v| IndexMap::from([(axis.names[0].text.clone(), v)])).collect());
    };
    let count = axis.names.len();
    let rows: Vec<Vec<Value>> = match subsets(e, expr, count)? {
        Some(rows) => rows,
        None => {
            let ExprKind::List(items) = &expr.kind else {
                let value = e.eval(expr)?;
                return match value {
                    Value::List(items) if count == 1 => Ok(items
                        .iter()
                        .map(|v| IndexMap::from([(axis.names[0].text.clone(), v.clone())]))
                        .collect()),
                    Value::Range(r) if r.whole && count == 1 => {
                        let end = if r.inclusive { r.end as i64 } else { r.end as i64 - 1 };
                        Ok((r.start as i64..=end)
                            .take(MAX_VARIANTS + 1)
                            .map(|i| IndexMap::from([(axis.names[0].text.clone(), Value::Int(i))]))
                            .collect())
                    }
                    other => e.expected("a list of values", &other, expr.span),
                };
            };
            let mut rows = Vec::with_capacity(items.len());
            for item in items {
                let value = setting(e, item)?;
                match (count, value) {
                    (1, value) => rows.push(vec![value]),
                    (_, Value::List(values)) if values.len() == count => rows.push(values.as_ref().clone()),
                    (_, _) => {
                        let message = format!("each value gives {count} parameters: a list of {count}");
                        return e.fail(Diagnostic::error(Code::WrongArgument, item.span, message));
                    }
                }
            }
            rows
        }
    };
    if rows.is_empty() {
        return e.fail(Diagnostic::error(Code::SweepEmpty, expr.span, "the sweep has no values"));
    }
    Ok(rows
        .into_iter()
        .map(|row| axis.names.iter().map(|n| n.text.clone()).zip(row).collect::<IndexMap<String, Value>>())
        .collect())
}

/// A value of a sweep: a word that means nothing else is the option of a `one_of`.
fn setting(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Value> {
    match &expr.kind {
        ExprKind::Name(word) => match e.lookup(word, expr.span) {
            Some(Ok(value @ (Value::Input(_) | Value::Block(_) | Value::Group(_)))) => Ok(value),
            Some(Ok(value)) if value.as_real().is_some() => Ok(value),
            _ => Ok(Value::word(word)),
        },
        ExprKind::List(items) => {
            let values = items.iter().map(|i| setting(e, i)).collect::<Eval<Vec<_>>>()?;
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
        return e.fail(Diagnostic::error(Code::WrongArgument, expr.span, "`subsets` takes [off, on]"));
    };
    let value = e.eval(&argument.value)?;
    let pair = match &value {
        Value::List(items) if items.len() == 2 => (items[0].clone(), items[1].clone()),
        other => return e.expected("a list of two values, off and on", other, argument.value.span),
    };
    if count > 16 {
        return e.fail(Diagnostic::error(Code::TooManyVariants, expr.span, "subsets of more than 16 parameters"));
    }
    let rows = (1..1_usize << count)
        .map(|bits| (0..count).map(|i| if bits >> i & 1 == 1 { pair.1.clone() } else { pair.0.clone() }).collect())
        .collect();
    Ok(Some(rows))
}

/// A setting as the file spells it.
pub(in crate::compile) fn spell_setting(e: &Evaluator<'_>, value: &Value) -> String {
    match value {
        Value::Input(input) => e.inputs.get(*input).map_or_else(String::new, |i| i.name.clone()),
        Value::Block(position) => e
            .unit
            .declarations
            .get(*position)
            .and_then(|d| crate::compile::unit::declared_name(&d.declaration.kind))
            .map_or_else(String::new, |n| n.text.clone()),
        Value::Operator(stanza) => stanza.name.to_string(),
        Value::Group(inputs) => {
            let names: Vec<&str> = inputs.iter().filter_map(|i| e.inputs.get(*i)).map(|i| i.name.as_str()).collect();
            format!("[{}]", names.join(", "))
        }
        Value::List(items) => {
            format!("[{}]", items.iter().map(|i| spell_setting(e, i)).collect::<Vec<_>>().join(", "))
        }
        other => spell(other),
    }
}

/// What a sweep compares must be a score's metric or a field of an analysis.
pub(in crate::compile) fn check_compare(
    e: &mut Evaluator<'_>,
    draft: &Draft,
    metrics: &[Metric],
    analyses: &[crate::program::Analysis],
) -> Eval<()> {
    for (item, span) in &draft.compare {
        if let Some((name, field)) = item.rsplit_once('.') {
            match analyses.iter().find(|a| a.name == name) {
                Some(analysis) if super::analysis::fields(analysis.kind).contains(&field) => continue,
                Some(analysis) => {
                    let known = super::analysis::fields(analysis.kind);
                    let message = format!("`{name}` has no field `{field}`");
                    return e.fail(Diagnostic::error(Code::UnknownField, *span, message).hint(format!("it has {}", known.join(", "))));
                }
                None => {
                    let message = format!("there is no analysis `{name}`");
                    return e.fail(Diagnostic::error(Code::UnknownName, *span, message));
                }
            }
        }
        if !metrics.iter().any(|m| m.name() == item) {
            let known: Vec<&str> = metrics.iter().map(|m| m.name()).collect();
            let hint = match nearest(item, &known) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => "add a score: `score m: auc`".to_string(),
                None => format!("the file scores {}", known.join(", ")),
            };
            let message = format!("nothing scores `{item}`");
            return e.fail(Diagnostic::error(Code::UnknownMetric, *span, message).hint(hint));
        }
    }
    Ok(())
}
