//! Losses of the file, applied.

use super::{Code, Diagnostic, Eval, Evaluator, Frame, InstanceKind, MAX_DEPTH, Reported};
use crate::compile::value::Value;
use fascicle_syntax::{Argument, DeclarationKind, Parameter, Span};
use indexmap::IndexMap;
use std::rc::Rc;

impl Evaluator<'_> {
    /// A loss of the file, applied.
    pub(super) fn call_loss(
        &mut self,
        position: usize,
        piped: Option<(Value, Span)>,
        arguments: &[Argument],
        span: Span,
    ) -> Eval<Value> {
        let unit = self.unit;
        let declared = &unit.declarations[position];
        let DeclarationKind::Loss { name, parameters, body } = &declared.declaration.kind else { return Err(Reported) };
        if self.frames.len() > MAX_DEPTH {
            return self.fail(
                Diagnostic::error(Code::Recursion, span, format!("`{}` uses itself without end", name.text))
                    .also(name.span, "declared here"),
            );
        }
        let mut bound: IndexMap<String, Value> = IndexMap::new();
        if let (Some((value, _)), Some(first)) = (piped, parameters.first()) {
            bound.insert(first.name.text.clone(), value);
        }
        let rest: Vec<&Parameter> = parameters.iter().filter(|p| !bound.contains_key(&p.name.text)).collect();
        let mut positional = rest.iter();
        for argument in arguments {
            let parameter = match &argument.name {
                Some(given) => rest.iter().find(|p| p.name.text == given.text),
                None => positional.find(|p| !bound.contains_key(&p.name.text)),
            };
            let Some(parameter) = parameter else {
                let known: Vec<&str> = parameters.iter().map(|p| p.name.text.as_str()).collect();
                let (given, place) = match &argument.name {
                    Some(n) => (n.text.clone(), n.span),
                    None => (self.sources.text(argument.value.span).to_string(), argument.value.span),
                };
                return self.unknown_argument(&name.text, &given, place, &known);
            };
            let value = self.eval(&argument.value)?;
            bound.insert(parameter.name.text.clone(), value);
        }
        for parameter in parameters {
            if bound.contains_key(&parameter.name.text) {
                continue;
            }
            match &parameter.default {
                Some(default) => {
                    let value = self.in_scope(declared.scope, |e| e.eval(default))?;
                    bound.insert(parameter.name.text.clone(), value);
                }
                None => {
                    let message = format!("`{}` needs `{}`", name.text, parameter.name.text);
                    return self.fail(
                        Diagnostic::error(Code::MissingArgument, span, message)
                            .also(parameter.name.span, "declared here"),
                    );
                }
            }
        }
        let id = self.instance(&name.text, span, || InstanceKind::Root);
        let call = self.record_call(&name.text, name.span, span, &bound);
        self.frames.push(Frame {
            owner: id,
            scope: declared.scope,
            locals: bound.into_iter().map(|(name, value)| (name, Ok(value))).collect(),
            turns: Rc::default(),
            readable: None,
            model: None,
            applied: Some(span),
            call,
        });
        let value = self.body(body);
        self.frames.pop();
        value
    }
}
