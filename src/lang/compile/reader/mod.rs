//! Reads the arguments of calls that declare rather than compute: `kfold(5, seed: 1)`, `Adam(lr: 1e-3)`.
//!
//! Each method settles one argument; [`Reader::finish`] tells of those that nobody asked for.

mod tabled;

use super::code::Code;
use super::declare::entry::{Chapter, Entry, names};
use super::diagnostic::Diagnostic;
use super::evaluate::{Eval, Evaluator};
use super::frameworks::{Place, called, suggest};
use super::repair;
use super::value::{Value, spell};
use fascicle_syntax::{Argument, Expr, ExprKind, Fix, Name, Span, nearest};

/// Numbers that a range may stand for.
const MOST_OF_RANGE: f64 = 1e5;

/// The arguments of one call.
pub(super) struct Reader<'t> {
    pub function: String,
    pub span: Span,
    /// The entry of the table that says what its arguments are, where there is one.
    entry: Option<&'static Entry>,
    arguments: Vec<(Option<&'t Name>, &'t Expr)>,
    asked: Vec<&'static str>,
}

/// A call's name and its arguments: `f`, `f(x)`, `c.f(x)`.
pub(super) struct CallParts<'t> {
    pub receiver: Option<&'t Expr>,
    pub name: &'t str,
    pub name_span: Span,
    pub arguments: &'t [Argument],
    pub span: Span,
}

/// Splits an expression into what is called and with what; a bare name is a call without arguments.
pub(super) fn call_parts(expr: &Expr) -> Option<CallParts<'_>> {
    let (callee, arguments): (&Expr, &[Argument]) = match &expr.kind {
        ExprKind::Call { callee, arguments } => (callee, arguments),
        _ => (expr, &[]),
    };
    match &callee.kind {
        ExprKind::Name(name) => {
            Some(CallParts { receiver: None, name, name_span: callee.span, arguments, span: expr.span })
        }
        ExprKind::Field { of, name } => {
            Some(CallParts { receiver: Some(of), name: &name.text, name_span: name.span, arguments, span: expr.span })
        }
        _ => None,
    }
}

/// The steps of a pipe, the source first.
pub(super) fn pipe_steps(expr: &Expr) -> (&Expr, Vec<&Expr>) {
    let mut steps = Vec::new();
    let mut at = expr;
    while let ExprKind::Pipe { input, stage } = &at.kind {
        steps.push(stage.as_ref());
        at = input;
    }
    steps.reverse();
    (at, steps)
}

impl<'t> Reader<'t> {
    pub fn new(function: &str, arguments: &'t [Argument], span: Span) -> Self {
        let arguments = arguments.iter().map(|a| (a.name.as_ref(), &a.value)).collect();
        Self { function: function.to_string(), span, entry: None, arguments, asked: Vec::new() }
    }

    pub fn of(parts: &CallParts<'t>) -> Self {
        Self::new(parts.name, parts.arguments, parts.span)
    }

    /// The argument of this name, or the next positional one.
    pub fn positional(&mut self, name: &'static str) -> Option<&'t Expr> {
        if let Some(found) = self.named(name) {
            return Some(found);
        }
        let at = self.arguments.iter().position(|(n, _)| n.is_none())?;
        Some(self.arguments.remove(at).1)
    }

    /// The argument of this name.
    pub fn named(&mut self, name: &'static str) -> Option<&'t Expr> {
        if !self.asked.contains(&name) {
            self.asked.push(name);
        }
        let at = self.arguments.iter().position(|(n, _)| n.is_some_and(|n| n.text == name))?;
        Some(self.arguments.remove(at).1)
    }

    /// The argument of this name, left where it is.
    pub fn given(&self, name: &str) -> Option<&'t Expr> {
        self.arguments.iter().find(|(n, _)| n.is_some_and(|n| n.text == name)).map(|(_, expr)| *expr)
    }

    /// The first argument, left where it is.
    pub fn first(&self) -> Option<&'t Expr> {
        self.arguments.first().map(|(_, expr)| *expr)
    }

    /// All positional arguments that are left.
    pub fn rest(&mut self) -> Vec<&'t Expr> {
        let mut rest = Vec::new();
        self.arguments.retain(|(name, expr)| {
            if name.is_none() {
                rest.push(*expr);
            }
            name.is_some()
        });
        rest
    }

    /// All named arguments that are left.
    pub fn named_rest(&mut self) -> Vec<(&'t Name, &'t Expr)> {
        let mut rest = Vec::new();
        self.arguments.retain(|(name, expr)| {
            if let Some(name) = name {
                rest.push((*name, *expr));
            }
            name.is_none()
        });
        rest
    }

    /// An error for a required argument that was not given.
    pub fn missing<T>(&self, e: &mut Evaluator<'_>, name: &str, hint: &str) -> Eval<T> {
        self.missing_with(e, name, hint, None)
    }

    /// The same, where it is known what would be given.
    pub fn missing_with<T>(
        &self,
        e: &mut Evaluator<'_>,
        name: &str,
        hint: &str,
        fixes: impl IntoIterator<Item = Fix>,
    ) -> Eval<T> {
        // It may stand there under the name that another framework has for it.
        let renamed =
            self.arguments.iter().filter_map(|(given, _)| *given).find(|g| called(&g.text, &[name]).is_some());
        if let Some(given) = renamed {
            let message = format!("`{}` has no argument `{}`", self.function, given.text);
            let hint = format!("`{}` is called `{name}` here", given.text);
            return e.fail(
                Diagnostic::error(Code::UnknownArgument, given.span, message)
                    .hint(hint)
                    .repair(repair::written(given.span, name).certain()),
            );
        }
        e.fail(
            Diagnostic::error(Code::MissingArgument, self.span, format!("`{}` needs `{name}`", self.function))
                .hint(hint)
                .repairs(fixes),
        )
    }

    pub fn wrong<T>(&self, e: &mut Evaluator<'_>, name: &str, wanted: &str, value: &Value, span: Span) -> Eval<T> {
        let found = match value {
            Value::Text(text) => format!("\"{text}\""),
            Value::Int(_) | Value::Real(_) | Value::Bool(_) | Value::List(_) | Value::Range(_) => spell(value),
            other => other.describe().to_string(),
        };
        let message = match name {
            // What a clause takes has no name: `epochs 20`.
            "" => format!("`{}` takes {wanted}, found {found}", self.function),
            name => format!("`{name}` of `{}` takes {wanted}, found {found}", self.function),
        };
        let hint = match value {
            Value::Text(text) if text.parse::<f64>().is_ok() => format!("without quotes: {text}"),
            _ => format!("give {wanted}"),
        };
        let fix = match value {
            Value::Text(text) if text.parse::<f64>().is_ok() => Some(repair::unquoted(span, text)),
            Value::Quantity(..) => unit_of(wanted).and_then(|unit| repair::in_unit(e.sources, span, unit)),
            Value::Int(_) | Value::Real(_) if wanted.starts_with("a range") => ranged(value, wanted, span),
            Value::Int(_) | Value::Real(_) if wanted.starts_with("a number from 0 to ") => {
                positive(e, value, wanted, span)
            }
            Value::Text(text) if wanted == "true or false" => match text.as_ref() {
                "yes" | "on" | "true" | "True" => Some(repair::written(span, "true")),
                "no" | "off" | "false" | "False" => Some(repair::written(span, "false")),
                _ => None,
            },
            _ => wanted.strip_prefix("a whole number of at least ").map(|least| repair::written(span, least)),
        };
        e.fail(Diagnostic::error(Code::WrongArgument, span, message).hint(hint).repairs(fix))
    }

    /// A number within bounds, given only by name.
    pub fn named_real(&mut self, e: &mut Evaluator<'_>, name: &'static str, low: f64, high: f64) -> Eval<Option<f64>> {
        let Some(expr) = self.named(name) else { return Ok(None) };
        self.real_of(e, name, expr, low, high).map(Some)
    }

    pub fn real_of(&self, e: &mut Evaluator<'_>, name: &str, expr: &Expr, low: f64, high: f64) -> Eval<f64> {
        let value = e.eval(expr)?;
        let number = match &value {
            Value::Quantity(q, _) => Some(*q),
            other => other.as_real(),
        };
        match number {
            Some(r) if r >= low && r <= high => Ok(r),
            _ => {
                let wanted = match (low == f64::NEG_INFINITY, high == f64::INFINITY) {
                    (true, true) => "a number".to_string(),
                    (false, true) => format!("a number of at least {low}"),
                    _ => format!("a number from {low} to {high}"),
                };
                // `train: 80` where a share is asked.
                if let Some(percent) = number.filter(|n| low >= 0.0 && high <= 1.0 && *n > 1.0 && *n / 100.0 <= high) {
                    let message = format!("`{name}` of `{}` takes {wanted}, found {}", self.function, spell(&value));
                    let hint = format!("as a share: `{name}: {}`", percent / 100.0);
                    return e.fail(
                        Diagnostic::error(Code::WrongArgument, expr.span, message)
                            .hint(hint)
                            .repair(repair::written(expr.span, &(percent / 100.0).to_string()).certain()),
                    );
                }
                self.wrong(e, name, &wanted, &value, expr.span)
            }
        }
    }

    /// A whole number from `least` to `most`.
    pub fn count_up_to(
        &self,
        e: &mut Evaluator<'_>,
        name: &str,
        expr: &Expr,
        (least, most): (i64, usize),
    ) -> Eval<usize> {
        let count = self.count_of(e, name, expr, least)?;
        if count > most {
            return e.fail(
                Diagnostic::error(Code::TooLarge, expr.span, format!("`{name}` is {count}, and {most} is the most"))
                    .hint(format!("{name}: {most}"))
                    .repair(repair::written(expr.span, &most.to_string())),
            );
        }
        Ok(count)
    }

    /// A whole number of at least `least`, given only by name.
    pub fn named_count(&mut self, e: &mut Evaluator<'_>, name: &'static str, least: i64) -> Eval<Option<usize>> {
        let Some(expr) = self.named(name) else { return Ok(None) };
        self.count_of(e, name, expr, least).map(Some)
    }

    pub fn count_of(&self, e: &mut Evaluator<'_>, name: &str, expr: &Expr, least: i64) -> Eval<usize> {
        let value = e.eval(expr)?;
        match &value {
            Value::Int(i) if *i >= least && *i <= 1_000_000_000 => Ok(usize::try_from(*i).unwrap_or(0)),
            _ => self.wrong(e, name, &format!("a whole number of at least {least}"), &value, expr.span),
        }
    }

    /// A text.
    pub fn text(&mut self, e: &mut Evaluator<'_>, name: &'static str) -> Eval<Option<(String, Span)>> {
        let Some(expr) = self.positional(name) else { return Ok(None) };
        let value = e.eval(expr)?;
        match value {
            Value::Text(t) => Ok(Some((t.to_string(), expr.span))),
            other => self.wrong(e, name, "a text in quotes", &other, expr.span),
        }
    }

    /// One of several words.
    pub fn word(
        &mut self,
        e: &mut Evaluator<'_>,
        name: &'static str,
        words: &[&'static str],
    ) -> Eval<Option<&'static str>> {
        let Some(expr) = self.positional(name) else { return Ok(None) };
        self.word_of(e, name, expr, words).map(Some)
    }

    pub fn word_of(
        &self,
        e: &mut Evaluator<'_>,
        name: &str,
        expr: &Expr,
        words: &[&'static str],
    ) -> Eval<&'static str> {
        let spelled = match &expr.kind {
            ExprKind::Text(text) if words.contains(&text.as_str()) => {
                let message = format!("`{name}` of `{}` is a word, found \"{text}\"", self.function);
                let hint = format!("without quotes: `{name}: {text}`");
                return e.fail(
                    Diagnostic::error(Code::WrongArgument, expr.span, message)
                        .hint(hint)
                        .repair(repair::unquoted(expr.span, text)),
                );
            }
            ExprKind::Name(word) if words.contains(&word.as_str()) => word.clone(),
            ExprKind::Name(word) => match e.lookup(word, expr.span) {
                Some(Ok(Value::Choice(choice))) => choice.word.clone(),
                _ => word.clone(),
            },
            _ => e.sources.text(expr.span).to_string(),
        };
        if let Some(word) = words.iter().find(|w| **w == spelled) {
            return Ok(word);
        }
        let hint = match nearest(&spelled, words) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", words.join(", ")),
        };
        let message = format!("`{name}` of `{}` cannot be `{spelled}`", self.function);
        e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, message)
                .hint(hint)
                .repairs(repair::one_of(&spelled, words, expr.span)),
        )
    }

    /// A list of numbers; a single one stands for a list of one.
    pub fn reals(&mut self, e: &mut Evaluator<'_>, name: &'static str) -> Eval<Option<(Vec<f64>, Span)>> {
        let Some(expr) = self.positional(name) else { return Ok(None) };
        self.reals_of(e, name, expr).map(Some)
    }

    fn reals_of(&self, e: &mut Evaluator<'_>, name: &str, expr: &Expr) -> Eval<(Vec<f64>, Span)> {
        let value = e.eval(expr)?;
        let numbers = match &value {
            Value::List(items) => items
                .iter()
                .map(|v| match v {
                    Value::Quantity(q, _) => Some(*q),
                    other => other.as_real(),
                })
                .collect::<Option<Vec<f64>>>(),
            Value::Quantity(q, _) => Some(vec![*q]),
            // As many as anybody means; what comes of them has limits of its own.
            Value::Range(range) if range.whole && range.end - range.start < MOST_OF_RANGE => {
                let end = if range.inclusive { range.end as i64 + 1 } else { range.end as i64 };
                Some((range.start as i64..end).map(|n| n as f64).collect())
            }
            other => other.as_real().map(|r| vec![r]),
        };
        match numbers {
            Some(numbers) => Ok((numbers, expr.span)),
            None => self.wrong(e, name, "numbers", &value, expr.span),
        }
    }

    /// A list of whole numbers.
    pub fn ints(&mut self, e: &mut Evaluator<'_>, name: &'static str) -> Eval<Option<(Vec<i64>, Span)>> {
        let Some(expr) = self.positional(name) else { return Ok(None) };
        self.ints_of(e, name, expr).map(Some)
    }

    /// A list of whole numbers, given only by name.
    pub fn named_ints(&mut self, e: &mut Evaluator<'_>, name: &'static str) -> Eval<Option<(Vec<i64>, Span)>> {
        let Some(expr) = self.named(name) else { return Ok(None) };
        self.ints_of(e, name, expr).map(Some)
    }

    fn ints_of(&self, e: &mut Evaluator<'_>, name: &str, expr: &Expr) -> Eval<(Vec<i64>, Span)> {
        let (numbers, span) = self.reals_of(e, name, expr)?;
        if numbers.iter().all(|n| n.fract() == 0.0 && n.abs() < 1e15) {
            return Ok((numbers.iter().map(|n| *n as i64).collect(), span));
        }
        let message = format!("`{name}` of `{}` takes whole numbers", self.function);
        e.fail(Diagnostic::error(Code::WrongArgument, span, message).hint("remove what stands behind the point"))
    }

    /// A range of numbers.
    pub fn range(&mut self, e: &mut Evaluator<'_>, name: &'static str) -> Eval<Option<(f64, f64)>> {
        let Some(expr) = self.positional(name) else { return Ok(None) };
        let value = e.eval(expr)?;
        match &value {
            Value::Range(range) if range.start < range.end => Ok(Some((range.start, range.end))),
            _ => self.wrong(e, name, "a range such as 0..1", &value, expr.span),
        }
    }

    /// Tells of arguments that nobody asked for.
    pub fn finish(self, e: &mut Evaluator<'_>) -> Eval<()> {
        let Some((name, expr)) = self.arguments.first() else { return Ok(()) };
        let asked: Vec<&str> = self.asked.clone();
        match name {
            Some(name) => {
                let message = format!("`{}` has no argument `{}`", self.function, name.text);
                let diagnostic = Diagnostic::error(Code::UnknownArgument, name.span, message);
                e.fail(match suggest(&name.text, &asked, Place::Argument) {
                    Some(suggestion) => diagnostic.suggest(e.sources, name.span, suggestion),
                    None => {
                        let left_out = repair::without_item(e.sources, name.span);
                        let hint = match asked.is_empty() {
                            true => "it has none".to_string(),
                            false => format!("it has {}", asked.join(", ")),
                        };
                        diagnostic.hint(hint).repairs(left_out)
                    }
                })
            }
            None => {
                let message = format!("`{}` has too many arguments", self.function);
                let hint =
                    if asked.is_empty() { "it has none".to_string() } else { format!("it has {}", asked.join(", ")) };
                let left_out = repair::without_item(e.sources, expr.span);
                e.fail(Diagnostic::error(Code::UnknownArgument, expr.span, message).hint(hint).repairs(left_out))
            }
        }
    }
}

/// The unit of what is wanted, said in words: "a number of mm", "an angle from 0deg".
fn unit_of(wanted: &str) -> Option<&'static str> {
    ["deg", "mm"].into_iter().find(|unit| {
        let mut words = wanted.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| word.trim_start_matches(|c: char| c.is_ascii_digit()) == *unit)
    })
}

/// A range in the place of a number: of factors as far below 1 as above, or that of the example.
fn ranged(value: &Value, wanted: &str, span: Span) -> Option<Fix> {
    let example = wanted.split_once("such as ")?.1;
    let factor =
        value.as_real().filter(|factor| example.contains('.') && *factor > 0.0 && *factor < 2.0 && *factor != 1.0);
    Some(match factor {
        Some(factor) if example.starts_with("0.") && !example.starts_with("0..") => {
            let apart = ((factor - 1.0).abs() * 1e6).round() / 1e6;
            let end = |end: f64| (end * 1e6).round() / 1e6;
            repair::written(span, &format!("{}..{}", end(1.0 - apart), end(1.0 + apart)))
        }
        _ => repair::written(span, example),
    })
}

/// A number without its minus, where it then lies within the bounds.
fn positive(e: &Evaluator<'_>, value: &Value, wanted: &str, span: Span) -> Option<Fix> {
    let most: f64 = wanted.strip_prefix("a number from 0 to ")?.parse().ok()?;
    let number = value.as_real().filter(|number| *number < 0.0 && -number <= most)?;
    let text = e.sources.text(span).strip_prefix('-')?.trim_start();
    (text.parse::<f64>().ok()? == -number).then(|| Fix::new("remove the minus", span, text))
}

/// An error for a name that a chapter of the table does not have.
pub(super) fn unknown_entry<T>(e: &mut Evaluator<'_>, code: Code, chapter: Chapter, name: &str, span: Span) -> Eval<T> {
    unknown_function(e, code, chapter.one(), name, span, &names(chapter))
}

/// An error for a function that does not exist where only some can stand.
pub(super) fn unknown_function<T>(
    e: &mut Evaluator<'_>,
    code: Code,
    what: &str,
    name: &str,
    span: Span,
    known: &[&str],
) -> Eval<T> {
    let diagnostic = Diagnostic::error(code, span, format!("there is no {what} `{name}`"));
    e.fail(match suggest(name, known, Place::Value) {
        Some(suggestion) => diagnostic.suggest(e.sources, span, suggestion),
        None => {
            // Of those that stand for one another with any arguments.
            let alike =
                matches!(what, "source of cohorts" | "sampler of a search" | "optimizer" | "paired test" | "cohort");
            let few: &[&str] = if alike && known.len() <= 4 { known } else { &[] };
            let fixes: Vec<Fix> = few.iter().map(|name| repair::written(span, name)).collect();
            diagnostic.hint(format!("there is {}", known.join(", "))).repairs(fixes)
        }
    })
}
