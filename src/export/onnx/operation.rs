//! One arm an operation. The match is exhaustive: an operation that is not written down does not compile.

use super::format::DataType;
use super::nodes::{Value, float, int, ints};
use super::{Network, data_type, shape_of};
use crate::ExportError;
use fascicle_lang::graph::{Binary, InputId, LossOp, Node, NodeId, Op, Reduction, TensorType, Unary};

impl Network<'_> {
    /// Writes a node, whose inputs are there.
    pub(super) fn add(&mut self, id: NodeId) -> Result<(), ExportError> {
        let graph = self.graph;
        let node = graph.node(id);
        self.nodes.at(&node.path);
        let value = self.operation(node)?;
        self.values.insert(id, value);
        Ok(())
    }

    /// What a node reads, as it is.
    pub(super) fn read(&self, node: &Node, at: usize) -> Value {
        node.inputs.get(at).map_or_else(String::new, |id| self.value(*id))
    }

    pub(super) fn type_of(&self, node: &Node, at: usize) -> TensorType {
        node.inputs.get(at).map_or_else(TensorType::scalar, |id| self.graph.node(*id).ty.clone())
    }

    /// What a node reads, as numbers: classes are whole ones.
    pub(super) fn number_of(&mut self, node: &Node, at: usize) -> Value {
        let (x, ty) = (self.read(node, at), self.type_of(node, at));
        if ty.kind.is_discrete() { self.nodes.cast(&x, DataType::Float) } else { x }
    }

    /// What a node reads, as class numbers.
    fn class_of(&mut self, node: &Node, at: usize) -> Value {
        let (x, ty) = (self.read(node, at), self.type_of(node, at));
        if ty.kind.is_discrete() { x } else { self.nodes.cast(&x, DataType::Int64) }
    }

    pub(super) fn refused(&self, node: &Node, problem: &str) -> ExportError {
        ExportError::Operation { path: node.path.clone(), problem: problem.to_owned() }
    }

    /// A weight of the node's module, by PyTorch's name; `None` where the module has none of that name.
    pub(super) fn own_weight(&mut self, node: &Node, name: &str) -> Result<Option<Value>, ExportError> {
        let Some(module) = node.module.map(|module| self.graph.module(module)) else { return Ok(None) };
        let Some(spec) = module.weights.iter().find(|spec| spec.name == name) else { return Ok(None) };
        self.weight(&module.path, name, &spec.shape).map(Some)
    }

    /// The numbers of a weight of the node's module.
    pub(super) fn own_numbers(&self, node: &Node, name: &str) -> Result<Option<Vec<f32>>, ExportError> {
        let Some(module) = node.module.map(|module| self.graph.module(module)) else { return Ok(None) };
        let Some(spec) = module.weights.iter().find(|spec| spec.name == name) else { return Ok(None) };
        self.numbers_of(&format!("{}.{name}", module.path), &spec.shape).map(|numbers| Some(numbers.to_vec()))
    }

    fn operation(&mut self, node: &Node) -> Result<Value, ExportError> {
        let x = self.read(node, 0);
        Ok(match &node.op {
            Op::Input(input) => self.input(*input),
            Op::Fill(value) => {
                let shape: Vec<usize> = std::iter::once(1).chain(shape_of(&node.ty)).collect();
                let count = shape.iter().product();
                let one = match node.ty.kind.is_discrete() {
                    true => {
                        let whole = self.nodes.wholes(&vec![*value as i64; count]);
                        let all: Vec<usize> = shape[1..].to_vec();
                        let row = self.nodes.with_axes(&whole, &[0]);
                        self.nodes.reshaped(&row, &all)
                    }
                    false => self.nodes.numbers(&shape, &vec![*value as f32; count]),
                };
                let ty = TensorType { batched: false, ..node.ty.clone() };
                if node.ty.batched { self.in_rows(&one, &ty) } else { one }
            }
            Op::Baseline => return Err(self.refused(node, "a baseline is fitted, and has no network")),
            Op::Learned { .. } => {
                let weight = self.weight_or_refuse(node, "weight")?;
                self.nodes.with_axes(&weight, &[0])
            }
            Op::Embedding { .. } => {
                let table = self.weight_or_refuse(node, "weight")?;
                let at = self.class_of(node, 0);
                self.nodes.call("Gather", &[&table, &at], vec![int("axis", 0)])
            }
            Op::Conv(conv) => self.convolution(node, conv)?,
            Op::Convolve(conv) => self.convolve(node, conv)?,
            Op::Linear { inputs, outputs, .. } => self.linear(node, *inputs, *outputs)?,
            Op::HyperLinear { inputs, outputs, embedding } => self.hyper_linear(node, *inputs, *outputs, *embedding)?,
            Op::BatchNorm { channels, eps, .. } => {
                let x = self.number_of(node, 0);
                let (scale, shift) = (self.scale(node, *channels)?, self.shift(node, *channels)?);
                let mean = self.weight_or_refuse(node, "running_mean")?;
                let var = self.weight_or_refuse(node, "running_var")?;
                self.nodes.call("BatchNormalization", &[&x, &scale, &shift, &mean, &var], vec![float("epsilon", *eps)])
            }
            Op::InstanceNorm { channels, eps, .. } => self.group_norm(node, *channels, *eps)?,
            Op::GroupNorm { groups, eps, .. } => self.group_norm(node, *groups, *eps)?,
            Op::LayerNorm { features, eps, .. } => {
                let x = self.number_of(node, 0);
                let (scale, shift) = (self.scale(node, *features)?, self.shift(node, *features)?);
                let settings = vec![int("axis", -1), float("epsilon", *eps)];
                self.nodes.call("LayerNormalization", &[&x, &scale, &shift], settings)
            }
            Op::PRelu { slopes } => {
                let x = self.number_of(node, 0);
                let slope = self.weight_or_refuse(node, "weight")?;
                let behind = node.ty.shape.len().saturating_sub(1);
                // Slopes stand at the channels, the first axis.
                let slope = match slopes {
                    1 => slope,
                    _ => self.nodes.with_axes(&slope, &(1..=behind).collect::<Vec<_>>()),
                };
                self.nodes.call("PRelu", &[&x, &slope], Vec::new())
            }
            // In prediction all pass.
            Op::Dropout { .. } | Op::StopGradient | Op::Restrict => x,
            Op::Unary(function) => {
                let x = self.number_of(node, 0);
                self.unary(&x, *function)
            }
            Op::Binary(function) => {
                let (a, b) = (self.number_of(node, 0), self.number_of(node, 1));
                let (of_a, of_b) = (shape_of(&self.type_of(node, 0)).len(), shape_of(&self.type_of(node, 1)).len());
                // The channel axes meet: the shorter gets axes behind its own.
                let a = self.nodes.with_axes(&a, &(of_a + 1..of_b + 1).collect::<Vec<_>>());
                let b = self.nodes.with_axes(&b, &(of_b + 1..of_a + 1).collect::<Vec<_>>());
                self.nodes.call(binary(*function), &[&a, &b], Vec::new())
            }
            Op::Scalar { op, value, reversed } => {
                let (x, value) = (self.number_of(node, 0), self.nodes.number(*value));
                let read = if *reversed { [value.as_str(), x.as_str()] } else { [x.as_str(), value.as_str()] };
                self.nodes.call(binary(*op), &read, Vec::new())
            }
            Op::Softmax { axis, log } => {
                let x = self.number_of(node, 0);
                let function = if *log { "LogSoftmax" } else { "Softmax" };
                self.nodes.call(function, &[&x], vec![int("axis", *axis as i64 + 1)])
            }
            Op::Pool(pool) => self.pool(node, pool),
            Op::AdaptivePool { kind, size } => self.adaptive_pool(node, *kind, size),
            Op::Upsample { mode } => self.upsample(node, *mode),
            Op::Reshape => self.nodes.reshaped(&x, &shape_of(&node.ty)),
            Op::Permute { order } => {
                let order = std::iter::once(0).chain(order.iter().map(|axis| axis + 1));
                self.nodes.call("Transpose", &[&x], vec![ints("perm", order)])
            }
            Op::Concat { axis } => {
                let read = self.of_one_length(node);
                let read: Vec<&str> = read.iter().map(String::as_str).collect();
                self.nodes.call("Concat", &read, vec![int("axis", *axis as i64 + 1)])
            }
            Op::Stack { axis } => self.stacked(node, axis + 1),
            Op::RandomPlace => {
                let extents = self.type_of(node, 0).shape;
                let middle = extents[1..].iter().fold(0, |at, extent| at * extent + extent / 2);
                let flat = self.nodes.wholes(&[0, 0, -1]);
                let flat = self.nodes.call("Reshape", &[&x, &flat], Vec::new());
                let middle = self.nodes.whole(middle as i64);
                self.nodes.call("Gather", &[&flat, &middle], vec![int("axis", 2)])
            }
            Op::Slice { axis, start, end, step } => self.slice(&x, axis + 1, (*start, *end, *step)),
            Op::Pad { amounts, value } => {
                let x = self.number_of(node, 0);
                self.pad(&x, amounts, *value)
            }
            Op::Reduce { reduction, axes, keep } => {
                let x = self.number_of(node, 0);
                let axes: Vec<usize> = axes.iter().map(|axis| axis + 1).collect();
                self.reduce(&x, *reduction, &axes, *keep)
            }
            Op::BatchMean => {
                let (x, ty) = (self.number_of(node, 0), self.type_of(node, 0));
                match self.held(&ty.presence).filter(|_| ty.batched) {
                    None => self.nodes.reduced("ReduceMean", &x, &[0], true),
                    Some(held) => {
                        let axes = shape_of(&ty).len();
                        let zero = self.nodes.number(0.0);
                        let own = self.chosen(&held, axes, &x, &zero);
                        let sum = self.nodes.reduced("ReduceSum", &own, &[0], true);
                        let flags = self.nodes.cast(&held, DataType::Float);
                        let count = self.nodes.reduced("ReduceSum", &flags, &[0], false);
                        self.nodes.call("Div", &[&sum, &count], Vec::new())
                    }
                }
            }
            Op::MatMul => {
                let (a, mut b) = (self.number_of(node, 0), self.number_of(node, 1));
                let (rank, mut other) = (self.type_of(node, 0).shape.len(), self.type_of(node, 1).shape.len());
                if other == 1 {
                    // A vector: a matrix of one column.
                    b = self.nodes.with_axes(&b, &[2]);
                    other = 2;
                }
                let b = self.nodes.with_axes(&b, &(1..1 + rank.saturating_sub(other)).collect::<Vec<_>>());
                let product = self.nodes.call("MatMul", &[&a, &b], Vec::new());
                self.nodes.reshaped(&product, &node.ty.shape)
            }
            Op::LogSumExp { mean } => {
                let all = self.stacked(node, 1);
                let largest = self.nodes.reduced("ReduceMax", &all, &[1], true);
                let less = self.nodes.call("Sub", &[&all, &largest], Vec::new());
                let exp = self.nodes.call("Exp", &[&less], Vec::new());
                let sum = match mean {
                    true => self.nodes.reduced("ReduceMean", &exp, &[1], true),
                    false => self.nodes.reduced("ReduceSum", &exp, &[1], true),
                };
                let log = self.nodes.call("Log", &[&sum], Vec::new());
                let found = self.nodes.call("Add", &[&log, &largest], Vec::new());
                self.nodes.reshaped(&found, &shape_of(&node.ty))
            }
            Op::OneHot { levels } => {
                let at = self.class_of(node, 0);
                let (levels, values) = (self.nodes.whole(*levels as i64), self.nodes.numbers(&[2], &[0.0, 1.0]));
                self.nodes.call("OneHot", &[&at, &levels, &values], vec![int("axis", 1)])
            }
            Op::Coalesce(with) => self.coalesce(node, *with)?,
            Op::Present(reduction) => self.present(node, *reduction),
            Op::Normal => self.stacked(node, 1),
            Op::NormalMean => self.half(&x, 0),
            // In prediction a draw is the mean.
            Op::Sample => self.half(&x, 0),
            Op::NormalLogVar => self.half(&x, 1),
            Op::Mixture { kind, prior } => self.mixture(node, *kind, *prior)?,
            Op::Kl => self.divergence(node),
            Op::LogDensity => self.log_density(node),
            Op::Loss(loss) => return Err(self.refused(node, &format!("{} {NO_LOSS}", loss_name(loss)))),
        })
    }

    pub(super) fn weight_or_refuse(&mut self, node: &Node, name: &str) -> Result<Value, ExportError> {
        let missing = self.refused(node, &format!("it has no `{name}`"));
        self.own_weight(node, name)?.ok_or(missing)
    }

    /// An input; what stands in rows that lack it is set to zero.
    fn input(&mut self, input: InputId) -> Value {
        let declared = &self.graph.inputs[input.index()];
        let (name, ty) = (declared.name.clone(), declared.ty.clone());
        let zero = match data_type(&ty.kind) {
            DataType::Int64 => self.nodes.whole(0),
            _ => self.nodes.number(0.0),
        };
        self.where_held(&ty.presence, shape_of(&ty).len(), &name, &zero)
    }

    /// Values that stand beside one another: one for the batch is repeated.
    pub(super) fn of_one_length(&mut self, node: &Node) -> Vec<Value> {
        let mixed = node.inputs.iter().any(|id| self.graph.node(*id).ty.batched);
        let all_discrete = (0..node.inputs.len()).all(|at| self.type_of(node, at).kind.is_discrete());
        let one = |at: usize, network: &mut Self| {
            let ty = network.type_of(node, at);
            let x = if all_discrete { network.read(node, at) } else { network.number_of(node, at) };
            if mixed { network.in_rows(&x, &ty) } else { x }
        };
        (0..node.inputs.len()).map(|at| one(at, self)).collect()
    }

    /// What a node reads, one beside the other along a new axis.
    pub(super) fn stacked(&mut self, node: &Node, axis: usize) -> Value {
        let read = self.of_one_length(node);
        self.stack(&read, axis)
    }

    pub(super) fn stack(&mut self, values: &[Value], axis: usize) -> Value {
        let own: Vec<Value> = values.iter().map(|x| self.nodes.with_axes(x, &[axis])).collect();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        self.nodes.call("Concat", &own, vec![int("axis", axis as i64)])
    }

    /// From, to, and by what step along an axis (rows are axis 0).
    pub(super) fn slice(&mut self, x: &str, axis: usize, (start, end, step): (usize, usize, usize)) -> Value {
        let (start, end) = (self.nodes.wholes(&[start as i64]), self.nodes.wholes(&[end as i64]));
        let (axis, step) = (self.nodes.wholes(&[axis as i64]), self.nodes.wholes(&[step as i64]));
        self.nodes.call("Slice", &[x, &start, &end, &axis, &step], Vec::new())
    }

    /// A reduction over axes (rows are axis 0).
    pub(super) fn reduce(&mut self, x: &str, reduction: Reduction, axes: &[usize], keep: bool) -> Value {
        match reduction {
            Reduction::Sum => self.nodes.reduced("ReduceSum", x, axes, keep),
            Reduction::Mean => self.nodes.reduced("ReduceMean", x, axes, keep),
            Reduction::Maximum => self.nodes.reduced("ReduceMax", x, axes, keep),
            Reduction::Minimum => self.nodes.reduced("ReduceMin", x, axes, keep),
            Reduction::Variance => {
                let mean = self.nodes.reduced("ReduceMean", x, axes, true);
                let centred = self.nodes.call("Sub", &[x, &mean], Vec::new());
                let squared = self.nodes.call("Mul", &[&centred, &centred], Vec::new());
                self.nodes.reduced("ReduceMean", &squared, axes, keep)
            }
        }
    }

    fn unary(&mut self, x: &str, function: Unary) -> Value {
        match function {
            Unary::Relu => self.nodes.call("Relu", &[x], Vec::new()),
            Unary::LeakyRelu { slope } => self.nodes.call("LeakyRelu", &[x], vec![float("alpha", slope)]),
            Unary::Elu { alpha } => self.nodes.call("Elu", &[x], vec![float("alpha", alpha)]),
            Unary::Gelu => {
                let root = self.nodes.number(std::f64::consts::FRAC_1_SQRT_2);
                let (half, one) = (self.nodes.number(0.5), self.nodes.number(1.0));
                let scaled = self.nodes.call("Mul", &[x, &root], Vec::new());
                let erf = self.nodes.call("Erf", &[&scaled], Vec::new());
                let share = self.nodes.call("Add", &[&erf, &one], Vec::new());
                let product = self.nodes.call("Mul", &[x, &share], Vec::new());
                self.nodes.call("Mul", &[&product, &half], Vec::new())
            }
            Unary::Sigmoid => self.nodes.call("Sigmoid", &[x], Vec::new()),
            Unary::Tanh => self.nodes.call("Tanh", &[x], Vec::new()),
            Unary::Softplus => self.nodes.call("Softplus", &[x], Vec::new()),
            Unary::Exp => self.nodes.call("Exp", &[x], Vec::new()),
            Unary::Log => self.nodes.call("Log", &[x], Vec::new()),
            Unary::Sqrt => self.nodes.call("Sqrt", &[x], Vec::new()),
            Unary::Square => self.nodes.call("Mul", &[x, x], Vec::new()),
            Unary::Abs => self.nodes.call("Abs", &[x], Vec::new()),
            Unary::IsZero => {
                let zero = self.nodes.number(0.0);
                let is = self.nodes.call("Equal", &[x, &zero], Vec::new());
                self.nodes.cast(&is, DataType::Float)
            }
            Unary::Negate => self.nodes.call("Neg", &[x], Vec::new()),
            Unary::Clamp { low, high } => {
                let (low, high) = (self.nodes.number(low), self.nodes.number(high));
                self.nodes.call("Clip", &[x, &low, &high], Vec::new())
            }
        }
    }

    /// The mean over the training people in place of an absent input, as one row.
    pub(super) fn training_mean(&mut self, node: &Node) -> Result<Value, ExportError> {
        let Some(Op::Input(input)) = node.inputs.first().map(|id| &self.graph.node(*id).op) else {
            return Err(self.refused(node, "the mean over training people is known of inputs only"));
        };
        let name = &self.graph.inputs[input.index()].name;
        let shape: Vec<usize> = std::iter::once(1).chain(shape_of(&node.ty)).collect();
        match self.means.get(name) {
            Some(mean) if mean.len() == shape.iter().product::<usize>() => Ok(self.nodes.numbers(&shape, mean)),
            _ => Err(ExportError::NoMean(name.clone())),
        }
    }
}

const NO_LOSS: &str = "is what a training minimises, and an ONNX file holds a prediction: take it out of the model's outputs, or export \
                       with `--to torch`, which has losses";

fn loss_name(loss: &LossOp) -> &'static str {
    match loss {
        LossOp::MeanSquared | LossOp::SumSquared => "the squared error",
        LossOp::MeanAbsolute | LossOp::SumAbsolute => "the absolute error",
        LossOp::Huber { .. } => "Huber's loss",
        LossOp::BinaryCrossEntropy { .. } | LossOp::CrossEntropy { .. } => "the cross entropy",
        LossOp::GaussianNll => "the Gaussian likelihood",
        LossOp::CoxPartialLikelihood => "Cox's partial likelihood",
        LossOp::Dice { .. } => "the Dice loss",
        LossOp::InfoNce(_) | LossOp::FenchelDual { .. } | LossOp::SupervisedContrastive { .. } => "a contrastive loss",
        LossOp::CanonicalCorrelation { .. } => "the canonical correlation",
        LossOp::Margin { .. } => "the margin",
    }
}

fn binary(function: Binary) -> &'static str {
    match function {
        Binary::Add => "Add",
        Binary::Subtract => "Sub",
        Binary::Multiply => "Mul",
        Binary::Divide => "Div",
        Binary::Power => "Pow",
        Binary::Maximum => "Max",
        Binary::Minimum => "Min",
    }
}
