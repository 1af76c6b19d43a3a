//! `compare auc against film`: the variant of a sweep that the others are compared with.

use super::param::spell_setting;
use super::sweep::{Settings, setting, variant_name};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::repair;
use crate::compile::value::Value;
use fascicle_syntax::{Expr, ExprKind, Type, nearest};

/// The position of the variant that a value names: that of the only parameter, or of one that takes it in a single variant;
/// a list of the values of all, in the order of the sweep; or the variant's name, as results have it.
pub(super) fn reference(
    e: &mut Evaluator<'_>,
    types: &[Option<&Type>],
    variants: &[Settings],
    expr: &Expr,
) -> Eval<usize> {
    let value = match &expr.kind {
        ExprKind::Text(text) => match variants.iter().position(|settings| variant_name(settings) == *text) {
            Some(at) => return Ok(at),
            None => Value::Text(text.as_str().into()),
        },
        _ => setting(e, expr, types)?,
    };
    let is = |e: &Evaluator<'_>, (own, spelled): &(Value, String), value: &Value| {
        let equal = own.as_real().zip(value.as_real()).is_some_and(|(a, b)| a == b);
        equal || *spelled == spell_setting(e, value)
    };
    let is_named = |settings: &Settings| match &value {
        Value::List(items) if settings.len() > 1 && items.len() == settings.len() => {
            settings.values().zip(items.iter()).all(|(own, item)| is(e, own, item))
        }
        value => settings.values().any(|own| is(e, own, value)),
    };
    let found: Vec<usize> = (0..variants.len()).filter(|at| is_named(&variants[*at])).collect();
    let Some(first) = found.first().copied() else { return unknown(e, variants, &value, expr) };
    // A value that is given twice is one variant.
    let name = variant_name(&variants[first]);
    let count = found.iter().filter(|at| variant_name(&variants[**at]) != name).count() + 1;
    if count > 1 {
        let text = e.sources.text(expr.span).to_string();
        let message = format!("`{text}` is a value of {count} variants, and the reference is one");
        let hint = format!("give the values of all that is swept: against {}", spelled(&variants[first]));
        let fix = repair::written(expr.span, &spelled(&variants[first]));
        return e.fail(Diagnostic::error(Code::UnknownVariant, expr.span, message).hint(hint).repair(fix));
    }
    Ok(first)
}

fn unknown(e: &mut Evaluator<'_>, variants: &[Settings], value: &Value, expr: &Expr) -> Eval<usize> {
    let mut known: Vec<&str> = Vec::new();
    for (_, spelled) in variants.iter().flat_map(|settings| settings.values()) {
        if !known.contains(&spelled.as_str()) {
            known.push(spelled);
        }
    }
    let several = variants.first().is_some_and(|settings| settings.len() > 1);
    // Another number is no misspelling of this one.
    let near = nearest(&spell_setting(e, value), &known).filter(|_| value.as_real().is_none());
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None if several => {
            let first = variants.first().map(spelled).unwrap_or_default();
            format!("name one by its values, in the order of the sweep: against {first}")
        }
        None => format!("its variants are {}", known.iter().take(12).copied().collect::<Vec<_>>().join(", ")),
    };
    let text = e.sources.text(expr.span).to_string();
    let fixes = if several { Vec::new() } else { repair::one_of(near.unwrap_or(""), &known, expr.span) };
    e.fail(
        Diagnostic::error(Code::UnknownVariant, expr.span, format!("the sweep has no variant {text}"))
            .hint(hint)
            .repairs(fixes),
    )
}

/// `film`, `[film, 8]`.
fn spelled(settings: &Settings) -> String {
    let values: Vec<&str> = settings.values().map(|(_, spelled)| spelled.as_str()).collect();
    if let [one] = values.as_slice() { (*one).to_owned() } else { format!("[{}]", values.join(", ")) }
}
