//! Blocks: parameters, application, bodies, and what the signature promises.

use super::apply::same_shapes;
use super::dimension::Dimensions;
use super::{Code, Diagnostic, Eval, Evaluator, Frame, InstanceKind, MAX_DEPTH, Reported};
use crate::compile::repair;
use crate::compile::value::{InstanceId, Value, spell};
use crate::graph::{Kind, NodeId, Presence, TensorType, show_shape};
use fascicle_syntax::{Argument, Block, DeclarationKind, Expr, ExprKind, Fix, Parameter, Span, Type, TypeKind};
use indexmap::IndexMap;
use std::rc::Rc;

impl<'a> Evaluator<'a> {
    fn block(&self, position: usize) -> Option<&'a Block> {
        let unit = self.unit;
        match &unit.declarations.get(position)?.declaration.kind {
            DeclarationKind::Block(block) => Some(block),
            _ => None,
        }
    }

    /// `Down(16)`: a block with its parameters.
    pub(super) fn make_block(&mut self, position: usize, arguments: &[Argument], span: Span) -> Eval<Value> {
        let Some(block) = self.block(position) else { return Err(Reported) };
        let parameters = self.bind_parameters(&block.name.text, &block.parameters, arguments, span, position)?;
        let name = block.name.text.clone();
        let id =
            self.instance(&name, span, || InstanceKind::Block { declaration: position, parameters: parameters.into() });
        Ok(Value::Module(id))
    }

    /// Settles the arguments of a block or loss; defaults are evaluated in its own scope.
    fn bind_parameters(
        &mut self,
        name: &str,
        parameters: &'a [Parameter],
        arguments: &[Argument],
        span: Span,
        position: usize,
    ) -> Eval<IndexMap<String, Value>> {
        let mut bound: IndexMap<String, Value> = IndexMap::new();
        for argument in arguments {
            let parameter = match &argument.name {
                Some(given) => match parameters.iter().find(|p| p.name.text == given.text) {
                    Some(parameter) => parameter,
                    None => {
                        let known: Vec<&str> = parameters.iter().map(|p| p.name.text.as_str()).collect();
                        return self.unknown_argument(name, &given.text, given.span, &known);
                    }
                },
                None => match parameters.iter().find(|p| !bound.contains_key(&p.name.text)) {
                    Some(parameter) => parameter,
                    None => {
                        let declared = self.unit.declarations[position].declaration.span;
                        let message = format!("`{name}` takes {} arguments", parameters.len());
                        return self.fail(
                            Diagnostic::error(Code::UnknownArgument, argument.value.span, message)
                                .also(head(declared, self.sources), "declared here")
                                .hint(format!("make it first, then apply it: `{name}(..)(x)` or `x |> {name}(..)`")),
                        );
                    }
                },
            };
            let value = self.parameter_value(&argument.value, parameter)?;
            if bound.insert(parameter.name.text.clone(), value).is_some() {
                let message = format!("`{}` is given twice", parameter.name.text);
                return self.fail(
                    Diagnostic::error(Code::WrongArgument, argument.value.span, message).hint("remove one of the two"),
                );
            }
        }
        for parameter in parameters {
            if bound.contains_key(&parameter.name.text) {
                continue;
            }
            let Some(default) = &parameter.default else {
                let ty = parameter.ty.as_ref().map_or("", |ty| self.sources.text(ty.span));
                let usual = match ty {
                    "int" => Some("8"),
                    "real" => Some("0.5"),
                    "bool" => Some("true"),
                    _ => None,
                };
                let given = usual.map(|value| format!("{}: {value}", parameter.name.text));
                let fix = given.map(|given| repair::with_argument(self.sources, span, &given));
                let message = format!("`{name}` needs `{}`", parameter.name.text);
                return self.fail(
                    Diagnostic::error(Code::MissingArgument, span, message)
                        .also(parameter.name.span, "declared here")
                        .repairs(fix),
                );
            };
            let scope = self.unit.declarations[position].scope;
            let value = self.in_scope(scope, |e| e.parameter_value(default, parameter))?;
            bound.insert(parameter.name.text.clone(), value);
        }
        Ok(bound)
    }

    /// A parameter's value, checked against its type.
    fn parameter_value(&mut self, expr: &Expr, parameter: &Parameter) -> Eval<Value> {
        let ty = parameter.ty.as_ref();
        let named = ty.and_then(|t| match &t.kind {
            TypeKind::Named { name, options, .. } => Some((name.text.as_str(), options.as_ref())),
            TypeKind::Shape(_) => None,
        });
        if let (Some(("one_of", Some(options))), ExprKind::Name(word)) = (&named, &expr.kind)
            && self.lookup(word, expr.span).is_none_or(|v| !matches!(v, Ok(Value::Choice(_))))
        {
            let choice = crate::compile::value::Choice {
                word: word.clone(),
                options: options.iter().map(|o| o.text.clone()).collect(),
                param: parameter.name.text.clone(),
                span: parameter.name.span,
            };
            self.check_option(&choice, word, expr.span)?;
            return Ok(Value::Choice(choice.into()));
        }
        let value = self.eval(expr)?;
        let fits = match (&named, &value) {
            (None, _) => true,
            (Some(("int", _)), Value::Int(_)) => true,
            (Some(("real", _)), Value::Int(_) | Value::Real(_)) => true,
            (Some(("bool", _)), Value::Bool(_)) => true,
            (Some(("text", _)), Value::Text(_)) => true,
            (Some(("block", _)), Value::Block(_) | Value::Module(_) | Value::Operator(_)) => true,
            (Some(("one_of", Some(options))), Value::Choice(c)) => options.iter().any(|o| o.text == c.word),
            (Some(("list", _)), Value::List(_)) => true,
            (Some(("int" | "real" | "bool" | "text" | "block" | "one_of" | "list", _)), _) => false,
            _ => true,
        };
        if fits {
            return Ok(value);
        }
        let wanted = ty.map_or(String::new(), |t| self.sources.text(t.span).to_string());
        let found = match &value {
            Value::Int(_) | Value::Real(_) | Value::Bool(_) | Value::List(_) => spell(&value),
            other => other.describe().to_string(),
        };
        let message = format!("`{}` is of type {wanted}, found {found}", parameter.name.text);
        self.fail(Diagnostic::error(Code::WrongArgument, expr.span, message).also(parameter.name.span, "declared here"))
    }

    /// Applies a block: solves its dimensions, evaluates its body with the modules of this instance, checks the result.
    pub(super) fn apply_block(&mut self, id: InstanceId, inputs: Vec<(Value, Span)>, span: Span) -> Eval<Value> {
        let InstanceKind::Block { declaration, parameters } = &self.instances[id.0].kind else { return Err(Reported) };
        let (position, parameters) = (*declaration, parameters.clone());
        let Some(block) = self.block(position) else { return Err(Reported) };
        self.used[position] = true;
        if self.frames.len() > MAX_DEPTH {
            return self.fail(
                Diagnostic::error(
                    Code::Recursion,
                    span,
                    format!("blocks are nested more than {MAX_DEPTH} deep in `{}`", block.name.text),
                )
                .also(block.name.span, "declared here")
                .hint("a block that uses itself needs a parameter that shrinks and an `if` that stops"),
            );
        }
        if inputs.len() != block.inputs.len() {
            let names: Vec<&str> = block.inputs.iter().map(|i| i.name.text.as_str()).collect();
            let message = format!(
                "`{}` is applied to {} values ({}), {} were given",
                block.name.text,
                block.inputs.len(),
                names.join(", "),
                inputs.len()
            );
            return self
                .fail(Diagnostic::error(Code::MissingArgument, span, message).also(block.name.span, "declared here"));
        }

        // 1. The values, for the people who have all of them.
        let mut presence = Presence::new();
        let mut nodes: Vec<Option<NodeId>> = Vec::with_capacity(inputs.len());
        for ((value, place), parameter) in inputs.iter().zip(&block.inputs) {
            let tensor =
                parameter.ty.is_some() || matches!(value, Value::Tensor(_) | Value::Input(_) | Value::Model(_));
            let node = if tensor { Some(self.tensor(value, *place)?) } else { None };
            if let Some(node) = node {
                presence.extend(self.ty(node).presence.iter().copied());
            }
            nodes.push(node);
        }
        for (node, (_, place)) in nodes.iter_mut().zip(&inputs) {
            if let Some(node) = node {
                *node = self.restrict(*node, &presence, *place)?;
            }
        }

        // 2. One shape for all applications.
        let types: Vec<TensorType> = nodes.iter().flatten().map(|n| self.ty(*n).clone()).collect();
        match &self.instances[id.0].first {
            Some((first, place)) if !same_shapes(first, &types) => {
                let (first, place) = (first.clone(), *place);
                let input = nodes.iter().flatten().next().copied().unwrap_or(NodeId(0));
                return self.shared_shape(&block.name.text, (&first, place), (&types, input), span);
            }
            Some(_) => {}
            None => self.instance_mut(id).first = Some((types, span)),
        }

        // 3. Dimensions, from the signature.
        let scope = self.unit.declarations[position].scope;
        let call = self.record_call(&block.name.text, block.name.span, span, &parameters);
        self.frames.push(Frame {
            owner: id,
            scope,
            locals: parameters.iter().map(|(name, value)| (name.clone(), Ok(value.clone()))).collect(),
            turns: Rc::default(),
            readable: self.frame().readable.clone(),
            model: self.frame().model.clone(),
            applied: Some(span),
            call,
        });
        let solved = self.signature(block, &nodes, &inputs);
        let result = solved.and_then(|dimensions| {
            self.record_dimensions(call, &dimensions);
            let locals = &mut self.frame_mut().locals;
            locals.extend(dimensions.iter().map(|(name, (value, _))| (name.clone(), Ok(Value::Int(*value)))));
            for ((parameter, node), (value, _)) in block.inputs.iter().zip(&nodes).zip(&inputs) {
                let value = node.map_or_else(|| value.clone(), Value::Tensor);
                locals.push((parameter.name.text.clone(), Ok(value)));
            }
            let value = self.body(&block.body)?;
            // 4. The result, against what the signature promises.
            match &block.result {
                Some(ty) => self.check_result(block, ty, value, &dimensions),
                None => match value {
                    Value::Input(_) => {
                        let place = block.body.result.as_ref().map_or(block.body.span, |e| e.span);
                        self.tensor(&value, place).map(Value::Tensor)
                    }
                    other => Ok(other),
                },
            }
        });
        self.frames.pop();
        result
    }

    fn check_result(&mut self, block: &Block, ty: &Type, value: Value, known: &Dimensions) -> Eval<Value> {
        let place = block.body.result.as_ref().map_or(block.body.span, |e| e.span);
        let node = self.tensor(&value, place)?;
        let found = self.ty(node).clone();
        let (shape, normal): (&[Expr], bool) = match &ty.kind {
            TypeKind::Shape(shape) => (shape, false),
            TypeKind::Named { name, shape, .. } => (shape.as_deref().unwrap_or(&[]), name.text == "normal"),
        };
        let mut wanted = Vec::with_capacity(shape.len());
        for (axis, dimension) in shape.iter().enumerate() {
            let free = matches!(&dimension.kind, ExprKind::Name(n) if n == "_");
            let value = if free { None } else { self.dimension(dimension, known)? };
            match value.and_then(|v| usize::try_from(v).ok()) {
                Some(extent) => wanted.push(extent),
                // `_`, or a name that only the result has, is whatever comes out.
                None => wanted.push(found.shape.get(axis).copied().unwrap_or(0)),
            }
        }
        if wanted == found.shape && normal == (found.kind == Kind::Normal) {
            return Ok(Value::Tensor(node));
        }
        let promised = format!("{}{}", if normal { "normal" } else { "" }, show_shape(&wanted));
        let mut diagnostic = Diagnostic::error(
            Code::ResultMismatch,
            place,
            format!("`{}` promises {promised} and gives {found}", block.name.text),
        )
        .label(format!("this is {found}"))
        .also(ty.span, format!("{promised} is promised here"));
        if let Some((name, (_, origin))) = known.iter().next() {
            let values: Vec<String> = known.iter().map(|(n, (v, _))| format!("{n} = {v}")).collect();
            let _ = name;
            diagnostic = diagnostic.also(*origin, format!("applied here, with {}", values.join(", ")));
        }
        let axes = shape.iter().zip(&wanted).zip(&found.shape);
        let kept = axes.map(|((axis, wanted), found)| match wanted == found {
            true => self.sources.text(axis.span),
            // Whatever comes out.
            false => "_",
        });
        let now = format!("[{}]", kept.collect::<Vec<_>>().join(", "));
        let fix = (wanted.len() == found.shape.len() && normal == (found.kind == Kind::Normal) && !normal)
            .then(|| Fix::new(format!("promise `{now}`"), ty.span, now));
        self.fail(diagnostic.hint("change the promise or the body").repairs(fix))
    }
}

/// The first line of a declaration: a label for a whole block would fill the screen.
fn head(span: Span, sources: &crate::compile::Sources) -> Span {
    let line = sources.text(span).lines().next().map_or(0, str::len) as u32;
    Span { end: span.start + line, ..span }
}
