//! Losses: one call each.

use super::ExportError;
use super::line::{Lines, number};
use super::name::quoted;
use fascicle_lang::graph::{ClassWeights, CorrelationNorm, Critic, Divergence, LossOp, NearPairs, Node, Scoring};

/// A loss of what it reads, the rows brought together.
pub(super) fn expression(lines: &mut Lines<'_>, node: &Node, loss: &LossOp, read: &[String]) -> String {
    let all = read.join(", ");
    match loss {
        LossOp::MeanSquared => format!("pointwise({all}, \"mse_loss\")"),
        LossOp::SumSquared => format!("pointwise({all}, \"sum_of_mse_loss\")"),
        LossOp::MeanAbsolute => format!("pointwise({all}, \"l1_loss\")"),
        LossOp::SumAbsolute => format!("pointwise({all}, \"sum_of_l1_loss\")"),
        LossOp::Huber { delta } => format!("pointwise({all}, \"huber_loss\", delta={})", number(*delta)),
        LossOp::BinaryCrossEntropy { logits: true } => {
            format!("pointwise({all}, \"binary_cross_entropy_with_logits\")")
        }
        LossOp::BinaryCrossEntropy { logits: false } => format!("pointwise({all}, \"binary_cross_entropy\")"),
        LossOp::CrossEntropy { weights, smoothing } => {
            let weights = match (weights, node.inputs.get(1)) {
                (ClassWeights::Given(weights), _) => {
                    format!(", [{}]", weights.iter().map(|w| number(*w)).collect::<Vec<_>>().join(", "))
                }
                (ClassWeights::InverseFrequency, Some(target)) => format!(", {}", lines.weights_of(*target)),
                _ => String::new(),
            };
            let smoothing =
                if *smoothing > 0.0 { format!(", smoothing={}", number(*smoothing)) } else { String::new() };
            format!("cross_entropy({all}{weights}{smoothing})")
        }
        LossOp::GaussianNll => format!("gaussian_nll({all})"),
        LossOp::CoxPartialLikelihood => format!("cox({all})"),
        LossOp::Dice { smooth, squared, whole_batch } => {
            format!("dice({all}, {}, {}, {})", number(*smooth), truth(*squared), truth(*whole_batch))
        }
        LossOp::InfoNce(scoring) => format!("info_nce({all}, {})", scored(scoring)),
        LossOp::FenchelDual { scoring, measure } => {
            let measure = match measure {
                Divergence::JensenShannon => "jensen_shannon",
                Divergence::Gan => "gan",
            };
            format!("fenchel_dual({all}, {}, {})", quoted(measure), scored(scoring))
        }
        LossOp::SupervisedContrastive { scoring, base_temperature } => {
            let (classes, views) = read.split_last().map_or(("None", &[][..]), |(last, views)| (last.as_str(), views));
            let (views, base) = (views.join(", "), number(*base_temperature));
            format!("supervised_contrastive([{views}], {classes}, {base}, {})", scored(scoring))
        }
        LossOp::CanonicalCorrelation { ridge, norm } => {
            let norm = match norm {
                CorrelationNorm::Trace => "trace",
                CorrelationNorm::Frobenius => "frobenius",
            };
            format!("canonical_correlation({all}, {}, {})", number(*ridge), quoted(norm))
        }
        LossOp::Margin { .. } => String::new(),
    }
}

/// A margin reads every member of its family as it is.
pub(super) fn margin(lines: &mut Lines<'_>, node: &Node) -> Result<String, ExportError> {
    let fascicle_lang::graph::Op::Loss(LossOp::Margin { by, near }) = &node.op else {
        return Err(ExportError::Operation { path: node.path.clone(), problem: "it is no margin".into() });
    };
    let near = match near {
        NearPairs::SameSubject => "subject",
        NearPairs::SameMember => "member",
    };
    Ok(format!("margin(rows, {}, {}, {})", lines.members(node), number(*by), quoted(near)))
}

fn truth(on: bool) -> &'static str {
    if on { "True" } else { "False" }
}

fn scored(scoring: &Scoring) -> String {
    let critic = match scoring.critic {
        Critic::Dot => "dot",
        Critic::ScaledDot => "scaled_dot",
        Critic::Cosine => "cosine",
    };
    let clip = scoring.clip.map_or("None".to_owned(), number);
    let (temperature, penalty) = (number(scoring.temperature), number(scoring.penalty));
    format!("critic={}, temperature={temperature}, clip={clip}, penalty={penalty}", quoted(critic))
}
