//! Diagonal Gaussians, `normal[n]`: made of means and log-variances, drawn from, fused, compared.
//!
//! They are no tensors: what joins or maps numbers refuses them, and what is here refuses numbers.

use super::{Applied, Arguments, Arity, Default, Family, Parameter, ParameterType, Refusal, Stanza, inputs, limits};
use crate::graph::{Kind, Mixture, Op, TensorType};

/// The entry of a way to fuse Gaussians.
macro_rules! mixture_stanza {
    ($name:literal, $kind:expr, $what:literal, $source:literal) => {
        Stanza {
            name: $name,
            family: Family::Gaussian,
            doc: concat!(
                $what,
                "\n\nReads Gaussians of equal length, or a family of them, and gives one: `normal[n], normal[n], ... -> normal[n]`. Those \
                 that a subject lacks are left out. The word `prior` among them adds the standard normal, which everybody has."
            ),
            source: $source,
            arity: Arity::AtLeast(1),
            parameters: &[PRIOR],
            example: concat!(
                "let h = x |> global_avg_pool; ",
                $name,
                "(prior, normal(mean: h |> Linear(4), log_var: h |> Linear(4)), normal(mean: h |> Linear(4), log_var: h |> Linear(4)))"
            ),
            apply: |arguments, read| fuse(arguments, read, $kind),
        }
    };
}

/// The stanzas of this chapter.
pub const STANZAS: &[Stanza] = &[
    Stanza {
        name: "normal",
        family: Family::Gaussian,
        doc: "A diagonal Gaussian of means and log-variances: `[n], [n] -> normal[n]`.",
        source: "Kingma and Welling 2014, appendix C.2",
        arity: Arity::Exactly(&["mean", "log_var"]),
        parameters: &[],
        example: "let h = x |> global_avg_pool; normal(mean: h |> Linear(4), log_var: h |> Linear(4))",
        apply: normal,
    },
    Stanza {
        name: "mean_of",
        family: Family::Gaussian,
        doc: "The means of a Gaussian, `q.mean`: `normal[n] -> [n]`.",
        source: "the definition of the diagonal Gaussian",
        arity: GAUSSIAN,
        parameters: &[],
        example: "let h = x |> global_avg_pool; normal(mean: h |> Linear(4), log_var: h |> Linear(4)) |> mean_of",
        apply: |_, read| vector_of(read, Op::NormalMean),
    },
    Stanza {
        name: "log_var_of",
        family: Family::Gaussian,
        doc: "The logarithms of the variances of a Gaussian, `q.log_var`: `normal[n] -> [n]`.",
        source: "the definition of the diagonal Gaussian",
        arity: GAUSSIAN,
        parameters: &[],
        example: "let h = x |> global_avg_pool; normal(mean: h |> Linear(4), log_var: h |> Linear(4)) |> log_var_of",
        apply: |_, read| vector_of(read, Op::NormalLogVar),
    },
    Stanza {
        name: "sample",
        family: Family::Gaussian,
        doc: "A draw from a Gaussian in training, `mean + exp(log_var / 2) * e` with standard normal `e`; its mean in prediction: \
              `normal[n] -> [n]`.",
        source: "Kingma and Welling 2014, section 2.4 (the reparameterisation trick)",
        arity: GAUSSIAN,
        parameters: &[],
        example: "let h = x |> global_avg_pool; normal(mean: h |> Linear(4), log_var: h |> Linear(4)) |> sample",
        apply: |_, read| vector_of(read, Op::Sample),
    },
    mixture_stanza!(
        "poe",
        Mixture::Product,
        "Product of experts: precisions add, means are weighted by precision.",
        "Wu and Goodman 2018, section 2.2; variances and precisions stabilised by 1e-8 as in Kumar et al.'s code"
    ),
    mixture_stanza!(
        "moe",
        Mixture::Mixture,
        "Mixture of experts: subjects of the batch are dealt out among the experts in equal blocks.",
        "Shi et al. 2019, eq. 2; dealt out as in multi-view-AE"
    ),
    mixture_stanza!(
        "mopoe",
        Mixture::MixtureOfProducts,
        "Mixture of products of experts: subjects of the batch are dealt out among the products of all subsets of the experts, at most 10.",
        "Sutter et al. 2021, eq. 5; dealt out as in multi-view-AE"
    ),
    Stanza {
        name: "kl",
        family: Family::Gaussian,
        doc: "Kullback-Leibler divergence, summed over the axis, one number for each subject: of a Gaussian from the standard normal, \
              `kl(q)` or `kl(q, prior)`, or of the first from the second, `kl(q, p)`.\n\n\
              `0.5 * sum(log_var_p - log_var_q + (exp(log_var_q) + (mean_q - mean_p)^2) / exp(log_var_p) - 1)`.",
        source: "Kingma and Welling 2014, appendix B; PyTorch `torch.distributions.kl_divergence`",
        arity: Arity::AtLeast(1),
        parameters: &[],
        example: "let h = x |> global_avg_pool; kl(normal(mean: h |> Linear(4), log_var: h |> Linear(4)), prior)",
        apply: kl,
    },
    Stanza {
        name: "log_density",
        family: Family::Gaussian,
        doc: "Logarithm of the density of a vector under a Gaussian, summed over the axis, one number for each subject: `log_density(z, q)`, or under \
              the standard normal, `log_density(z)` or `log_density(z, prior)`.\n\n\
              `-0.5 * sum(log(2 pi) + log_var + (z - mean)^2 / exp(log_var))`.",
        source: "PyTorch `torch.distributions.Normal.log_prob`, summed",
        arity: Arity::AtLeast(1),
        parameters: &[],
        example: "let h = x |> global_avg_pool; log_density(h |> Linear(4), normal(mean: h |> Linear(4), log_var: h |> Linear(4)))",
        apply: log_density,
    },
];

const GAUSSIAN: Arity = Arity::Exactly(&["q"]);
const PRIOR: Parameter =
    Parameter::new("prior", ParameterType::Bool, Default::Bool(false), "whether the standard normal is one of them");
/// The subsets of so many experts can still be listed: 1023.
const MOST_EXPERTS: usize = 10;

fn normal(_: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let (mean, log_var) = (inputs::numbers(read, 0)?, inputs::numbers(read, 1)?);
    for (position, x) in [mean, log_var].into_iter().enumerate() {
        if x.shape.len() != 1 {
            return Err(Refusal::new(format!("a vector, [n], is needed here, and this is {}", inputs::describe(x)))
                .at_input(position)
                .hint("make it a vector of the length you want: `|> flatten |> Linear(10)`"));
        }
    }
    let (n, m) = (mean.shape[0], log_var.shape[0]);
    if n != m {
        return Err(Refusal::new(format!("there are {n} means and {m} log-variances"))
            .at_input(1)
            .hint(format!("log_var: h |> Linear({n})")));
    }
    limits::within(Applied::plain(
        Op::Normal,
        TensorType { batched: mean.batched || log_var.batched, ..TensorType::normal(n) },
    ))
}

/// A vector made of a Gaussian.
fn vector_of(read: &[TensorType], op: Op) -> Result<Applied, Refusal> {
    let n = inputs::gaussian(read, 0)?;
    Ok(Applied::plain(op, limits::shaped(&read[0], [n])))
}

fn fuse(arguments: &Arguments, read: &[TensorType], kind: Mixture) -> Result<Applied, Refusal> {
    let n = inputs::gaussian(read, 0)?;
    for position in 1..read.len() {
        let m = inputs::gaussian(read, position)?;
        if m != n {
            return Err(Refusal::new(format!(
                "expert 1 is normal[{n}], expert {} is normal[{m}]: what is fused has one length",
                position + 1
            ))
            .at_input(position)
            .hint(format!("normal(mean: h |> Linear({n}), log_var: h |> Linear({n}))")));
        }
    }
    if kind == Mixture::MixtureOfProducts && read.len() > MOST_EXPERTS {
        return Err(Refusal::new(format!(
            "{} experts have too many subsets; `mopoe` takes at most {MOST_EXPERTS}",
            read.len()
        ))
        .hint("`poe` or `moe` take any number"));
    }
    Ok(Applied::plain(Op::Mixture { kind, prior: arguments.flag("prior") }, TensorType::normal(n)))
}

fn kl(_: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let n = inputs::gaussian(read, 0)?;
    if read.len() > 2 {
        return Err(Refusal::new(format!("`kl` compares one Gaussian with the prior, or two; {} came", read.len()))
            .hint("add up several: `sum(for m in group { kl(q[m], prior) })`"));
    }
    if let Some(second) = read.get(1) {
        if second.kind == Kind::Tensor {
            return Err(Refusal::new(format!(
                "a Gaussian or `prior` is needed here, and this is {}",
                inputs::describe(second)
            ))
            .at_input(1)
            .hint("kl(q, prior)"));
        }
        let m = inputs::gaussian(read, 1)?;
        if m != n {
            return Err(Refusal::new(format!("normal[{n}] cannot be compared with normal[{m}]")).at_input(1));
        }
    }
    Ok(Applied::plain(Op::Kl, TensorType::tensor([])))
}

fn log_density(_: &Arguments, read: &[TensorType]) -> Result<Applied, Refusal> {
    let z = inputs::numbers(read, 0)?;
    let [n] = z.shape.as_slice() else {
        return Err(Refusal::new(format!("a vector, [n], is needed here, and this is {}", inputs::describe(z)))
            .at_input(0)
            .hint("log_density(q |> sample, q)"));
    };
    if read.len() > 2 {
        return Err(Refusal::new(format!("`log_density` reads a vector and a Gaussian; {} values came", read.len()))
            .hint("the density under several: `log_mean_exp(for m in group { log_density(z, q[m]) })`"));
    }
    if read.len() == 2 {
        let m = inputs::gaussian(read, 1)?;
        if m != *n {
            return Err(Refusal::new(format!("[{n}] has no density under normal[{m}]"))
                .at_input(1)
                .hint(format!("normal(mean: h |> Linear({n}), log_var: h |> Linear({n}))")));
        }
    }
    Ok(Applied::plain(Op::LogDensity, TensorType::tensor([])))
}
