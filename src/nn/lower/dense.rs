//! Affine maps, matrix products, embeddings, and what acts on single features.

use super::super::step::Step;
use super::super::{NnError, Tensor, draw};

/// `[rows, .., inputs] -> [rows, .., outputs]`.
pub(super) fn linear(step: &Step<'_>, inputs: usize, outputs: usize) -> Result<Tensor, NnError> {
    let (weight, bias) = (step.weight("weight")?, step.optional_weight("bias"));
    let x = step.tensor(0)?;
    let mut dims = x.dims();
    let vectors = x.len() / inputs.max(1);
    if let Some(last) = dims.last_mut() {
        *last = outputs;
    }
    Ok(affine(step, x.reshape(&[vectors, inputs]), weight, bias).reshape(&dims))
}

/// `[rows, n]` by `[m, n]` and `[m]` to `[rows, m]`.
fn affine(step: &Step<'_>, x: Tensor, weight: Tensor, bias: Option<Tensor>) -> Tensor {
    let product = x.matmul(weight.transpose(), step.settings.arithmetic);
    match bias {
        Some(bias) => {
            let len = bias.len();
            product.add(bias.reshape(&[1, len]))
        }
        None => product,
    }
}

/// `[rows, n]` mapped by weights made of `[rows, k]`, for each row its own, without ever forming them:
///
/// ```text
///  W(e) = G_0 + sum_k e_k G_k          [out, n] for each row: rows * out * n numbers
///  W(e) x = G_0 x + sum_k e_k (G_k x)  two products with x, [rows, out * (k + 1)] numbers
/// ```
///
/// At 39,424 -> 16 and 32 rows the weights of one layer would be 20 million numbers, and their gradient as many.
pub(super) fn hyper_linear(step: &Step<'_>) -> Result<Tensor, NnError> {
    let (x, by, arithmetic) = (step.tensor(0)?, step.tensor(1)?, step.settings.arithmetic);
    let (rows, n) = (x.dims()[0], x.dims()[1]);
    let (by_rows, k) = (by.dims()[0], by.dims()[1]);
    let bias = affine(step, by.clone(), step.weight("bias_gen.weight")?, step.optional_weight("bias_gen.bias"));
    let outputs = bias.dims()[1];
    // `[out * n, k]`: the rows of its transpose, one below the other, are the `G_k`.
    let maps = step.weight("weights_gen.weight")?.transpose().reshape(&[k * outputs, n]);
    let mapped = x.clone().matmul(maps.transpose(), arithmetic).reshape(&[rows, k, outputs]);
    let out = mapped.mul(by.reshape(&[by_rows, k, 1])).sum(&[1]);
    let rows = out.dims()[0];
    let out = out.reshape(&[rows, outputs]).add(bias);
    Ok(match step.optional_weight("weights_gen.bias") {
        Some(constant) => out.add(x.matmul(constant.reshape(&[outputs, n]).transpose(), arithmetic)),
        None => out,
    })
}

/// A class number, or a grid of them, to rows of the table: `[rows, ..] -> [rows, .., size]`.
pub(super) fn embedding(step: &Step<'_>) -> Result<Tensor, NnError> {
    Ok(step.weight("weight")?.rows_at(&step.tensor(0)?))
}

/// `max(0, x) + slope * min(0, x)`.
pub(super) fn prelu(step: &Step<'_>) -> Result<Tensor, NnError> {
    let x = step.tensor(0)?;
    let dims = x.dims();
    Ok(x.by_channel().prelu(step.weight("weight")?).reshape(&dims))
}

/// Zeroes elements, or whole channels, in training. The mask is drawn on the host.
pub(super) fn dropout(step: &mut Step<'_>, probability: f64, channels: bool) -> Result<Tensor, NnError> {
    let x = step.take(0)?;
    let Some((seed, at)) = step.training() else { return Ok(x) };
    if probability <= 0.0 {
        return Ok(x);
    }
    let mut dims = x.dims();
    if channels {
        dims.iter_mut().skip(2).for_each(|extent| *extent = 1);
    }
    let mask = draw::dropout(seed, at, step.id.index(), probability, dims.iter().product());
    Ok(x.mul(Tensor::from_host(mask, &dims, step.device)))
}

/// `[.., m, k] x [.., k, n]`, or `[.., m, k] x [k]`.
pub(super) fn matmul(step: &Step<'_>) -> Result<Tensor, NnError> {
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
    Ok(a.matmul(b.reshape(&dims), step.settings.arithmetic).reshape(&step.result_dims()))
}

/// A learned array: one for the whole batch.
pub(super) fn learned(step: &Step<'_>) -> Result<Tensor, NnError> {
    Ok(step.weight("weight")?.reshape(&step.result_dims()))
}
