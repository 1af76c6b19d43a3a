//! Losses between views of the same people: what is learned is what the views of one person share and those of others
//! do not. One number for the batch, over the subjects who have everything that is compared.

use super::{Applied, Arguments, Arity, Default, Family, Parameter, ParameterType, Refusal, Stanza, inputs, limits};
use crate::graph::{CorrelationNorm, Critic, Divergence, Kind, LossOp, Op, Scoring, TensorType, show_shape};

/// The stanzas of this chapter.
pub const STANZAS: &[Stanza] = &[
    Stanza {
        name: "info_nce",
        family: Family::Loss,
        doc: "Noise-contrastive bound on the mutual information of two views `[n]` or `[n, places..]`, negated: for each subject and \
              each pair of places, `-log(exp(s) / (exp(s) + sum exp(s')))`, where `s` is the score of its `v` with its own `u` and `s'` \
              runs over the scores of its `v` with every `u` of the other subjects; the mean over all.\n\n\
              The bound has one direction: the negatives are other subjects' `u`. Add `info_nce(v, u)` for the other. Scores are dot products \
              (`critic: dot`), divided by `sqrt(n)` (`scaled`), or cosines (`cosine`), over `temperature`. `penalty` times their mean square is added; \
              then `clip: c` bounds them softly by `c tanh(s / c)`.",
        source: "van den Oord et al. 2018; Bachman et al. 2019 (AMDIM), section 3.2; Fedorov et al. 2023, eq. 1-2 and code, \
                 whose cosine divides by the norms of the wrong axis and is not followed",
        arity: VIEWS,
        parameters: &[CLIP, PENALTY, critic_parameter("scaled"), temperature_parameter(1.0)],
        example: "info_nce(x, x |> global_avg_pool, clip: 20, penalty: 4e-2)",
        apply: |arguments, read| {
            two_views(read, "info_nce")?;
            Ok(loss(LossOp::InfoNce(scoring(arguments))))
        },
    },
    Stanza {
        name: "fenchel_dual",
        family: Family::Loss,
        doc: "Bound on an f-divergence between views of one subject and of different ones, negated: the mean of `softplus(s)` over pairs \
              of subjects minus the mean of `-softplus(-s)` over own pairs, all places of `[n, places..]` with all. `measure: jsd` moves it by `-2 log 2` so \
              that views that share nothing have 0.\n\n\
              Scores are those of `info_nce`.",
        source: "Nowozin et al. 2016, table 6; Hjelm et al. 2019 (Deep InfoMax), eq. 4",
        arity: VIEWS,
        parameters: &[
            Parameter::new("measure", ParameterType::Word(&["jsd", "gan"]), Default::Word("jsd"), "which divergence"),
            CLIP,
            PENALTY,
            critic_parameter("scaled"),
            temperature_parameter(1.0),
        ],
        example: "fenchel_dual(x, x |> global_avg_pool, measure: gan)",
        apply: |arguments, read| {
            two_views(read, "fenchel_dual")?;
            let measure = match arguments.word("measure") {
                Some("gan") => Divergence::Gan,
                _ => Divergence::JensenShannon,
            };
            Ok(loss(LossOp::FenchelDual { scoring: scoring(arguments), measure }))
        },
    },
    Stanza {
        name: "supervised_contrastive",
        family: Family::Loss,
        doc: "Supervised contrastive loss of one or more views `[n]` and, last, the class: each view of each subject is to score \
              higher with the views of its class than with all others. For each, the mean over its positives of `-log(exp(s) / sum exp(s'))`, the sum \
              over everything but itself; views that are alone in their class do not count.\n\n\
              Scores are those of `info_nce`. The loss is multiplied by `temperature / base_temperature`, which is 1 where no base is given.",
        source: "Khosla et al. 2020, eq. 2; the factor, the clip and the penalty as in Fedorov et al.'s code (SupCon, SupConDim)",
        arity: Arity::AtLeast(2),
        parameters: &[
            temperature_parameter(0.07),
            Parameter::new(
                "base_temperature",
                ParameterType::POSITIVE,
                Default::None,
                "the temperature at which the loss is not rescaled",
            ),
            CLIP,
            PENALTY,
            critic_parameter("cosine"),
        ],
        example: "supervised_contrastive(x |> global_avg_pool, x |> global_max_pool, g, temperature: 0.1)",
        apply: supervised_contrastive,
    },
    Stanza {
        name: "cca",
        family: Family::Loss,
        doc: "Total correlation of two views `[n]`, `[m]` across the batch, negated: with the covariances `A`, `B` (each plus `ridge` on its \
              diagonal) and the cross-covariance `C`, the sum of the singular values of `A^-1/2 C B^-1/2`, which are the canonical correlations (`norm: trace`), \
              or the root of the sum of their squares (`norm: frobenius`).\n\n\
              The batch should hold more subjects than the views have features. Computed on the host in double precision, with its exact gradient.",
        source: "Andrew et al. 2013 (DCCA), eq. 10-13; Wang et al. 2015 (DCCAE). Fedorov et al.'s code takes the Frobenius norm where DCCA takes the trace norm",
        arity: VIEWS,
        parameters: &[
            Parameter::new(
                "ridge",
                ParameterType::POSITIVE,
                Default::Real(1e-3),
                "added to the variances, so that few subjects suffice",
            ),
            Parameter::new(
                "norm",
                ParameterType::Word(&["trace", "frobenius"]),
                Default::Word("trace"),
                "how correlations add up",
            ),
        ],
        example: "cca(x |> global_avg_pool, x |> global_max_pool, ridge: 1e-2)",
        apply: canonical_correlation,
    },
];

const VIEWS: Arity = Arity::Exactly(&["u", "v"]);
const CLIP: Parameter =
    Parameter::new("clip", ParameterType::POSITIVE, Default::None, "scores are bounded by it; unbounded if not given");
const PENALTY: Parameter = Parameter::new(
    "penalty",
    ParameterType::Real { low: 0.0, high: f64::MAX },
    Default::Real(0.0),
    "weight of the mean square of the scores, before they are clipped",
);

const fn critic_parameter(default: &'static str) -> Parameter {
    let words = ParameterType::Word(&["dot", "scaled", "cosine"]);
    Parameter::new("critic", words, Default::Word(default), "how two features are scored")
}

const fn temperature_parameter(default: f64) -> Parameter {
    Parameter::new("temperature", ParameterType::POSITIVE, Default::Real(default), "scores are divided by it")
}

fn loss(loss: LossOp) -> Applied {
    Applied::plain(Op::Loss(loss), TensorType::scalar())
}

fn scoring(arguments: &Arguments) -> Scoring {
    let critic = match arguments.word("critic") {
        Some("dot") => Critic::Dot,
        Some("cosine") => Critic::Cosine,
        _ => Critic::ScaledDot,
    };
    Scoring {
        critic,
        temperature: arguments.real("temperature").unwrap_or(1.0),
        clip: arguments.real("clip"),
        penalty: arguments.real("penalty").unwrap_or(0.0),
    }
}

/// Numbers with features on their first axis.
fn features(read: &[TensorType], position: usize) -> Result<&[usize], Refusal> {
    let x = inputs::numbers(read, position)?;
    match x.shape.as_slice() {
        [] => Err(Refusal::new("features, [n] or [n, places..], are needed here, and this is a single number")
            .at_input(position)
            .hint("compare the vector from before it was reduced to one number")),
        shape => Ok(shape),
    }
}

/// Two views with equally many features, at one or more places each.
fn two_views(read: &[TensorType], name: &str) -> Result<(), Refusal> {
    let (u, v) = (features(read, 0)?, features(read, 1)?);
    if u[0] == v[0] {
        return Ok(());
    }
    let head = match u.len() {
        1 => format!("Linear({})", v[0]),
        2..=4 => format!("Conv{}d({}, kernel: 1)", u.len() - 1, v[0]),
        _ => "flatten".into(),
    };
    Err(Refusal::new(format!(
        "`{name}` scores features with features, and {} has {} where {} has {}",
        show_shape(u),
        u[0],
        show_shape(v),
        v[0]
    ))
    .at_input(1)
    .hint(format!("a head brings both to one length: `u |> {head}`")))
}

fn supervised_contrastive(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let last = read.len().saturating_sub(1);
    match &inputs::any(read, last)?.kind {
        Kind::Class(levels) if levels.len() > 1 => {}
        Kind::Class(_) => {
            return Err(Refusal::new("the class has one level only: there is nothing to tell apart").at_input(last));
        }
        _ => {
            return Err(Refusal::new(format!(
                "the class of each subject comes last, and this is {}",
                inputs::describe(&read[last])
            ))
            .at_input(last)
            .hint("supervised_contrastive(z, diagnosis); without a class, `info_nce` compares views"));
        }
    }
    let mut length = None;
    for position in 0..last {
        let x = inputs::numbers(read, position)?;
        match (x.shape.as_slice(), length) {
            ([n], None) => length = Some(*n),
            ([n], Some(first)) if *n == first => {}
            ([n], Some(first)) => {
                return Err(Refusal::new(format!("view 1 is [{first}], view {} is [{n}]", position + 1))
                    .at_input(position)
                    .hint(format!("a head brings them to one length: `|> Linear({first})`")));
            }
            _ => {
                return Err(Refusal::new(format!(
                    "a vector, [n], is needed here, and this is {}",
                    inputs::describe(x)
                ))
                .at_input(position)
                .hint("`|> global_avg_pool` or `|> flatten` makes one vector of it"));
            }
        }
    }
    let scoring = scoring(arguments);
    let base_temperature = arguments.real("base_temperature").unwrap_or(scoring.temperature);
    Ok(loss(LossOp::SupervisedContrastive { scoring, base_temperature }))
}

/// The largest length of a view: what is inverted is of this size, once each step.
const MOST_FEATURES: usize = 2048;

fn canonical_correlation(arguments: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    for position in 0..2 {
        let x = inputs::numbers(read, position)?;
        match x.shape.as_slice() {
            [n] if *n <= MOST_FEATURES => {}
            [n] => {
                return Err(Refusal::new(format!(
                    "a matrix of {n} x {n} numbers would be inverted at every step; at most {MOST_FEATURES} features are possible"
                ))
                .at_input(position)
                .hint("correlate shorter codes: `|> Linear(64)`"));
            }
            _ => {
                let hint = match limits::numbers(&x.shape) <= MOST_FEATURES as u128 {
                    true => "`|> flatten` makes one vector of it",
                    false => "`|> global_avg_pool` makes one vector of it",
                };
                return Err(Refusal::new(format!(
                    "a vector, [n], is needed here, and this is {}",
                    inputs::describe(x)
                ))
                .at_input(position)
                .hint(hint));
            }
        }
    }
    let norm = match arguments.word("norm") {
        Some("frobenius") => CorrelationNorm::Frobenius,
        _ => CorrelationNorm::Trace,
    };
    Ok(loss(LossOp::CanonicalCorrelation { ridge: arguments.real("ridge").unwrap_or(1e-3), norm }))
}
