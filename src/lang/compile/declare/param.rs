//! `param` and `group`: values that can be set from outside.

use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::frameworks::{Place, suggest};
use crate::compile::repair;
use crate::compile::value::{Choice, Value, spell};
use crate::program::InputRole;
use fascicle_syntax::{Expr, ExprKind, Name, Type, TypeKind, nearest};
use std::rc::Rc;

/// The value of a parameter: as set from outside, or its default; checked against its type.
pub(in crate::compile) fn value(e: &mut Evaluator<'_>, name: &Name, ty: &Type, default: &Expr) -> Eval<Value> {
    let own = from_expr(e, name, ty, default)?;
    match e.settings.get(&name.text).cloned() {
        Some(set) => {
            // A sweep's values were checked where they stand; what is left came from `--set`.
            let (told, spelled) = (e.diagnostics.len(), spell_setting(e, &set));
            let value = coerce(e, name, ty, set, name.span);
            if let (Err(_), Some(last)) = (&value, e.diagnostics.get_mut(told)) {
                last.hint.get_or_insert_with(|| format!("it was set from outside: --set {}={spelled}", name.text));
            }
            value
        }
        None => Ok(own),
    }
}

fn type_name(ty: &Type) -> (&str, Option<&[Name]>) {
    match &ty.kind {
        TypeKind::Named { name, options, .. } => (name.text.as_str(), options.as_deref()),
        TypeKind::Shape(_) => ("", None),
    }
}

pub(in crate::compile) const TYPES: &[&str] = &["int", "real", "bool", "text", "one_of", "block"];

fn from_expr(e: &mut Evaluator<'_>, name: &Name, ty: &Type, expr: &Expr) -> Eval<Value> {
    let (kind, _) = type_name(ty);
    if !TYPES.contains(&kind) {
        let diagnostic = Diagnostic::error(Code::ParamType, ty.span, format!("`{kind}` is not a type of parameters"));
        return e.fail(match suggest(kind, TYPES, Place::Value) {
            Some(suggestion) => diagnostic.suggest(e.sources, ty.span, suggestion),
            None => diagnostic.hint(format!("a parameter is one of {}", TYPES.join(", "))),
        });
    }
    let value = match (&expr.kind, kind) {
        (ExprKind::Name(word), "one_of") => Value::word(word),
        _ => e.eval(expr)?,
    };
    coerce(e, name, ty, value, expr.span)
}

/// A value of the parameter's type, or the error that it is none.
pub(in crate::compile) fn coerce(
    e: &mut Evaluator<'_>,
    name: &Name,
    ty: &Type,
    value: Value,
    span: fascicle_syntax::Span,
) -> Eval<Value> {
    let (kind, options) = type_name(ty);
    let accepted = match (kind, &value) {
        ("int", Value::Int(_)) | ("bool", Value::Bool(_)) | ("text", Value::Text(_)) => Some(value.clone()),
        ("int", Value::Real(r)) if r.fract() == 0.0 && r.abs() < 1e15 => Some(Value::Int(*r as i64)),
        ("real", Value::Int(i)) => Some(Value::Real(*i as f64)),
        ("real", Value::Real(_)) => Some(value.clone()),
        ("text", Value::Word(word)) => Some(Value::Text(word.clone())),
        ("block", Value::Block(_) | Value::Operator(_)) => Some(value.clone()),
        // `--set unit=Large`
        ("block", Value::Word(word)) => match e.name(word, span)? {
            named @ (Value::Block(_) | Value::Operator(_)) => Some(named),
            _ => None,
        },
        ("one_of", Value::Word(_) | Value::Choice(_) | Value::Text(_) | Value::Int(_)) => {
            let word = spell(&value);
            let options: Vec<String> = options.unwrap_or(&[]).iter().map(|o| o.text.clone()).collect();
            if !options.contains(&word) {
                let known: Vec<&str> = options.iter().map(String::as_str).collect();
                let hint = match nearest(&word, &known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("it is one of {}", known.join(", ")),
                };
                let message = format!("`{word}` is not an option of `{}`", name.text);
                return e.fail(
                    Diagnostic::error(Code::UnknownOption, span, message)
                        .also(ty.span, "its options")
                        .hint(hint)
                        .repairs(repair::one_of(&word, &known, span)),
                );
            }
            let choice = Choice { word, options, param: name.text.clone(), span: ty.span };
            Some(Value::Choice(Rc::new(choice)))
        }
        _ => None,
    };
    match accepted {
        Some(value) => Ok(value),
        None => {
            let wanted = e.sources.text(ty.span).to_string();
            let found = match &value {
                Value::Int(_) | Value::Real(_) | Value::Bool(_) | Value::Word(_) | Value::Choice(_) => {
                    format!("`{}`", spell(&value))
                }
                Value::Text(t) => format!("\"{t}\""),
                other => other.describe().to_string(),
            };
            let message = format!("`{}` is of type {wanted}, found {found}", name.text);
            let fixes = match (kind, &value) {
                ("int", Value::Real(real)) => {
                    vec![repair::written(ty.span, "real"), repair::written(span, &real.round().to_string())]
                }
                ("int" | "real", Value::Text(text)) if text.parse::<f64>().is_ok() => {
                    vec![repair::unquoted(span, text)]
                }
                ("text", Value::Int(_) | Value::Real(_)) => {
                    vec![repair::written(span, &format!("\"{}\"", e.sources.text(span)))]
                }
                // Of several values, the others.
                _ => repair::without_item(e.sources, span).into_iter().collect(),
            };
            e.fail(Diagnostic::error(Code::ParamType, span, message).also(ty.span, "its type").repairs(fixes))
        }
    }
}

/// A value given on the command line, as text: `--set lr=0.01`.
pub(in crate::compile) fn parse_setting(text: &str) -> Value {
    if let Ok(i) = text.parse::<i64>() {
        return Value::Int(i);
    }
    if let Some(r) = text.parse::<f64>().ok().filter(|r| r.is_finite()) {
        return Value::Real(r);
    }
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        other => Value::word(other),
    }
}

/// A group: inputs that are treated alike.
pub(in crate::compile) fn group(e: &mut Evaluator<'_>, name: &Name, members: &Expr) -> Eval<Value> {
    let own = e.eval(members)?;
    let value = match e.settings.get(&name.text).cloned() {
        Some(set) => set,
        None => own,
    };
    let items = match &value {
        Value::List(items) => items.as_ref().clone(),
        Value::Group(inputs) => inputs.iter().map(|i| Value::Input(*i)).collect(),
        other => return e.expected("a list of modalities", other, members.span),
    };
    let mut inputs = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Value::Input(input) if e.inputs[input].role != InputRole::Target => {
                if inputs.contains(&input) {
                    let message = format!("`{}` is in the group twice", e.inputs[input].name);
                    return e.fail(
                        Diagnostic::error(Code::TwiceDeclared, members.span, message).hint("name each member once"),
                    );
                }
                inputs.push(input);
            }
            other => return e.expected("modalities or conditions", &other, members.span),
        }
    }
    if inputs.is_empty() {
        let message = format!("group `{}` has no member", name.text);
        return e.fail(
            Diagnostic::error(Code::KindMismatch, members.span, message).hint("name the members: group parts = [a, b]"),
        );
    }
    Ok(Value::Group(Rc::new(inputs)))
}

/// A setting as the file spells it.
pub(in crate::compile) fn spell_setting(e: &Evaluator<'_>, value: &Value) -> String {
    match value {
        Value::Input(input) => e.inputs.get(*input).map_or_else(String::new, |i| i.name.clone()),
        Value::Block(position) => e
            .unit
            .declarations
            .get(*position)
            .and_then(|d| d.declaration.kind.name())
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
