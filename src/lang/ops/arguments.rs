//! Arguments of an operator after names, positions, types and defaults have been settled.

use super::stanza::{Default, Parameter};

/// The value of one argument.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// A whole number.
    Int(i64),
    /// A number.
    Real(f64),
    /// `true` or `false`.
    Bool(bool),
    /// A word: `same`, `nearest`.
    Word(String),
    /// A list of whole numbers.
    Ints(Vec<i64>),
    /// A list of numbers.
    Reals(Vec<f64>),
}

/// All arguments of one call, defaults filled in. The compiler has checked each against its
/// [`ParameterType`](super::ParameterType) before a stanza sees it, so the accessors here only convert.
#[derive(Debug, Clone, PartialEq, std::default::Default)]
pub struct Arguments {
    values: Vec<(&'static str, Argument)>,
}

impl Arguments {
    /// The arguments given in the file, by parameter, completed with the defaults of the others.
    pub fn new(parameters: &'static [Parameter], given: Vec<(&'static str, Argument)>) -> Self {
        let mut values = given;
        for parameter in parameters {
            if values.iter().any(|(name, _)| *name == parameter.name) {
                continue;
            }
            let value = match parameter.default {
                Default::Required | Default::None => continue,
                Default::Int(i) => Argument::Int(i),
                Default::Real(r) => Argument::Real(r),
                Default::Bool(b) => Argument::Bool(b),
                Default::Word(w) => Argument::Word(w.to_string()),
            };
            values.push((parameter.name, value));
        }
        Self { values }
    }

    /// Sets a flag that the file has no spelling for, such as `prior`.
    pub fn set_flag(&mut self, name: &'static str, value: bool) {
        self.values.retain(|(n, _)| *n != name);
        self.values.push((name, Argument::Bool(value)));
    }

    /// The argument, if given or defaulted.
    pub fn get(&self, name: &str) -> Option<&Argument> {
        self.values.iter().find(|(n, _)| *n == name).map(|(_, v)| v)
    }

    /// A whole number, if there is one.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Some(Argument::Int(i)) => Some(*i),
            _ => None,
        }
    }

    /// A count, 0 where absent. The parameter's bounds keep it from being negative.
    pub fn count(&self, name: &str) -> usize {
        self.int(name).and_then(|i| usize::try_from(i).ok()).unwrap_or(0)
    }

    /// A number, if there is one.
    pub fn real(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            Some(Argument::Real(r)) => Some(*r),
            Some(Argument::Int(i)) => Some(*i as f64),
            _ => None,
        }
    }

    /// `true` where the argument is `true`.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Argument::Bool(true)))
    }

    /// A word, if there is one.
    pub fn word(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Argument::Word(w)) => Some(w),
            _ => None,
        }
    }

    /// A list of whole numbers: a single one stands for a list of one.
    pub fn ints(&self, name: &str) -> Option<Vec<i64>> {
        match self.get(name) {
            Some(Argument::Ints(list)) => Some(list.clone()),
            Some(Argument::Int(i)) => Some(vec![*i]),
            _ => None,
        }
    }

    /// A list of numbers.
    pub fn reals(&self, name: &str) -> Option<Vec<f64>> {
        match self.get(name) {
            Some(Argument::Reals(list)) => Some(list.clone()),
            Some(Argument::Ints(list)) => Some(list.iter().map(|i| *i as f64).collect()),
            _ => None,
        }
    }
}
