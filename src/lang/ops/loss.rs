//! Losses: a prediction against a target, one number for the batch, over the subjects who have both.
//!
//! Shapes must be equal but for axes of extent 1 (`[1]` is compared with a single number): nothing is broadcast, so that
//! no loss compares everything with everything by mistake.

use super::{
    Applied, Argument, Arguments, Arity, Default, Family, Parameter, ParameterType, Refusal, Rewrite, Stanza, inputs,
    limits,
};
use crate::graph::{ClassWeights, Kind, LossOp, NearPairs, Op, TensorType};

/// The stanzas of this chapter.
pub const STANZAS: &[Stanza] = &[
    Stanza {
        name: "mse",
        family: Family::Loss,
        doc: "Mean squared error, over subjects and elements.",
        source: "PyTorch `torch.nn.functional.mse_loss`",
        arity: PAIR,
        parameters: &[],
        example: "mse(x |> Conv3d(8), x)",
        apply: |_, read| between_numbers(read, "mse", LossOp::MeanSquared),
    },
    Stanza {
        name: "squared_error",
        family: Family::Loss,
        doc: "Squared error summed over elements, mean over subjects: twice the negative log-likelihood under a Gaussian of unit \
              variance, but for a constant.",
        source: "PyTorch `torch.nn.functional.mse_loss` with `reduction=\"sum\"`, divided by the batch",
        arity: PAIR,
        parameters: &[],
        example: "squared_error(x |> Conv3d(8), x)",
        apply: |_, read| between_numbers(read, "squared_error", LossOp::SumSquared),
    },
    Stanza {
        name: "l1",
        family: Family::Loss,
        doc: "Mean absolute error, over subjects and elements.",
        source: "PyTorch `torch.nn.functional.l1_loss`",
        arity: PAIR,
        parameters: &[],
        example: "l1(x |> Conv3d(8), x)",
        apply: |_, read| between_numbers(read, "l1", LossOp::MeanAbsolute),
    },
    Stanza {
        name: "absolute_error",
        family: Family::Loss,
        doc: "Absolute error summed over elements, mean over subjects.",
        source: "PyTorch `torch.nn.functional.l1_loss` with `reduction=\"sum\"`, divided by the batch",
        arity: PAIR,
        parameters: &[],
        example: "absolute_error(x |> Conv3d(8), x)",
        apply: |_, read| between_numbers(read, "absolute_error", LossOp::SumAbsolute),
    },
    Stanza {
        name: "huber",
        family: Family::Loss,
        doc: "`d^2 / 2` where the error `d` is at most `delta`, `delta * (|d| - delta / 2)` beyond; mean over subjects and elements.",
        source: "Huber 1964; PyTorch `torch.nn.functional.huber_loss`",
        arity: PAIR,
        parameters: &[Parameter::new(
            "delta",
            ParameterType::POSITIVE,
            Default::Real(1.0),
            "where the loss turns from a square to a line",
        )],
        example: "huber(x |> Conv3d(8), x, delta: 0.5)",
        apply: |arguments, read| {
            between_numbers(read, "huber", LossOp::Huber { delta: arguments.real("delta").unwrap_or(1.0) })
        },
    },
    Stanza {
        name: "binary_cross_entropy",
        family: Family::Loss,
        doc: "`-(t log p + (1 - t) log(1 - p))` of probabilities `p` and targets `t` in 0..1, logarithms bounded at -100; with `logits: \
              true` of numbers whose `sigmoid` is the probability. Mean over subjects and elements.\n\n\
              The target may be a class or mask of two levels: the second is 1.",
        source: "PyTorch `torch.nn.functional.binary_cross_entropy` and `binary_cross_entropy_with_logits`",
        arity: PAIR,
        parameters: &[Parameter::new(
            "logits",
            ParameterType::Bool,
            Default::Bool(false),
            "whether the prediction has had no `sigmoid` yet",
        )],
        example: "binary_cross_entropy(x |> Conv3d(8) |> sigmoid, x |> sigmoid)",
        apply: binary_cross_entropy,
    },
    Stanza {
        name: "cross_entropy",
        family: Family::Loss,
        doc: "Cross entropy of logits `[n]` and a class of `n` levels, or of logits `[n, ...]` and a mask of `n` levels; no `softmax` \
              before it.\n\n\
              `weight: inverse_frequency` weighs each class by `N / (n * count)` over the training subjects of the fold, a list gives \
              weights in the order of the levels; the mean is weighted. `smoothing` is the share of the uniform distribution in the target.",
        source: "PyTorch `torch.nn.functional.cross_entropy`; scikit-learn `class_weight=\"balanced\"`; Szegedy et al. 2016, section 7",
        arity: PAIR,
        parameters: &[
            Parameter::new(
                "weight",
                ParameterType::WordOrReals(&["equal", "inverse_frequency"]),
                Default::Word("equal"),
                "what each class counts",
            ),
            Parameter::new(
                "smoothing",
                ParameterType::Real { low: 0.0, high: 1.0 },
                Default::Real(0.0),
                "share of the uniform distribution",
            ),
        ],
        example: "cross_entropy(x |> global_avg_pool |> Linear(3), g, weight: [1, 2, 2])",
        apply: cross_entropy,
    },
    Stanza {
        name: "gaussian_nll",
        family: Family::Loss,
        doc: "Negative log-likelihood of the target under a Gaussian with the prediction as mean and unit variance, or the log-variance \
              given as third value: `(log(2 pi) + v + (x - y)^2 exp(-v)) / 2`, summed over elements, mean over subjects.",
        source: "PyTorch `torch.nn.functional.gaussian_nll_loss` with `full=True`, of log-variances, summed over elements",
        arity: Arity::AtLeast(2),
        parameters: &[],
        example: "gaussian_nll(x |> Conv3d(8), x, x |> Conv3d(8))",
        apply: gaussian_nll,
    },
    Stanza {
        name: "cox_loss",
        family: Family::Loss,
        doc: "Cox's negative partial log-likelihood of risks of an event, such as conversion to dementia: the mean over all subjects of \
              the batch of `event * (log of the sum of exp(risk) over those whose time is no earlier - risk)`.\n\n\
              `time` is when the event came or the subject was last seen, `event` 1 where it came and 0 where the subject was \
              censored. One number a subject each; ties are those of Breslow.",
        source: "Faraggi and Simon 1995; `CoxphLoss` of DAFT (Pölsterl et al. 2021)",
        arity: Arity::Exactly(&["risk", "time", "event"]),
        parameters: &[],
        example: "cox_loss(x |> global_avg_pool |> Linear(1), reduce_mean(x), reduce_max(x))",
        apply: cox_loss,
    },
    Stanza {
        name: "dice_loss",
        family: Family::Loss,
        doc: "`1 - (2 sum(p t) + smooth) / (sum(p) + sum(t) + smooth)` of class probabilities `[n, ...]` and a mask of `n` levels, sums \
              over space; mean over subjects and all levels but the first, the background.\n\n\
              `squared: true` takes `sum(p^2) + sum(t)` below the line. `over: batch` sums over the subjects too: a class that one of them \
              lacks is then no division of nothing by nothing.",
        source: "Milletari et al. 2016, V-Net, with `squared`; MONAI `DiceLoss(include_background=False, squared_pred=.., batch=..)`",
        arity: PAIR,
        parameters: &[
            Parameter::new(
                "smooth",
                ParameterType::Real { low: 0.0, high: f64::MAX },
                Default::Real(1.0),
                "keeps empty classes defined",
            ),
            Parameter::new("squared", ParameterType::Bool, Default::Bool(false), "squares below the line"),
            Parameter::new(
                "over",
                ParameterType::Word(&["subject", "batch"]),
                Default::Word("subject"),
                "what a coefficient is of",
            ),
        ],
        example: "dice_loss(x |> Conv3d(3, kernel: 1) |> softmax, m)",
        apply: |arguments, read| {
            let (_, shape) = class_scores(read, "dice_loss")?;
            match read[1].kind {
                Kind::Mask(_) => Ok(applied(LossOp::Dice {
                    smooth: arguments.real("smooth").unwrap_or(1.0),
                    squared: arguments.flag("squared"),
                    whole_batch: arguments.word("over") == Some("batch"),
                })),
                _ => Err(Refusal::new(format!(
                    "`dice_loss` compares places of a mask, and the target is {}",
                    inputs::describe(&read[1])
                ))
                .at_input(1)
                .hint(format!("a class of each subject is compared with [{}] by `cross_entropy`", shape[0]))),
            }
        },
    },
    Stanza {
        name: "margin",
        family: Family::Loss,
        doc: "How much less than `by` the members of a family are nearer to what is to be near than to what is to be far, by cosine: \
              `max(0, by - cos(near) + cos(far))`, the values as vectors.\n\n\
              With `near: same subject, far: same modality` a subject's values of two modalities are to be more alike than the values of \
              one modality of two subjects; `near: same modality, far: same subject` is the reverse. The other subject is the next of \
              the batch. Mean over the subjects who have both members of a pair and whose next has the first, then over the pairs that \
              anybody has.",
        source: "Ouyang et al. 2021, Representation disentanglement for multi-modal brain MRI analysis, eq. 2 and 3",
        arity: Arity::AtLeast(2),
        parameters: &[
            Parameter::new(
                "near",
                NEARNESS,
                Default::Required,
                "what is to be alike: `same subject` or `same modality`",
            ),
            Parameter::new("far", NEARNESS, Default::Required, "what is not: the other of the two"),
            Parameter::new(
                "by",
                ParameterType::Real { low: 0.0, high: 2.0 },
                Default::Real(0.1),
                "by how much the cosines are to differ",
            ),
        ],
        example: "margin(x |> global_avg_pool, x |> global_max_pool, near: same subject, far: same modality, by: 0.1)",
        apply: margin,
    },
];

const NEARNESS: ParameterType = ParameterType::Word(&["same subject", "same modality"]);

const PAIR: Arity = Arity::Exactly(&["prediction", "target"]);

fn applied(loss: LossOp) -> Applied {
    Applied::plain(Op::Loss(loss), TensorType::scalar())
}

/// The prediction: numbers for each subject, in the first place.
fn prediction<'a>(read: &'a [TensorType], name: &str) -> Result<&'a TensorType, Refusal> {
    let x = inputs::any(read, 0)?;
    match (&x.kind, read.get(1).map(|y| &y.kind)) {
        (Kind::Class(_) | Kind::Mask(_), Some(Kind::Tensor)) => {
            Err(Refusal::new(format!("the prediction comes first, and this is {}", inputs::describe(x)))
                .at_input(0)
                .hint(format!("{name}(prediction, target)")).rewrite(Rewrite::Swapped))
        }
        (Kind::Normal, _) => {
            Err(Refusal::new(format!("`{name}` compares numbers, and the prediction is {}", inputs::describe(x))).at_input(0).hint(
                "compare its draws, `|> sample`, or its means, `|> mean_of`; with its variances, `gaussian_nll(q.mean, target, q.log_var)`",
            ).rewrite(Rewrite::Stage("sample".into())))
        }
        _ => inputs::numbers(read, 0),
    }
}

/// The shape without axes of extent 1.
fn core(shape: &[usize]) -> Vec<usize> {
    shape.iter().copied().filter(|extent| *extent != 1).collect()
}

fn same_shape(x: &TensorType, y: &TensorType, what: &str, position: usize) -> Result<(), Refusal> {
    if core(&x.shape) == core(&y.shape) {
        return Ok(());
    }
    let refusal =
        Refusal::new(format!("the prediction is {}, the {what} {}", inputs::describe(x), inputs::describe(y)))
            .at_input(position);
    Err(match (x.shape.as_slice(), y.shape.as_slice()) {
        ([_], [n]) => refusal.hint(format!("end the model with `Linear({n})`")).rewrite(Rewrite::Ending(*n)),
        ([_, space @ ..], [n, rest @ ..]) if space == rest => {
            refusal.hint(format!("end the model with `Conv{}d({n}, kernel: 1)`", space.len()))
        }
        (_, []) => refusal
            .hint("end the model with `Linear(1)`, after `global_avg_pool` or `flatten` where it has axes in space")
            .rewrite(Rewrite::Ending(1)),
        (a, b) if limits::numbers(a) == limits::numbers(b) => {
            refusal.hint("`|> reshape_as(target)` brings the prediction to its shape").rewrite(Rewrite::Reshaped)
        }
        _ => refusal.hint("a loss compares element with element: both need one shape"),
    })
}

fn between_numbers(read: &[TensorType], name: &str, loss: LossOp) -> Result<Applied, Refusal> {
    let x = prediction(read, name)?;
    let y = inputs::any(read, 1)?;
    if y.kind.is_discrete() {
        let refusal =
            Refusal::new(format!("`{name}` compares numbers, and the target is {}", inputs::describe(y))).at_input(1);
        return Err(match &y.kind {
            Kind::Mask(_) => {
                refusal.hint("cross_entropy(prediction, target) compares with a mask, `dice_loss` as well")
            }
            _ => refusal.hint("cross_entropy(prediction, target)").rewrite(Rewrite::Function("cross_entropy")),
        });
    }
    let y = inputs::numbers(read, 1)?;
    same_shape(x, y, "target", 1)?;
    Ok(applied(loss))
}

fn binary_cross_entropy(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let loss = LossOp::BinaryCrossEntropy { logits: arguments.flag("logits") };
    let y = inputs::any(read, 1)?;
    let (Kind::Class(levels) | Kind::Mask(levels)) = &y.kind else {
        return between_numbers(read, "binary_cross_entropy", loss);
    };
    if levels.len() != 2 {
        return Err(Refusal::new(format!(
            "`binary_cross_entropy` has two outcomes, and the target has {} levels ({})",
            levels.len(),
            inputs::list_levels(levels)
        ))
        .at_input(1)
        .hint(format!("cross_entropy(prediction, target), of {} logits", levels.len())));
    }
    let x = prediction(read, "binary_cross_entropy")?;
    same_shape(x, y, "target", 1)?;
    Ok(applied(loss))
}

/// Class scores `[n, ...]` and a class or mask of `n` levels: the levels and the scores' shape.
fn class_scores<'a>(read: &'a [TensorType], name: &str) -> Result<(&'a [String], &'a [usize]), Refusal> {
    let x = prediction(read, name)?;
    let y = inputs::any(read, 1)?;
    let (Kind::Class(levels) | Kind::Mask(levels)) = &y.kind else {
        return Err(Refusal::new(format!(
            "`{name}` compares with a class or a mask, and the target is {}",
            inputs::describe(y)
        ))
        .at_input(1)
        .hint("numbers are compared by mse(prediction, target)")
        .rewrite(Rewrite::Function("mse")));
    };
    let n = levels.len();
    let end = match y.shape.len() {
        0 => format!("end the model with `Linear({n})`"),
        axes => format!("end the model with `Conv{}d({n}, kernel: 1)`", axes.min(3)),
    };
    let found = match x.shape.first() {
        Some(found) => *found,
        None => 1,
    };
    if found != n || x.shape.is_empty() {
        let logits = if found == 1 { "1 score".to_string() } else { format!("{found} scores") };
        return Err(Refusal::new(format!(
            "the prediction has {logits}, {}, and the target {n} levels ({})",
            inputs::describe(x),
            inputs::list_levels(levels)
        ))
        .at_input(0)
        .hint(end)
        .rewrite(Rewrite::Ending(n)));
    }
    if n < 2 {
        return Err(
            Refusal::new(format!("the target has one level only ({})", inputs::list_levels(levels))).at_input(1)
        );
    }
    if core(&x.shape[1..]) != core(&y.shape) {
        let (x, y) = (inputs::describe(x), inputs::describe(y));
        return Err(Refusal::new(format!("the prediction is {x}, the target {y}: they differ in space"))
            .at_input(0)
            .hint(match read[1].shape.len() {
                0 => "`|> global_avg_pool` makes one vector of scores for each subject",
                _ => "the scores need the mask's extent after their first axis",
            }));
    }
    Ok((levels, &x.shape))
}

fn cross_entropy(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (levels, _) = class_scores(read, "cross_entropy")?;
    let weights = match (arguments.get("weight"), arguments.reals("weight")) {
        (_, Some(given)) => ClassWeights::Given(class_weights(given, levels)?),
        (Some(Argument::Word(word)), _) if word == "inverse_frequency" => ClassWeights::InverseFrequency,
        _ => ClassWeights::Equal,
    };
    let smoothing = arguments.real("smoothing").unwrap_or(0.0);
    Ok(applied(LossOp::CrossEntropy { weights, smoothing }))
}

fn class_weights(given: Vec<f64>, levels: &[String]) -> Result<Vec<f64>, Refusal> {
    if given.len() != levels.len() {
        let found =
            format!("{} weights came for {} levels ({})", given.len(), levels.len(), inputs::list_levels(levels));
        return Err(Refusal::new(found).at_argument("weight").hint("weight: inverse_frequency"));
    }
    let usable =
        given.iter().all(|weight| weight.is_finite() && *weight >= 0.0) && given.iter().any(|weight| *weight > 0.0);
    match usable {
        true => Ok(given),
        false => Err(Refusal::new("weights are at least 0, and not all 0")
            .at_argument("weight")
            .hint("weight: inverse_frequency")),
    }
}

fn cox_loss(_: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let hints =
        ["end the model with `Linear(1)`", "`target months: real = ..`", "`target converted: real = ..`, of 0 and 1"];
    for (position, hint) in hints.into_iter().enumerate() {
        let x = inputs::numbers(read, position)?;
        if !core(&x.shape).is_empty() {
            let found = inputs::describe(x);
            return Err(Refusal::new(format!("`cox_loss` takes one number a subject, and this is {found}"))
                .at_input(position)
                .hint(hint));
        }
    }
    Ok(applied(LossOp::CoxPartialLikelihood))
}

fn gaussian_nll(_: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    if read.len() > 3 {
        return Err(Refusal::new(format!(
            "`gaussian_nll` reads a mean, a target and a log-variance; {} values came",
            read.len()
        ))
        .hint("gaussian_nll(mean, target, log_var)"));
    }
    if read.len() == 3 {
        let (x, log_var) = (prediction(read, "gaussian_nll")?, inputs::numbers(read, 2)?);
        same_shape(x, log_var, "log-variance", 2)?;
    }
    between_numbers(read, "gaussian_nll", LossOp::GaussianNll)
}

fn margin(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let near = match (arguments.word("near"), arguments.word("far")) {
        (Some(near), Some(far)) if near == far => {
            let other = if near == "same subject" { "same modality" } else { "same subject" };
            return Err(Refusal::new(format!("what is near and what is far are both `{near}`"))
                .at_argument("far")
                .hint(format!("far: {other}")));
        }
        (Some("same subject"), _) => NearPairs::SameSubject,
        _ => NearPairs::SameMember,
    };
    let first = inputs::numbers(read, 0)?;
    for position in 1..read.len() {
        let member = inputs::numbers(read, position)?;
        if member.shape != first.shape {
            let (a, b) = (inputs::describe(first), inputs::describe(member));
            return Err(Refusal::new(format!("a margin is between alike values, and these are {a} and {b}"))
                .at_input(position)
                .hint("give it one family, such as `parts.s`, whose members have one shape"));
        }
    }
    if first.shape.is_empty() {
        return Err(Refusal::new("cosines are of vectors, and these are single numbers").at_input(0));
    }
    Ok(applied(LossOp::Margin { by: arguments.real("by").unwrap_or(0.1), near }))
}
