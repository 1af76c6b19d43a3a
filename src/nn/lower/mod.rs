//! One arm an operation.
//!
//! Each function takes a [`Step`] (the node, what it reads, the rows it is for) and gives its tensor, the batch axis
//! first. The match is exhaustive on purpose: an operation without a lowering does not compile.

pub(super) mod absence;
mod contrastive;
mod convolution;
mod correlation;
mod dense;
mod elementwise;
mod gaussian;
mod loss;
mod margin;
mod normalisation;
mod pooling;
mod reduction;
mod shape;
mod upsample;

use super::step::Step;
use super::{NnError, Tensor};
use crate::graph::{LossOp, Op};

/// Evaluates a node.
pub(super) fn lower(step: &mut Step<'_>) -> Result<Tensor, NnError> {
    let node = step.node;
    match &node.op {
        Op::Input(_) => Err(step.broken("inputs are uploaded, not computed")),
        Op::Baseline => Err(step.broken("baselines are fitted and computed by the plan")),
        Op::Fill(value) => Ok(Tensor::filled(*value, &step.result_dims(), step.device)),
        Op::Learned { .. } => dense::learned(step),

        Op::Conv(conv) => convolution::convolution(step, conv),
        Op::Convolve(conv) => convolution::convolve(step, conv),
        Op::Linear { inputs, outputs, .. } => dense::linear(step, *inputs, *outputs),
        Op::HyperLinear { .. } => dense::hyper_linear(step),
        Op::BatchNorm { eps, momentum, .. } => normalisation::batch_norm(step, *eps, *momentum),
        Op::InstanceNorm { channels, eps, .. } => normalisation::group_norm(step, *channels, *eps),
        Op::GroupNorm { groups, eps, .. } => normalisation::group_norm(step, *groups, *eps),
        Op::LayerNorm { features, eps, .. } => normalisation::layer_norm(step, *features, *eps),
        Op::Embedding { .. } => dense::embedding(step),
        Op::PRelu { .. } => dense::prelu(step),
        Op::Dropout { probability, channels } => dense::dropout(step, *probability, *channels),

        Op::Unary(function) => Ok(elementwise::unary(step.take(0)?, *function)),
        Op::Binary(function) => Ok(elementwise::binary(step.take(0)?, step.take(1)?, *function)),
        Op::Scalar { op, value, reversed } => Ok(elementwise::scalar(step.take(0)?, *op, *value, *reversed)),
        Op::Softmax { axis, log: false } => Ok(step.take(0)?.softmax(axis + 1)),
        Op::Softmax { axis, log: true } => Ok(step.take(0)?.log_softmax(axis + 1)),

        Op::Pool(pool) => pooling::windows(step, pool),
        Op::AdaptivePool { kind, size } => pooling::adaptive(step, *kind, size),
        Op::Upsample { mode } => upsample::upsample(step, *mode),

        Op::Reshape => Ok(step.take(0)?.reshape(&step.result_dims())),
        Op::Permute { order } => shape::permute(step, order),
        Op::Concat { axis } => Ok(Tensor::cat(step.tensors()?, axis + 1)),
        Op::Stack { axis } => Ok(Tensor::stack(step.tensors()?, axis + 1)),
        Op::Slice { axis, start, end, step: every } => Ok(step.tensor(0)?.slice(axis + 1, *start, *end, *every)),
        Op::RandomPlace => shape::random_place(step),
        Op::Pad { amounts, value } => shape::pad(step, amounts, *value),
        Op::Reduce { reduction, axes, .. } => reduction::reduce(step, *reduction, axes),
        Op::BatchMean => Ok(step.tensor(0)?.mean(&[0])),
        Op::MatMul => dense::matmul(step),
        Op::LogSumExp { mean } => reduction::log_sum_exp(step, *mean),
        Op::OneHot { levels } => shape::one_hot(step, *levels),

        Op::StopGradient => Ok(step.take(0)?.detach()),
        Op::Restrict => step.take(0),
        Op::Coalesce(with) => absence::coalesce(step, *with),
        Op::Present(reduction) => absence::present(step, *reduction),

        Op::Normal => gaussian::normal(step),
        Op::NormalMean => gaussian::part(step, 0),
        Op::NormalLogVar => gaussian::part(step, 1),
        Op::Sample => gaussian::sample(step),
        Op::Mixture { kind, prior } => gaussian::mixture(step, *kind, *prior),
        Op::Kl => gaussian::divergence(step),
        Op::LogDensity => gaussian::log_density(step),

        Op::Loss(LossOp::Margin { by, near }) => margin::margin(step, *by, *near),
        Op::Loss(loss) => loss::loss(step, loss),
    }
}
