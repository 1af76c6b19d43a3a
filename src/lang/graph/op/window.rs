//! Convolutions, pooling and upsampling: windows and their geometry.

use serde::{Deserialize, Serialize};

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
