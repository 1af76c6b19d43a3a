//! The operations a graph is made of, and what memory each takes.
//!
//! An operator of the language (a stanza of [`crate::ops`]) turns its arguments into one of these; the lowering
//! matches on them exhaustively, so that an operation without a lowering does not compile. Axes count from 0 and
//! never include the batch.

mod elementwise;
mod footprint;
mod loss;
mod window;

pub use elementwise::{Binary, Reduction, Unary};
pub use footprint::{Back, Footprint, Kept, Made, Processor, Sizes};
pub use loss::{ClassWeights, CorrelationNorm, Critic, Divergence, LossOp, NearPairs, Scoring};
pub use window::{ConvOp, Extent, Padding, PoolKind, PoolOp, UpsampleMode};

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

    /// What a baseline predicts from the inputs that the node reads: the plan fits and computes it, no network does.
    Baseline,

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

impl Kind {
    /// Whether values are class numbers.
    pub fn is_discrete(&self) -> bool {
        matches!(self, Self::Class(_) | Self::Mask(_))
    }
}
