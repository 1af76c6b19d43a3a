//! A compiled model as PyTorch source: what the language says, one line an operation, to go on with in Python.
//!
//! ```text
//!  Program ──pytorch──▶ """years .."""                               weights.safetensors ──load_weights──▶ the module
//!                       class Years(nn.Module):
//!                         __init__   a layer each, in modules named after the blocks
//!                         forward    {"x": tensor} ─▶ {"years": tensor}
//!                         loss_years {"x": .., "age": ..} ─▶ tensor
//!                         optimizer_years             as the stage has it
//! ```
//!
//! It is a second implementation of every operator, by another hand and another package: `tests/export` runs both on the
//! same numbers. What PyTorch has is written with PyTorch's words; the rest are small functions of `runtime.py`, of which a
//! file gets those that it uses.
//!
//! A value that some people lack holds the rows of those who have it; `Rows` brings them together, as the forward pass here does.
//!
//! [`onnx()`] writes the prediction with its weights for whatever reads ONNX.

mod layer;
mod line;
mod loss;
mod name;
mod onnx;
mod optimizer;
mod runtime;

use fascicle_lang::graph::{Graph, Kind, NodeId, Op, Presence, TensorType};
use fascicle_lang::program::{Program, Stage};
use indexmap::IndexMap;
use line::Lines;
use name::{Tree, class_name, quoted};
pub use onnx::{Arrays, onnx};
use std::fmt::Write;
use thiserror::Error;

/// What cannot be exported.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExportError {
    /// A model that is fitted, not trained.
    #[error("`{0}` is a baseline: it is fitted, and has no network; what it has learnt is in the run's folder")]
    Baseline(String),
    /// An operation in a form that the other side does not have.
    #[error("`{path}`: {problem}")]
    Operation {
        /// Where it stands.
        path: String,
        /// What about it.
        problem: String,
    },
    /// A weight that the file of weights lacks.
    #[error(
        "there is no weight `{0}`; give those of this model: --weights takes a run's folder, a packed model, or a file by the program's names"
    )]
    NoWeight(String),
    /// A weight of another shape.
    #[error(
        "the weight `{name}` has the shape {found:?}, expected {expected:?}: it is of a model with other settings (--set)"
    )]
    Weight {
        /// Which.
        name: String,
        /// As the model has it.
        expected: Vec<usize>,
        /// As it was given.
        found: Vec<usize>,
    },
    /// What stands in for an absent input is known of a trained model only.
    #[error(
        "`{0} ?? mean` takes the mean over the training people, which is not known here; export from the run's folder or a packed model \
         (--weights runs/NAME)"
    )]
    NoMean(String),
    /// More than one file can hold.
    #[error("the model takes {bytes} bytes, and an ONNX file holds 2 GiB at most; `--to torch` has no such bound")]
    Large {
        /// Of the whole file.
        bytes: u64,
    },
}

/// The outputs of a model as `fascicle apply` calls them: `m`, `m.z`, `m.z[t1]`.
fn named_outputs(program: &Program, model: usize) -> Vec<(String, NodeId)> {
    let declared = &program.models[model];
    let named = declared.outputs.iter().flat_map(|output| {
        let path = match output.name == declared.name {
            true => declared.name.clone(),
            false => format!("{}.{}", declared.name, output.name),
        };
        let name = move |key: &str| if key.is_empty() { path.clone() } else { format!("{path}[{key}]") };
        output.members.iter().map(move |(key, node)| (name(key), *node))
    });
    named.collect()
}

/// Python source of a model (a position in [`Program::models`]), with the losses of its stages.
///
/// # Errors
/// See [`ExportError`].
pub fn pytorch(program: &Program, model: usize, experiment: &str, version: &str) -> Result<String, ExportError> {
    let declared = &program.models[model];
    if program.baseline_of(model).is_some() {
        return Err(ExportError::Baseline(declared.name.clone()));
    }
    let graph = &program.graph;
    let outputs = named_outputs(program, model);
    let stages: Vec<&Stage> = program.stages.iter().filter(|stage| stage.model == model).collect();
    let roots: Vec<NodeId> = outputs.iter().map(|(_, n)| *n).chain(stages.iter().map(|s| s.loss)).collect();
    let modules = graph.live_modules(&graph.live(roots.iter().copied()));
    let tree = Tree::of(graph, &modules);

    let mut methods = vec![method("forward", "", graph, &tree, &outputs, &[])?];
    let mut names: Vec<String> = Vec::new();
    for stage in &stages {
        let name = name::method_name(&stage.name, &names);
        names.push(name.clone());
        let loss = [(stage.name.clone(), stage.loss)];
        methods.push(method(&name, &stage.name, graph, &tree, &loss, &outputs)?);
        methods.push(optimizer::method(&name.replacen("loss_", "optimizer_", 1), stage, &tree));
    }
    let class = class_name(&declared.name);
    let mut body = String::new();
    // Writing to a string cannot fail.
    let _ = write!(body, "class {class}(nn.Module):\n    \"\"\"{}\"\"\"\n\n", described(program, model, &outputs));
    body.push_str(&declared_inputs(graph, &roots));
    body.push_str(&layer::constructor(graph, &tree)?);
    for method in &methods {
        body.push('\n');
        body.push_str(method);
    }
    body.push_str(&loader(&tree));
    let mut file = format!(
        "\"\"\"`{}` of {experiment}, exported by fascicle {version}.\n\n    import torch\n    from net import {class}\n\n    \
         net = {class}().load_weights(\"weights.safetensors\")  # of a run's folder\n    \
         net.eval()\n    print(net({{{}}}))\n\"\"\"\n\n",
        declared.name,
        example(graph, &outputs),
    );
    let pieces = runtime::used(&body);
    for (module, word) in [("itertools", "itertools."), ("math", "math.")] {
        if body.contains(word) || pieces.contains(word) {
            let _ = writeln!(file, "import {module}");
        }
    }
    file.push_str("import torch\nfrom torch import nn\nfrom torch.nn import functional as F\n\n\n");
    file.push_str(&pieces);
    file.push_str(&body);
    Ok(file)
}

/// What the model reads and gives.
fn described(program: &Program, model: usize, outputs: &[(String, NodeId)]) -> String {
    let graph = &program.graph;
    let live = graph.live(outputs.iter().map(|(_, node)| *node));
    let inputs = graph.live_inputs(&live);
    let read = inputs.iter().map(|input| {
        let input = &graph.inputs[input.index()];
        format!("{}: {}", input.name, input.ty)
    });
    let name = &program.models[model].name;
    let mut text = format!("{name}({}) -> {}", read.collect::<Vec<_>>().join(", "), {
        outputs.iter().map(|(_, node)| graph.node(*node).ty.to_string()).collect::<Vec<_>>().join(", ")
    });
    text.push_str("\n\n    A batch holds a tensor an input, the rows first.");
    if outputs.iter().any(|(_, node)| graph.node(*node).ty.kind == Kind::Normal) {
        text.push_str(" A Gaussian is `[rows, 2, n]`: means, then log-variances.");
    }
    if inputs.iter().any(|input| !graph.inputs[input.index()].ty.presence.is_empty()) {
        text.push_str(
            " Where some lack an\n    input, `has` says who has it, a flag a row; the rows of the others may hold anything. An output \
             holds the\n    rows of those who have it.",
        );
    }
    text.push_str("\n    ");
    text
}

/// What outputs and losses read: the shape of a row, and of classes how many there are.
fn declared_inputs(graph: &Graph, roots: &[NodeId]) -> String {
    let mut text = String::from(
        "    # What is read: the shape of a row, and of a class or a mask how many classes there are\n    inputs = {\n",
    );
    for input in graph.live_inputs(&graph.live(roots.iter().copied())) {
        let input = &graph.inputs[input.index()];
        let levels = match &input.ty.kind {
            Kind::Class(levels) | Kind::Mask(levels) => levels.len(),
            _ => 0,
        };
        let _ = writeln!(text, "        {}: ({}, {levels}),", quoted(&input.name), layer::tuple(&input.ty.shape));
    }
    text.push_str("    }\n\n");
    text
}

fn example(graph: &Graph, outputs: &[(String, NodeId)]) -> String {
    let live = graph.live(outputs.iter().map(|(_, node)| *node));
    let one = |input: &fascicle_lang::graph::InputId| {
        let input = &graph.inputs[input.index()];
        let shape: Vec<String> =
            std::iter::once(2).chain(input.ty.shape.iter().copied()).map(|n| n.to_string()).collect();
        format!("{}: torch.zeros({})", quoted(&input.name), shape.join(", "))
    };
    graph.live_inputs(&live).iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What is left to compute of live nodes where the outputs of the model are there; `None` where that would compute something twice.
fn behind_outputs(graph: &Graph, live: &[bool], outputs: &[(String, NodeId)]) -> Option<Vec<bool>> {
    let of_outputs = graph.live(outputs.iter().map(|(_, node)| *node));
    let is_output = |index: usize| outputs.iter().any(|(_, node)| node.index() == index);
    let mut rest = vec![false; live.len()];
    // From behind: the roots are live nodes that no live node reads.
    let mut read = vec![false; live.len()];
    for index in (0..live.len()).rev().filter(|index| live[*index]) {
        let is_root = !graph.nodes[index + 1..]
            .iter()
            .zip(&live[index + 1..])
            .any(|(node, live)| *live && node.inputs.iter().any(|input| input.index() == index));
        if (is_root || read[index]) && !is_output(index) {
            rest[index] = true;
            graph.nodes[index].inputs.iter().for_each(|input| read[input.index()] = true);
        }
    }
    let twice = (0..rest.len()).any(|i| rest[i] && of_outputs[i] && !matches!(graph.nodes[i].op, Op::Input(_)));
    (!outputs.is_empty() && !twice && (0..rest.len()).any(|i| live[i] && is_output(i))).then_some(rest)
}

/// A method that computes some nodes: `forward`, or the loss of a stage behind what `forward` gives.
fn method(
    name: &str,
    stage: &str,
    graph: &Graph,
    tree: &Tree,
    roots: &[(String, NodeId)],
    forward: &[(String, NodeId)],
) -> Result<String, ExportError> {
    let outputs = forward.is_empty();
    let mut live = graph.live(roots.iter().map(|(_, node)| *node));
    let mut lines = Lines::new(graph, tree);
    let given = behind_outputs(graph, &live, forward);
    if let Some(rest) = &given {
        live.clone_from(rest);
        for (name, node) in forward {
            lines.know(*node, &format!("out[{}]", quoted(name)));
        }
    }
    for (index, _) in live.iter().enumerate().filter(|(_, live)| **live) {
        lines.add(NodeId(index as u32))?;
    }
    let needs_rows = lines.reads_rows();
    let weighted = lines.weighted_inputs();
    let mut text = String::new();
    let more = if weighted.is_empty() { "" } else { ", class_weights=None" };
    let _ = writeln!(text, "    def {name}(self, batch, has=None{more}):");
    if !outputs {
        let _ = writeln!(text, "        \"\"\"The loss of the stage `{stage}`.{}\"\"\"", {
            match weighted.as_slice() {
                [] => String::new(),
                [first, ..] => {
                    format!(" `class_weights` are those of the training people: {{{}: [..]}}.", quoted(first))
                }
            }
        });
    }
    if given.is_some() {
        text.push_str("        out = self(batch, has)\n");
    }
    if needs_rows {
        text.push_str("        rows = Rows(batch, has)\n");
    }
    for line in lines.text() {
        let _ = writeln!(text, "        {line}");
    }
    if outputs {
        text.push_str("        return {\n");
        for (name, node) in roots {
            let _ = writeln!(text, "            {}: {},", quoted(name), lines.variable(*node));
        }
        text.push_str("        }\n");
    } else if let Some((_, node)) = roots.first() {
        let _ = writeln!(text, "        return {}", lines.variable(*node));
    }
    Ok(text)
}

/// `load_weights`, with the names of the weights where they differ.
fn loader(tree: &Tree) -> String {
    let mut text = String::from(
        "\n    def load_weights(self, path):\n        \"\"\"Takes the weights of a safetensors file that fascicle wrote; others in it are passed \
         over.\"\"\"\n        from safetensors.torch import load_file\n\n        found = load_file(path)\n",
    );
    let renamed: IndexMap<&str, &str> = tree.weights().filter(|(own, file)| own != file).collect();
    let kept = "for name in self.state_dict() if not name.endswith(\"num_batches_tracked\")";
    let prefix = tree.weights().next().and_then(|(own, file)| file.strip_suffix(own)).unwrap_or_default();
    if !prefix.is_empty() && tree.weights().all(|(own, file)| file.strip_suffix(own) == Some(prefix)) {
        let _ = writeln!(text, "        names = {{name: {} + name {kept}}}", quoted(prefix));
    } else if renamed.is_empty() {
        text.push_str("        names = {name: name for name in self.state_dict() if not name.endswith(\"num_batches_tracked\")}\n");
    } else {
        text.push_str("        names = {\n");
        for (own, file) in tree.weights() {
            let _ = writeln!(text, "            {}: {},", quoted(own), quoted(file));
        }
        text.push_str("        }\n");
    }
    text.push_str(
        "        missing = [file for file in names.values() if file not in found]\n        if missing:\n            raise \
         KeyError(f\"{path} lacks {missing}\")\n        self.load_state_dict({own: found[file] for own, file in names.items()}, \
         strict=False)\n        return self\n",
    );
    text
}

/// A tuple of inputs' names: `("t1",)`.
fn presence(graph: &Graph, held: &Presence) -> String {
    let names: Vec<String> = held.iter().map(|input| quoted(&graph.inputs[input.index()].name)).collect();
    match names.as_slice() {
        [] => "()".into(),
        [one] => format!("({one},)"),
        several => format!("({})", several.join(", ")),
    }
}

/// The rows an operation is computed for: those who have its value, or of a number for the batch those who have all it reads.
fn wanted(graph: &Graph, op: &Op, ty: &TensorType, inputs: &[NodeId]) -> Presence {
    if ty.batched || matches!(op, Op::Loss(fascicle_lang::graph::LossOp::Margin { .. })) {
        return ty.presence.clone();
    }
    let read = inputs.iter().map(|input| &graph.node(*input).ty).filter(|ty| ty.batched);
    read.flat_map(|ty| ty.presence.iter().copied()).collect()
}
