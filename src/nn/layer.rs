//! One layer with weights, as burn's module for it.
//!
//! The only place that knows how PyTorch's names and layouts of weights map to burn's: [`Layer::new`] builds a layer
//! from named weights, [`Layer::map_weights`] walks them by the same names.

use super::batch_norm::BatchNorm;
use super::hyper_linear::HyperLinear;
use super::learned::Learned;
use super::{B, Dynamic};
use crate::graph::{ConvOp, Op};
use burn::DispatchDevice;
use burn::module::{Module, Param, ParamId};
use burn::nn::conv::{Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d};
use burn::nn::{
    Embedding, GroupNorm, InstanceNorm, LayerNorm, LayerNormConfig, Linear, PRelu, PaddingConfig1d, PaddingConfig2d,
    PaddingConfig3d,
};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// A layer with weights.
#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant)] // burn's derive needs the modules themselves, not boxes
pub enum Layer<B: Backend> {
    /// Convolution over one axis.
    Conv1d(Conv1d<B>),
    /// Convolution over two axes.
    Conv2d(Conv2d<B>),
    /// Convolution over three axes.
    Conv3d(Conv3d<B>),
    /// Transposed convolution over one axis.
    ConvTranspose1d(ConvTranspose1d<B>),
    /// Transposed convolution over two axes.
    ConvTranspose2d(ConvTranspose2d<B>),
    /// Transposed convolution over three axes.
    ConvTranspose3d(ConvTranspose3d<B>),
    /// Affine map.
    Linear(Linear<B>),
    /// Affine map with weights made from a second value, ours.
    HyperLinear(HyperLinear<B>),
    /// Batch normalisation, ours.
    BatchNorm(BatchNorm<B>),
    /// Instance normalisation.
    InstanceNorm(InstanceNorm<B>),
    /// Group normalisation.
    GroupNorm(GroupNorm<B>),
    /// Layer normalisation.
    LayerNorm(LayerNorm<B>),
    /// A row per class.
    Embedding(Embedding<B>),
    /// Leaky rectifier with learned slope.
    PRelu(PRelu<B>),
    /// An array that depends on nothing.
    Learned(Learned<B>),
}

/// Shape and values a weight starts with.
pub(super) type Start = (Vec<usize>, Vec<f32>);

/// Where a layer's weights come from while it is built.
pub(super) struct Source<'a> {
    /// The module's path.
    pub path: &'a str,
    /// Names of the weights the graph gives the module.
    pub names: Vec<&'a str>,
    /// The start of a weight, by its name, in PyTorch's layout.
    pub fetch: &'a dyn Fn(&str) -> Option<Start>,
    /// Where weights live; tracked, if they are to be trained.
    pub device: &'a DispatchDevice,
}

/// The id under which optimisers keep a weight's moments: from its name, so that it is the same in every run.
fn id_of(path: &str, name: &str) -> ParamId {
    let hash = blake3::hash(format!("{path}.{name}").as_bytes());
    let mut first = [0u8; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    ParamId::from(u64::from_le_bytes(first))
}

impl Source<'_> {
    fn has(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    fn tensor<const D: usize>(&self, name: &str) -> Result<Tensor<B, D>, String> {
        let (dims, values) = (self.fetch)(name).ok_or_else(|| format!("it has no weight `{name}`"))?;
        if dims.len() != D {
            return Err(format!("its `{name}` has {} axes where the layer has {D}", dims.len()));
        }
        Ok(Dynamic::from_host(values, &dims, self.device).rank())
    }

    pub(super) fn param<const D: usize>(&self, name: &str) -> Result<Param<Tensor<B, D>>, String> {
        Ok(Param::initialized(id_of(self.path, name), self.tensor::<D>(name)?.require_grad()))
    }

    fn optional(&self, name: &str) -> Result<Option<Param<Tensor<B, 1>>>, String> {
        if self.has(name) { self.param(name).map(Some) } else { Ok(None) }
    }

    /// An affine map; PyTorch's weight is the transpose of burn's.
    fn linear(&self, weight: &str, bias: &str) -> Result<Linear<B>, String> {
        let held = self.tensor::<2>(weight)?.transpose().require_grad();
        Ok(Linear { weight: Param::initialized(id_of(self.path, weight), held), bias: self.optional(bias)? })
    }

    fn buffer(&self, name: &str) -> Result<Param<Tensor<B, 1>>, String> {
        Ok(Param::initialized(id_of(self.path, name), self.tensor(name)?))
    }
}

/// The numbers of an extent as the array burn's layers take.
fn axes<const N: usize>(extent: &[usize]) -> Result<[usize; N], String> {
    extent.try_into().map_err(|_| format!("{} numbers were given for {N} axes", extent.len()))
}

impl Layer<B> {
    /// The layer an operation applies; `None` for operations without one.
    ///
    /// # Errors
    /// What does not fit, where the operation and the module's weights contradict each other.
    pub(super) fn new(op: &Op, source: &Source<'_>) -> Result<Option<Self>, String> {
        let layer = match op {
            Op::Conv(conv) => Self::convolution(conv, source)?,
            Op::Linear { .. } => Self::Linear(source.linear("weight", "bias")?),
            Op::HyperLinear { .. } => Self::HyperLinear(HyperLinear {
                weights_gen: source.linear("weights_gen.weight", "weights_gen.bias")?,
                bias_gen: source.linear("bias_gen.weight", "bias_gen.bias")?,
            }),
            Op::BatchNorm { .. } => Self::BatchNorm(BatchNorm {
                gamma: source.optional("weight")?,
                beta: source.optional("bias")?,
                running_mean: source.buffer("running_mean")?,
                running_var: source.buffer("running_var")?,
            }),
            Op::InstanceNorm { channels, eps, affine } => Self::InstanceNorm(InstanceNorm {
                gamma: source.optional("weight")?,
                beta: source.optional("bias")?,
                num_channels: *channels,
                epsilon: *eps,
                affine: *affine,
            }),
            Op::GroupNorm { groups, channels, eps, affine } => Self::GroupNorm(GroupNorm {
                gamma: source.optional("weight")?,
                beta: source.optional("bias")?,
                num_groups: *groups,
                num_channels: *channels,
                epsilon: *eps,
                affine: *affine,
            }),
            Op::LayerNorm { features, eps, .. } => {
                let mut norm = LayerNormConfig::new(*features).with_epsilon(*eps).init(source.device);
                norm.gamma = source.param("weight")?;
                norm.beta = source.optional("bias")?;
                Self::LayerNorm(norm)
            }
            Op::Embedding { .. } => Self::Embedding(Embedding { weight: source.param("weight")? }),
            Op::PRelu { .. } => Self::PRelu(PRelu { alpha: source.param("weight")?, alpha_value: 0.25 }),
            Op::Learned { shape } => Self::Learned(Learned::new(shape.len(), source)?),
            Op::Input(_)
            | Op::Fill(_)
            | Op::Convolve(_)
            | Op::StopGradient
            | Op::Dropout { .. }
            | Op::Unary(_)
            | Op::Binary(_)
            | Op::Scalar { .. }
            | Op::Softmax { .. }
            | Op::Pool(_)
            | Op::AdaptivePool { .. }
            | Op::Upsample { .. }
            | Op::Reshape
            | Op::Permute { .. }
            | Op::Concat { .. }
            | Op::Stack { .. }
            | Op::Slice { .. }
            | Op::Pad { .. }
            | Op::Reduce { .. }
            | Op::BatchMean
            | Op::MatMul
            | Op::LogSumExp { .. }
            | Op::RandomPlace
            | Op::OneHot { .. }
            | Op::Restrict
            | Op::Coalesce(_)
            | Op::Present(_)
            | Op::Normal
            | Op::NormalMean
            | Op::NormalLogVar
            | Op::Sample
            | Op::Mixture { .. }
            | Op::Kl
            | Op::LogDensity
            | Op::Loss(_) => return Ok(None),
        };
        Ok(Some(layer))
    }

    fn convolution(conv: &ConvOp, source: &Source<'_>) -> Result<Self, String> {
        let bias = source.optional("bias")?;
        let channels = [conv.inputs, conv.outputs];
        let groups = conv.groups;
        // Padding is the forward pass's (it may differ before and after); the layers hold what they must.
        let layer = match (conv.kernel.len(), &conv.transposed) {
            (1, None) => Self::Conv1d(Conv1d {
                weight: source.param("weight")?,
                bias,
                stride: axes::<1>(&conv.stride)?[0],
                kernel_size: axes::<1>(&conv.kernel)?[0],
                dilation: axes::<1>(&conv.dilation)?[0],
                groups,
                padding: PaddingConfig1d::Valid,
            }),
            (2, None) => Self::Conv2d(Conv2d {
                weight: source.param("weight")?,
                bias,
                stride: axes(&conv.stride)?,
                kernel_size: axes(&conv.kernel)?,
                dilation: axes(&conv.dilation)?,
                groups,
                padding: PaddingConfig2d::Valid,
            }),
            (3, None) => Self::Conv3d(Conv3d {
                weight: source.param("weight")?,
                bias,
                stride: axes(&conv.stride)?,
                kernel_size: axes(&conv.kernel)?,
                dilation: axes(&conv.dilation)?,
                groups,
                padding: PaddingConfig3d::Valid,
            }),
            (1, Some(far)) => Self::ConvTranspose1d(ConvTranspose1d {
                weight: source.param("weight")?,
                bias,
                stride: axes::<1>(&conv.stride)?[0],
                kernel_size: axes::<1>(&conv.kernel)?[0],
                dilation: axes::<1>(&conv.dilation)?[0],
                groups,
                padding: 0,
                padding_out: axes::<1>(far)?[0],
                channels,
            }),
            (2, Some(far)) => Self::ConvTranspose2d(ConvTranspose2d {
                weight: source.param("weight")?,
                bias,
                stride: axes(&conv.stride)?,
                kernel_size: axes(&conv.kernel)?,
                dilation: axes(&conv.dilation)?,
                groups,
                padding: [0; 2],
                padding_out: axes(far)?,
                channels,
            }),
            (3, Some(far)) => Self::ConvTranspose3d(ConvTranspose3d {
                weight: source.param("weight")?,
                bias,
                stride: axes(&conv.stride)?,
                kernel_size: axes(&conv.kernel)?,
                dilation: axes(&conv.dilation)?,
                groups,
                padding: [0; 3],
                padding_out: axes(far)?,
                channels,
            }),
            (n, _) => return Err(format!("convolutions have 1 to 3 spatial axes, this one has {n}")),
        };
        Ok(layer)
    }

    /// The weight and bias of a convolution, of any rank.
    pub(super) fn convolution_weights(&self) -> Option<(Dynamic, Option<Tensor<B, 1>>)> {
        let value = |bias: &Option<Param<Tensor<B, 1>>>| bias.as_ref().map(Param::val);
        match self {
            Self::Conv1d(c) => Some((Dynamic::of(c.weight.val()), value(&c.bias))),
            Self::Conv2d(c) => Some((Dynamic::of(c.weight.val()), value(&c.bias))),
            Self::Conv3d(c) => Some((Dynamic::of(c.weight.val()), value(&c.bias))),
            Self::ConvTranspose1d(c) => Some((Dynamic::of(c.weight.val()), value(&c.bias))),
            Self::ConvTranspose2d(c) => Some((Dynamic::of(c.weight.val()), value(&c.bias))),
            Self::ConvTranspose3d(c) => Some((Dynamic::of(c.weight.val()), value(&c.bias))),
            _ => None,
        }
    }

    /// Walks the weights, each of which may be replaced, by PyTorch's names; the flag says that burn's layout is the
    /// transpose of PyTorch's.
    pub(super) fn map_weights(self, f: &mut dyn FnMut(&'static str, Dynamic, bool) -> Dynamic) -> Self {
        fn one<const D: usize>(
            f: &mut dyn FnMut(&'static str, Dynamic, bool) -> Dynamic,
            name: &'static str,
            param: Param<Tensor<B, D>>,
            transposed: bool,
        ) -> Param<Tensor<B, D>> {
            param.map(|tensor| f(name, Dynamic::of(tensor), transposed).rank())
        }
        macro_rules! weight_and_bias {
            ($layer:ident) => {{
                let mut layer = $layer;
                layer.weight = one(f, "weight", layer.weight, false);
                layer.bias = layer.bias.map(|b| one(f, "bias", b, false));
                layer
            }};
        }
        macro_rules! scale_and_shift {
            ($layer:ident) => {{
                let mut layer = $layer;
                layer.gamma = layer.gamma.map(|g| one(f, "weight", g, false));
                layer.beta = layer.beta.map(|b| one(f, "bias", b, false));
                layer
            }};
        }
        match self {
            Self::Conv1d(l) => Self::Conv1d(weight_and_bias!(l)),
            Self::Conv2d(l) => Self::Conv2d(weight_and_bias!(l)),
            Self::Conv3d(l) => Self::Conv3d(weight_and_bias!(l)),
            Self::ConvTranspose1d(l) => Self::ConvTranspose1d(weight_and_bias!(l)),
            Self::ConvTranspose2d(l) => Self::ConvTranspose2d(weight_and_bias!(l)),
            Self::ConvTranspose3d(l) => Self::ConvTranspose3d(weight_and_bias!(l)),
            Self::Linear(mut l) => {
                l.weight = one(f, "weight", l.weight, true);
                l.bias = l.bias.map(|b| one(f, "bias", b, false));
                Self::Linear(l)
            }
            Self::HyperLinear(mut l) => {
                l.weights_gen.weight = one(f, "weights_gen.weight", l.weights_gen.weight, true);
                l.weights_gen.bias = l.weights_gen.bias.map(|b| one(f, "weights_gen.bias", b, false));
                l.bias_gen.weight = one(f, "bias_gen.weight", l.bias_gen.weight, true);
                l.bias_gen.bias = l.bias_gen.bias.map(|b| one(f, "bias_gen.bias", b, false));
                Self::HyperLinear(l)
            }
            Self::BatchNorm(l) => {
                let mut l = scale_and_shift!(l);
                l.running_mean = one(f, "running_mean", l.running_mean, false);
                l.running_var = one(f, "running_var", l.running_var, false);
                Self::BatchNorm(l)
            }
            Self::InstanceNorm(l) => Self::InstanceNorm(scale_and_shift!(l)),
            Self::GroupNorm(l) => Self::GroupNorm(scale_and_shift!(l)),
            Self::LayerNorm(mut l) => {
                l.gamma = one(f, "weight", l.gamma, false);
                l.beta = l.beta.map(|b| one(f, "bias", b, false));
                Self::LayerNorm(l)
            }
            Self::Embedding(mut l) => {
                l.weight = one(f, "weight", l.weight, false);
                Self::Embedding(l)
            }
            Self::PRelu(mut l) => {
                l.alpha = one(f, "weight", l.alpha, false);
                Self::PRelu(l)
            }
            Self::Learned(l) => Self::Learned(l.map(|tensor| f("weight", tensor, false))),
        }
    }
}
