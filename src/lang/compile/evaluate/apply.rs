//! Calls and pipes: making modules, applying modules and functions.

use super::{Code, Diagnostic, Eval, Evaluator, InstanceKind, all};
use crate::compile::repair;
use crate::compile::value::{Builtin, InstanceId, Value};
use crate::graph::{Kind, Mixture, Module, NodeId, Op, Presence, TensorType};
use crate::ops::{Arguments, Arity, Family, Refusal, Rewrite, Stanza};
use fascicle_syntax::{Argument, Expr, ExprKind, Fix, SourceId, Span};

impl Evaluator<'_> {
    /// `f(a, b: c)`.
    pub(super) fn call(&mut self, callee: &Expr, arguments: &[Argument], span: Span) -> Eval<Value> {
        let function = self.callee(callee)?;
        self.call_value(function, callee.span, None, arguments, span)
    }

    /// `x |> stage`: a function takes `x` first; anything else that can be applied is applied to it.
    pub(super) fn pipe(&mut self, input: &Expr, stage: &Expr, span: Span) -> Eval<Value> {
        let value = self.eval(input)?;
        let begun = self.begun();
        let result = self.piped((value, input.span), stage, span);
        if let Some(begun) = begun {
            self.record_stage(stage.span, input.span, &result, begun);
        }
        result
    }

    fn piped(&mut self, piped: (Value, Span), stage: &Expr, span: Span) -> Eval<Value> {
        if let ExprKind::Call { callee, arguments } = &stage.kind {
            let function = self.callee(callee)?;
            if self.is_function(&function) {
                return self.call_value(function, callee.span, Some(piped), arguments, span);
            }
            let made = self.call_value(function, callee.span, None, arguments, stage.span)?;
            return self.apply_value(made, stage.span, vec![piped], span);
        }
        let function = self.callee(stage)?;
        if self.is_function(&function) {
            return self.call_value(function, stage.span, Some(piped), &[], span);
        }
        self.apply_value(function, stage.span, vec![piped], span)
    }

    /// What is called: a name may be a parameter whose value is the name of a function (`experts: one_of(poe, moe)`).
    fn callee(&mut self, expr: &Expr) -> Eval<Value> {
        let value = self.eval(expr)?;
        match &value {
            Value::Choice(choice) => {
                let word = choice.word.clone();
                self.name(&word, expr.span)
            }
            Value::Word(word) => {
                let word = word.to_string();
                self.name(&word, expr.span)
            }
            _ => Ok(value),
        }
    }

    fn is_function(&self, value: &Value) -> bool {
        match value {
            Value::Operator(stanza) => !stanza.makes_a_module(),
            Value::Builtin(_) | Value::Loss(_) => true,
            _ => false,
        }
    }

    fn call_value(
        &mut self,
        function: Value,
        callee: Span,
        piped: Option<(Value, Span)>,
        arguments: &[Argument],
        span: Span,
    ) -> Eval<Value> {
        match function {
            Value::Operator(stanza) if stanza.makes_a_module() => {
                let arguments = self.operator_arguments(stanza, arguments, callee)?;
                let id =
                    self.instance(stanza.name, span, || InstanceKind::Operator { stanza, arguments: arguments.into() });
                Ok(Value::Module(id))
            }
            Value::Operator(stanza) => {
                let (inputs, rest) = self.operator_inputs(stanza, piped, arguments, span)?;
                let mut bound = self.operator_arguments(stanza, &rest, callee)?;
                self.apply_function(stanza, &mut bound, inputs, span)
            }
            Value::Builtin(Builtin::Fool) => self.fool(piped, arguments, span),
            Value::Builtin(builtin) => {
                let mut given: Vec<(Value, Span)> = piped.into_iter().collect();
                for argument in arguments {
                    if let Some(name) = &argument.name {
                        return self.unknown_argument(builtin.name(), &name.text, name.span, &[]);
                    }
                    given.push((self.eval(&argument.value)?, argument.value.span));
                }
                self.builtin(builtin, given, span)
            }
            Value::Loss(position) => self.call_loss(position, piped, arguments, span),
            Value::Block(position) => self.make_block(position, arguments, span),
            Value::Module(_) | Value::Family(_) => {
                if let Some(name) = arguments.iter().find_map(|a| a.name.as_ref()) {
                    let message = format!("a module's inputs are given by position, not as `{}`", name.text);
                    return self.fail(
                        Diagnostic::error(Code::UnknownArgument, name.span, message)
                            .hint(format!(
                                "remove `{}:`; arguments with names belong to the call that makes the module",
                                name.text
                            ))
                            .repairs(repair::without_name(self.sources, name.span)),
                    );
                }
                let inputs = all(arguments.iter().map(|a| Ok((self.eval(&a.value)?, a.value.span))))?;
                self.apply_value(function, callee, inputs, span)
            }
            other => {
                let what = other.describe();
                let hint = match other {
                    Value::Tensor(_) | Value::Input(_) => "to index use square brackets, to multiply use `*`",
                    _ => "only operators, functions, blocks and modules can be called",
                };
                // A tensor before brackets with one number is a product without its mark.
                let times = match arguments {
                    [only]
                        if only.name.is_none() && matches!(only.value.kind, ExprKind::Int(_) | ExprKind::Real(_)) =>
                    {
                        let now = format!("{} * {}", self.sources.text(callee), self.sources.text(only.value.span));
                        matches!(other, Value::Tensor(_) | Value::Input(_)).then(|| repair::written(span, &now))
                    }
                    _ => None,
                };
                self.fail(
                    Diagnostic::error(Code::NotCallable, callee, format!("{what} cannot be called"))
                        .hint(hint)
                        .repairs(times),
                )
            }
        }
    }

    /// Applies a module to its inputs.
    pub(super) fn apply_value(
        &mut self,
        module: Value,
        place: Span,
        inputs: Vec<(Value, Span)>,
        span: Span,
    ) -> Eval<Value> {
        match module {
            Value::Module(id) => self.apply_module(id, inputs, span),
            Value::Operator(stanza) => {
                let name = stanza.name;
                let call = if stanza.parameters.iter().any(|p| p.default == crate::ops::Default::Required) {
                    format!("{name}(..)")
                } else {
                    format!("{name}()")
                };
                self.fail(
                    Diagnostic::error(Code::NotApplied, place, format!("`{name}` makes a module only when called"))
                        .hint(format!("write `|> {call}`"))
                        .repair(match call.ends_with("(..)") {
                            true => repair::with_argument(self.sources, place, "8"),
                            false => repair::with_argument(self.sources, place, "").certain(),
                        }),
                )
            }
            Value::Block(_) => {
                let name = self.sources.text(place).to_string();
                self.fail(
                    Diagnostic::error(Code::NotApplied, place, format!("`{name}` makes a module only when called"))
                        .hint(format!("write `|> {name}()`"))
                        .repair(repair::with_argument(self.sources, place, "")),
                )
            }
            other => {
                let what = other.describe();
                self.fail(
                    Diagnostic::error(Code::NotCallable, place, format!("{what} cannot be applied"))
                        .hint("behind `|>` stands a function or a module"),
                )
            }
        }
    }

    fn apply_module(&mut self, id: InstanceId, inputs: Vec<(Value, Span)>, span: Span) -> Eval<Value> {
        match &self.instances[id.0].kind {
            InstanceKind::Operator { stanza, arguments } => {
                let (stanza, arguments) = (*stanza, arguments.clone());
                let mut nodes = Vec::with_capacity(inputs.len());
                let mut spans = Vec::with_capacity(inputs.len());
                for (value, place) in &inputs {
                    nodes.push(self.tensor(value, *place)?);
                    spans.push(*place);
                }
                self.apply_operator(stanza, &arguments, nodes, spans, Some(id), span).map(Value::Tensor)
            }
            InstanceKind::Block { .. } => self.apply_block(id, inputs, span),
            InstanceKind::Root => self.fail(
                Diagnostic::error(Code::NotCallable, span, "this cannot be applied")
                    .hint("apply a function, a block or a module"),
            ),
        }
    }

    /// A function of the table: `concat`, `mse`, `poe`.
    fn apply_function(
        &mut self,
        stanza: &'static Stanza,
        arguments: &mut Arguments,
        inputs: Vec<(Value, Span)>,
        span: Span,
    ) -> Eval<Value> {
        let mut given = Vec::new();
        for (value, place) in &inputs {
            self.spread(value, *place, &mut given);
        }
        if let Arity::Exactly(names) = stanza.arity
            && given.len() > names.len()
            && let Some((list, place)) = inputs.iter().find(|(v, _)| matches!(v, Value::List(_) | Value::Family(_)))
        {
            return self.list_for_one(stanza.name, names, given.len(), (list, *place), span);
        }
        let prior = given.iter().any(|(v, _)| matches!(v, Value::Prior));
        let mixture = stanza.family == Family::Gaussian;
        if prior && mixture {
            let before = given.len();
            given.retain(|(v, _)| !matches!(v, Value::Prior));
            if before - given.len() > 1 {
                return self.fail(
                    Diagnostic::error(Code::WrongArgument, span, "the prior is given twice")
                        .hint("give it once, as the first expert"),
                );
            }
            arguments.set_flag("prior", true);
        }
        let mut nodes = Vec::with_capacity(given.len());
        let mut spans = Vec::with_capacity(given.len());
        for (value, place) in &given {
            nodes.push(self.tensor(value, *place)?);
            spans.push(*place);
        }
        self.apply_operator(stanza, arguments, nodes, spans, None, span).map(Value::Tensor)
    }

    /// An error for a list or a family where one value is read.
    fn list_for_one<T>(
        &mut self,
        name: &str,
        reads: &[&str],
        given: usize,
        (list, place): (&Value, Span),
        span: Span,
    ) -> Eval<T> {
        let (count, text) = (reads.len(), self.sources.text(place).to_string());
        let values = if count == 1 { "value" } else { "values" };
        let message = format!("`{name}` reads {count} {values} ({}), {given} were given", reads.join(", "));
        let hint = match list {
            Value::List(_) => format!("of a list take one: `{text}.last`, `{text}[0]`, or each in turn by `for`"),
            _ => format!("write it inside the `for`, or take one: `{text}[m]`"),
        };
        let what = list.describe();
        let is_word = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let fix = (matches!(list, Value::List(_)) && is_word)
            .then(|| Fix::new("take the last", Span { start: place.end, ..place }, ".last"));
        self.fail(Diagnostic::error(Code::MissingArgument, span, message).also(place, what).hint(hint).repairs(fix))
    }

    /// The one place where an operator of the table becomes a node.
    fn apply_operator(
        &mut self,
        stanza: &'static Stanza,
        arguments: &Arguments,
        nodes: Vec<NodeId>,
        spans: Vec<Span>,
        instance: Option<InstanceId>,
        span: Span,
    ) -> Eval<NodeId> {
        self.arity(stanza, nodes.len(), arguments, span)?;
        let types: Vec<TensorType> = nodes.iter().map(|n| self.ty(*n).clone()).collect();
        if let Some(id) = instance
            && let Some((first, place)) = &self.instances[id.0].first
            && !same_shapes(first, &types)
        {
            let (first, place) = (first.clone(), *place);
            return self.shared_shape(stanza.name, (&first, place), (&types, nodes[0]), span);
        }
        let applied = match (stanza.apply)(arguments, &types) {
            Ok(applied) => applied,
            Err(refusal) => return self.refused(stanza, &nodes, &spans, &types, refusal, instance, span),
        };
        let presence = self.resulting_presence(stanza, &applied.op, &nodes, &spans, span)?;
        let module = match instance {
            Some(id) => {
                let known = &self.instances[id.0];
                let made = match known.module {
                    Some(module) => Some(module),
                    None if applied.weights.is_empty() => None,
                    None => Some(self.graph.push_module(Module {
                        path: known.path.clone(),
                        operator: stanza.name.to_string(),
                        op: applied.op.clone(),
                        weights: applied.weights,
                    })),
                };
                if known.first.is_none() || known.module != made {
                    let entry = self.instance_mut(id);
                    entry.first.get_or_insert((types, span));
                    entry.module = made;
                }
                made
            }
            None => None,
        };
        let mut inputs = nodes;
        if matches!(applied.op, Op::Reshape) {
            // What a reshape takes its shape from is not read.
            inputs.truncate(1);
        }
        self.node(applied.op, inputs, module, applied.output.held_by(presence), applied.multiply_adds, span)
    }

    fn arity(&mut self, stanza: &Stanza, given: usize, arguments: &Arguments, span: Span) -> Eval<()> {
        let (message, hint) = match stanza.arity {
            Arity::Exactly(names) if given == names.len() => return Ok(()),
            // `kl(q, prior)` reads one value.
            Arity::Exactly(_) | Arity::AtLeast(_) if arguments.flag("prior") && given >= 1 => return Ok(()),
            Arity::AtLeast(least) if given >= least => return Ok(()),
            Arity::Exactly(names) => {
                let count = names.len();
                let values = if count == 1 { "value" } else { "values" };
                let was = if given == 1 { "was" } else { "were" };
                let message =
                    format!("`{}` reads {count} {values} ({}), {given} {was} given", stanza.name, names.join(", "));
                let made = if stanza.makes_a_module() { "(..)" } else { "" };
                let mut hint = format!("write {}{made}({})", stanza.name, names.join(", "));
                if given > count {
                    hint.push_str("; of a list take one: `.last`, `[0]`, or each in turn by `for`");
                }
                (message, hint)
            }
            Arity::AtLeast(least) => {
                let message = format!("`{}` reads at least {least} values, {given} were given", stanza.name);
                (message, format!("write {}(a, b), or give it a family", stanza.name))
            }
        };
        self.fail(Diagnostic::error(Code::MissingArgument, span, message).hint(hint))
    }

    fn resulting_presence(
        &mut self,
        stanza: &Stanza,
        op: &Op,
        nodes: &[NodeId],
        spans: &[Span],
        span: Span,
    ) -> Eval<Presence> {
        match op {
            // Losses count the people who have all of it.
            Op::Loss(_) | Op::BatchMean => Ok(Presence::new()),
            Op::Mixture { prior, kind } => {
                let presences: Vec<Presence> = nodes.iter().map(|n| self.ty(*n).presence.clone()).collect();
                if *prior || presences.iter().any(Presence::is_empty) {
                    return Ok(Presence::new());
                }
                let who = self.describe_presence(&presences.iter().flatten().copied().collect());
                let name = match kind {
                    Mixture::Product => "poe",
                    Mixture::Mixture => "moe",
                    Mixture::MixtureOfProducts => "mopoe",
                };
                self.fail(
                    Diagnostic::error(Code::NobodyHas, span, format!("all experts may be absent at once: {who}"))
                        .hint(format!("add the prior as an expert: `{name}(prior, ..)`"))
                        .repairs(repair::first_argument(self.sources, span, name, "prior")),
                )
            }
            Op::Kl if nodes.len() == 1 => Ok(self.ty(nodes[0]).presence.clone()),
            _ if nodes.len() == 1 => Ok(self.ty(nodes[0]).presence.clone()),
            _ => self.common_presence(nodes, spans, span, stanza.name),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a refusal needs all that the operator was given")]
    fn refused(
        &mut self,
        stanza: &Stanza,
        nodes: &[NodeId],
        spans: &[Span],
        types: &[TensorType],
        refusal: Refusal,
        instance: Option<InstanceId>,
        span: Span,
    ) -> Eval<NodeId> {
        let position = refusal.input.unwrap_or(0);
        let place = refusal.input.and_then(|p| spans.get(p).copied()).unwrap_or(span);
        let code = match types.get(position).and_then(|t| wrong_kind(stanza, position, t)) {
            Some(code) => code,
            None if nodes.len() > 1 => Code::ShapeMismatch,
            None => Code::ShapeRefused,
        };
        let named = refusal.message.starts_with(&format!("`{}`", stanza.name));
        let message = if named { refusal.message } else { format!("`{}`: {}", stanza.name, refusal.message) };
        let mut diagnostic = Diagnostic::error(code, place, message);
        if instance.is_none() || place == span {
            diagnostic = diagnostic.label(format!("in this `{}`", stanza.name));
        }
        for (node, ty) in nodes.iter().zip(types).take(4) {
            let origin = self.origin(*node);
            if origin != place {
                diagnostic = diagnostic.also(origin, format!("this is {ty}"));
            } else if diagnostic.labels.first().is_some_and(|l| l.text.is_empty()) {
                diagnostic = diagnostic.label(format!("this is {ty}"));
            }
        }
        let fix = refusal.rewrite.and_then(|rewrite| match rewrite {
            Rewrite::Stage(stage) => spans.get(position).map(|value| repair::with_stage(*value, &stage)),
            Rewrite::Function("flatten") => {
                let call = repair::last_stage(self.sources, span).unwrap_or(span);
                Some(repair::written(call, "flatten")).filter(|_| call != span)
            }
            Rewrite::Function(name) => {
                repair::word_in(self.sources, span, stanza.name).map(|callee| repair::written(callee, name))
            }
            Rewrite::Argument(name, value) => {
                let call = repair::last_stage(self.sources, span).unwrap_or(span);
                Some(repair::argument(self.sources, call, name, &value))
            }
            Rewrite::Ending(width) => nodes
                .first()
                .map(|node| self.origin(*node))
                .filter(|made| made.source == SourceId::default() && types.first().is_some_and(|t| t.shape.len() == 1))
                .map(|made| repair::ending(self.sources, made, width)),
            Rewrite::Reshaped => match spans {
                [value, like] => Some(repair::with_stage(*value, &format!("reshape_as({})", self.sources.text(*like)))),
                _ => None,
            },
            Rewrite::Gaussian => {
                let value = *spans.get(position)?;
                let given = self.sources.text(value);
                let now = format!("normal(mean: {given}, log_var: {given})");
                Some(Fix::new("make a Gaussian of it", value, now))
            }
            Rewrite::Swapped => match spans {
                [first, second] => {
                    let text = |span: Span| self.sources.text(span).to_string();
                    Some(Fix::new("write them in the other order", *first, text(*second)).and(*second, text(*first)))
                }
                _ => None,
            },
        });
        self.fail(diagnostic.maybe_hint(refusal.hint).repairs(fix))
    }

    pub(super) fn shared_shape<T>(
        &mut self,
        name: &str,
        (first, place): (&[TensorType], Span),
        (now, input): (&[TensorType], NodeId),
        span: Span,
    ) -> Eval<T> {
        // In a loop both applications stand at one place: where the input came from tells them apart.
        let (other, what) =
            if place == span { (self.origin(input), "applied to this") } else { (place, "first applied here") };
        let around = self
            .unit
            .declarations
            .iter()
            .map(|d| d.declaration.span)
            .find(|own| own.source == span.source && own.start <= span.start && span.end <= own.end);
        let again = around.and_then(|own| repair::made_again(self.sources, span, own));
        let show = |types: &[TensorType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
        self.fail(
            Diagnostic::error(
                Code::SharedShape,
                span,
                format!("this `{name}` was first applied to {}, and now to {}", show(first), show(now)),
            )
            .label(format!("applied to {}", show(now)))
            .also(other, what)
            .hint(format!("make one `{name}` for each, or bring both inputs to one shape"))
            .repairs(again),
        )
    }
}

/// The kind of mistake where a value is not what the operator reads at this place: a Gaussian, a class or numbers.
fn wrong_kind(stanza: &Stanza, position: usize, found: &TensorType) -> Option<Code> {
    let reads_classes = matches!(
        (stanza.name, position),
        ("cross_entropy" | "dice_loss", 1) | ("Embedding" | "one_hot", 0) | ("supervised_contrastive", 1..)
    );
    let reads_gaussians = match stanza.name {
        "normal" => false,
        "log_density" => position == 1,
        _ => stanza.family == Family::Gaussian,
    };
    match found.kind {
        Kind::Normal => (!reads_gaussians).then_some(Code::NormalUsed),
        Kind::Class(_) | Kind::Mask(_) => (!reads_classes).then_some(Code::ClassUsed),
        Kind::Tensor => (reads_classes || reads_gaussians).then_some(Code::KindMismatch),
    }
}

/// Whether two lists of types differ at most in who has the values.
pub(super) fn same_shapes(a: &[TensorType], b: &[TensorType]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.kind == y.kind && x.shape == y.shape)
}
