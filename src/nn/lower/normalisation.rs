//! Batch, instance, group and layer normalisation.
//!
//! Batch normalisation keeps PyTorch's running statistics: the variance moves towards the unbiased one of the batch, and a forward
//! pass returns the update instead of making it, so that gradients can be had in prediction and a pass can be made twice.

use super::super::step::Step;
use super::super::{NnError, Tensor};
use fascicle_tensor::ChannelMoments;

/// Batch statistics in training, running ones in prediction.
pub(super) fn batch_norm(step: &Step<'_>, eps: f64, momentum: f64) -> Result<Tensor, NnError> {
    let (module, x) = (step.module()?, step.tensor(0)?);
    let (scale, shift) = (step.optional_weight("weight"), step.optional_weight("bias"));
    let held = ChannelMoments { mean: step.weight("running_mean")?, var: step.weight("running_var")? };
    if step.training().is_none() {
        return Ok(x.batch_norm_by(&held, scale, shift, eps));
    }
    let count = x.len() / held.mean.len().max(1);
    let (out, batch) = x.batch_norm(scale, shift, eps);
    let mut statistics = step.statistics.borrow_mut();
    let before = statistics.of_modules.get(&module).cloned().unwrap_or(held);
    statistics.of_modules.insert(module, moved(before, batch, count, momentum));
    Ok(out)
}

/// Running moments, moved by `momentum` towards the mean and the unbiased variance of a batch of so many numbers a channel.
fn moved(running: ChannelMoments, batch: ChannelMoments, count: usize, momentum: f64) -> ChannelMoments {
    let unbiased = count as f64 / count.saturating_sub(1).max(1) as f64;
    let moved = |old: Tensor, new: Tensor| old.mul_scalar(1.0 - momentum).add(new.mul_scalar(momentum));
    ChannelMoments { mean: moved(running.mean, batch.mean), var: moved(running.var, batch.var.mul_scalar(unbiased)) }
}

/// Groups of channels of each row over their spatial axes; in instance normalisation each channel is one.
pub(super) fn group_norm(step: &Step<'_>, groups: usize, eps: f64) -> Result<Tensor, NnError> {
    let (scale, shift) = (step.optional_weight("weight"), step.optional_weight("bias"));
    Ok(step.tensor(0)?.group_norm(groups, scale, shift, eps))
}

/// The last axis of each row.
pub(super) fn layer_norm(step: &Step<'_>, features: usize, eps: f64) -> Result<Tensor, NnError> {
    let (scale, shift) = (step.optional_weight("weight"), step.optional_weight("bias"));
    Ok(step.tensor(0)?.layer_norm(features, scale, shift, eps))
}
