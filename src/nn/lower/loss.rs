//! Losses: one number for the batch, over the rows that have all inputs. Definitions are those of PyTorch's
//! `torch.nn.functional`, unless stated otherwise.

use super::super::step::Step;
use super::super::{NnError, Tensor};
use super::{contrastive, correlation};
use crate::graph::{ClassWeights, InputId, LossOp, NodeId, Op};

/// A loss of `[prediction, target]`, `[1]`.
pub(super) fn loss(step: &Step<'_>, loss: &LossOp) -> Result<Tensor, NnError> {
    let (x, y) = (step.tensor(0)?, step.tensor(1)?);
    let rows = x.dims()[0] as f64;
    Ok(match loss {
        LossOp::MeanSquared => difference(step, x, y)?.square().mean_all(),
        LossOp::SumSquared => difference(step, x, y)?.square().sum_all().div_scalar(rows),
        LossOp::MeanAbsolute => difference(step, x, y)?.abs().mean_all(),
        LossOp::SumAbsolute => difference(step, x, y)?.abs().sum_all().div_scalar(rows),
        LossOp::Huber { delta } => {
            let d = difference(step, x, y)?.abs();
            let near = d.clone().at_most(*delta);
            near.clone().square().mul_scalar(0.5).add(d.sub(near).mul_scalar(*delta)).mean_all()
        }
        LossOp::BinaryCrossEntropy { logits: true } => {
            let y = alike(step, &x, y)?;
            x.clone().softplus().sub(x.mul(y)).mean_all()
        }
        LossOp::BinaryCrossEntropy { logits: false } => {
            let y = alike(step, &x, y)?;
            binary_cross_entropy(x, y).mean_all()
        }
        LossOp::CrossEntropy { weights, smoothing } => cross_entropy(step, x, y, weights, *smoothing)?,
        LossOp::GaussianNll => gaussian_nll(step, x, y)?.sum_all().div_scalar(rows),
        LossOp::CoxPartialLikelihood => cox(x, y, step.tensor(2)?),
        LossOp::InfoNce(scoring) => contrastive::info_nce(step, x, y, scoring),
        LossOp::FenchelDual { scoring, measure } => contrastive::fenchel_dual(step, x, y, scoring, *measure),
        LossOp::SupervisedContrastive { scoring, base_temperature } => {
            contrastive::supervised(step, scoring, *base_temperature)?
        }
        LossOp::CanonicalCorrelation { ridge, norm } => correlation::total_correlation(step, x, y, *ridge, *norm)?,
        LossOp::Dice { smooth, squared, whole_batch } => dice(step, x, y, *smooth, *squared, *whole_batch)?,
        LossOp::Margin { .. } => return Err(step.broken("a margin reads a family, not a pair")),
    })
}

/// The target in the prediction's extents: they may differ by axes of extent 1.
fn alike(step: &Step<'_>, x: &Tensor, y: Tensor) -> Result<Tensor, NnError> {
    if x.len() == y.len() {
        return Ok(y.reshape(&x.dims()));
    }
    Err(step.broken(format!("it compares {:?} with {:?}", x.dims(), y.dims())))
}

fn difference(step: &Step<'_>, x: Tensor, y: Tensor) -> Result<Tensor, NnError> {
    let y = alike(step, &x, y)?;
    Ok(x.sub(y))
}

/// Of probabilities, logarithms bounded at -100. The derivative is `(p - y) / max(p (1 - p), 1e-12)`, which is finite
/// where that of a bounded logarithm is not; it is written as a linear term of value 0.
fn binary_cross_entropy(p: Tensor, y: Tensor) -> Tensor {
    let (q, t) = (p.clone().detach(), y.clone().detach());
    let log_p = q.clone().log().at_least(-100.0);
    let log_not_p = q.clone().neg().log1p().at_least(-100.0);
    let one_minus = |v: &Tensor| v.clone().neg().add_scalar(1.0);
    let value = t.clone().mul(log_p.clone()).add(one_minus(&t).mul(log_not_p.clone())).neg();
    let by_p = q.clone().sub(t.clone()).div(q.clone().mul(one_minus(&q)).at_least(1e-12));
    let by_y = log_not_p.sub(log_p);
    value.add(p.sub(q).mul(by_p)).add(y.sub(t).mul(by_y))
}

/// Logits `[rows, n, ..]`, classes `[rows, ..]`: the mean weighted by the weights of the true classes. Smoothing mixes the
/// target with the uniform distribution.
fn cross_entropy(
    step: &Step<'_>,
    x: Tensor,
    y: Tensor,
    weights: &ClassWeights,
    smoothing: f64,
) -> Result<Tensor, NnError> {
    let dims = x.dims();
    let classes = dims.get(1).copied().unwrap_or(1);
    let weights = class_weights(step, weights, classes)?;
    let mut order: Vec<usize> = (0..dims.len()).filter(|axis| *axis != 1).collect();
    order.push(1);
    let places = x.len() / classes;
    if y.len() != places {
        return Err(step.broken(format!("it compares {dims:?} with classes {:?}", y.dims())));
    }
    let log_p = x.log_softmax(1).permute(&order).reshape(&[places, classes]);
    let truth = y.flat().one_hot(classes);
    let row = |v: Vec<f32>| Tensor::from_host(v, &[1, classes], step.device);
    let weighted = match &weights {
        Some(w) => truth.clone().mul(row(w.clone())),
        None => truth,
    };
    let total = weighted.clone().sum_all();
    let nll = weighted.mul(log_p.clone()).sum_all().neg().div(total.clone());
    if smoothing <= 0.0 {
        return Ok(nll);
    }
    let spread = match weights {
        Some(w) => log_p.mul(row(w)),
        None => log_p,
    };
    let uniform = spread.sum_all().neg().div(total);
    Ok(nll.mul_scalar(1.0 - smoothing).add(uniform.mul_scalar(smoothing / classes as f64)))
}

/// `None` where all are 1.
fn class_weights(step: &Step<'_>, weights: &ClassWeights, classes: usize) -> Result<Option<Vec<f32>>, NnError> {
    let given: &[f64] = match weights {
        ClassWeights::Equal => return Ok(None),
        ClassWeights::Given(weights) => weights,
        ClassWeights::InverseFrequency => {
            let target = step.node.inputs.get(1).and_then(|node| source(step, *node));
            target.and_then(|input| step.settings.class_weights.get(&input)).map_or(&[], Vec::as_slice)
        }
    };
    if given.len() != classes {
        return Err(NnError::ClassWeights { path: step.node.path.clone(), classes, found: given.len() });
    }
    Ok(Some(given.iter().map(|w| *w as f32).collect()))
}

/// The input a value is a selection of.
fn source(step: &Step<'_>, node: NodeId) -> Option<InputId> {
    let node = step.graph.node(node);
    match &node.op {
        Op::Input(input) => Some(*input),
        Op::Restrict | Op::Coalesce(_) | Op::Reshape => source(step, *node.inputs.first()?),
        _ => None,
    }
}

/// `(log(2 pi) + v + (x - y)^2 exp(-v)) / 2`, with `v` the third input or 0.
fn gaussian_nll(step: &Step<'_>, x: Tensor, y: Tensor) -> Result<Tensor, NnError> {
    let log_variance = if step.inputs.len() > 2 { Some(alike(step, &x, step.tensor(2)?)?) } else { None };
    let squared = difference(step, x, y)?.square();
    let scaled = match log_variance {
        Some(v) => squared.mul(v.clone().neg().exp()).add(v),
        None => squared,
    };
    Ok(scaled.add_scalar(std::f64::consts::TAU.ln()).mul_scalar(0.5))
}

/// Risks, times and events, a number a row each: the mean of `event * (logsumexp of the risks of those at risk - risk)`.
fn cox(risk: Tensor, time: Tensor, event: Tensor) -> Tensor {
    let rows = risk.len();
    let (column, row) = ([rows, 1], [1, rows]);
    let of_others = |v: Tensor| v.reshape(&row).expand(&[rows, rows]);
    let own = time.clone().reshape(&column).expand(&[rows, rows]);
    let gone = of_others(time).lower(own);
    let risk = risk.reshape(&column);
    let at_risk = of_others(risk.clone()).fill_where(gone, f64::NEG_INFINITY);
    // Everybody is at risk at their own time, so that each row has a largest.
    let largest = at_risk.clone().detach().max(&[1]);
    let log_sum = at_risk.sub(largest.clone()).exp().sum(&[1]).log().add(largest);
    event.reshape(&column).mul(log_sum.sub(risk)).mean_all()
}

/// Class probabilities `[rows, n, ..]`, classes `[rows, ..]`: one minus `(2 sum(p t) + s) / (sum(p) + sum(t) + s)` for each
/// row and class but the first, sums over space; the mean over both. `squared` sums `p^2` below the line (`t` is 0 or 1);
/// `whole_batch` sums over rows as well.
fn dice(
    step: &Step<'_>,
    p: Tensor,
    y: Tensor,
    smooth: f64,
    squared: bool,
    whole_batch: bool,
) -> Result<Tensor, NnError> {
    let dims = p.dims();
    let (rows, classes) = (dims[0], dims.get(1).copied().unwrap_or(1));
    let places = p.len() / (rows * classes).max(1);
    if y.len() != rows * places || classes < 2 {
        return Err(step.broken(format!("it compares {dims:?} with classes {:?}", y.dims())));
    }
    let truth = y.reshape(&[rows, places]).one_hot(classes).permute(&[0, 2, 1]);
    let foreground = |v: Tensor| v.slice(1, 1, classes, 1);
    let total = |v: Tensor| if whole_batch { v.sum(&[2]).sum(&[0]) } else { v.sum(&[2]) };
    let p = foreground(p.reshape(&[rows, classes, places]));
    let truth = foreground(truth);
    let overlap = total(p.clone().mul(truth.clone())).mul_scalar(2.0).add_scalar(smooth);
    let size = total(if squared { p.square() } else { p }).add(total(truth)).add_scalar(smooth);
    Ok(overlap.div(size).mean_all().neg().add_scalar(1.0))
}
