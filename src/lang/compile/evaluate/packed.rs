//! Models of packed files as values: their graph, inputs and outputs are taken over as they are.
//!
//! ```text
//!  use model norm from "norm.fascicle" ──World::packed──▶ PackedContents { program, .. }
//!                                                          │ inputs that are read, nodes, modules
//!                                                          ▼
//!                                                    the graph of this file, and a model `norm`
//! ```
//!
//! What an output is compared with becomes an input of this file only where something asks for it, so that people of whom
//! it is not known can be predicted.

use super::{Code, Diagnostic, Eval, Evaluator, MAX_NODES, Reported};
use crate::compile::value::{Family, Value};
use crate::compile::world::PackedContents;
use crate::graph::{GraphInput, InputId, ModuleId, Node, NodeId, Op, Presence, TensorType};
use crate::program::{InputRole, InputSource, InputSpec, Model, Output, UsedModel};
use fascicle_syntax::{DeclarationKind, Name, Span};
use indexmap::IndexMap;
use std::rc::Rc;

/// A model of a packed file.
#[derive(Clone)]
pub(in crate::compile) struct PackedModel {
    /// Position among the models.
    pub model: usize,
    pub file: String,
    pub contents: Rc<PackedContents>,
    /// Where it is named.
    pub span: Span,
    /// For each input of the packed program its place here, once anything reads it.
    inputs: Vec<Option<usize>>,
    /// For each node of the packed program its place here.
    first_node: u32,
}

impl PackedModel {
    /// A node of the packed program, here.
    fn node(&self, node: NodeId) -> NodeId {
        NodeId(node.0 + self.first_node)
    }

    /// The members of its outputs, each with the input of the packed program that it is compared with.
    fn members(&self) -> impl Iterator<Item = (NodeId, Option<InputId>)> {
        let program = &self.contents.program;
        let nodes = program.models.iter().take(1).flat_map(|m| &m.outputs).flat_map(|o| &o.members);
        nodes.map(|(_, node)| self.node(*node)).zip(self.contents.truths.iter().copied())
    }

    /// Whether an input of this file is one of its own, read or compared with.
    pub fn has(&self, input: usize) -> bool {
        self.inputs.iter().flatten().any(|own| *own == input)
    }

    /// Whether it reads an input of this file.
    pub fn reads(&self, input: usize) -> bool {
        self.inputs.iter().take(self.contents.reads).flatten().any(|own| *own == input)
    }

    /// As the program keeps it.
    pub fn used(&self) -> UsedModel {
        let id = |own: &usize| InputId(*own as u32);
        let truths = self.members().filter_map(|(node, truth)| {
            Some((node, self.inputs.get(truth?.index()).copied().flatten().as_ref().map(id)?))
        });
        let program = &self.contents.program;
        UsedModel {
            model: self.model,
            packed: program.models.first().map_or_else(String::new, |model| model.name.clone()),
            file: self.file.clone(),
            checksum: self.contents.checksum.clone(),
            inputs: self.inputs.iter().map(|own| own.as_ref().map(id)).collect(),
            reads: self.contents.reads,
            truths: truths.collect(),
            predicted: self.members().filter(|(_, truth)| truth.is_some()).map(|(node, _)| node).collect(),
            protocol: program.protocol.clone(),
            batch: self.contents.batch,
            baseline: program.baselines.first().map(|baseline| {
                let own = baseline.inputs.iter().filter_map(|input| self.inputs.get(input.index()).copied().flatten());
                own.map(|own| InputId(own as u32)).collect()
            }),
        }
    }
}

impl Evaluator<'_> {
    /// Evaluates `use model ..`.
    pub(super) fn packed_model(&mut self, position: usize) -> Eval<Value> {
        let unit = self.unit;
        let declared = &unit.declarations[position];
        let DeclarationKind::UseModel { name, model, file } = &declared.declaration.kind else {
            return Err(Reported);
        };
        if declared.scope != 0 {
            let message = format!("`{}` is a packed model of another file", name.text);
            return self.fail(
                Diagnostic::error(Code::PackedFile, name.span, message)
                    .hint(format!("say in the file that asks of it where it is: use model {} from \"..\"", model.text)),
            );
        }
        let path = match self.in_scope(declared.scope, |e| e.eval(file))? {
            Value::Text(path) => path.to_string(),
            other => return self.expected("the file of a packed model, as text", &other, file.span),
        };
        let contents = match self.tables.packed(&path) {
            Ok(contents) => contents,
            Err(why) => {
                let message = format!("no model can be taken from `{path}`: {why}");
                return self.fail(
                    Diagnostic::error(Code::PackedFile, file.span, message)
                        .hint("`fascicle pack runs/NAME -o FILE` makes one; a path is relative to the folder in which the command runs"),
                );
            }
        };
        let Some(packed) = contents.program.models.first() else { return Err(Reported) };
        if packed.name != model.text {
            let alias = if name.span == model.span { String::new() } else { format!(" as {}", name.text) };
            let message = format!("`{path}` holds the model `{}`, and no `{}`", packed.name, model.text);
            return self.fail(
                Diagnostic::error(Code::UnknownName, model.span, message).also(file.span, "this file").hint(
                    match alias.is_empty() {
                        true => format!(
                            "use model {0} from .., or under a name of your own: use model {0} as {1} from ..",
                            packed.name, model.text
                        ),
                        false => format!("use model {}{alias} from ..", packed.name),
                    },
                ),
            );
        }
        self.take_over(name, path, contents)
    }

    /// Makes the packed model one of this file.
    fn take_over(&mut self, name: &Name, file: String, contents: Rc<PackedContents>) -> Eval<Value> {
        let program = &contents.program;
        if self.graph.nodes.len() + program.graph.nodes.len() > MAX_NODES {
            return self.exhaust(name.span, format!("{MAX_NODES} operations"));
        }
        let mut packed = PackedModel {
            model: self.models.len(),
            file,
            contents: contents.clone(),
            span: name.span,
            inputs: vec![None; program.inputs.len()],
            first_node: self.graph.nodes.len() as u32,
        };
        for at in 0..contents.reads {
            self.take_input(&mut packed, at, &name.text);
        }
        let first_module = self.graph.modules.len() as u32;
        self.graph.modules.extend(program.graph.modules.iter().cloned());
        for node in &program.graph.nodes {
            let op = match &node.op {
                Op::Input(input) => {
                    let own = packed.inputs.get(input.index()).copied().flatten().ok_or(Reported)?;
                    Op::Input(InputId(own as u32))
                }
                op => op.clone(),
            };
            self.origins.push(name.span);
            self.graph.push(Node {
                op,
                inputs: node.inputs.iter().map(|input| packed.node(*input)).collect(),
                module: node.module.map(|module| ModuleId(module.0 + first_module)),
                ty: TensorType { presence: presence(&packed, &node.ty.presence), ..node.ty.clone() },
                path: node.path.clone(),
                multiply_adds: node.multiply_adds,
            });
        }
        for set in &program.at_least_one {
            let own = set.iter().filter_map(|input| packed.inputs[input.index()]).map(|own| InputId(own as u32));
            self.at_least_one.insert(own.collect());
        }
        let (outputs, fields) = self.packed_outputs(&packed, name);
        self.models.push(Model { name: name.text.clone(), outputs, target: None, live_roots: Vec::new() });
        self.model_spans.push(name.span);
        self.model_fields.push(fields);
        let model = packed.model;
        self.packed.push(packed);
        Ok(Value::Model(model))
    }

    /// Outputs, and what can be named behind a dot: them, and the inputs that are read.
    fn packed_outputs(&self, packed: &PackedModel, name: &Name) -> (Vec<Output>, IndexMap<String, Value>) {
        let mut fields: IndexMap<String, Value> = IndexMap::new();
        for own in packed.inputs.iter().take(packed.contents.reads).flatten() {
            fields.insert(self.inputs[*own].name.clone(), Value::Input(*own));
        }
        let mut outputs = Vec::new();
        let declared = packed.contents.program.models.iter().take(1);
        for (model, output) in declared.flat_map(|model| model.outputs.iter().map(move |output| (model, output))) {
            let members: Vec<(String, NodeId)> =
                output.members.iter().map(|(key, node)| (key.clone(), packed.node(*node))).collect();
            let value = match members.as_slice() {
                [(key, node)] if key.is_empty() => Value::Tensor(*node),
                members => {
                    let key = |key: &str| key.split(", ").map(str::to_owned).collect();
                    let entries = members.iter().map(|(k, node)| (key(k), Value::Tensor(*node)));
                    Value::Family(Rc::new(Family { entries: entries.collect() }))
                }
            };
            // The unnamed result is called like the model, whatever that is called here.
            let is_result = output.name == model.name;
            fields.insert(if is_result { String::new() } else { output.name.clone() }, value);
            let own = if is_result { name.text.clone() } else { output.name.clone() };
            outputs.push(Output { name: own, members });
        }
        (outputs, fields)
    }

    /// An input of the packed program as one of this file: that of another model where both read the same.
    fn take_input(&mut self, packed: &mut PackedModel, at: usize, model: &str) -> usize {
        if let Some(own) = packed.inputs[at] {
            return own;
        }
        let program = &packed.contents.program;
        let reads = at < packed.contents.reads;
        let mut spec: InputSpec = program.inputs[at].clone();
        spec.cohort = None;
        match reads {
            // What was a target where it was trained is read of everybody who is predicted.
            true if spec.role == InputRole::Target => spec.role = InputRole::Condition,
            true => {}
            // Some cohorts may not know it.
            false => (spec.role, spec.optional) = (InputRole::Target, true),
        }
        let ty = program.graph.inputs[at].ty.clone();
        let known = self.packed.iter().flat_map(|other| other.inputs.iter().flatten()).copied().find(|own| {
            let (other, known) = (&self.inputs[*own], &self.graph.inputs[*own].ty);
            *other == spec && known.kind == ty.kind && known.shape == ty.shape
        });
        let own = known.unwrap_or_else(|| {
            // Of two that differ the second has the model's name before its own.
            if self.inputs.iter().any(|other| other.name == spec.name) {
                spec.name = format!("{model}.{}", spec.name);
            }
            let own = self.inputs.len();
            let absent = !ty.presence.is_empty() && reads;
            let presence = if absent { [InputId(own as u32)].into() } else { Presence::new() };
            self.graph.inputs.push(GraphInput { name: spec.name.clone(), ty: TensorType { presence, ..ty } });
            self.inputs.push(spec);
            self.input_spans.push(packed.span);
            own
        });
        packed.inputs[at] = Some(own);
        own
    }

    /// Whether a model is from a packed file.
    pub fn packed_of(&self, model: usize) -> Option<&PackedModel> {
        self.packed.iter().find(|packed| packed.model == model)
    }

    /// What an output of a packed model is compared with, where the file says so; from now on an input of this file.
    pub fn packed_truth(&mut self, model: usize, node: NodeId, span: Span) -> Eval<Option<usize>> {
        let Some(place) = self.packed.iter().position(|packed| packed.model == model) else { return Ok(None) };
        let found = self.packed[place].members().find(|(own, _)| *own == node).and_then(|(_, truth)| truth);
        let Some(truth) = found else { return Ok(None) };
        let contents = self.packed[place].contents.clone();
        let spec = &contents.program.inputs[truth.index()];
        if truth.index() >= contents.prepared && !matches!(spec.source, InputSource::Column { .. }) {
            let message = format!(
                "`{}` does not say how `{}` is prepared, which this is compared with",
                self.packed[place].file, spec.name
            );
            return self.fail(
                Diagnostic::error(Code::PackedFile, span, message)
                    .also(self.packed[place].span, "this model")
                    .hint("an earlier version of fascicle packed it: pack the run again"),
            );
        }
        let mut packed = self.packed[place].clone();
        let name = self.models[model].name.clone();
        let own = self.take_input(&mut packed, truth.index(), &name);
        let target = contents.program.models.first().and_then(|model| model.target);
        if target == Some(truth) {
            self.models[model].target = Some(InputId(own as u32));
        }
        self.packed[place] = packed;
        Ok(Some(own))
    }
}

/// Who has a value, by the inputs of this file.
fn presence(packed: &PackedModel, presence: &Presence) -> Presence {
    let own = presence.iter().filter_map(|input| packed.inputs.get(input.index()).copied().flatten());
    own.map(|own| InputId(own as u32)).collect()
}
