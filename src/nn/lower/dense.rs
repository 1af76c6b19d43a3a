//! Affine maps, matrix products, embeddings, and what acts on single features.

use super::super::forward::Step;
use super::super::{Dynamic, Layer, NnError, draw};
use burn::tensor::{Int, Tensor};

/// `[rows, .., inputs] -> [rows, .., outputs]`.
pub(super) fn linear(step: &Step<'_>, inputs: usize, outputs: usize) -> Result<Dynamic, NnError> {
    let Some((_, Layer::Linear(layer))) = &step.layer else {
        return Err(step.broken("it has no linear layer"));
    };
    let x = step.tensor(0)?;
    let mut dims = x.dims();
    let vectors = x.len() / inputs.max(1);
    if let Some(last) = dims.last_mut() {
        *last = outputs;
    }
    Ok(Dynamic::of(layer.forward(x.reshape(&[vectors, inputs]).rank::<2>())).reshape(&dims))
}

/// `[rows, n]` mapped by weights made of `[rows, k]`.
pub(super) fn hyper_linear(step: &Step<'_>) -> Result<Dynamic, NnError> {
    let Some((_, Layer::HyperLinear(layer))) = &step.layer else {
        return Err(step.broken("it has no maps that make its weights"));
    };
    Ok(Dynamic::of(layer.forward(step.tensor(0)?.rank(), step.tensor(1)?.rank())))
}

/// A class number, or a grid of them, to rows of the table: `[rows, ..] -> [rows, .., size]`.
pub(super) fn embedding(step: &Step<'_>, size: usize) -> Result<Dynamic, NnError> {
    let Some((_, Layer::Embedding(layer))) = &step.layer else {
        return Err(step.broken("it has no embedding"));
    };
    let classes = step.tensor(0)?;
    let mut dims = classes.dims();
    dims.push(size);
    let len = classes.len();
    let classes = Tensor::<_, 2, Int>::from_primitive(classes.reshape(&[1, len]).into_int());
    Ok(Dynamic::of(layer.forward(classes)).reshape(&dims))
}

/// `max(0, x) + slope * min(0, x)`.
pub(super) fn prelu(step: &Step<'_>) -> Result<Dynamic, NnError> {
    let Some((_, Layer::PRelu(layer))) = &step.layer else {
        return Err(step.broken("it has no slopes"));
    };
    let x = step.tensor(0)?;
    let dims = x.dims();
    Ok(x.by_channel().prelu(layer.alpha.val()).reshape(&dims))
}

/// Zeroes elements, or whole channels, in training. The mask is drawn on the host.
pub(super) fn dropout(step: &Step<'_>, probability: f64, channels: bool) -> Result<Dynamic, NnError> {
    let x = step.tensor(0)?;
    let Some((seed, at)) = step.training() else { return Ok(x) };
    if probability <= 0.0 {
        return Ok(x);
    }
    let mut dims = x.dims();
    if channels {
        dims.iter_mut().skip(2).for_each(|extent| *extent = 1);
    }
    let mask = draw::dropout(seed, at, step.id.index(), probability, dims.iter().product());
    Ok(x.mul(Dynamic::from_host(mask, &dims, step.device)))
}

/// `[.., m, k] x [.., k, n]`, or `[.., m, k] x [k]`.
pub(super) fn matmul(step: &Step<'_>) -> Result<Dynamic, NnError> {
    let (a, b) = (step.tensor(0)?, step.tensor(1)?);
    let (rank, mut dims) = (a.dims().len(), b.dims());
    if rank < 3 || dims.len() < 2 || dims.len() > rank {
        return Err(step.broken(format!("it multiplies {:?} by {dims:?}", a.dims())));
    }
    if dims.len() == 2 {
        // A vector: a matrix of one column.
        dims.push(1);
    }
    while dims.len() < rank {
        dims.insert(1, 1);
    }
    Ok(a.matmul(b.reshape(&dims)).reshape(&step.result_dims()))
}

/// A learned array: one for the whole batch.
pub(super) fn learned(step: &Step<'_>) -> Result<Dynamic, NnError> {
    let Some((_, Layer::Learned(layer))) = &step.layer else {
        return Err(step.broken("it has no array"));
    };
    Ok(layer.value().reshape(&step.result_dims()))
}
