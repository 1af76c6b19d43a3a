//! One line an operation: `linear = self.Linear(side)`.

use super::layer::{common_padding, tuple};
use super::name::{Tree, distinct, identifier, quoted};
use super::{ExportError, loss, presence, runtime, wanted};
use fascicle_lang::graph::{
    Binary, Coalesce, Graph, InputId, Mixture, Node, NodeId, Op, PoolKind, PoolOp, Presence, Reduction, Unary,
    UpsampleMode,
};
use std::collections::{BTreeMap, BTreeSet};

/// The lines of a method.
pub(super) struct Lines<'g> {
    graph: &'g Graph,
    tree: &'g Tree,
    lines: Vec<String>,
    variables: BTreeMap<NodeId, String>,
    taken: BTreeSet<String>,
    /// Whether `rows` is read.
    rows: bool,
    /// Targets whose classes are weighted by inverse frequency.
    weighted: Vec<String>,
}

impl<'g> Lines<'g> {
    pub fn new(graph: &'g Graph, tree: &'g Tree) -> Self {
        // A variable called like a function would hide it.
        let taken = runtime::names().map(str::to_owned).collect();
        let (lines, variables) = (Vec::new(), BTreeMap::new());
        Self { graph, tree, lines, variables, taken, rows: false, weighted: Vec::new() }
    }

    pub fn text(&self) -> &[String] {
        &self.lines
    }

    pub fn reads_rows(&self) -> bool {
        self.rows
    }

    pub fn weighted_inputs(&self) -> Vec<String> {
        self.weighted.clone()
    }

    pub fn variable(&self, node: NodeId) -> &str {
        self.variables.get(&node).map_or("None", String::as_str)
    }

    /// A value that is there already.
    pub fn know(&mut self, node: NodeId, expression: &str) {
        self.variables.insert(node, expression.to_owned());
    }

    /// The names of inputs, as a tuple.
    fn tuple_of(&mut self, held: &Presence) -> String {
        self.rows = true;
        presence(self.graph, held)
    }

    /// Adds a node, whose inputs are there.
    pub fn add(&mut self, id: NodeId) -> Result<(), ExportError> {
        let node = self.graph.node(id);
        let expression = self.expression(node)?;
        // What only names another value again needs no line.
        if self.variables.values().any(|known| *known == expression) {
            self.variables.insert(id, expression);
            return Ok(());
        }
        let name = distinct(&self.wanted_name(node), &self.taken);
        self.taken.insert(name.clone());
        self.lines.push(format!("{name} = {expression}"));
        self.variables.insert(id, name);
        Ok(())
    }

    /// After the layer, the input, or what is done.
    fn wanted_name(&self, node: &Node) -> String {
        match (&node.op, node.module) {
            (Op::Input(input), _) => identifier(&self.graph.inputs[input.index()].name),
            (_, Some(module)) => {
                let path = &self.graph.module(module).path;
                identifier(&path.rsplit('.').next().unwrap_or(path).to_lowercase())
            }
            (op, None) => {
                let text = match op {
                    Op::Unary(function) => format!("{function:?}"),
                    Op::Binary(function) => format!("{function:?}"),
                    Op::Scalar { op, .. } => format!("{op:?}"),
                    Op::Reduce { reduction, .. } => format!("{reduction:?}"),
                    Op::Loss(_) => "loss".into(),
                    Op::Restrict => "own".into(),
                    op => format!("{op:?}"),
                };
                let word: String = text.chars().take_while(char::is_ascii_alphanumeric).collect();
                identifier(&word.to_lowercase())
            }
        }
    }

    /// The variables of what a node reads, each brought to the rows that the node is for.
    fn read(&mut self, node: &Node) -> Vec<String> {
        let rows = wanted(self.graph, &node.op, &node.ty, &node.inputs);
        let one = |lines: &mut Self, id: &NodeId| {
            let ty = &lines.graph.node(*id).ty;
            let name = lines.variable(*id).to_owned();
            if !ty.batched || ty.presence == rows {
                return name;
            }
            let (held, rows) = (lines.tuple_of(&ty.presence), lines.tuple_of(&rows));
            format!("rows.pick({name}, {held}, {rows})")
        };
        node.inputs.iter().map(|id| one(self, id)).collect()
    }

    /// The members of a family, each with who has it: `[(t1, ("t1",)), ..]`.
    pub fn members(&mut self, node: &Node) -> String {
        let one = |lines: &mut Self, id: &NodeId| {
            let held = lines.tuple_of(&lines.graph.node(*id).ty.presence.clone());
            format!("({}, {held})", lines.variable(*id))
        };
        let members: Vec<String> = node.inputs.iter().map(|id| one(self, id)).collect();
        format!("[{}]", members.join(", "))
    }

    /// The input of which a target is a selection, for the weights of its classes.
    pub fn weights_of(&mut self, mut node: NodeId) -> String {
        let found = loop {
            let of = self.graph.node(node);
            match (&of.op, of.inputs.first()) {
                (Op::Input(input), _) => break Some(*input),
                (Op::Restrict | Op::Coalesce(_) | Op::Reshape, Some(first)) => node = *first,
                _ => break None,
            }
        };
        let name = found.map_or_else(String::new, |input: InputId| self.graph.inputs[input.index()].name.clone());
        if !self.weighted.contains(&name) {
            self.weighted.push(name.clone());
        }
        format!("class_weights[{}]", quoted(&name))
    }

    fn expression(&mut self, node: &Node) -> Result<String, ExportError> {
        let refuse = |problem: &str| ExportError::Operation { path: node.path.clone(), problem: problem.to_owned() };
        // What gives absence a meaning reads every value as it is.
        match &node.op {
            Op::Coalesce(with) => return Ok(self.coalesce(node, *with)),
            Op::Present(reduction) => {
                let (members, rows) = (self.members(node), self.tuple_of(&node.ty.presence));
                return Ok(format!("present(rows, {rows}, {members}, {})", quoted(reduced(*reduction).0)));
            }
            Op::Mixture { kind, prior } => {
                let (members, rows) = (self.members(node), self.tuple_of(&node.ty.presence));
                let how = match kind {
                    Mixture::Product => "product",
                    Mixture::Mixture => "mixture",
                    Mixture::MixtureOfProducts => "mixture of products",
                };
                let prior = if *prior { "True" } else { "False" };
                return Ok(format!("mixture(rows, {rows}, {members}, {}, prior={prior})", quoted(how)));
            }
            Op::Loss(fascicle_lang::graph::LossOp::Margin { .. }) => return loss::margin(self, node),
            _ => {}
        }
        let read = self.read(node);
        let shape = |n: usize| self.graph.node(node.inputs[n]).ty.shape.clone();
        let x = read.first().cloned().unwrap_or_default();
        let attribute = node.module.map(|module| self.tree.attribute(module)).unwrap_or_default();
        let all = read.join(", ");
        Ok(match &node.op {
            Op::Input(input) => self.input(*input),
            Op::Fill(value) => {
                self.rows = true;
                let shape: Vec<String> = node.ty.shape.iter().map(usize::to_string).collect();
                let count = if node.ty.batched {
                    format!("len(rows.of(*{}))", self.tuple_of(&node.ty.presence))
                } else {
                    "1".to_owned()
                };
                let shape = std::iter::once(count).chain(shape).collect::<Vec<_>>().join(", ");
                format!("torch.full(({shape},), {}, device=rows.device)", number(*value))
            }
            Op::Baseline => return Err(refuse("a baseline is fitted, and has no network")),
            Op::Learned { .. } => format!("{attribute}()"),
            Op::Embedding { .. } => format!("{attribute}({x}.long())"),
            Op::Conv(conv) => {
                let padded = match (&conv.transposed, common_padding(&conv.padding)) {
                    (None, None) => padded(&x, &[&[(0, 0)], conv.padding.as_slice()].concat(), 0.0),
                    _ => x,
                };
                format!("{attribute}({padded})")
            }
            Op::Convolve(conv) => {
                let padding = common_padding(&conv.padding);
                let x =
                    if padding.is_none() { padded(&x, &[&[(0, 0)], conv.padding.as_slice()].concat(), 0.0) } else { x };
                let padding = padding.unwrap_or_else(|| vec![0; conv.kernel.len()]);
                let bias = if conv.bias { read[2].as_str() } else { "None" };
                let (stride, padding, dilation) = (tuple(&conv.stride), tuple(&padding), tuple(&conv.dilation));
                format!("convolve({x}, {}, {bias}, {stride}, {padding}, {dilation})", read[1])
            }
            Op::InstanceNorm { channels, eps, .. } if node.module.is_none() => {
                format!("F.group_norm({x}, {channels}, eps={eps:?})")
            }
            Op::GroupNorm { groups, eps, .. } if node.module.is_none() => {
                format!("F.group_norm({x}, {groups}, eps={eps:?})")
            }
            Op::LayerNorm { features, eps, .. } if node.module.is_none() => {
                format!("F.layer_norm({x}, ({features},), eps={eps:?})")
            }
            Op::Linear { .. }
            | Op::HyperLinear { .. }
            | Op::BatchNorm { .. }
            | Op::InstanceNorm { .. }
            | Op::GroupNorm { .. }
            | Op::LayerNorm { .. }
            | Op::PRelu { .. } => format!("{attribute}({all})"),
            Op::Dropout { probability, channels } => {
                let space = node.ty.shape.len().saturating_sub(1);
                let function = if *channels && space > 0 { format!("dropout{space}d") } else { "dropout".into() };
                format!("F.{function}({x}, {}, self.training)", number(*probability))
            }
            Op::Unary(function) => unary(&x, *function),
            Op::Binary(function) => {
                let (a, b) = aligned((&read[0], shape(0)), (&read[1], shape(1)));
                binary(&a, &b, *function)
            }
            Op::Scalar { op, value, reversed } => match reversed {
                false => binary(&x, &number(*value), *op),
                true => binary(&number(*value), &x, *op),
            },
            Op::Softmax { axis, log } => {
                format!("F.{}({x}, dim={})", if *log { "log_softmax" } else { "softmax" }, axis + 1)
            }
            Op::Pool(pool) => pooled(&x, pool),
            Op::AdaptivePool { kind, size } => {
                let kind = if *kind == PoolKind::Max { "max" } else { "avg" };
                format!("F.adaptive_{kind}_pool{}d({x}, {})", size.len(), tuple(size))
            }
            Op::Upsample { mode } => {
                let size = &node.ty.shape[1..];
                let linear = ["linear", "bilinear", "trilinear"].get(size.len().saturating_sub(1)).copied();
                let linear = linear.ok_or_else(|| refuse("it upsamples more than three axes"))?;
                let mode = match mode {
                    UpsampleMode::Nearest => "mode=\"nearest\"".to_owned(),
                    UpsampleMode::Linear => format!("mode={}, align_corners=False", quoted(linear)),
                    UpsampleMode::LinearAligned => format!("mode={}, align_corners=True", quoted(linear)),
                };
                format!("F.interpolate({x}, size={}, {mode})", tuple(size))
            }
            Op::Reshape => reshaped(&x, &node.ty.shape),
            Op::Permute { order } => {
                let order: Vec<usize> = std::iter::once(0).chain(order.iter().map(|axis| axis + 1)).collect();
                format!("{x}.permute{}", tuple(&order))
            }
            Op::Concat { axis } => format!("torch.cat([{}], dim={})", self.of_one_length(node, &read), axis + 1),
            Op::Stack { axis } => format!("torch.stack([{}], dim={})", self.of_one_length(node, &read), axis + 1),
            Op::RandomPlace => format!("random_place({x}, self.training)"),
            Op::Slice { axis, start, end, step } => {
                let step = if *step == 1 { String::new() } else { format!(":{step}") };
                format!("{x}[{}{start}:{end}{step}]", ":, ".repeat(axis + 1))
            }
            Op::Pad { amounts, value } => padded(&x, amounts, *value),
            Op::Reduce { reduction, axes, keep } => {
                let axes: Vec<usize> = axes.iter().map(|axis| axis + 1).collect();
                let (function, more) = reduced(*reduction);
                let keep = if *keep { ", keepdim=True" } else { "" };
                format!("{x}.{function}(dim={}{more}{keep})", tuple(&axes))
            }
            Op::BatchMean => format!("{x}.mean(0, keepdim=True)"),
            Op::MatMul => {
                let (rank, right) = (shape(0).len(), shape(1));
                let mut b = read[1].clone();
                let mut length = right.len();
                if length == 1 {
                    b = format!("{b}[..., None]");
                    length = 2;
                }
                if length < rank {
                    b = format!("{b}[:{}]", ", None".repeat(rank - length));
                }
                reshaped(&format!("({} @ {b})", read[0]), &node.ty.shape)
            }
            Op::LogSumExp { mean } => {
                let less = if *mean { format!(" - math.log({})", read.len()) } else { String::new() };
                format!("torch.logsumexp(torch.stack([{}]), dim=0){less}", self.of_one_length(node, &read))
            }
            Op::OneHot { levels } => {
                format!("F.one_hot({x}.long(), {levels}).movedim(-1, 1).to(torch.get_default_dtype())")
            }
            Op::StopGradient => format!("{x}.detach()"),
            Op::Restrict => x,
            Op::Normal => format!("torch.stack([{all}], dim=1)"),
            Op::NormalMean => format!("{x}[:, 0]"),
            Op::NormalLogVar => format!("{x}[:, 1]"),
            Op::Sample => format!("sample({x}, self.training)"),
            Op::Kl => format!("kl({all})"),
            Op::LogDensity => format!("log_density({all})"),
            Op::Loss(loss) => loss::expression(self, node, loss, &read),
            Op::Coalesce(_) | Op::Present(_) | Op::Mixture { .. } => return Err(refuse("it was to be written before")),
        })
    }

    fn input(&mut self, input: InputId) -> String {
        let declared = &self.graph.inputs[input.index()];
        let value = format!("batch[{}]", quoted(&declared.name));
        if declared.ty.presence.is_empty() {
            return value;
        }
        let held = self.tuple_of(&declared.ty.presence);
        format!("{value}[rows.of(*{held})]")
    }

    /// What stands in for what is absent.
    fn coalesce(&mut self, node: &Node, with: Coalesce) -> String {
        let rows = self.tuple_of(&node.ty.presence);
        let first = node.inputs[0];
        let (x, held) = (self.variable(first).to_owned(), self.tuple_of(&self.graph.node(first).ty.presence.clone()));
        match with {
            Coalesce::Zeros => format!("rows.spread({x}, {held}, {rows})"),
            Coalesce::TrainingMean => {
                let name = match self.graph.node(first).op {
                    Op::Input(input) => self.graph.inputs[input.index()].name.clone(),
                    _ => String::new(),
                };
                format!("rows.spread({x}, {held}, {rows}, self.means[{}])", quoted(&name))
            }
            Coalesce::Other => {
                let second = node.inputs[1];
                let other = self.variable(second).to_owned();
                let of_other = self.graph.node(second).ty.clone();
                let other = match of_other.batched {
                    true => {
                        let held = self.tuple_of(&of_other.presence);
                        format!("rows.spread({other}, {held}, {rows})")
                    }
                    false => other,
                };
                let shape = vec![1; node.ty.shape.len()];
                let flags = format!("(rows.places({held}, {rows}) >= 0)");
                let flags = if shape.is_empty() { flags } else { reshaped(&flags, &shape) };
                format!("torch.where({flags}, rows.spread({x}, {held}, {rows}), {other})")
            }
        }
    }

    /// Values that stand beside one another: one for the batch is repeated.
    fn of_one_length(&mut self, node: &Node, read: &[String]) -> String {
        let graph = self.graph;
        let is_batched = |id: &NodeId| graph.node(*id).ty.batched;
        let longest = node.inputs.iter().zip(read).find(|(id, _)| is_batched(id)).map(|(_, name)| name.clone());
        let one = |(id, name): (&NodeId, &String)| match &longest {
            Some(longest) if !is_batched(id) => format!("{name}.expand(len({longest}), *{name}.shape[1:])"),
            _ => name.clone(),
        };
        node.inputs.iter().zip(read).map(one).collect::<Vec<_>>().join(", ")
    }
}

/// A number as Python writes it.
pub(super) fn number(value: f64) -> String {
    if value == f64::INFINITY {
        "math.inf".into()
    } else if value == f64::NEG_INFINITY {
        "-math.inf".into()
    } else {
        format!("{value:?}")
    }
}

fn reshaped(x: &str, shape: &[usize]) -> String {
    let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
    match shape.is_empty() {
        true => format!("{x}.reshape(-1)"),
        false => format!("{x}.reshape(-1, {})", shape.join(", ")),
    }
}

/// Values added to the axes behind the rows; PyTorch counts from the last.
fn padded(x: &str, amounts: &[(usize, usize)], value: f64) -> String {
    let amounts: Vec<usize> = amounts.iter().rev().flat_map(|(before, after)| [*before, *after]).collect();
    let value = if value == 0.0 { String::new() } else { format!(", value={}", number(value)) };
    format!("F.pad({x}, {}{value})", tuple(&amounts))
}

fn pooled(x: &str, pool: &PoolOp) -> String {
    let axes = pool.kernel.len();
    // PyTorch pads by half a window at most, alike on both sides.
    let common = common_padding(&pool.padding)
        .filter(|padding| padding.iter().zip(&pool.kernel).all(|(padding, kernel)| 2 * padding <= *kernel));
    let (kind, border) = match pool.kind {
        PoolKind::Max => ("max", f64::NEG_INFINITY),
        PoolKind::Average => ("avg", 0.0),
    };
    let (x, padding) = match common {
        Some(padding) => (x.to_owned(), padding),
        None => (padded(x, &[&[(0, 0)], pool.padding.as_slice()].concat(), border), vec![0; axes]),
    };
    let padding =
        if padding.iter().all(|n| *n == 0) { String::new() } else { format!(", padding={}", tuple(&padding)) };
    format!("F.{kind}_pool{axes}d({x}, {}, {}{padding})", tuple(&pool.kernel), tuple(&pool.stride))
}

/// The method of tensors, and its further arguments.
fn reduced(reduction: Reduction) -> (&'static str, &'static str) {
    match reduction {
        Reduction::Sum => ("sum", ""),
        Reduction::Mean => ("mean", ""),
        Reduction::Maximum => ("amax", ""),
        Reduction::Minimum => ("amin", ""),
        Reduction::Variance => ("var", ", correction=0"),
    }
}

/// Two operands whose channel axes meet: the shorter gets axes of extent 1 behind its own.
fn aligned((a, of_a): (&str, Vec<usize>), (b, of_b): (&str, Vec<usize>)) -> (String, String) {
    let longer = |x: &str, own: usize, other: usize| match other.saturating_sub(own) {
        0 => x.to_owned(),
        more => format!("{x}[...{}]", ", None".repeat(more)),
    };
    (longer(a, of_a.len(), of_b.len()), longer(b, of_b.len(), of_a.len()))
}

fn unary(x: &str, function: Unary) -> String {
    match function {
        Unary::Relu => format!("F.relu({x})"),
        Unary::LeakyRelu { slope } => format!("F.leaky_relu({x}, {})", number(slope)),
        Unary::Elu { alpha } => format!("F.elu({x}, {})", number(alpha)),
        Unary::Gelu => format!("F.gelu({x})"),
        Unary::Sigmoid => format!("torch.sigmoid({x})"),
        Unary::Tanh => format!("torch.tanh({x})"),
        Unary::Softplus => format!("F.softplus({x})"),
        Unary::Exp => format!("torch.exp({x})"),
        Unary::Log => format!("torch.log({x})"),
        Unary::Sqrt => format!("torch.sqrt({x})"),
        Unary::Square => format!("{x} ** 2"),
        Unary::Abs => format!("torch.abs({x})"),
        Unary::IsZero => format!("({x} == 0).to({x}.dtype)"),
        Unary::Negate => format!("-{x}"),
        Unary::Clamp { low, high } => format!("torch.clamp({x}, {}, {})", number(low), number(high)),
    }
}

fn binary(a: &str, b: &str, function: Binary) -> String {
    let limited = |word: &str| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(_), _) => format!("{b}.clamp({word}={a})"),
        (_, Ok(_)) => format!("{a}.clamp({word}={b})"),
        _ => format!("torch.{}imum({a}, {b})", if word == "min" { "max" } else { "min" }),
    };
    match function {
        Binary::Add => format!("{a} + {b}"),
        Binary::Subtract => format!("{a} - {b}"),
        Binary::Multiply => format!("{a} * {b}"),
        Binary::Divide => format!("{a} / {b}"),
        Binary::Power => format!("{a} ** {b}"),
        Binary::Maximum => limited("min"),
        Binary::Minimum => limited("max"),
    }
}
