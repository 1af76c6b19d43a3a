//! Contrastive losses: scores of all subjects of the batch with all, own pairs against the others.

use super::super::step::Step;
use super::super::{Arithmetic, NnError, Tensor};
use crate::graph::{Critic, Divergence, Kind, Scoring};

/// Far below every score, and far from overflow: `exp` of it is 0.
const NEVER: f64 = -1e30;

/// Scores of every place of every subject of one view with those of the other, and how they are read.
struct Scores {
    /// `[rows, places of v, rows, places of u]`, clipped.
    all: Tensor,
    /// 1 where both subjects are the same, `[rows, 1, rows, 1]`.
    own: Tensor,
    /// The penalty, `[1]`; `None` where its weight is 0.
    penalty: Option<Tensor>,
    rows: usize,
}

impl Scores {
    fn of(step: &Step<'_>, u: Tensor, v: Tensor, scoring: &Scoring) -> Self {
        let (u, v) = (u.by_channel(), v.by_channel());
        let (rows, m, n) = (u.dims()[0], v.dims()[2], u.dims()[2]);
        let (scores, penalty) = scored(by_place(v), by_place(u), scoring, step.settings.arithmetic);
        let own = Tensor::from_host(identity(rows), &[rows, 1, rows, 1], step.device);
        Self { all: scores.reshape(&[rows, m, rows, n]), own, penalty, rows }
    }

    /// Scores of each subject with itself, `[rows, places of v, places of u]`.
    fn positives(&self) -> Tensor {
        let dims = self.all.dims();
        self.all.clone().mul(self.own.clone()).sum(&[2]).reshape(&[dims[0], dims[1], dims[3]])
    }

    fn with_penalty(self, loss: Tensor) -> Tensor {
        match self.penalty {
            Some(penalty) => loss.add(penalty),
            None => loss,
        }
    }
}

/// `[rows, n, places]` as `[rows * places, n]`.
fn by_place(x: Tensor) -> Tensor {
    let dims = x.dims();
    x.permute(&[0, 2, 1]).reshape(&[dims[0] * dims[2], dims[1]])
}

fn identity(rows: usize) -> Vec<f32> {
    (0..rows * rows).map(|i| f32::from(u8::from(i / rows == i % rows))).collect()
}

/// Scores of each row of `a` with each of `b`, clipped, and the penalty of what they were before.
fn scored(a: Tensor, b: Tensor, scoring: &Scoring, arithmetic: Arithmetic) -> (Tensor, Option<Tensor>) {
    let features = a.dims()[1] as f64;
    let (a, b) = match scoring.critic {
        Critic::Cosine => (direction(a), direction(b)),
        Critic::Dot | Critic::ScaledDot => (a, b),
    };
    let scale = match scoring.critic {
        Critic::ScaledDot => scoring.temperature * features.sqrt(),
        Critic::Dot | Critic::Cosine => scoring.temperature,
    };
    let raw = a.matmul(b.permute(&[1, 0]), arithmetic).div_scalar(scale);
    let penalty = (scoring.penalty > 0.0).then(|| raw.clone().square().mean_all().mul_scalar(scoring.penalty));
    let clipped = match scoring.clip {
        Some(clip) => raw.div_scalar(clip).tanh().mul_scalar(clip),
        None => raw,
    };
    (clipped, penalty)
}

/// Each row over its norm; zeros stay zeros.
fn direction(x: Tensor) -> Tensor {
    let norm = x.clone().square().sum(&[1]).add_scalar(1e-24).sqrt();
    x.div(norm)
}

/// Logarithm of the sum of exponentials over axes, which keep extent 1; elements where `mask` is 1 do not count.
fn log_sum_exp_without(x: Tensor, mask: Tensor, axes: &[usize]) -> Tensor {
    let x = x.add(mask.mul_scalar(NEVER));
    let largest = x.clone().detach().max(axes);
    x.sub(largest.clone()).exp().sum(axes).log().add(largest)
}

/// `mean(softplus(N - s))` over own pairs of places, with `N` the logarithm of the sum of the exponentials of the scores
/// of the subject's `v` with the `u` of all others. A batch of one subject has no negatives: what is left is the penalty.
pub(super) fn info_nce(step: &Step<'_>, u: Tensor, v: Tensor, scoring: &Scoring) -> Tensor {
    let scores = Scores::of(step, u, v, scoring);
    let positives = scores.positives();
    if scores.rows < 2 {
        return scores.with_penalty(Tensor::filled(0.0, &[1], step.device));
    }
    let others = log_sum_exp_without(scores.all.clone(), scores.own.clone(), &[1, 2, 3]).reshape(&[scores.rows, 1, 1]);
    let loss = others.sub(positives).softplus().mean_all();
    scores.with_penalty(loss)
}

/// `mean(softplus(s))` over pairs of subjects plus `mean(softplus(-s))` over own pairs.
pub(super) fn fenchel_dual(step: &Step<'_>, u: Tensor, v: Tensor, scoring: &Scoring, measure: Divergence) -> Tensor {
    let scores = Scores::of(step, u, v, scoring);
    let own = scores.positives().neg().softplus().mean_all();
    let pairs = (scores.all.len() / scores.rows * (scores.rows - 1)) as f64;
    let loss = if scores.rows < 2 {
        own
    } else {
        let apart = scores.own.clone().neg().add_scalar(1.0);
        own.add(scores.all.clone().softplus().mul(apart).sum_all().div_scalar(pairs))
    };
    let loss = match measure {
        Divergence::Gan => loss,
        Divergence::JensenShannon => loss.add_scalar(-2.0 * std::f64::consts::LN_2),
    };
    scores.with_penalty(loss)
}

/// Views `[rows, n]`, one or more, then the classes `[rows]`. Every view of every subject is an anchor; those of its class
/// but itself are its positives. Anchors without a positive do not count.
pub(super) fn supervised(step: &Step<'_>, scoring: &Scoring, base_temperature: f64) -> Result<Tensor, NnError> {
    let mut views = step.tensors()?;
    let (Some(classes), Some(node)) = (views.pop(), step.node.inputs.last()) else {
        return Err(step.broken("it reads no class"));
    };
    let Kind::Class(levels) = &step.graph.node(*node).ty.kind else {
        return Err(step.broken("what it reads last is no class"));
    };
    let (rows, count) = (classes.len(), views.len());
    let anchors = rows * count;
    let features = Tensor::cat(views, 0);
    let (scores, penalty) = scored(features.clone(), features, scoring, step.settings.arithmetic);

    let itself = Tensor::from_host(identity(anchors), &[anchors, anchors], step.device);
    let classes = classes.flat().one_hot(levels.len());
    let alike = classes.clone().matmul(classes.permute(&[1, 0]), Arithmetic::Float32).reshape(&[1, rows, 1, rows]);
    let alike = alike.expand(&[count, rows, count, rows]).reshape(&[anchors, anchors]);
    let positive = alike.mul(itself.clone().neg().add_scalar(1.0));

    let log_share = scores.clone().sub(log_sum_exp_without(scores, itself, &[1]));
    let positives = positive.clone().sum(&[1]);
    let mean = positive.mul(log_share).sum(&[1]).div(positives.clone().at_least(1.0));
    // Counts are whole: 1 where there is a positive, else 0.
    let counted = positives.at_most(1.0).sum_all().at_least(1.0);
    let loss = mean.sum_all().div(counted).mul_scalar(-scoring.temperature / base_temperature);
    Ok(match penalty {
        Some(penalty) => loss.add(penalty),
        None => loss,
    })
}
