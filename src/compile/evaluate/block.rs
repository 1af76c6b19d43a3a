//! Blocks: parameters, signatures with solved dimensions, bodies.
//!
//! ```text
//!  block Up()(x: [c, d, h, w], skip: [s, 2*d, 2*h, 2*w]) -> [s, 2*d, 2*h, 2*w]
//!      applied to [32, 4, 4, 3] and [16, 8, 8, 6]:   c=32 d=4 h=4 w=3 s=16, and 2*d == 8 holds
//! ```

use super::apply::same_shapes;
use super::{Code, Diagnostic, Eval, Evaluator, Frame, InstanceKind, MAX_DEPTH, Reported};
use crate::compile::value::{InstanceId, Value, spell};
use crate::graph::{Kind, NodeId, Presence, TensorType, show_shape};
use crate::syntax::{Argument, BinaryOp, Block, DeclarationKind, Expr, ExprKind, Parameter, Span, Type, TypeKind};
use indexmap::IndexMap;

/// Dimensions solved so far: value, and where it came from.
type Dimensions = IndexMap<String, (i64, Span)>;

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
        let id = self.instance(&name, span, || InstanceKind::Block { declaration: position, parameters });
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
                return self.fail(Diagnostic::error(Code::WrongArgument, argument.value.span, message).hint("remove one of the two"));
            }
        }
        for parameter in parameters {
            if bound.contains_key(&parameter.name.text) {
                continue;
            }
            let Some(default) = &parameter.default else {
                let message = format!("`{name}` needs `{}`", parameter.name.text);
                return self.fail(
                    Diagnostic::error(Code::MissingArgument, span, message).also(parameter.name.span, "declared here"),
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
        match self.instances[id.0].first.clone() {
            Some((first, place)) if !same_shapes(&first, &types) => {
                let input = nodes.iter().flatten().next().copied().unwrap_or(NodeId(0));
                return self.shared_shape(&block.name.text, (&first, place), (&types, input), span);
            }
            Some(_) => {}
            None => self.instances[id.0].first = Some((types, span)),
        }

        // 3. Dimensions, from the signature.
        let scope = self.unit.declarations[position].scope;
        let mut locals: Vec<(String, Eval<Value>)> = parameters.into_iter().map(|(n, v)| (n, Ok(v))).collect();
        self.frames.push(Frame {
            owner: id,
            scope,
            locals: locals.clone(),
            turns: Vec::new(),
            readable: self.frame().readable.clone(),
            model: self.frame().model.clone(),
        });
        let solved = self.signature(block, &nodes, &inputs);
        let result = solved.and_then(|dimensions| {
            locals.extend(dimensions.iter().map(|(name, (value, _))| (name.clone(), Ok(Value::Int(*value)))));
            for ((parameter, node), (value, _)) in block.inputs.iter().zip(&nodes).zip(&inputs) {
                let value = node.map_or_else(|| value.clone(), Value::Tensor);
                locals.push((parameter.name.text.clone(), Ok(value)));
            }
            self.frame_mut().locals = locals;
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

    /// Solves the dimension names of the inputs' types.
    fn signature(&mut self, block: &Block, nodes: &[Option<NodeId>], inputs: &[(Value, Span)]) -> Eval<Dimensions> {
        let mut dimensions = Dimensions::new();
        // Patterns that need names of a later input are looked at again at the end.
        let mut later: Vec<(&Expr, i64, Span, &str)> = Vec::new();
        for ((parameter, node), (_, place)) in block.inputs.iter().zip(nodes).zip(inputs) {
            let (Some(ty), Some(node)) = (&parameter.ty, node) else { continue };
            let found = self.ty(*node).clone();
            let pattern = self.pattern(ty, &found, *place, &parameter.name.text)?;
            if pattern.len() != found.shape.len() {
                let wanted = self.sources.text(ty.span).to_string();
                let message = format!(
                    "`{}` of `{}` has {} axes, found {} of {found}",
                    parameter.name.text,
                    block.name.text,
                    pattern.len(),
                    found.shape.len()
                );
                let origin = self.origin(*node);
                return self.fail(
                    Diagnostic::error(Code::RankMismatch, *place, message)
                        .label(format!("this is {found}"))
                        .also(ty.span, format!("declared as {wanted}"))
                        .also(origin, "made here"),
                );
            }
            for (dimension, extent) in pattern.iter().zip(&found.shape) {
                let extent = i64::try_from(*extent).unwrap_or(i64::MAX);
                if !self.solve(dimension, extent, *place, &mut dimensions, &parameter.name.text)? {
                    later.push((dimension, extent, *place, &parameter.name.text));
                }
            }
        }
        for (dimension, extent, place, input) in later {
            if !self.solve(dimension, extent, place, &mut dimensions, input)? {
                let text = self.sources.text(dimension.span).to_string();
                return self.fail(
                    Diagnostic::error(Code::DimensionMismatch, dimension.span, format!("`{text}` cannot be solved"))
                        .hint("a dimension is solved from a lone name, from `k*n`, `n/k`, `n+k` or `n-k`; the others must be known by then"),
                );
            }
        }
        Ok(dimensions)
    }

    /// The dimensions of a declared type, after checking its kind.
    fn pattern<'t>(&mut self, ty: &'t Type, found: &TensorType, place: Span, what: &str) -> Eval<&'t [Expr]> {
        let (shape, normal): (&[Expr], bool) = match &ty.kind {
            TypeKind::Shape(shape) => (shape, false),
            TypeKind::Named { name, shape, .. } => match name.text.as_str() {
                "normal" => (shape.as_deref().unwrap_or(&[]), true),
                "volume" | "image" | "slices" | "vector" => (shape.as_deref().unwrap_or(&[]), false),
                "real" => (&[], false),
                "class" | "mask" if found.kind.is_discrete() => return Ok(shape.as_deref().unwrap_or(&[])),
                other => {
                    let message = format!("`{other}` cannot be the type of a block's input");
                    return self.fail(
                        Diagnostic::error(Code::KindMismatch, name.span, message)
                            .hint("inputs are `[c, d, h, w]`, `[n]`, `normal[n]` or `real`"),
                    );
                }
            },
        };
        match (&found.kind, normal) {
            (Kind::Normal, true) | (Kind::Tensor, false) => Ok(shape),
            (Kind::Normal, false) => self.fail(
                Diagnostic::error(Code::NormalUsed, place, format!("`{what}` needs numbers, found {found}"))
                    .also(ty.span, "declared here")
                    .hint("take a draw with `|> sample`, or its `.mean`"),
            ),
            (_, true) => self.fail(
                Diagnostic::error(Code::KindMismatch, place, format!("`{what}` needs a Gaussian, found {found}"))
                    .also(ty.span, "declared here")
                    .hint("make one: `normal(mean: .., log_var: ..)`"),
            ),
            (_, false) => self.fail(
                Diagnostic::error(Code::ClassUsed, place, format!("`{what}` needs numbers, found {found}"))
                    .also(ty.span, "declared here")
                    .hint("use `|> one_hot` or `|> Embedding(8)`"),
            ),
        }
    }

    /// Matches a dimension with its extent. `Ok(false)`: it needs a name that is not known yet.
    fn solve(&mut self, dimension: &Expr, extent: i64, place: Span, known: &mut Dimensions, input: &str) -> Eval<bool> {
        if let ExprKind::Name(name) = &dimension.kind {
            if name == "_" {
                return Ok(true);
            }
            if let Some((value, origin)) = known.get(name).copied() {
                return if value == extent {
                    Ok(true)
                } else {
                    self.two_values(name, value, origin, extent, place, input)
                };
            }
            if self.parameter_dimension(name).is_none() {
                known.insert(name.clone(), (extent, place));
                return Ok(true);
            }
        }
        if let Some(value) = self.dimension(dimension, known)? {
            if value == extent {
                return Ok(true);
            }
            let text = self.sources.text(dimension.span).to_string();
            let text = if text == value.to_string() { text } else { format!("{text} = {value}") };
            let origin = names(dimension).into_iter().find_map(|n| known.get(&n).map(|(_, s)| *s));
            let mut diagnostic = Diagnostic::error(
                Code::DimensionMismatch,
                place,
                format!("`{input}` needs {text} here, found {extent}"),
            )
            .also(dimension.span, "declared here");
            if let Some(origin) = origin {
                diagnostic = diagnostic.also(origin, "where the other dimensions come from");
            }
            return self.fail(diagnostic);
        }
        // One unknown in a linear form: undo the operation.
        let ExprKind::Binary { op, left, right } = &dimension.kind else { return Ok(false) };
        let (a, b) = (self.dimension(left, known)?, self.dimension(right, known)?);
        let solved = match (op, a, b) {
            (BinaryOp::Multiply, Some(k), None) if k != 0 => Some((right, extent, k)),
            (BinaryOp::Multiply, None, Some(k)) if k != 0 => Some((left, extent, k)),
            (BinaryOp::Divide, None, Some(k)) => Some((left, extent.saturating_mul(k), 1)),
            (BinaryOp::Add, Some(k), None) => Some((right, extent - k, 1)),
            (BinaryOp::Add, None, Some(k)) => Some((left, extent - k, 1)),
            (BinaryOp::Subtract, None, Some(k)) => Some((left, extent + k, 1)),
            (BinaryOp::Subtract, Some(k), None) => Some((right, k - extent, 1)),
            _ => None,
        };
        match solved {
            None => Ok(false),
            Some((inner, total, k)) if total % k == 0 => self.solve(inner, total / k, place, known, input),
            Some((_, total, k)) => {
                let text = self.sources.text(dimension.span).to_string();
                self.fail(
                    Diagnostic::error(Code::DimensionDivision, place, format!("{total} is not a multiple of {k}"))
                        .also(dimension.span, format!("`{text}` is declared here"))
                        .hint("pad or crop the input to a multiple"),
                )
            }
        }
    }

    fn two_values(
        &mut self,
        name: &str,
        value: i64,
        origin: Span,
        extent: i64,
        place: Span,
        input: &str,
    ) -> Eval<bool> {
        self.fail(
            Diagnostic::error(
                Code::DimensionMismatch,
                place,
                format!("`{name}` is {value}, but `{input}` has {extent} there"),
            )
            .label(format!("{name} = {extent}"))
            .also(origin, format!("{name} = {value} from here"))
            .hint(format!("a name in a signature has one value; use another name if the two may differ from `{name}`")),
        )
    }

    /// A dimension name that is a parameter of the block, or of the file.
    fn parameter_dimension(&mut self, name: &str) -> Option<i64> {
        if let Some((_, value)) = self.frame().locals.iter().rev().find(|(n, _)| n == name) {
            return if let Ok(Value::Int(i)) = value { Some(*i) } else { None };
        }
        let position = self.unit.resolve(self.scope(), name)?;
        if !matches!(self.unit.declarations[position].declaration.kind, DeclarationKind::Param { .. }) {
            return None;
        }
        match self.global(position, Span::default()) {
            Ok(Value::Int(i)) => Some(i),
            _ => None,
        }
    }

    /// A dimension whose names are all known.
    fn dimension(&mut self, expr: &Expr, known: &Dimensions) -> Eval<Option<i64>> {
        match &expr.kind {
            ExprKind::Int(i) => Ok(Some(*i)),
            ExprKind::Name(name) => match known.get(name) {
                Some((value, _)) => Ok(Some(*value)),
                None => Ok(self.parameter_dimension(name)),
            },
            ExprKind::Binary { op, left, right } => {
                let (Some(a), Some(b)) = (self.dimension(left, known)?, self.dimension(right, known)?) else {
                    return Ok(None);
                };
                let value = match op {
                    BinaryOp::Add => a.checked_add(b),
                    BinaryOp::Subtract => a.checked_sub(b),
                    BinaryOp::Multiply => a.checked_mul(b),
                    BinaryOp::Power => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
                    BinaryOp::Divide if b != 0 && a % b == 0 => Some(a / b),
                    BinaryOp::Divide => {
                        let text = self.sources.text(expr.span).to_string();
                        let origin = names(expr).into_iter().find_map(|n| known.get(&n).map(|(_, s)| *s));
                        let mut diagnostic = Diagnostic::error(
                            Code::DimensionDivision,
                            expr.span,
                            format!("`{text}`: {a} cannot be divided by {b} without a remainder"),
                        )
                        .hint(format!("pad or crop the input so that the axis is a multiple of {b}"));
                        if let Some(origin) = origin {
                            diagnostic = diagnostic.also(origin, format!("the axis has {a} here"));
                        }
                        return self.fail(diagnostic);
                    }
                    _ => {
                        let message = format!("`{}` cannot be used on dimensions", op.spelling());
                        return self.fail(Diagnostic::error(Code::DimensionMismatch, expr.span, message).hint("dimensions are names, whole numbers and `+ - * / ^` of them"));
                    }
                };
                match value {
                    Some(value) => Ok(Some(value)),
                    None => {
                        self.fail(Diagnostic::error(Code::ArithmeticFailed, expr.span, "the dimension is too large").hint("look for a power or a product that grows further than meant"))
                    }
                }
            }
            ExprKind::Call { .. } | ExprKind::Field { .. } | ExprKind::Index { .. } => match self.eval(expr)? {
                Value::Int(i) => Ok(Some(i)),
                other => self.expected("a whole number", &other, expr.span),
            },
            _ => self.fail(
                Diagnostic::error(Code::DimensionMismatch, expr.span, "this is not a dimension")
                    .hint("dimensions are names, whole numbers and `+ - * /` of them"),
            ),
        }
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
        self.fail(diagnostic.hint("change the promise or the body"))
    }

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
        self.frames.push(Frame {
            owner: id,
            scope: declared.scope,
            locals: bound.into_iter().map(|(name, value)| (name, Ok(value))).collect(),
            turns: Vec::new(),
            readable: None,
            model: None,
        });
        let value = self.body(body);
        self.frames.pop();
        value
    }
}

/// Names in a dimension expression.
fn names(expr: &Expr) -> Vec<String> {
    match &expr.kind {
        ExprKind::Name(name) => vec![name.clone()],
        ExprKind::Binary { left, right, .. } => {
            let mut all = names(left);
            all.extend(names(right));
            all
        }
        _ => Vec::new(),
    }
}

/// The first line of a declaration: a label for a whole block would fill the screen.
fn head(span: Span, sources: &crate::compile::Sources) -> Span {
    let line = sources.text(span).lines().next().map_or(0, str::len) as u32;
    Span { end: span.start + line, ..span }
}
