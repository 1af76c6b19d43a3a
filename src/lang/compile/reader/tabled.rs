//! Arguments that a table describes: bounds and defaults are those of the [`Entry`].

use super::{CallParts, Reader};
use crate::compile::declare::entry::{Entry, Parameter, Takes};
use crate::compile::evaluate::{Eval, Evaluator, Reported};
use crate::compile::value::Value;
use fascicle_syntax::Expr;

impl<'t> Reader<'t> {
    /// The arguments of a call that stands in the table.
    pub fn by(parts: &CallParts<'t>, entry: &'static Entry) -> Self {
        Self { entry: Some(entry), ..Self::of(parts) }
    }

    /// What the table says of an argument, and what was given for it.
    fn tabled(&mut self, name: &str) -> Option<(&'static Parameter, Option<&'t Expr>)> {
        let parameter = self.entry?.parameters.iter().find(|p| p.name == name)?;
        let given = if parameter.by_name { self.named(parameter.name) } else { self.positional(parameter.name) };
        Some((parameter, given))
    }

    /// An error for an argument that the table requires, with its example.
    fn required<T>(&self, e: &mut Evaluator<'_>, parameter: &Parameter) -> Eval<T> {
        let call = self.entry.and_then(Entry::call).unwrap_or(&self.function);
        self.missing(e, parameter.name, &format!("{}: {call}", parameter.doc))
    }

    /// A number, within the bounds of the table; its default where it is not given.
    pub fn number(&mut self, e: &mut Evaluator<'_>, name: &str) -> Eval<f64> {
        match self.tabled(name) {
            Some((parameter @ Parameter { takes: Takes::Number { low, high, .. }, .. }, Some(expr))) => {
                let number = self.real_of(e, name, expr, *low, *high)?;
                match (parameter.suffix(), e.eval(expr)?) {
                    (Some(unit), value @ Value::Quantity(..)) if value.unit() != Some(unit) => {
                        self.wrong(e, name, &format!("a number of {unit}"), &value, expr.span)
                    }
                    _ => Ok(number),
                }
            }
            Some((Parameter { takes: Takes::Number { default: Some(default), .. }, .. }, None)) => Ok(*default),
            Some((parameter, _)) => self.required(e, parameter),
            None => Err(Reported),
        }
    }

    /// A whole number, not below that of the table; its default where it is not given.
    pub fn whole(&mut self, e: &mut Evaluator<'_>, name: &str) -> Eval<usize> {
        match self.tabled(name) {
            Some((Parameter { takes: Takes::Count { least, most, .. }, .. }, Some(expr))) => {
                self.count_up_to(e, name, expr, (*least, *most))
            }
            Some((Parameter { takes: Takes::Count { default: Some(default), .. }, .. }, None)) => Ok(*default),
            Some((parameter, _)) => self.required(e, parameter),
            None => Err(Reported),
        }
    }

    /// `true` or `false`; the table's where it is not given.
    pub fn whether(&mut self, e: &mut Evaluator<'_>, name: &'static str) -> Eval<bool> {
        let Some((Parameter { takes: Takes::Flag(default), .. }, given)) = self.tabled(name) else {
            return Err(Reported);
        };
        match given {
            Some(expr) => match e.eval(expr)? {
                Value::Bool(flag) => Ok(flag),
                other => self.wrong(e, name, "true or false", &other, expr.span),
            },
            None => Ok(*default),
        }
    }

    /// One of the table's words; the first where it is not given.
    pub fn choice(&mut self, e: &mut Evaluator<'_>, name: &str) -> Eval<&'static str> {
        let Some((Parameter { takes: Takes::Word(words), .. }, given)) = self.tabled(name) else {
            return Err(Reported);
        };
        match given {
            Some(expr) => self.word_of(e, name, expr, words),
            None => Ok(words.first().copied().unwrap_or("")),
        }
    }
}
