//! The operations a graph is made of.
//!
//! An operator of the language (a stanza of [`crate::ops`]) turns its arguments into one of these; the lowering
//! matches on them exhaustively, so that an operation without a lowering does not compile. Axes count from 0 and
//! never include the batch.

use super::{InputId, Kind};
use serde::{Deserialize, Serialize};

/// One operation. Unless stated otherwise it reads one node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Op {
    // --- sources -------------------------------------------------------------------------------------------------
    /// A value from the data.
    Input(InputId),
    /// A constant of the node's shape, the same for everybody.
    Fill(f64),
    /// A learned array of the node's shape, the same for everybody.
    Learned {
        /// Its extent along each axis, 1 to 5 of them.
        shape: Vec<usize>,
    },

    // --- layers with parameters (the node names a module) --------------------------------------------------------
    /// Convolution, plain or transposed, over `kernel.len()` (1 to 3) spatial axes: `[c, ...] -> [c', ...]`.
    Conv(ConvOp),
    /// Convolution with a kernel that is computed, for each subject its own: of `[x, kernel]` or `[x, kernel, bias]`, with
    /// kernel `[c', c, k...]` and bias `[c']`. Neither groups nor transposed.
    Convolve(ConvOp),
    /// Affine map of the last axis.
    Linear {
        /// Extent of the last axis.
        inputs: usize,
        /// Its extent in the result.
        outputs: usize,
        /// Whether a bias is added.
        bias: bool,
    },
    /// Affine map of the first of two nodes, `[n]`, with weights and bias that are affine maps of the second, `[k]`.
    HyperLinear {
        /// Length of the first.
        inputs: usize,
        /// Length of the result.
        outputs: usize,
        /// Length of the second.
        embedding: usize,
    },
    /// Batch normalisation of axis 0 (channels, or the features of a vector).
    BatchNorm {
        /// Extent of axis 0.
        channels: usize,
        /// Added to the variance under the root.
        eps: f64,
        /// Share of the new batch in the running statistics.
        momentum: f64,
        /// Whether a learned scale and shift follow.
        affine: bool,
    },
    /// Instance normalisation: each channel of each subject over its spatial axes.
    InstanceNorm {
        /// Extent of axis 0.
        channels: usize,
        /// Added to the variance under the root.
        eps: f64,
        /// Whether a learned scale and shift follow.
        affine: bool,
    },
    /// Group normalisation over channel groups and spatial axes.
    GroupNorm {
        /// Number of groups, a divisor of the channels.
        groups: usize,
        /// Extent of axis 0.
        channels: usize,
        /// Added to the variance under the root.
        eps: f64,
        /// Whether a learned scale and shift follow.
        affine: bool,
    },
    /// Layer normalisation over the last axis.
    LayerNorm {
        /// Extent of the last axis.
        features: usize,
        /// Added to the variance under the root.
        eps: f64,
        /// Whether a learned scale and shift follow.
        affine: bool,
    },
    /// A learned row per class: `class -> [size]`.
    Embedding {
        /// Number of classes.
        levels: usize,
        /// Length of a row.
        size: usize,
    },
    /// `max(0, x) + slope * min(0, x)`, with one slope or one a channel.
    PRelu {
        /// 1, or the extent of axis 0.
        slopes: usize,
    },
    /// Zeroes elements, or whole channels, with this probability in training and scales up the rest.
    Dropout {
        /// Of a zero; less than 1.
        probability: f64,
        /// Whole channels rather than elements.
        channels: bool,
    },

    // --- element by element --------------------------------------------------------------------------------------
    /// A function of each element.
    Unary(Unary),
    /// Two tensors of equal shape, or broadcast: each axis of the shorter shape, aligned at the channel (first) axis,
    /// equals the other's or is 1; a scalar goes with everything.
    Binary(Binary),
    /// `x (op) value`, or `value (op) x` where `reversed`.
    Scalar {
        /// The function of two.
        op: Binary,
        /// The number.
        value: f64,
        /// Whether the number comes first.
        reversed: bool,
    },
    /// Exponentials that sum to 1 along an axis (or their logarithms).
    Softmax {
        /// Along which the exponentials sum to 1.
        axis: usize,
        /// Their logarithms instead.
        log: bool,
    },

    // --- space ---------------------------------------------------------------------------------------------------
    /// Pooling over windows of the spatial axes (all but the first).
    Pool(PoolOp),
    /// Pooling to a given extent of the spatial axes, as PyTorch's adaptive pooling.
    AdaptivePool {
        /// Which pooling.
        kind: PoolKind,
        /// Extent of the result along each spatial axis.
        size: Vec<usize>,
    },
    /// Upsampling of the spatial axes to the node's shape.
    Upsample {
        /// How values are made.
        mode: UpsampleMode,
    },

    // --- shape ---------------------------------------------------------------------------------------------------
    /// To the node's shape, row-major.
    Reshape,
    /// Axes in a new order.
    Permute {
        /// For each axis of the result, the axis it was.
        order: Vec<usize>,
    },
    /// Several nodes one after the other along an axis.
    Concat {
        /// Along which.
        axis: usize,
    },
    /// One place of `[c, ...]` for each subject, `[c]`: drawn anew at each step of training, the middle one in prediction.
    RandomPlace,
    /// Several nodes of one shape along a new axis.
    Stack {
        /// Where the new axis stands in the result.
        axis: usize,
    },
    /// `start..end` of an axis, every `step`-th.
    Slice {
        /// Of which axis.
        axis: usize,
        /// First element.
        start: usize,
        /// The element after the last.
        end: usize,
        /// Every how many-th; at least 1.
        step: usize,
    },
    /// `(before, after)` values added to each axis.
    Pad {
        /// Elements before and after, for each axis.
        amounts: Vec<(usize, usize)>,
        /// What the border holds.
        value: f64,
    },
    /// A reduction over axes, which disappear unless kept with extent 1.
    Reduce {
        /// Which.
        reduction: Reduction,
        /// Over which axes, in ascending order.
        axes: Vec<usize>,
        /// Whether they stay, with extent 1.
        keep: bool,
    },
    /// The mean over the batch, element by element: one value for all subjects (of those who have it).
    BatchMean,
    /// `[.., m, k] x [.., k, n]`, or `[m, k] x [k]`.
    MatMul,
    /// The logarithm of the sum (or mean) of the exponentials of several nodes of one shape, element by element.
    LogSumExp {
        /// Their mean rather than their sum.
        mean: bool,
    },
    /// A class as 0/1 columns, one a level: `class -> [levels]`, `mask[...] -> [levels, ...]`.
    OneHot {
        /// Number of levels, and of columns.
        levels: usize,
    },

    // --- absence -------------------------------------------------------------------------------------------------
    /// The value, without a way back for gradients.
    StopGradient,
    /// The rows of those subjects who have the node's presence (a subset of the input's subjects).
    Restrict,
    /// Something in place of what is absent.
    Coalesce(Coalesce),
    /// Over the members of a family that a subject has: maximum, mean, minimum or sum, element by element.
    Present(Reduction),

    // --- Gaussians -----------------------------------------------------------------------------------------------
    /// A Gaussian from a mean and a log-variance.
    Normal,
    /// The means of a Gaussian.
    NormalMean,
    /// The log-variances of a Gaussian.
    NormalLogVar,
    /// A draw in training (`mean + sd * e`), the mean in prediction.
    Sample,
    /// Several Gaussians fused; those a subject lacks are left out.
    Mixture {
        /// How.
        kind: Mixture,
        /// Whether the standard normal is one of them.
        prior: bool,
    },
    /// Kullback-Leibler divergence, summed over the axis: to the standard normal, or of the first to the second of
    /// two nodes. One number a subject.
    Kl,
    /// Logarithm of the density of `[n]` under the standard normal, or under the Gaussian that comes second, summed over
    /// the axis. One number a subject.
    LogDensity,

    // --- losses: one number for the batch, over the subjects who have all inputs ---------------------------------
    /// A loss of `[prediction, target]`.
    Loss(LossOp),
}

/// One number for all spatial axes that was given, or one each: always one each here.
pub type Extent = Vec<usize>;

/// A convolution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConvOp {
    /// Channels in.
    pub inputs: usize,
    /// Channels out.
    pub outputs: usize,
    /// Extent of the kernel along each spatial axis.
    pub kernel: Extent,
    /// Step along each axis.
    pub stride: Extent,
    /// Zeros added around.
    pub padding: Padding,
    /// Spacing of the kernel's elements.
    pub dilation: Extent,
    /// Groups of channels that do not see each other.
    pub groups: usize,
    /// Whether a bias is added.
    pub bias: bool,
    /// Transposed ("up") convolution, and what is added to its extent at the far side.
    pub transposed: Option<Extent>,
}

/// Zeros around a window operation, `(before, after)` each axis.
///
/// `same` is resolved to numbers by the stanza: total `(ceil(n/stride)-1)*stride + dilation*(k-1) + 1 - n` (at least 0),
/// the smaller half first, as Keras and TensorFlow do it and as PyTorch does at stride 1.
pub type Padding = Vec<(usize, usize)>;

/// Which pooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PoolKind {
    /// Largest.
    Max,
    /// Mean (zeros of the padding counted, as PyTorch does by default).
    Average,
}

/// Pooling over windows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PoolOp {
    /// Which.
    pub kind: PoolKind,
    /// Extent of the window.
    pub kernel: Extent,
    /// Step.
    pub stride: Extent,
    /// Padding (minus infinity for the maximum, zeros for the mean).
    pub padding: Padding,
}

/// How values between grid points are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UpsampleMode {
    /// The nearest point's.
    Nearest,
    /// (Bi-, tri-)linear, corners not aligned, as PyTorch's `align_corners=False`.
    Linear,
    /// (Bi-, tri-)linear, the outermost points staying where they are, as PyTorch's `align_corners=True`.
    LinearAligned,
}

/// A function of each element.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Unary {
    /// `max(0, x)`.
    Relu,
    /// `x` where positive, `slope * x` elsewhere.
    LeakyRelu {
        /// Slope below 0.
        slope: f64,
    },
    /// `x` where positive, `alpha * (exp(x) - 1)` elsewhere.
    Elu {
        /// Minus the value far below 0.
        alpha: f64,
    },
    /// `x` times the probability of a standard normal below `x`.
    Gelu,
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// `log(1 + exp(x))`.
    Softplus,
    /// Exponential.
    Exp,
    /// Natural logarithm.
    Log,
    /// Square root.
    Sqrt,
    /// Square.
    Square,
    /// Absolute value.
    Abs,
    /// 1 where the element is exactly 0, else 0; it has no gradient.
    IsZero,
    /// Minus.
    Negate,
    /// Brought between two bounds.
    Clamp {
        /// The smallest result.
        low: f64,
        /// The largest result.
        high: f64,
    },
}

/// A function of two elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Binary {
    /// `x + y`.
    Add,
    /// `x - y`.
    Subtract,
    /// `x * y`.
    Multiply,
    /// `x / y`.
    Divide,
    /// `x ^ y`.
    Power,
    /// The larger.
    Maximum,
    /// The smaller.
    Minimum,
}

/// A reduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reduction {
    /// Sum.
    Sum,
    /// Mean.
    Mean,
    /// Largest.
    Maximum,
    /// Smallest.
    Minimum,
    /// Biased (divided by n).
    Variance,
}

/// What stands in for an absent value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Coalesce {
    /// Zeros.
    Zeros,
    /// The mean over training subjects, taken by the data pipeline: only directly on an input.
    TrainingMean,
    /// The second input's value.
    Other,
}

/// How Gaussians are fused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mixture {
    /// Product of experts (Wu and Goodman 2018): precisions add.
    Product,
    /// Mixture of experts (Shi et al. 2019): rows of the batch dealt out among the experts in equal blocks.
    Mixture,
    /// Mixture of products of experts over all subsets (Sutter et al. 2021).
    MixtureOfProducts,
}

/// A loss of a prediction and a target. Means are over subjects and elements unless stated otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum LossOp {
    /// Mean squared error.
    MeanSquared,
    /// Squared error summed over elements, mean over subjects (a Gaussian likelihood of unit variance, times 2).
    SumSquared,
    /// Mean absolute error.
    MeanAbsolute,
    /// Absolute error summed over elements, mean over subjects.
    SumAbsolute,
    /// Huber's, quadratic within `delta`.
    Huber {
        /// Where the square becomes a line.
        delta: f64,
    },
    /// Binary cross entropy of probabilities, or of logits.
    BinaryCrossEntropy {
        /// Whether predictions are logits rather than probabilities.
        logits: bool,
    },
    /// Cross entropy of logits `[n]` (or `[n, ...]`) and classes, weighted by class; weighted mean as PyTorch's.
    CrossEntropy {
        /// What each class counts.
        weights: ClassWeights,
        /// Share of the uniform distribution in the target.
        smoothing: f64,
    },
    /// Negative log-likelihood under a Gaussian of the given log-variance (third input) or of unit variance, summed
    /// over elements, mean over subjects.
    GaussianNll,
    /// Cox's negative partial log-likelihood of risks, with times and events as second and third input: the mean over all
    /// subjects of `event * (logsumexp of the risks of those whose time is no earlier - risk)`.
    CoxPartialLikelihood,
    /// One minus the soft Dice coefficient of class probabilities `[n, ...]` and a mask, mean over classes but the background.
    Dice {
        /// Added to numerator and denominator.
        smooth: f64,
        /// Whether the denominator holds squares, as in V-Net.
        squared: bool,
        /// Whether a class has one coefficient for the whole batch rather than one a subject.
        whole_batch: bool,
    },
    /// Noise-contrastive bound on the mutual information of `[n, ..]` and `[n, ..]`, negated, with the penalty of its scores.
    InfoNce(Scoring),
    /// Dual bound on an f-divergence of `[n, ..]` and `[n, ..]`, negated, with the penalty of its scores.
    FenchelDual {
        /// How features are scored.
        scoring: Scoring,
        /// Which divergence.
        measure: Divergence,
    },
    /// Supervised contrastive loss of views `[n]` and a class, which comes last.
    SupervisedContrastive {
        /// How features are scored.
        scoring: Scoring,
        /// The loss is multiplied by the temperature over this one.
        base_temperature: f64,
    },
    /// Minus the total correlation of `[n]` and `[m]` over the batch.
    CanonicalCorrelation {
        /// Added to the variances.
        ridge: f64,
        /// How correlations add up.
        norm: CorrelationNorm,
    },
    /// A margin between cosine similarities of the members of a family: a subject's value is nearer, by at least `by`,
    /// to one value than to another. Mean over the pairs of members and the subjects who have both, as far as the next
    /// subject of the batch has the first. It reads all members, each with its own subjects.
    Margin {
        /// How much nearer.
        by: f64,
        /// What is to be near, and what far.
        near: NearPairs,
    },
}

/// Which values a margin draws together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NearPairs {
    /// Those of one subject; those of one member are far: `s`, the anatomy.
    SameSubject,
    /// Those of one member; those of one subject are far: `z`, the appearance.
    SameMember,
}

/// How the features of two subjects are scored against each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scoring {
    /// The score itself.
    pub critic: Critic,
    /// Scores are divided by it.
    pub temperature: f64,
    /// Then they are bounded to `clip * tanh(score / clip)`.
    pub clip: Option<f64>,
    /// Weight of the mean square of the scores (before they are bounded) in the loss.
    pub penalty: f64,
}

/// A score of two vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Critic {
    /// Their product.
    Dot,
    /// Their product over the root of their length.
    ScaledDot,
    /// The cosine of the angle between them.
    Cosine,
}

/// Which divergence a dual bound is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Divergence {
    /// Jensen and Shannon's, 0 for equal distributions.
    JensenShannon,
    /// That of the original adversarial networks: the same but for a constant.
    Gan,
}

/// How canonical correlations add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CorrelationNorm {
    /// Their sum.
    Trace,
    /// The root of the sum of their squares.
    Frobenius,
}

/// Weights of classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ClassWeights {
    /// All 1.
    Equal,
    /// `n / (classes * count)` over the training subjects of the fold (scikit-learn's "balanced").
    InverseFrequency,
    /// As given.
    Given(Vec<f64>),
}

impl Kind {
    /// Whether values are class numbers.
    pub fn is_discrete(&self) -> bool {
        matches!(self, Self::Class(_) | Self::Mask(_))
    }
}
