//! Arguments of operators: names, positions and types settled before a stanza sees them.

use super::{Code, Diagnostic, Eval, Evaluator, Reported, Spanned, all};
use crate::compile::frameworks::{Place, suggest};
use crate::compile::repair;
use crate::compile::value::{Value, spell};
use crate::ops::{self, Arguments, Arity, Parameter, ParameterType, Stanza};
use fascicle_syntax::{Argument, Expr, ExprKind, Fix, Span, nearest};

impl Evaluator<'_> {
    /// Splits what a function of the table is given into the values it reads and its arguments.
    pub(super) fn operator_inputs(
        &mut self,
        stanza: &'static Stanza,
        piped: Option<(Value, Span)>,
        arguments: &[Argument],
        span: Span,
    ) -> Eval<(Vec<Spanned>, Vec<Argument>)> {
        let mut inputs: Vec<(Value, Span)> = piped.into_iter().collect();
        let mut rest = Vec::new();
        match stanza.arity {
            Arity::AtLeast(_) => {
                // `margin(near: .., of: parts.s)`: where the values are many, `of` may name them.
                let read = |a: &&Argument| a.name.as_ref().is_none_or(|name| name.text == "of");
                rest.extend(arguments.iter().filter(|a| !read(a)).cloned());
                let values = arguments.iter().filter(read);
                inputs.extend(all(values.map(|a| Ok((self.eval(&a.value)?, a.value.span))))?);
            }
            Arity::Exactly(names) => {
                let mut slots: Vec<Option<(Value, Span)>> = vec![None; names.len()];
                let mut next = 0;
                for value in inputs.drain(..) {
                    if let Some(slot) = slots.get_mut(next) {
                        *slot = Some(value);
                        next += 1;
                    }
                }
                let mut failed = false;
                for argument in arguments {
                    let position = match &argument.name {
                        Some(name) => names.iter().position(|n| *n == name.text),
                        None => (next..names.len()).find(|i| slots[*i].is_none()),
                    };
                    match position {
                        Some(position) => {
                            if slots[position].is_some() {
                                let message = format!("`{}` is given twice", names[position]);
                                return self.fail(
                                    Diagnostic::error(Code::WrongArgument, argument.value.span, message)
                                        .hint(format!("it reads {}", names.join(", ")))
                                        .repairs(repair::without_item(self.sources, argument.value.span)),
                                );
                            }
                            match self.eval(&argument.value) {
                                Ok(value) => slots[position] = Some((value, argument.value.span)),
                                Err(Reported) => failed = true,
                            }
                        }
                        None => rest.push(argument.clone()),
                    }
                }
                if failed {
                    return Err(Reported);
                }
                if let Some(missing) =
                    slots.iter().position(Option::is_none).filter(|p| slots[p + 1..].iter().any(Option::is_some))
                {
                    let message = format!("`{}` lacks its input `{}`", stanza.name, names[missing]);
                    return self.fail(Diagnostic::error(Code::MissingArgument, span, message).hint(format!(
                        "give all of them: {}({})",
                        stanza.name,
                        names.join(", ")
                    )));
                }
                inputs.extend(slots.into_iter().flatten());
            }
        }
        Ok((inputs, rest))
    }

    /// Binds arguments to the stanza's parameters.
    pub(super) fn operator_arguments(
        &mut self,
        stanza: &'static Stanza,
        arguments: &[Argument],
        callee: Span,
    ) -> Eval<Arguments> {
        let mut given: Vec<(&'static str, ops::Argument)> = Vec::new();
        let visible: Vec<&'static Parameter> = stanza.parameters.iter().filter(|p| p.name != "prior").collect();
        let mut positional = visible.iter();
        let mut at = 0;
        while at < arguments.len() {
            let argument = &arguments[at];
            let parameter = match &argument.name {
                Some(name) => match visible.iter().find(|p| p.name == name.text) {
                    Some(parameter) => *parameter,
                    None => {
                        let known: Vec<&str> = visible.iter().map(|p| p.name).collect();
                        return self.unknown_argument(stanza.name, &name.text, name.span, &known);
                    }
                },
                None => match positional.find(|p| !given.iter().any(|(n, _)| *n == p.name)) {
                    Some(parameter) => *parameter,
                    None => {
                        let known: Vec<&str> = visible.iter().map(|p| p.name).collect();
                        let hint = if known.is_empty() {
                            "it has none".into()
                        } else {
                            format!("it has {}", known.join(", "))
                        };
                        let message = format!("`{}` has too many arguments", stanza.name);
                        return self.fail(
                            Diagnostic::error(Code::UnknownArgument, argument.value.span, message)
                                .hint(hint)
                                .repairs(repair::without_item(self.sources, argument.value.span)),
                        );
                    }
                },
            };
            if given.iter().any(|(n, _)| *n == parameter.name) {
                let message = format!("`{}` is given twice", parameter.name);
                return self.fail(
                    Diagnostic::error(Code::WrongArgument, argument.value.span, message)
                        .hint("remove one of the two")
                        .repairs(repair::without_item(self.sources, argument.value.span)),
                );
            }
            // The last parameter of a variadic operator takes all that is left: `reshape(1, 1536)`.
            let variadic = parameter.ty.takes_the_rest() && argument.name.is_none();
            let value = if variadic && !matches!(argument.value.kind, ExprKind::List(_)) {
                let mut numbers = Vec::new();
                while at < arguments.len() && arguments[at].name.is_none() {
                    numbers.push(self.whole(&arguments[at].value)?);
                    at += 1;
                }
                at -= 1;
                ops::Argument::Ints(numbers)
            } else {
                self.argument(stanza, parameter, argument)?
            };
            given.push((parameter.name, value));
            at += 1;
        }
        for parameter in &visible {
            if parameter.default == ops::Default::Required && !given.iter().any(|(n, _)| *n == parameter.name) {
                return self.fail(
                    Diagnostic::error(
                        Code::MissingArgument,
                        callee,
                        format!("`{}` needs `{}`: {}", stanza.name, parameter.name, parameter.doc),
                    )
                    .hint(format!("write `{}({}: ..)`", stanza.name, parameter.name))
                    .repairs(usual(parameter).map(|value| {
                        repair::with_argument(self.sources, callee, &format!("{}: {value}", parameter.name))
                    })),
                );
            }
        }
        Ok(Arguments::new(stanza.parameters, given))
    }

    /// What is meant where a layer is given its input, or how much comes in, as elsewhere: `Linear(x, 16)`,
    /// `Linear(3, 16)`, `BatchNorm(16)`.
    fn of_habit(&self, stanza: &Stanza, argument: &Argument, value: &Value) -> Option<String> {
        if argument.name.is_some() || !stanza.makes_a_module() {
            return None;
        }
        let given = self.sources.text(argument.value.span);
        let required = stanza.parameters.iter().find(|p| p.default == ops::Default::Required).map(|p| p.name);
        match (value, required) {
            (Value::Input(_) | Value::Tensor(_), _) => Some(format!(
                "a layer is made, then applied: `{given} |> {}({})`",
                stanza.name,
                if required.is_some() { ".." } else { "" }
            )),
            (Value::Int(_), Some("outputs")) => {
                Some(format!("how much comes in is known: write `{}({given})`", stanza.name))
            }
            (Value::Int(_), Some(name)) => Some(format!("how much comes in is known: give `{name}` alone")),
            (Value::Int(_), None) => Some(format!("how much comes in is known: write `{}()`", stanza.name)),
            _ => None,
        }
    }

    /// The same as edits.
    fn repairs_of(&self, stanza: &Stanza, parameter: &Parameter, argument: &Argument, value: &Value) -> Vec<Fix> {
        let span = argument.value.span;
        if let (Value::Text(text), Some(_)) = (value, without_quotes(value, parameter)) {
            let words: &[&str] = match parameter.ty {
                ParameterType::Word(words) | ParameterType::WordOrReals(words) => words,
                _ => &[],
            };
            return match words.is_empty() || words.contains(&&**text) {
                true => vec![repair::unquoted(span, text)],
                false => repair::one_of(text, words, span),
            };
        }
        if self.of_habit(stanza, argument, value).is_some() {
            let is_input = matches!(value, Value::Input(_) | Value::Tensor(_));
            return match is_input {
                true => repair::piped(self.sources, span).into_iter().collect(),
                // `Linear(3, 16)`: what came in stands first; `BatchNorm(16)`: alone.
                false => repair::without_first_item(self.sources, span).into_iter().collect(),
            };
        }
        match (value, parameter.ty) {
            (Value::Real(real), ParameterType::Int { at_least } | ParameterType::Extent { at_least }) => {
                let whole = real.round().max(at_least as f64);
                vec![repair::written(span, &whole.to_string())]
            }
            (Value::Int(_), ParameterType::Int { at_least } | ParameterType::Extent { at_least }) => {
                vec![repair::written(span, &at_least.to_string())]
            }
            (Value::Int(_) | Value::Real(_), ParameterType::Real { low, high }) => {
                let given = value.as_real().unwrap_or(low);
                let bound = if given < low { low } else { high };
                if bound.abs() < 1e6 { vec![repair::written(span, &bound.to_string())] } else { Vec::new() }
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn unknown_argument<T>(&mut self, function: &str, name: &str, span: Span, known: &[&str]) -> Eval<T> {
        let message = format!("`{function}` has no argument `{name}`");
        let diagnostic = Diagnostic::error(Code::UnknownArgument, span, message);
        let diagnostic = match suggest(name, known, Place::Argument) {
            Some(suggestion) => {
                let behind = ["activation", "act"].contains(&name);
                let fix = behind.then(|| repair::behind_its_call(self.sources, span)).flatten();
                diagnostic.suggest(self.sources, span, suggestion).repairs(fix)
            }
            None if known.is_empty() => {
                diagnostic.hint("it has none").repairs(repair::without_item(self.sources, span))
            }
            None => diagnostic.hint(format!("it has {}", known.join(", "))),
        };
        self.fail(diagnostic)
    }

    fn whole(&mut self, expr: &Expr) -> Eval<i64> {
        let value = self.eval(expr)?;
        match value {
            Value::Int(i) => Ok(i),
            other => self.expected("a whole number", &other, expr.span),
        }
    }

    /// Of an argument that takes words, what `if` or `match` chooses: words mean something only there.
    fn chosen_word(&mut self, parameter: &Parameter, expr: &Expr) -> Eval<Option<Expr>> {
        if !matches!(parameter.ty, ParameterType::Word(_) | ParameterType::WordOrReals(_)) {
            return Ok(None);
        }
        match &expr.kind {
            ExprKind::If { condition, then, otherwise: Some(otherwise) }
                if then.statements.is_empty() && otherwise.statements.is_empty() =>
            {
                let value = self.eval(condition)?;
                let body = if self.condition(&value, condition.span)? { then } else { otherwise };
                Ok(body.result.as_deref().cloned())
            }
            ExprKind::Match { scrutinee, arms } => Ok(Some(self.arm(scrutinee, arms, expr.span)?.clone())),
            _ => Ok(None),
        }
    }

    fn argument(
        &mut self,
        stanza: &'static Stanza,
        parameter: &'static Parameter,
        argument: &Argument,
    ) -> Eval<ops::Argument> {
        let (function, expr) = (stanza.name, &argument.value);
        if let Some(chosen) = self.chosen_word(parameter, expr)? {
            let argument = Argument { name: argument.name.clone(), value: chosen };
            return self.argument(stanza, parameter, &argument);
        }
        if let ExprKind::Name(word) = &expr.kind
            && let ParameterType::Word(words) | ParameterType::WordOrReals(words) = parameter.ty
            && words.contains(&word.as_str())
        {
            return Ok(ops::Argument::Word(word.clone()));
        }
        if let (ExprKind::Phrase(parts), ParameterType::Word(words)) = (&expr.kind, parameter.ty) {
            let text = parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(" ");
            if words.contains(&text.as_str()) {
                return Ok(ops::Argument::Word(text));
            }
            let hint = match nearest(&text, words) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it is one of {}", words.join(", ")),
            };
            let message = format!("`{}` of `{function}` cannot be `{text}`", parameter.name);
            return self.fail(
                Diagnostic::error(Code::WrongArgument, expr.span, message)
                    .hint(hint)
                    .repairs(repair::meant(&text, words, expr.span)),
            );
        }
        if let (ExprKind::Name(word), ParameterType::Padding) = (&expr.kind, parameter.ty)
            && word == "same"
        {
            return Ok(ops::Argument::Word(word.clone()));
        }
        if let (ExprKind::Name(word), ParameterType::Word(words)) = (&expr.kind, parameter.ty)
            && self.lookup(word, expr.span).is_none()
        {
            let hint = match nearest(word, words) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it is one of {}", words.join(", ")),
            };
            let message = format!("`{}` of `{function}` cannot be `{word}`", parameter.name);
            return self.fail(
                Diagnostic::error(Code::WrongArgument, expr.span, message)
                    .hint(hint)
                    .repairs(repair::meant(word, words, expr.span)),
            );
        }
        let value = self.eval(expr)?;
        let accepted = match (&value, parameter.ty) {
            (Value::Int(i), ParameterType::Int { at_least } | ParameterType::Extent { at_least }) if *i >= at_least => {
                Some(ops::Argument::Int(*i))
            }
            (Value::Int(i), ParameterType::Padding) if *i >= 0 => Some(ops::Argument::Int(*i)),
            (Value::Int(i), ParameterType::Ints) => Some(ops::Argument::Ints(vec![*i])),
            (Value::Int(_) | Value::Real(_), ParameterType::Real { low, high }) => {
                value.as_real().filter(|r| *r >= low && *r <= high).map(ops::Argument::Real)
            }
            (Value::Bool(b), ParameterType::Bool) => Some(ops::Argument::Bool(*b)),
            (Value::Choice(choice), ParameterType::Word(words) | ParameterType::WordOrReals(words))
                if words.contains(&choice.word.as_str()) =>
            {
                Some(ops::Argument::Word(choice.word.clone()))
            }
            (Value::List(items), ty) => list(items, ty),
            _ => None,
        };
        match accepted {
            Some(argument) => Ok(argument),
            None => {
                let found = match &value {
                    Value::Int(_) | Value::Real(_) | Value::List(_) | Value::Bool(_) => spell(&value),
                    other => other.describe().to_string(),
                };
                let message =
                    format!("`{}` of `{function}` takes {}, found {found}", parameter.name, accepts(parameter.ty));
                let fixes = self.repairs_of(stanza, parameter, argument, &value);
                let hint = without_quotes(&value, parameter)
                    .or_else(|| self.of_habit(stanza, argument, &value))
                    .unwrap_or_else(|| format!("{}: {}", parameter.name, parameter.doc));
                self.fail(Diagnostic::error(Code::WrongArgument, expr.span, message).hint(hint).repairs(fixes))
            }
        }
    }
}

/// `"same"` for `same`, `"0.1"` for `0.1`.
fn without_quotes(value: &Value, parameter: &Parameter) -> Option<String> {
    let Value::Text(text) = value else { return None };
    let words: &[&str] = match parameter.ty {
        ParameterType::Word(words) | ParameterType::WordOrReals(words) => words,
        ParameterType::Padding => &["same"],
        _ => &[],
    };
    if words.contains(&&**text) || words.is_empty() && text.parse::<f64>().is_ok() {
        return Some(format!("without quotes: `{}: {text}`", parameter.name));
    }
    (!words.is_empty()).then(|| format!("it is one of {}, without quotes", words.join(", ")))
}

fn list(items: &[Value], ty: ParameterType) -> Option<ops::Argument> {
    let ints =
        || -> Option<Vec<i64>> { items.iter().map(|v| if let Value::Int(i) = v { Some(*i) } else { None }).collect() };
    match ty {
        ParameterType::Extent { at_least } => {
            ints().filter(|l| !l.is_empty() && l.iter().all(|i| *i >= at_least)).map(ops::Argument::Ints)
        }
        ParameterType::Padding => {
            ints().filter(|l| !l.is_empty() && l.iter().all(|i| *i >= 0)).map(ops::Argument::Ints)
        }
        ParameterType::Ints => ints().map(ops::Argument::Ints),
        ParameterType::Reals | ParameterType::WordOrReals(_) => {
            items.iter().map(Value::as_real).collect::<Option<Vec<f64>>>().map(ops::Argument::Reals)
        }
        _ => None,
    }
}

/// What a parameter accepts, in words.
fn accepts(ty: ParameterType) -> String {
    match ty {
        ParameterType::Int { at_least } => format!("a whole number of at least {at_least}"),
        ParameterType::Real { low, high } if high == f64::MAX && low == f64::MIN => "a number".into(),
        ParameterType::Real { low, high } if high == f64::MAX && low == f64::MIN_POSITIVE => "a number above 0".into(),
        ParameterType::Real { low, high } if high == f64::MAX => format!("a number of at least {low}"),
        ParameterType::Real { low, high } => format!("a number from {low} to {high}"),
        ParameterType::Bool => "true or false".into(),
        ParameterType::Extent { at_least } => format!("whole numbers of at least {at_least}, one or one an axis"),
        ParameterType::Padding => "`same`, or whole numbers, one or one an axis".into(),
        ParameterType::Ints => "whole numbers".into(),
        ParameterType::Reals => "a list of numbers".into(),
        ParameterType::Word(words) => format!("one of {}", words.join(", ")),
        ParameterType::WordOrReals(words) => format!("one of {}, or a list of numbers", words.join(", ")),
    }
}

/// What an argument that must be given often is.
fn usual(parameter: &Parameter) -> Option<&'static str> {
    match parameter.ty {
        ParameterType::Int { .. } => Some("8"),
        ParameterType::Extent { .. } => Some("2"),
        ParameterType::Real { low, high } if low <= 0.5 && high >= 0.5 => Some("0.5"),
        _ => None,
    }
}
