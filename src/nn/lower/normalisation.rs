//! Batch, instance, group and layer normalisation.

use super::super::batch_norm::{BatchNorm, Running};
use super::super::by_kernel::{Normalisation, NormalisedBy, Operand};
use super::super::forward::Step;
use super::super::{B, Dynamic, Layer, NnError};
use super::convolution::{has_kernel, image};
use burn::module::Param;
use burn::tensor::Tensor;
use fascicle_kernels::{Channels, Moments};

/// A number a channel.
type Weight = Param<Tensor<B, 1>>;

/// Batch statistics in training, running ones in prediction.
pub(super) fn batch_norm(step: &Step<'_>, eps: f64, momentum: f64) -> Result<Dynamic, NnError> {
    let Some((position, Layer::BatchNorm(layer))) = &step.layer else {
        return Err(step.broken("it has no running statistics"));
    };
    let x = step.tensor(0)?;
    let running = || step.statistics.borrow().get(position).cloned().unwrap_or_else(|| layer.running());
    if step.training().is_none() {
        return Ok(layer.predict(x, &layer.running(), eps));
    }
    let (out, moved) = match has_kernel(&x) {
        true => batch_norm_by_kernel(step, layer, &running(), eps, momentum)?,
        false => layer.train(x, &running(), eps, momentum),
    };
    step.statistics.borrow_mut().insert(*position, moved);
    Ok(out)
}

/// In training, by a kernel of ours.
fn batch_norm_by_kernel(
    step: &Step<'_>,
    layer: &BatchNorm<B>,
    running: &Running,
    eps: f64,
    momentum: f64,
) -> Result<(Dynamic, Running), NnError> {
    let x = image(step)?;
    let dims = x.tensor.dims();
    let channels = dims.get(1).copied().unwrap_or(1);
    let extents = Channels { rows: dims[0], channels, places: dims.iter().skip(2).product() };
    let weight = |weight: &Option<Weight>| weight.as_ref().map(|w| Operand::weight(Dynamic::of(w.val())));
    let (scale, shift) = (weight(&layer.gamma), weight(&layer.beta));
    let (out, Moments { mean, var }) = by_kernel(step, Normalisation { extents, x, eps, scale, shift })?;
    let host = |values: Vec<f32>| Dynamic::from_host(values, &[channels], step.device);
    let of_batch = Running { mean: host(mean), var: host(var) };
    Ok((out, running.moved(of_batch, extents.rows * extents.places, momentum)))
}

/// Each channel of each row over its spatial axes.
pub(super) fn instance_norm(step: &Step<'_>, channels: usize, eps: f64) -> Result<Dynamic, NnError> {
    let x = step.tensor(0)?;
    match &step.layer {
        Some((_, Layer::InstanceNorm(layer))) => Ok(by_channel(x, |x| Dynamic::of(layer.forward(x.rank::<3>())))),
        Some(_) => Err(step.broken("its module is not an instance normalisation")),
        None if has_kernel(&x) => {
            let parts = x.dims()[0] * channels;
            let extents = Channels { rows: 1, channels: parts, places: x.len() / parts.max(1) };
            let normalisation = Normalisation { extents, x: image(step)?, eps, scale: None, shift: None };
            Ok(by_kernel(step, normalisation)?.0)
        }
        None => Ok(standardised(x, channels, eps)),
    }
}

/// By a kernel of ours: what is made, and the moments.
fn by_kernel(step: &Step<'_>, normalisation: Normalisation) -> Result<(Dynamic, Moments), NnError> {
    let (made, moments) = normalisation.made()?;
    let made = Dynamic::from_host(made, &normalisation.x.tensor.dims(), step.device);
    let by = NormalisedBy { normalisation, moments: moments.clone() };
    step.tape.borrow_mut().made_by_kernel(step.id.index(), by);
    Ok((made, moments))
}

/// Groups of channels of each row over their spatial axes.
pub(super) fn group_norm(step: &Step<'_>, groups: usize, eps: f64) -> Result<Dynamic, NnError> {
    let x = step.tensor(0)?;
    match &step.layer {
        Some((_, Layer::GroupNorm(layer))) => Ok(by_channel(x, |x| Dynamic::of(layer.forward(x.rank::<3>())))),
        Some(_) => Err(step.broken("its module is not a group normalisation")),
        None => Ok(standardised(x, groups, eps)),
    }
}

/// The last axis of each row.
pub(super) fn layer_norm(step: &Step<'_>, features: usize, eps: f64) -> Result<Dynamic, NnError> {
    let x = step.tensor(0)?;
    let dims = x.dims();
    let vectors = x.len() / features.max(1);
    let x = x.reshape(&[vectors, features]);
    let out = match &step.layer {
        Some((_, Layer::LayerNorm(layer))) => Dynamic::of(layer.forward(x.rank::<2>())),
        Some(_) => return Err(step.broken("its module is not a layer normalisation")),
        None => standardised(x, 1, eps),
    };
    Ok(out.reshape(&dims))
}

/// burn's group normalisation refuses tensors of one or two numbers in all, taking the number of elements for the
/// rank; those are their own mean in every group of one, and the copies of them here do not change that.
fn by_channel(x: Dynamic, forward: impl FnOnce(Dynamic) -> Dynamic) -> Dynamic {
    let dims = x.dims();
    let x = x.by_channel();
    if x.len() > 2 {
        return forward(x).reshape(&dims);
    }
    let rows = dims[0];
    forward(Dynamic::cat(vec![x.clone(), x.clone(), x], 0)).slice(0, 0, rows, 1).reshape(&dims)
}

/// Mean 0 and biased variance 1 in each of so many groups of a row.
fn standardised(x: Dynamic, groups: usize, eps: f64) -> Dynamic {
    let dims = x.dims();
    let rest = x.len() / (dims[0] * groups).max(1);
    let x = x.reshape(&[dims[0], groups, rest]);
    let centred = x.clone().sub(x.mean(&[2]));
    let deviation = centred.clone().square().mean(&[2]).add_scalar(eps).sqrt();
    centred.div(deviation).reshape(&dims)
}
