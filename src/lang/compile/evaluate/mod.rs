//! The evaluator: unrolls expressions into nodes of the graph.
//!
//! ```text
//!  x |> Conv3d(16) |> relu          nodes:  %0 Input(x)
//!                                           %1 Conv(module 0) %0
//!                                           %2 Unary(Relu)    %1
//! ```
//!
//! Values known to the compiler (numbers, lists, words, modules) live here; values of the data become nodes. Every
//! mistake is told once: whatever depends on a broken value is [`Reported`] silently.

mod absence;
mod apply;
mod arguments;
mod arithmetic;
mod baseline;
mod block;
mod checkpoint;
mod dimension;
mod expression;
mod family;
mod fool;
mod globals;
mod loss;
mod model;
mod packed;
mod recorder;

pub(super) use checkpoint::Checkpoints;
pub(super) use fool::Critic;
pub(super) use packed::PackedModel;
pub(super) use recorder::Recorder;

use super::code::Code;
use super::declare::together::CovariateRead;
use super::diagnostic::{Diagnostic, Sources};
use super::record::CallId;
use super::repair;
use super::unit::Unit;
use super::value::{Family, InstanceId, Value};
use super::world::Tables;
use crate::graph::{Graph, Kind, ModuleId, Node, NodeId, Op, TensorType};
use crate::ops::{Arguments, Arity, Stanza};
use crate::program::{Baseline, Cohort, InputSpec, Model};
use fascicle_syntax::{DeclarationKind, Fix, SourceId, Span};
use indexmap::IndexMap;
use std::collections::BTreeSet;
use std::rc::Rc;

/// The error was told where it arose; nothing more is to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reported;

pub(super) type Eval<T> = Result<T, Reported>;

/// A value with the place where it stands.
pub(super) type Spanned = (Value, Span);

/// The members of an output: key and node; a single one has the key `""`.
pub(super) type Members = Vec<(String, NodeId)>;

/// All results, or [`Reported`] where any failed. Unlike `collect` it goes on behind a failure, so that the mistakes
/// in the rest are told as well.
pub(super) fn all<T>(results: impl IntoIterator<Item = Eval<T>>) -> Eval<Vec<T>> {
    let mut done = Vec::new();
    let mut failed = false;
    for result in results {
        match result {
            Ok(value) => done.push(value),
            Err(Reported) => failed = true,
        }
    }
    if failed { Err(Reported) } else { Ok(done) }
}

/// Most nodes a variant may have.
const MAX_NODES: usize = 100_000;
/// Most modules, blocks and losses that are applied.
const MAX_INSTANCES: usize = 200_000;
/// Most expressions that are evaluated, each as often as a loop or a block repeats it.
const MAX_STEPS: usize = 2_000_000;
/// As many of the last mistakes are not told again: what repeats a mistake repeats it at once.
const SAME: usize = 8;
/// Most numbers one value may hold for one subject.
const MAX_ELEMENTS: u64 = 1 << 32;
/// Deepest nesting of blocks within blocks.
const MAX_DEPTH: usize = 64;

/// A module that was made: an operator with its arguments, or a block with its parameters.
#[derive(Clone)]
pub(super) struct Instance {
    pub kind: InstanceKind,
    /// Where it stands in the model: `norm.Encoder[cortical].Linear_2`.
    pub path: String,
    /// Its weights, once applied.
    pub module: Option<ModuleId>,
    /// What it was first applied to, and where.
    pub first: Option<(Vec<TensorType>, Span)>,
    /// Modules made inside of it, by the place that makes them.
    children: IndexMap<Site, InstanceId>,
    /// How often each name was given to a child.
    names: IndexMap<String, usize>,
}

impl Instance {
    /// One that only holds others.
    fn root(path: String) -> Self {
        Self {
            kind: InstanceKind::Root,
            path,
            module: None,
            first: None,
            children: IndexMap::new(),
            names: IndexMap::new(),
        }
    }
}

/// What an instance is an instance of.
#[derive(Clone)]
pub(super) enum InstanceKind {
    Operator {
        stanza: &'static Stanza,
        arguments: Rc<Arguments>,
    },
    Block {
        declaration: usize,
        parameters: Rc<IndexMap<String, Value>>,
    },
    /// A model or a stage: only holds others.
    Root,
}

/// A place that makes a module: the call, and the turn of the loops around it.
#[derive(PartialEq, Eq, Hash, Clone)]
struct Site {
    span: Span,
    turns: Rc<[String]>,
}

/// Names bound by the expressions around, and whose modules are being made.
#[derive(Clone)]
struct Frame {
    owner: InstanceId,
    scope: usize,
    /// Values by name, the innermost last; one whose expression is broken is kept so that its use stays silent.
    locals: Vec<(String, Eval<Value>)>,
    turns: Rc<[String]>,
    /// Inputs that may be read; `None`: all.
    readable: Option<Rc<BTreeSet<usize>>>,
    /// The declaration being evaluated, for messages.
    model: Option<Rc<str>>,
    /// Where the block or loss was applied whose body this is.
    applied: Option<Span>,
    /// The same in the record, where there is one.
    call: Option<CallId>,
}

/// State of a declaration's value.
#[derive(Clone)]
enum Global {
    Untouched,
    Working,
    Done(Eval<Value>),
}

/// Everything about one variant while it is being compiled.
#[derive(Clone)]
pub(super) struct Evaluator<'a> {
    pub unit: &'a Unit,
    pub sources: &'a Sources,
    pub tables: &'a Tables<'a>,
    pub diagnostics: Vec<Diagnostic>,
    pub graph: Graph,
    /// Where each node was made.
    pub origins: Vec<Span>,
    /// Shared with the checkpoints that were passed: what a variant goes on with it copies first.
    pub instances: Vec<Rc<Instance>>,
    /// Declarations of `param` and `group` set from outside, by name.
    pub settings: IndexMap<String, Value>,
    pub cohorts: Vec<Cohort>,
    /// Whether all cohorts were looked at: nothing can be read of people before.
    pub cohorts_known: bool,
    pub inputs: Vec<InputSpec>,
    /// Where each input is declared.
    pub input_spans: Vec<Span>,
    /// What steps of columns read beside them, by the input's position.
    pub covariates: Vec<(usize, CovariateRead)>,
    pub models: Vec<Model>,
    pub model_spans: Vec<Span>,
    /// Outputs and `let`s of each model, by name; `""` is the unnamed result.
    model_fields: Vec<IndexMap<String, Value>>,
    /// The models that are baselines, with how they are fitted.
    pub baselines: Vec<Baseline>,
    /// The models that are taken from packed files.
    pub packed: Vec<PackedModel>,
    /// Sets of inputs of which a subject must have at least one.
    pub at_least_one: BTreeSet<BTreeSet<crate::graph::InputId>>,
    /// Declarations that were used.
    pub used: Vec<bool>,
    /// The file's params and groups that were read, by position: what was evaluated depends on no other.
    pub consulted: BTreeSet<usize>,
    /// Outputs that losses, scores and analyses read.
    pub read: BTreeSet<NodeId>,
    /// Critics of the stage that is being compiled; `None` outside of `minimize`.
    critics: Option<Vec<Critic>>,
    globals: Vec<Global>,
    frames: Vec<Frame>,
    input_nodes: IndexMap<usize, NodeId>,
    depth: usize,
    /// Expressions evaluated so far.
    steps: usize,
    /// Whether the program was told to be too large: nothing more of it is evaluated.
    exhausted: bool,
    /// What was seen of each expression, where that is asked for.
    pub recorder: Option<Box<Recorder>>,
}

impl<'a> Evaluator<'a> {
    pub fn new(
        unit: &'a Unit,
        sources: &'a Sources,
        tables: &'a Tables<'a>,
        settings: IndexMap<String, Value>,
    ) -> Self {
        let frame = Frame {
            owner: InstanceId(0),
            scope: 0,
            locals: Vec::new(),
            turns: Rc::default(),
            readable: None,
            model: None,
            applied: None,
            call: None,
        };
        Self {
            unit,
            sources,
            tables,
            diagnostics: Vec::new(),
            graph: Graph::default(),
            origins: Vec::new(),
            instances: vec![Rc::new(Instance::root(String::new()))],
            settings,
            cohorts: Vec::new(),
            cohorts_known: false,
            inputs: Vec::new(),
            input_spans: Vec::new(),
            covariates: Vec::new(),
            models: Vec::new(),
            model_spans: Vec::new(),
            model_fields: Vec::new(),
            baselines: Vec::new(),
            packed: Vec::new(),
            at_least_one: BTreeSet::new(),
            used: vec![false; unit.declarations.len()],
            consulted: BTreeSet::new(),
            read: BTreeSet::new(),
            critics: None,
            globals: vec![Global::Untouched; unit.declarations.len()],
            frames: vec![frame],
            input_nodes: IndexMap::new(),
            depth: 0,
            steps: 0,
            exhausted: false,
            recorder: None,
        }
    }

    /// Tells an error.
    pub fn fail<T>(&mut self, diagnostic: Diagnostic) -> Eval<T> {
        let diagnostic = self.seen_from_the_file(diagnostic);
        if !self.diagnostics.iter().rev().take(SAME).any(|told| *told == diagnostic) {
            self.diagnostics.push(diagnostic);
        }
        Err(Reported)
    }

    /// Whether such a mistake at this place is among the last that were told.
    fn was_told(&self, code: Code, span: Span) -> bool {
        self.diagnostics.iter().rev().take(SAME).any(|told| told.code == code && told.span() == span)
    }

    /// Tells once that the program is too large, and ends its evaluation: a loss that applies another twice, forty deep,
    /// has a billion branches left.
    fn exhaust<T>(&mut self, span: Span, what: String) -> Eval<T> {
        if std::mem::replace(&mut self.exhausted, true) {
            return Err(Reported);
        }
        self.fail(
            Diagnostic::error(Code::TooLarge, span, format!("the program unrolls to more than {what}"))
                .hint("look for a loop or a recursion that runs further than meant"),
        )
    }

    /// What goes wrong inside a block of another file is also shown where this file applies it.
    fn seen_from_the_file(&self, diagnostic: Diagnostic) -> Diagnostic {
        let own = |span: Span| span.source == SourceId::default();
        if diagnostic.on_command_line || diagnostic.labels.iter().any(|label| own(label.span)) {
            return diagnostic;
        }
        match self.frames.iter().rev().filter_map(|frame| frame.applied).find(|span| own(*span)) {
            Some(place) => diagnostic.also(place, "applied here"),
            None => diagnostic,
        }
    }

    fn frame(&self) -> &Frame {
        // There is always the file's own frame at the bottom.
        &self.frames[self.frames.len() - 1]
    }

    fn frame_mut(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// The scope in which names are looked up.
    pub fn scope(&self) -> usize {
        self.frame().scope
    }

    /// Evaluates something with names of its own: they are gone afterwards.
    fn with_locals<T>(&mut self, names: Vec<(String, Value)>, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.frame().locals.len();
        self.frame_mut().locals.extend(names.into_iter().map(|(name, value)| (name, Ok(value))));
        let result = work(self);
        self.frame_mut().locals.truncate(before);
        result
    }

    /// Evaluates one turn of a loop: modules made inside are those of this turn.
    fn in_turn<T>(&mut self, turn: String, names: Vec<(String, Value)>, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.frame().turns.clone();
        self.frame_mut().turns = outer.iter().cloned().chain([turn]).collect();
        let result = self.with_locals(names, work);
        self.frame_mut().turns = outer;
        result
    }

    /// Runs with modules made below a new root, such as a model's name.
    pub fn with_root<T>(&mut self, name: &str, scope: usize, work: impl FnOnce(&mut Self) -> T) -> T {
        let owner = InstanceId(self.instances.len());
        self.instances.push(Rc::new(Instance::root(name.to_string())));
        self.frames.push(Frame {
            owner,
            scope,
            locals: Vec::new(),
            turns: Rc::default(),
            readable: None,
            model: None,
            applied: None,
            call: None,
        });
        let result = work(self);
        self.frames.pop();
        result
    }

    /// Runs a stage's declaration: modules that its loss makes stand below `train NAME`.
    pub fn with_stage<T>(&mut self, model: &fascicle_syntax::Name, work: impl FnOnce(&mut Self) -> T) -> T {
        self.with_root(&format!("train {}", model.text), 0, work)
    }

    /// The mean over the batch of one number a subject.
    pub fn batch_mean(&mut self, node: NodeId, span: Span) -> Eval<NodeId> {
        self.node(Op::BatchMean, vec![node], None, TensorType::scalar(), 0, span)
    }

    /// An instance, to be changed: where a checkpoint has it, too, that one keeps its own.
    fn instance_mut(&mut self, id: InstanceId) -> &mut Instance {
        Rc::make_mut(&mut self.instances[id.0])
    }

    /// The module that this place makes in this turn: the same one whenever the block around it is applied again.
    fn instance(&mut self, name: &str, span: Span, kind: impl FnOnce() -> InstanceKind) -> InstanceId {
        let frame = self.frame();
        let owner = frame.owner;
        let site = Site { span, turns: frame.turns.clone() };
        if let Some(existing) = self.instances[owner.0].children.get(&site) {
            return *existing;
        }
        let mut segment = name.to_string();
        if !site.turns.is_empty() {
            segment.push_str(&format!("[{}]", site.turns.join(", ")));
        }
        let id = InstanceId(self.instances.len());
        let holder = self.instance_mut(owner);
        holder.children.insert(site, id);
        let count = holder.names.entry(segment.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            segment.push_str(&format!("_{count}"));
        }
        let base = &holder.path;
        let path = if base.is_empty() { segment } else { format!("{base}.{segment}") };
        self.instances.push(Rc::new(Instance { kind: kind(), ..Instance::root(path) }));
        id
    }

    /// Adds a node to the graph.
    fn node(
        &mut self,
        op: Op,
        inputs: Vec<NodeId>,
        module: Option<ModuleId>,
        ty: TensorType,
        multiply_adds: u64,
        span: Span,
    ) -> Eval<NodeId> {
        if self.graph.nodes.len() >= MAX_NODES {
            return self.exhaust(span, format!("{MAX_NODES} operations"));
        }
        if ty.len() > MAX_ELEMENTS || ty.shape.contains(&0) {
            let what = if ty.shape.contains(&0) { "has an axis without elements" } else { "is too large" };
            return self.fail(
                Diagnostic::error(Code::TooLarge, span, format!("the result {ty} {what}"))
                    .hint("check the sizes that make it up"),
            );
        }
        let path = match module {
            Some(module) => self.graph.module(module).path.clone(),
            None => self.instances[self.frame().owner.0].path.clone(),
        };
        self.origins.push(span);
        Ok(self.graph.push(Node { op, inputs, module, ty, path, multiply_adds }))
    }

    /// The type of a node.
    pub fn ty(&self, node: NodeId) -> &TensorType {
        &self.graph.node(node).ty
    }

    /// Where a node was made.
    pub fn origin(&self, node: NodeId) -> Span {
        self.origins.get(node.index()).copied().unwrap_or_default()
    }

    /// A value as a node of the graph.
    pub fn tensor(&mut self, value: &Value, span: Span) -> Eval<NodeId> {
        match value {
            Value::Tensor(node) => Ok(*node),
            Value::Input(input) => self.input_node(*input, span),
            Value::Model(model) if self.is_baseline(*model) => self.no_network(*model, span),
            Value::Model(model) => self.model_result(*model, span),
            Value::Int(_) | Value::Real(_) => {
                let number = value.as_real().unwrap_or(0.0);
                self.node(Op::Fill(number), Vec::new(), None, TensorType::scalar(), 0, span)
            }
            Value::Prior => self.fail(
                Diagnostic::error(Code::KindMismatch, span, "the prior cannot be used here")
                    .hint("`prior` is an expert of `poe`, `moe` and `mopoe`, and the second argument of `kl`"),
            ),
            Value::Module(_) => {
                let fix = self.only_input().filter(|_| self.sources.text(span).ends_with(')')).map(|input| {
                    let end = Span { start: span.end, ..span };
                    Fix::new(format!("apply it to `{input}`"), end, format!("({input})"))
                });
                self.fail(
                    Diagnostic::error(
                        Code::NotApplied,
                        span,
                        "expected a tensor, found a module that has not been applied",
                    )
                    .hint("apply it: `x |> M(..)` or `M(..)(x)`")
                    .repairs(fix),
                )
            }
            Value::Family(members) => {
                let fixes = self.joins(members).into_iter().map(|join| repair::in_brackets(self.sources, span, join));
                self.fail(
                    Diagnostic::error(Code::KindMismatch, span, "expected a tensor, found a family")
                        .hint("pick a member with `[m]`, or join the members with `concat`, `sum`, `mean`, `max` or `poe`")
                        .repairs(fixes),
                )
            }
            Value::Operator(_) | Value::Block(_) | Value::Builtin(_) | Value::Loss(_) => {
                let what = value.describe();
                let hint = match value {
                    Value::Operator(Stanza { name, arity: Arity::Exactly(reads), .. }) if reads.len() > 1 => {
                        format!("apply it: `{name}({})`", reads.join(", "))
                    }
                    Value::Operator(Stanza { name, .. }) => format!("apply it: `x |> {name}`"),
                    _ => "apply it: `x |> f` or `f(x)`".to_string(),
                };
                self.fail(
                    Diagnostic::error(Code::NotApplied, span, format!("expected a tensor, found {what}")).hint(hint),
                )
            }
            other => {
                let what = other.describe();
                let hint = match other {
                    Value::Text(text) if crate::ops::find(text).is_some() => {
                        format!("functions are named without quotes: `{text}(..)`")
                    }
                    _ => "tensors come from inputs, from models and from what is computed of them".to_string(),
                };
                self.fail(
                    Diagnostic::error(Code::KindMismatch, span, format!("expected a tensor, found {what}")).hint(hint),
                )
            }
        }
    }

    /// What joins the members of a family to one value: vectors one behind the other, what has one shape also by its mean.
    fn joins(&self, members: &Family) -> Vec<&'static str> {
        let of = |value: &Value| match value {
            Value::Tensor(node) => Some(self.ty(*node).clone()),
            _ => None,
        };
        let Some(types) = members.entries.iter().map(|(_, value)| of(value)).collect::<Option<Vec<_>>>() else {
            return Vec::new();
        };
        let Some(first) = types.first() else { return Vec::new() };
        let plain = types.iter().all(|ty| ty.kind == Kind::Tensor && ty.shape.len() == first.shape.len());
        let present = !types.iter().any(TensorType::may_be_absent);
        let mut joins = Vec::new();
        if plain && present && types.iter().all(|ty| ty.shape.get(1..) == first.shape.get(1..)) {
            joins.push("concat");
        }
        if plain && types.iter().all(|ty| ty.shape == first.shape) {
            joins.push("mean");
        }
        joins
    }

    /// The input of the model that is evaluated, where it has one alone.
    fn only_input(&self) -> Option<&str> {
        let frame = self.frame();
        let readable = frame.readable.as_ref().filter(|_| frame.model.is_some())?;
        match readable.iter().collect::<Vec<_>>().as_slice() {
            [only] => self.inputs.get(**only).map(|input| input.name.as_str()),
            _ => None,
        }
    }

    /// A model's head with a further input.
    fn listed(&self, model: &str, input: &str) -> Option<Fix> {
        match &self.unit.declarations.get(self.unit.resolve(0, model)?)?.declaration.kind {
            DeclarationKind::Model { name, inputs, .. } => {
                let title = format!("add `{input}` to the head of `{model}`");
                Some(match inputs.last() {
                    Some(last) => {
                        let end = Span { start: last.span.end, ..last.span };
                        Fix::new(title, end, format!(", {input}")).certain()
                    }
                    None => {
                        let inside = Span { start: name.span.end + 1, end: name.span.end + 1, ..name.span };
                        Fix::new(title, inside, input).certain()
                    }
                })
            }
            _ => None,
        }
    }

    /// The node of an input, made at its first use.
    fn input_node(&mut self, input: usize, span: Span) -> Eval<NodeId> {
        let allowed = self.frame().readable.as_ref().is_none_or(|r| r.contains(&input));
        if !allowed {
            let name = self.inputs[input].name.clone();
            let model = self.frame().model.clone().unwrap_or_else(|| Rc::from(""));
            let declared = self.input_spans[input];
            let fix = self.listed(&model, &name);
            return self.fail(
                Diagnostic::error(
                    Code::NotListed,
                    span,
                    format!("model `{model}` reads `{name}` but does not list it"),
                )
                .also(declared, "declared here")
                .hint(format!("add it to the model's head: model {model}(.., {name})"))
                .repairs(fix),
            );
        }
        if let Some(node) = self.input_nodes.get(&input) {
            return Ok(*node);
        }
        let ty = self.graph.inputs[input].ty.clone();
        let declared = self.input_spans[input];
        let id = crate::graph::InputId(input as u32);
        let node = self.node(Op::Input(id), Vec::new(), None, ty, 0, declared)?;
        self.input_nodes.insert(input, node);
        Ok(node)
    }
}
