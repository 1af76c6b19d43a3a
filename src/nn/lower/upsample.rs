//! Upsampling, one axis after the other: both modes are separable, and burn has neither over three axes.

use super::super::step::Step;
use super::super::{NnError, Tensor};
use crate::graph::UpsampleMode;
use fascicle_tensor::Between;

/// Upsampling of the spatial axes to the node's shape.
pub(super) fn upsample(step: &Step<'_>, mode: UpsampleMode) -> Result<Tensor, NnError> {
    let mut x = step.tensor(0)?;
    let target = step.result_dims();
    for (axis, extent) in target.iter().enumerate().skip(2) {
        x = match mode {
            UpsampleMode::Nearest => nearest(x, axis, *extent),
            UpsampleMode::Linear => linear(x, axis, *extent, false),
            UpsampleMode::LinearAligned => linear(x, axis, *extent, true),
        };
    }
    Ok(x)
}

/// Element `i` is the old element `floor(i * old / new)`.
fn nearest(x: Tensor, axis: usize, extent: usize) -> Tensor {
    let dims = x.dims();
    let old = dims[axis];
    if extent == old {
        return x;
    }
    if extent.is_multiple_of(old) {
        let mut wide = dims.clone();
        wide.insert(axis + 1, 1);
        let mut repeated = wide.clone();
        repeated[axis + 1] = extent / old;
        let mut out = dims;
        out[axis] = extent;
        return x.reshape(&wide).expand(&repeated).reshape(&out);
    }
    let scale = old as f32 / extent as f32;
    let positions: Vec<usize> = (0..extent).map(|i| ((i as f32 * scale) as usize).min(old - 1)).collect();
    x.select(axis, &positions)
}

/// Element `i` lies at `(i + 1/2) * old / new - 1/2` between the old ones, the ends continued
/// (PyTorch's `align_corners=False`); aligned, at `i * (old - 1) / (new - 1)`, so that the ends meet.
fn linear(x: Tensor, axis: usize, extent: usize, aligned: bool) -> Tensor {
    let old = x.dims()[axis];
    if extent == old {
        return x;
    }
    // In double precision: in single, the share of the hundredth element is off by some 1e-5.
    let place = |i: usize| match aligned {
        true => (i * (old - 1)) as f64 / extent.saturating_sub(1).max(1) as f64,
        false => ((i as f64 + 0.5) * old as f64 / extent as f64 - 0.5).max(0.0),
    };
    let between = |i: usize| {
        let left = (place(i) as usize).min(old - 1);
        Between { left, right: (left + 1).min(old - 1), share: place(i) - left as f64 }
    };
    x.interpolate(axis, (0..extent).map(between).collect())
}
