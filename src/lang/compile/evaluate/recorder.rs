//! Writes the [`Record`] while expressions are evaluated, where one is asked for.
//!
//! What an expression costs is what the graph has more behind it than before it. Values of the evaluator do not leave its
//! thread, so that each is put into plain words at once.

use super::{Eval, Evaluator, InstanceKind};
use crate::compile::declare::param::spell_setting;
use crate::compile::record::{Call, CallId, Fact, LISTED, Record, Seen};
use crate::compile::value::Value;
use crate::graph::Graph;
use fascicle_syntax::{Expr, ExprKind, SourceId, Span};
use indexmap::IndexMap;
use std::collections::HashMap;

/// Most facts of a variant: what a loop of thousands of turns calls is not all looked at.
const MAX_FACTS: usize = 100_000;
/// Of as many calls what stands inside a block is kept.
const CALLS: usize = 4;
/// Deepest nesting of families, lists and records that is put into words.
const MAX_DEPTH: usize = 3;

/// The facts so far.
#[derive(Clone, Default)]
pub(in crate::compile) struct Recorder {
    facts: Vec<Fact>,
    calls: Vec<Call>,
    /// Of each expression (and of each stage) what is known of its calls.
    places: HashMap<(Span, bool), Place>,
    /// Multiply-adds of the first nodes together, parameters of the first modules together.
    work: Vec<u64>,
    weights: Vec<u64>,
}

/// The facts of one expression: those of the first calls, and how many calls there were.
#[derive(Clone, Default)]
struct Place {
    facts: [Option<usize>; CALLS],
    calls: usize,
    /// The last call: the turns of loops within it follow one another.
    last: Option<CallId>,
}

/// How far the graph was when an expression was begun.
#[derive(Clone, Copy)]
pub(super) struct Begun {
    nodes: usize,
    modules: usize,
}

impl Recorder {
    /// What these nodes and modules cost together: parameters and multiply-adds.
    fn cost(&mut self, graph: &Graph, begun: Begun) -> (u64, u64) {
        let last = |sums: &[u64]| sums.last().copied().unwrap_or_default();
        for node in graph.nodes.iter().skip(self.work.len()) {
            self.work.push(last(&self.work).saturating_add(node.multiply_adds));
        }
        for module in graph.modules.iter().skip(self.weights.len()) {
            self.weights.push(last(&self.weights).saturating_add(module.parameters()));
        }
        let since = |sums: &[u64], first: usize| {
            last(sums).saturating_sub(first.checked_sub(1).and_then(|at| sums.get(at)).copied().unwrap_or_default())
        };
        (since(&self.weights, begun.modules), since(&self.work, begun.nodes))
    }

    /// Whether what an expression gives in a call is looked at: of later calls only how many there are.
    fn takes(&mut self, span: Span, call: Option<CallId>, stage: bool) -> bool {
        let place = self.places.entry((span, stage)).or_default();
        if place.calls == 0 || place.last != call {
            place.calls += 1;
            place.last = call;
        }
        place.calls <= CALLS
    }

    fn add(&mut self, fact: Fact) {
        let Some(place) = self.places.get_mut(&(fact.span, fact.stage.is_some())) else { return };
        let Some(slot) = place.calls.checked_sub(1).and_then(|at| place.facts.get_mut(at)) else { return };
        match *slot {
            Some(known) => {
                let known = &mut self.facts[known];
                known.times += 1;
                known.alike &= known.seen.is_like(&fact.seen);
                known.same_shape &= known.seen.has_the_shape_of(&fact.seen);
                known.parameters = known.parameters.saturating_add(fact.parameters);
                known.multiply_adds = known.multiply_adds.saturating_add(fact.multiply_adds);
            }
            None if self.facts.len() < MAX_FACTS => {
                *slot = Some(self.facts.len());
                self.facts.push(fact);
            }
            None => {}
        }
    }

    /// The record, in the order of the text. Of a stage and the function it names the stage stays, with the function's definition.
    pub(in crate::compile) fn finish(self, variant: &str, inputs: Vec<String>) -> Record {
        let Self { mut facts, calls, places, .. } = self;
        for fact in &mut facts {
            fact.calls = places.get(&(fact.span, fact.stage.is_some())).map_or(1, |place| place.calls);
        }
        let place = |f: &Fact| (f.span.source, f.span.start, std::cmp::Reverse(f.span.end), f.call);
        facts.sort_by_key(|fact| (place(fact), fact.stage.is_none()));
        facts.dedup_by(|next, stage| {
            let same = place(next) == place(stage);
            if same {
                stage.definition = stage.definition.or(next.definition);
            }
            same
        });
        Record { variant: variant.to_owned(), facts, calls, inputs }
    }
}

/// What another file declares is shown in that file alone: here its blocks are what they are called with.
fn is_of_the_library(span: Span) -> bool {
    span.source != SourceId::default()
}

impl Evaluator<'_> {
    /// How far the graph is; `None` where nothing is recorded.
    pub(super) fn begun(&self) -> Option<Begun> {
        self.recorder.as_ref().map(|_| Begun { nodes: self.graph.nodes.len(), modules: self.graph.modules.len() })
    }

    /// Records what an expression gave.
    pub(super) fn record(&mut self, expr: &Expr, value: &Eval<Value>, begun: Begun) {
        if is_of_the_library(expr.span) {
            return;
        }
        let definition = match &expr.kind {
            ExprKind::Name(name) => self.definition(name),
            _ => None,
        };
        self.add_fact(expr.span, value, begun, None, definition);
    }

    /// Records what comes out behind a stage of a pipe.
    pub(super) fn record_stage(&mut self, stage: Span, input: Span, value: &Eval<Value>, begun: Begun) {
        if !is_of_the_library(stage) {
            self.add_fact(stage, value, begun, Some(input), None);
        }
    }

    fn add_fact(
        &mut self,
        span: Span,
        value: &Eval<Value>,
        begun: Begun,
        stage: Option<Span>,
        definition: Option<Span>,
    ) {
        let call = self.frame().call;
        if !self.recorder.as_mut().is_some_and(|recorder| recorder.takes(span, call, stage.is_some())) {
            return;
        }
        let seen = value.as_ref().map_or(Seen::Broken, |value| self.seen(value, MAX_DEPTH));
        let Some(recorder) = &mut self.recorder else { return };
        let (parameters, multiply_adds) = recorder.cost(&self.graph, begun);
        recorder.add(Fact {
            span,
            call,
            seen,
            stage,
            parameters,
            multiply_adds,
            times: 1,
            alike: true,
            same_shape: true,
            calls: 1,
            definition,
        });
    }

    /// Records that a block or loss is applied; `None` where nothing is recorded.
    pub(super) fn record_call(
        &mut self,
        name: &str,
        declared: Span,
        span: Span,
        parameters: &IndexMap<String, Value>,
    ) -> Option<CallId> {
        self.recorder.as_ref()?;
        if is_of_the_library(span) && is_of_the_library(declared) {
            return None;
        }
        let spelled = parameters.iter().map(|(name, value)| (name.clone(), spell_setting(self, value))).collect();
        let within = self.frame().call;
        let recorder = self.recorder.as_mut()?;
        let id = CallId(u32::try_from(recorder.calls.len()).ok()?);
        let call = Call { name: name.to_owned(), declared, span, within, dimensions: Vec::new(), parameters: spelled };
        recorder.calls.push(call);
        Some(id)
    }

    /// Records what the signature of an applied block was solved for.
    pub(super) fn record_dimensions(&mut self, call: Option<CallId>, solved: &IndexMap<String, (i64, Span)>) {
        let (Some(recorder), Some(call)) = (&mut self.recorder, call) else { return };
        if let Some(call) = recorder.calls.get_mut(call.0 as usize) {
            call.dimensions = solved.iter().map(|(name, (value, _))| (name.clone(), *value)).collect();
        }
    }

    /// Where what a name stands for here is declared, unless it is a local.
    fn definition(&self, name: &str) -> Option<Span> {
        if self.frame().locals.iter().any(|(local, _)| local == name) {
            return None;
        }
        let position = self.unit.resolve(self.scope(), name)?;
        self.unit.declarations[position].declaration.kind.name().map(|name| name.span)
    }

    fn seen(&self, value: &Value, depth: usize) -> Seen {
        let deeper = |value: &Value| match depth.checked_sub(1) {
            Some(depth) => self.seen(value, depth),
            None => Seen::Constant(value.describe().to_owned()),
        };
        let name_of = |position: usize| {
            let declared = self.unit.declarations.get(position);
            declared.and_then(|d| d.declaration.kind.name()).map_or_else(String::new, |n| n.text.clone())
        };
        match value {
            Value::Tensor(node) => Seen::Tensor(self.ty(*node).clone(), Some(*node)),
            Value::Input(input) => match self.graph.inputs.get(*input) {
                Some(known) => Seen::Tensor(known.ty.clone(), self.input_nodes.get(input).copied()),
                None => Seen::Constant("an input".into()),
            },
            Value::Family(family) => {
                let members: Vec<Seen> = family.entries.iter().map(|(_, member)| deeper(member)).collect();
                let alike = members.windows(2).all(|pair| pair[0].is_like(&pair[1]));
                let keys = family.entries.iter().map(|(key, _)| key.join(", ")).collect();
                Seen::Family { keys, first: members.into_iter().next().map(Box::new), alike }
            }
            Value::Record(fields) => {
                Seen::Record(fields.iter().map(|(name, value)| (name.clone(), deeper(value))).collect())
            }
            Value::List(items) => {
                Seen::List { items: items.iter().take(LISTED).map(deeper).collect(), length: items.len() }
            }
            Value::Module(id) => {
                let Some(instance) = self.instances.get(id.0) else { return Seen::Broken };
                let name = match &instance.kind {
                    InstanceKind::Operator { stanza, .. } => stanza.name.to_owned(),
                    InstanceKind::Block { declaration, .. } => name_of(*declaration),
                    InstanceKind::Root => String::new(),
                };
                Seen::Module { name, path: instance.path.clone() }
            }
            Value::Operator(stanza) => Seen::Operator(stanza.name),
            Value::Builtin(builtin) => Seen::Operator(builtin.name()),
            Value::Block(position) | Value::Loss(position) => Seen::Declared(name_of(*position)),
            Value::Model(model) => {
                let name = self.models.get(*model).map_or_else(String::new, |m| m.name.clone());
                let gives = self.model_fields.get(*model).and_then(|fields| fields.get(""));
                Seen::Model(name, gives.map(|value| Box::new(deeper(value))))
            }
            Value::Group(members) => {
                Seen::Group(members.iter().filter_map(|i| self.inputs.get(*i)).map(|i| i.name.clone()).collect())
            }
            Value::Prior => Seen::Prior,
            Value::Int(_)
            | Value::Real(_)
            | Value::Bool(_)
            | Value::Text(_)
            | Value::Quantity(..)
            | Value::Word(_)
            | Value::Choice(_)
            | Value::Range(_) => Seen::Constant(spell_setting(self, value)),
        }
    }
}
