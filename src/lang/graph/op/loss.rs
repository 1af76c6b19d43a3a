//! Losses, what they score and how they weigh.

use serde::{Deserialize, Serialize};

/// A loss of a prediction and a target. Means are over subjects and elements unless stated otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum LossOp {
    /// Mean squared error.
    MeanSquared,
    /// Squared error summed over elements, mean over subjects (a Gaussian likelihood of unit variance, times 2).
    SumSquared,
    /// Mean absolute error.
    MeanAbsolute,
    /// Absolute error summed over elements, mean over subjects.
    SumAbsolute,
    /// Huber's, quadratic within `delta`.
    Huber {
        /// Where the square becomes a line.
        delta: f64,
    },
    /// Binary cross entropy of probabilities, or of logits.
    BinaryCrossEntropy {
        /// Whether predictions are logits rather than probabilities.
        logits: bool,
    },
    /// Cross entropy of logits `[n]` (or `[n, ...]`) and classes, weighted by class; weighted mean as PyTorch's.
    CrossEntropy {
        /// What each class counts.
        weights: ClassWeights,
        /// Share of the uniform distribution in the target.
        smoothing: f64,
    },
    /// Negative log-likelihood under a Gaussian of the given log-variance (third input) or of unit variance, summed
    /// over elements, mean over subjects.
    GaussianNll,
    /// Cox's negative partial log-likelihood of risks, with times and events as second and third input: the mean over all
    /// subjects of `event * (logsumexp of the risks of those whose time is no earlier - risk)`.
    CoxPartialLikelihood,
    /// One minus the soft Dice coefficient of class probabilities `[n, ...]` and a mask, mean over classes but the background.
    Dice {
        /// Added to numerator and denominator.
        smooth: f64,
        /// Whether the denominator holds squares, as in V-Net.
        squared: bool,
        /// Whether a class has one coefficient for the whole batch rather than one a subject.
        whole_batch: bool,
    },
    /// Noise-contrastive bound on the mutual information of `[n, ..]` and `[n, ..]`, negated, with the penalty of its scores.
    InfoNce(Scoring),
    /// Dual bound on an f-divergence of `[n, ..]` and `[n, ..]`, negated, with the penalty of its scores.
    FenchelDual {
        /// How features are scored.
        scoring: Scoring,
        /// Which divergence.
        measure: Divergence,
    },
    /// Supervised contrastive loss of views `[n]` and a class, which comes last.
    SupervisedContrastive {
        /// How features are scored.
        scoring: Scoring,
        /// The loss is multiplied by the temperature over this one.
        base_temperature: f64,
    },
    /// Minus the total correlation of `[n]` and `[m]` over the batch.
    CanonicalCorrelation {
        /// Added to the variances.
        ridge: f64,
        /// How correlations add up.
        norm: CorrelationNorm,
    },
    /// A margin between cosine similarities of the members of a family: a subject's value is nearer, by at least `by`,
    /// to one value than to another. Mean over the pairs of members and the subjects who have both, as far as the next
    /// subject of the batch has the first. It reads all members, each with its own subjects.
    Margin {
        /// How much nearer.
        by: f64,
        /// What is to be near, and what far.
        near: NearPairs,
    },
}

/// Which values a margin draws together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NearPairs {
    /// Those of one subject; those of one member are far: `s`, the anatomy.
    SameSubject,
    /// Those of one member; those of one subject are far: `z`, the appearance.
    SameMember,
}

/// How the features of two subjects are scored against each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scoring {
    /// The score itself.
    pub critic: Critic,
    /// Scores are divided by it.
    pub temperature: f64,
    /// Then they are bounded to `clip * tanh(score / clip)`.
    pub clip: Option<f64>,
    /// Weight of the mean square of the scores (before they are bounded) in the loss.
    pub penalty: f64,
}

/// A score of two vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Critic {
    /// Their product.
    Dot,
    /// Their product over the root of their length.
    ScaledDot,
    /// The cosine of the angle between them.
    Cosine,
}

/// Which divergence a dual bound is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Divergence {
    /// Jensen and Shannon's, 0 for equal distributions.
    JensenShannon,
    /// That of the original adversarial networks: the same but for a constant.
    Gan,
}

/// How canonical correlations add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CorrelationNorm {
    /// Their sum.
    Trace,
    /// The root of the sum of their squares.
    Frobenius,
}

/// Weights of classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ClassWeights {
    /// All 1.
    Equal,
    /// `n / (classes * count)` over the training subjects of the fold (scikit-learn's "balanced").
    InverseFrequency,
    /// As given.
    Given(Vec<f64>),
}
