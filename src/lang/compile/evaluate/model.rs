//! Models: what they read, their outputs, and whether the result fits the target.

use super::{Code, Diagnostic, Eval, Evaluator, Frame, Instance, Members, Reported};
use crate::compile::repair;
use crate::compile::value::{Family, InstanceId, Value};
use crate::graph::{Kind, NodeId, show_shape};
use crate::program::{InputRole, Model, Output};
use fascicle_syntax::{Body, DeclarationKind, Expr, ExprKind, Name, Span, nearest};
use indexmap::IndexMap;
use std::collections::BTreeSet;
use std::rc::Rc;

/// What a model's body gave: kept beside [`Model`] because fields may be modules.
#[derive(Default)]
struct BodyValues {
    outputs: Vec<(Name, Value)>,
    locals: Vec<(String, Value)>,
    result: Option<(Value, Span)>,
}

impl Evaluator<'_> {
    /// Evaluates a model declaration.
    pub(super) fn model(&mut self, position: usize) -> Eval<Value> {
        let unit = self.unit;
        let declared = &unit.declarations[position];
        let DeclarationKind::Model { name, inputs, target, body } = &declared.declaration.kind else {
            return Err(Reported);
        };
        let readable = self.in_scope(declared.scope, |e| e.readable(inputs))?;
        let target = match target {
            Some(target) => Some(self.in_scope(declared.scope, |e| e.target(target))?),
            None => None,
        };
        let owner = InstanceId(self.instances.len());
        self.instances.push(Rc::new(Instance::root(name.text.clone())));
        self.frames.push(Frame {
            owner,
            scope: declared.scope,
            locals: Vec::new(),
            turns: Rc::default(),
            readable: Some(readable.into()),
            model: Some(name.text.as_str().into()),
            applied: None,
            call: None,
        });
        let values = self.model_body(body);
        let outputs = values.and_then(|values| self.outputs(name, body, values));
        self.frames.pop();
        let (outputs, fields) = outputs?;
        let model = Model {
            name: name.text.clone(),
            outputs,
            target: target.map(|(input, _)| crate::graph::InputId(input as u32)),
            live_roots: Vec::new(),
        };
        if let Some((input, place)) = target {
            self.check_target(&model, input, name, place)?;
        }
        self.models.push(model);
        self.model_spans.push(name.span);
        self.model_fields.push(fields);
        Ok(Value::Model(self.models.len() - 1))
    }

    /// The inputs a model may read.
    fn readable(&mut self, inputs: &[Expr]) -> Eval<BTreeSet<usize>> {
        let mut readable = BTreeSet::new();
        for expr in inputs {
            match self.eval(expr)? {
                Value::Input(input) => {
                    if self.inputs[input].role == InputRole::Target {
                        let name = self.inputs[input].name.clone();
                        let declared = self.input_spans[input];
                        // Where the body reads it, it is no slip of the head alone.
                        let body = Span { start: expr.span.end, end: self.end_of_declaration(expr.span), ..expr.span };
                        let is_read = self.sources.text(body).split_once('{').is_some_and(|(_, body)| {
                            body.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|word| word == name)
                        });
                        let left_out = match is_read {
                            true => {
                                let opened = self.sources.text(body).find('{').unwrap_or(0) as u32;
                                repair::unread(self.sources, expr.span, Span { start: body.start + opened, ..body })
                            }
                            false => repair::without_item(self.sources, expr.span),
                        };
                        return self.fail(
                            Diagnostic::error(Code::TargetRead, expr.span, format!("`{name}` is a target: a model cannot read it"))
                                .also(declared, "declared here")
                                .hint(format!("declare it as a `condition` if it is known in use; `-> {name}` says that it is predicted")).repairs(left_out),
                        );
                    }
                    readable.insert(input);
                }
                Value::Group(group) => readable.extend(group.iter().copied()),
                // Outputs of another model: that model's inputs come with it.
                Value::Tensor(_) | Value::Family(_) | Value::Model(_) | Value::Record(_) => {}
                other => {
                    return self.expected(
                        "a modality, a condition, a group or an output of a model",
                        &other,
                        expr.span,
                    );
                }
            }
        }
        Ok(readable)
    }

    fn target(&mut self, name: &Name) -> Eval<(usize, Span)> {
        match self.name(&name.text, name.span)? {
            Value::Input(input) if self.inputs[input].role != InputRole::Condition => Ok((input, name.span)),
            other => self.expected("a target", &other, name.span),
        }
    }

    fn model_body(&mut self, body: &Body) -> Eval<BodyValues> {
        let mut values = BodyValues::default();
        let mut failed = false;
        for statement in &body.statements {
            let value = self.eval(&statement.value);
            match &value {
                Ok(value) if statement.output => values.outputs.push((statement.name.clone(), value.clone())),
                Ok(value) => values.locals.push((statement.name.text.clone(), value.clone())),
                Err(Reported) => failed = true,
            }
            // A broken one is kept too: statements that use it say nothing, the others still tell their own mistakes.
            self.frame_mut().locals.push((statement.name.text.clone(), value));
        }
        let result = body.result.as_ref().map(|result| (self.eval(result), result.span));
        if failed {
            return Err(Reported);
        }
        if let Some((value, span)) = result {
            values.result = Some((value?, span));
        }
        Ok(values)
    }

    /// Outputs as nodes, and the fields that other declarations can name.
    fn outputs(
        &mut self,
        name: &Name,
        body: &Body,
        values: BodyValues,
    ) -> Eval<(Vec<Output>, IndexMap<String, Value>)> {
        let mut outputs = Vec::new();
        let mut fields: IndexMap<String, Value> = values.locals.into_iter().collect();
        for (output, value) in values.outputs {
            if outputs.iter().any(|o: &Output| o.name == output.text) {
                let message = format!("model `{}` has two outputs `{}`", name.text, output.text);
                return self.fail(
                    Diagnostic::error(Code::TwiceDeclared, output.span, message)
                        .hint("rename one of the two")
                        .repair(repair::written(output.span, &format!("{}_2", output.text))),
                );
            }
            let members = self.members_of_output(&value, output.span)?;
            fields.insert(output.text.clone(), value);
            outputs.push(Output { name: output.text, members });
        }
        if let Some((value, span)) = values.result {
            let members = self.members_of_output(&value, span)?;
            fields.insert(String::new(), value);
            outputs.push(Output { name: name.text.clone(), members });
        }
        if outputs.is_empty() {
            return self.fail(
                Diagnostic::error(Code::KindMismatch, body.span, format!("model `{}` has no output", name.text))
                    .hint("end its body with an expression, or name results with `output z = ..`"),
            );
        }
        Ok((outputs, fields))
    }

    fn members_of_output(&mut self, value: &Value, span: Span) -> Eval<Vec<(String, NodeId)>> {
        match value {
            Value::Family(family) => {
                let mut members = Vec::with_capacity(family.entries.len());
                for (key, value) in &family.entries {
                    members.push((key.join(", "), self.tensor(value, span)?));
                }
                Ok(members)
            }
            other => Ok(vec![(String::new(), self.tensor(other, span)?)]),
        }
    }

    fn check_target(&mut self, model: &Model, input: usize, name: &Name, place: Span) -> Eval<()> {
        let Some(output) = model.output(&model.name).or_else(|| model.outputs.first()) else { return Ok(()) };
        let Some((_, node)) = output.members.first() else { return Ok(()) };
        let found = self.ty(*node).clone();
        let target = self.graph.inputs[input].ty.clone();
        if found.kind == Kind::Tensor && found.predicts(&target) {
            return Ok(());
        }
        let origin = self.origin(*node);
        let declared = self.input_spans[input];
        let width = match &target.kind {
            Kind::Class(levels) => Some(levels.len()),
            Kind::Tensor if target.shape.is_empty() => Some(1),
            _ => None,
        };
        let fix = width
            .filter(|_| found.shape.len() == 1)
            .zip(self.result_of(name))
            .map(|(width, result)| repair::ending(self.sources, result, width));
        let (wanted, hint) = match &target.kind {
            Kind::Class(levels) => (
                format!("{} numbers, one for each of {}", levels.len(), levels.join(", ")),
                Some(format!("end with `|> Linear({})`", levels.len())),
            ),
            Kind::Mask(levels) => (format!("{} channels on {}", levels.len(), show_shape(&target.shape)), None),
            _ if target.shape.is_empty() => ("one number".to_string(), Some("end with `|> Linear(1)`".to_string())),
            _ => (target.to_string(), None),
        };
        self.fail(
            Diagnostic::error(
                Code::TargetShape,
                origin,
                format!(
                    "model `{}` predicts `{}` and needs {wanted}; it gives {found}",
                    name.text, self.inputs[input].name
                ),
            )
            .label(format!("this is {found}"))
            .also(place, "predicted here")
            .also(declared, "declared here")
            .maybe_hint(hint)
            .repairs(fix),
        )
    }

    /// Where the declaration around a place ends.
    fn end_of_declaration(&self, place: Span) -> u32 {
        let around = |span: &Span| span.source == place.source && span.start <= place.start && place.end <= span.end;
        let spans = self.unit.declarations.iter().map(|d| d.declaration.span);
        spans.filter(around).map(|span| span.end).next().unwrap_or(place.end)
    }

    /// Where the unnamed result of a model stands.
    fn result_of(&self, name: &Name) -> Option<Span> {
        match &self.unit.declarations.get(self.unit.resolve(0, &name.text)?)?.declaration.kind {
            DeclarationKind::Model { body, .. } => body.result.as_ref().map(|result| result.span),
            _ => None,
        }
    }

    /// The unnamed result of a model, or its only output.
    pub fn model_result(&mut self, model: usize, span: Span) -> Eval<NodeId> {
        let entry = &self.models[model];
        let output = entry.output(&entry.name).or_else(|| (entry.outputs.len() == 1).then(|| &entry.outputs[0]));
        match output.map(|o| o.members.as_slice()) {
            Some([(_, node)]) => Ok(*node),
            Some(_) => {
                let name = entry.name.clone();
                self.fail(
                    Diagnostic::error(Code::KindMismatch, span, format!("the output of `{name}` is a family"))
                        .hint("pick a member with `[m]`"),
                )
            }
            None => {
                let name = entry.name.clone();
                let outputs: Vec<String> = entry.outputs.iter().map(|o| format!("{name}.{}", o.name)).collect();
                self.fail(
                    Diagnostic::error(Code::KindMismatch, span, format!("model `{name}` has several outputs"))
                        .hint(format!("name one: {}", outputs.join(", "))),
                )
            }
        }
    }

    /// `model.output`, or a `let` of its body: a stage may apply a module that the model made.
    pub(super) fn model_field(&mut self, model: usize, name: &Name, _span: Span) -> Eval<Value> {
        if let Some(value) = self.model_fields[model].get(&name.text) {
            return Ok(value.clone());
        }
        let known: Vec<String> = self.models[model].outputs.iter().map(|o| o.name.clone()).collect();
        let model = self.models[model].name.clone();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let hint = match nearest(&name.text, &known) {
            Some(near) => format!("did you mean `{model}.{near}`?"),
            None => format!("it has {}", known.iter().map(|o| format!("`{o}`")).collect::<Vec<_>>().join(", ")),
        };
        self.fail(
            Diagnostic::error(Code::UnknownField, name.span, format!("model `{model}` has no output `{}`", name.text))
                .hint(hint)
                .repairs(repair::one_of(&name.text, &known, name.span)),
        )
    }

    /// A value as outputs of a model: `parts.drawn`, `norm`, `fused.image[jac]`.
    pub fn output_members(&mut self, expr: &Expr) -> Eval<(usize, String, Members)> {
        let (root, field, key) = match &expr.kind {
            ExprKind::Field { of, name } => (of.as_ref(), Some(name), None),
            ExprKind::Index { of, .. } => match &of.kind {
                ExprKind::Field { of, name } => (of.as_ref(), Some(name), Some(expr)),
                _ => (of.as_ref(), None, Some(expr)),
            },
            _ => (expr, None, None),
        };
        let value = self.eval(root)?;
        let Value::Model(model) = value else { return self.expected("a model or an output of one", &value, root.span) };
        if let Some(field) = field {
            let value = self.model_field(model, field, expr.span)?;
            if let Some(index) = key {
                let picked = self.eval(index)?;
                let node = self.tensor(&picked, index.span)?;
                let key = self.key_of_index(index)?;
                return Ok((model, field.text.clone(), vec![(key, node)]));
            }
            let members = match &value {
                Value::Family(family) => self.family_members(family, expr.span)?,
                other => vec![(String::new(), self.tensor(other, expr.span)?)],
            };
            return Ok((model, field.text.clone(), members));
        }
        let entry = &self.models[model];
        let output = entry.output(&entry.name).or_else(|| (entry.outputs.len() == 1).then(|| &entry.outputs[0]));
        match output {
            Some(output) => Ok((model, output.name.clone(), output.members.clone())),
            None => {
                let node = self.model_result(model, expr.span)?;
                Ok((model, String::new(), vec![(String::new(), node)]))
            }
        }
    }

    fn family_members(&mut self, family: &Rc<Family>, span: Span) -> Eval<Vec<(String, NodeId)>> {
        let mut members = Vec::with_capacity(family.entries.len());
        for (key, value) in &family.entries {
            members.push((key.join(", "), self.tensor(value, span)?));
        }
        Ok(members)
    }

    pub fn key_of_index(&mut self, expr: &Expr) -> Eval<String> {
        let ExprKind::Index { by, .. } = &expr.kind else { return Ok(String::new()) };
        let mut keys = Vec::with_capacity(by.len());
        for expr in by {
            let key = match &expr.kind {
                ExprKind::Name(word) if self.lookup(word, expr.span).is_none() => word.clone(),
                _ => {
                    let value = self.eval(expr)?;
                    self.key(&value, expr.span)?
                }
            };
            keys.push(key);
        }
        Ok(keys.join(", "))
    }
}
