//! Names: locals, declarations, operators, functions; each declaration is evaluated once, when first needed.

use super::{Code, Diagnostic, Eval, Evaluator, Global, Reported};
use crate::compile::declare;
use crate::compile::frameworks::{Place, Repair, Suggestion, called, suggest};
use crate::compile::repair;
use crate::compile::value::{Builtin, Value};
use crate::ops;
use fascicle_syntax::{DeclarationKind, Fix, Span};

impl Evaluator<'_> {
    /// What a name means here, if anything.
    pub fn lookup(&mut self, name: &str, span: Span) -> Option<Eval<Value>> {
        if let Some((_, value)) = self.frame().locals.iter().rev().find(|(n, _)| n == name) {
            return Some(value.clone());
        }
        if let Some(position) = self.unit.resolve(self.scope(), name) {
            return Some(self.global(position, span));
        }
        if self.unit.is_broken(self.scope(), name) {
            return Some(Err(Reported));
        }
        if name == "prior" {
            return Some(Ok(Value::Prior));
        }
        if let Some(stanza) = ops::find(name) {
            return Some(Ok(Value::Operator(stanza)));
        }
        Builtin::find(name).map(|b| Ok(Value::Builtin(b)))
    }

    /// What a name means here; an unknown one is an error with the nearest known name.
    pub fn name(&mut self, name: &str, span: Span) -> Eval<Value> {
        if let Some(found) = self.lookup(name, span) {
            return found;
        }
        // To look for the nearest name again in every turn would be slow.
        if self.was_told(Code::UnknownName, span) {
            return Err(Reported);
        }
        self.undeclared(name, span)
    }

    /// An error for a name that nobody declared.
    pub(super) fn undeclared<T>(&mut self, name: &str, span: Span) -> Eval<T> {
        let diagnostic =
            Diagnostic::error(Code::UnknownName, span, format!("nobody declared `{name}`")).label("not known");
        if let Some(line) = library(name) {
            return self.fail(
                diagnostic
                    .hint(format!("add at the top of the file: {line}"))
                    .repairs(repair::with_use(self.sources, span.source, &line).map(Fix::certain)),
            );
        }
        let Some(suggestion) = self.suggestion(name) else {
            let hint = name.contains('.').then(|| NOTHING_IMPORTED.to_string());
            return self.fail(diagnostic.maybe_hint(hint));
        };
        let behind = self.sources.get(span.source).and_then(|s| s.text.get(span.end as usize..)).unwrap_or("");
        let fix = match name {
            "None" | "null" => repair::without_item(self.sources, span),
            "range" => behind.strip_prefix('(').and_then(|b| b.split_once(')')).and_then(|(count, _)| {
                let is_count = count.bytes().all(|b| b.is_ascii_digit()) && !count.is_empty();
                let call = Span { end: span.end + count.len() as u32 + 2, ..span };
                is_count.then(|| repair::written(call, &format!("0..{count}")))
            }),
            _ if name.rsplit('.').next() == Some("Sequential") => repair::piped_layers(self.sources, span),
            _ => None,
        };
        if fix.is_some() {
            return self.fail(diagnostic.suggest(self.sources, span, suggestion).repairs(fix));
        }
        // `CrossEntropyLoss()(m, y)`: what is made first there is applied at once here.
        let is_function = |name: &str| ops::find(name).is_some_and(|stanza| !stanza.makes_a_module());
        let place = match &suggestion.repair {
            Some(Repair::Write { name, .. }) if is_function(name) && behind.starts_with("()(") => {
                Span { end: span.end + 2, ..span }
            }
            _ => span,
        };
        self.fail(diagnostic.suggest(self.sources, place, suggestion))
    }

    /// The function of this name, or what such a method of another framework is called here.
    pub(super) fn stage_called(&self, name: &str) -> Option<&'static str> {
        let functions: Vec<&str> = ops::table().filter(|s| !s.makes_a_module()).map(|s| s.name).collect();
        let known: Vec<&'static str> = functions.into_iter().chain(Builtin::ALL.iter().map(|(n, _)| *n)).collect();
        known.iter().find(|k| **k == name).copied().or_else(|| called(name, &known))
    }

    /// What it is called here where another framework has it, or the nearest known name.
    fn suggestion(&self, name: &str) -> Option<Suggestion> {
        let mut known: Vec<&str> = self.frame().locals.iter().map(|(n, _)| n.as_str()).collect();
        known.extend(self.unit.visible(self.scope()));
        known.extend(ops::table().map(|s| s.name));
        known.extend(Builtin::ALL.iter().map(|(n, _)| *n));
        suggest(name, &known, Place::Value)
    }

    /// The value of a declaration.
    pub fn global(&mut self, position: usize, span: Span) -> Eval<Value> {
        self.used[position] = true;
        if self.unit.can_be_set(position) {
            self.consulted.insert(position);
        }
        match self.globals[position].clone() {
            Global::Done(value) => return value,
            Global::Working => {
                let declared = self.unit.declarations[position].declaration.span;
                return self.fail(
                    Diagnostic::error(Code::Circular, span, format!("`{}` needs itself", self.sources.text(span)))
                        .also(declared, "while working out this declaration"),
                );
            }
            Global::Untouched => self.globals[position] = Global::Working,
        }
        let value = self.declaration_value(position, span);
        self.globals[position] = Global::Done(value.clone());
        value
    }

    fn declaration_value(&mut self, position: usize, span: Span) -> Eval<Value> {
        let unit = self.unit;
        let declared = &unit.declarations[position];
        match &declared.declaration.kind {
            DeclarationKind::Param { name, ty, default } => {
                self.in_scope(declared.scope, |e| declare::param::value(e, name, ty, default))
            }
            DeclarationKind::Group { name, members } => {
                self.in_scope(declared.scope, |e| declare::param::group(e, name, members))
            }
            DeclarationKind::Input { .. } => self.in_scope(declared.scope, |e| declare::input::declare(e, position)),
            DeclarationKind::Block(_) => Ok(Value::Block(position)),
            DeclarationKind::Loss { .. } => Ok(Value::Loss(position)),
            DeclarationKind::Model { .. } => self.model(position),
            DeclarationKind::Baseline { .. } => self.baseline(position),
            DeclarationKind::UseModel { .. } => self.packed_model(position),
            DeclarationKind::Cohort { name, .. } => {
                let what = format!("`{}` is a cohort: people, not a value", name.text);
                self.fail(
                    Diagnostic::error(Code::KindMismatch, span, what)
                        .hint("modalities are read from it: modality m: vector[3] = c.columns(..)")
                        .repairs(self.unread_cohort(span)),
                )
            }
            other => {
                let what = match other {
                    DeclarationKind::Analysis { .. } => "an analysis",
                    DeclarationKind::Protocol { .. } => "a protocol",
                    DeclarationKind::Sweep { .. } => "a sweep",
                    DeclarationKind::Search { .. } => "a search",
                    _ => "a declaration",
                };
                self.fail(Diagnostic::error(Code::KindMismatch, span, format!("{what} cannot be used as a value here")).hint("analyses read analyses, scores read models; expressions read inputs, blocks, params and models"))
            }
        }
    }

    /// The head of a model without a cohort, which its body does not name.
    fn unread_cohort(&self, span: Span) -> Option<Fix> {
        self.unit.declarations.iter().find_map(|d| match &d.declaration.kind {
            DeclarationKind::Model { inputs, body, .. } if inputs.iter().any(|input| input.span == span) => {
                let name = self.sources.text(span);
                let body = body.result.as_ref().map_or(d.declaration.span, |result| result.span);
                let is_read = repair::word_in(self.sources, body, name).is_some();
                repair::without_item(self.sources, span).filter(|_| !is_read)
            }
            _ => None,
        })
    }

    /// Evaluates in the file's own frame, whatever is being evaluated at the moment.
    pub fn in_scope<T>(&mut self, scope: usize, work: impl FnOnce(&mut Self) -> Eval<T>) -> Eval<T> {
        if self.depth > super::MAX_DEPTH * 4 {
            return Err(Reported);
        }
        self.depth += 1;
        let result = self.with_root("", scope, work);
        self.depth -= 1;
        result
    }
}

/// What is said of a name of a package that has no other name here.
const NOTHING_IMPORTED: &str = "nothing is imported: the operators are those that `fascicle doc` lists";

/// The line that brings a name of the standard library in.
fn library(name: &str) -> Option<String> {
    let part = crate::stdlib::names().find(|part| {
        let source = crate::stdlib::source(part).unwrap_or("");
        [format!("block {name}("), format!("loss {name}(")].iter().any(|d| source.contains(d))
    })?;
    Some(format!("use std.{part}.{name}"))
}
