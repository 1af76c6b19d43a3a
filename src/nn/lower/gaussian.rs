//! Diagonal Gaussians, held as `[rows, 2, n]`: means, then log-variances.

use super::super::step::Step;
use super::super::{NnError, Tensor, draw};
use super::absence::{expanded, held};
use crate::graph::Mixture;

/// Added to a variance, and again to what precisions are taken of, as in the code of Kumar et al. (multimodal VAE for
/// normative modelling), so that neither a vanishing variance nor a vanishing precision divides by zero.
const EPSILON: f64 = 1e-8;

/// Means and log-variances of one Gaussian, `[rows, n]` each.
#[derive(Clone)]
struct Gaussian {
    mean: Tensor,
    log_variance: Tensor,
}

impl Gaussian {
    fn of(x: Tensor) -> Self {
        Self { mean: half(x.clone(), 0), log_variance: half(x, 1) }
    }

    fn joined(self) -> Tensor {
        Tensor::stack(vec![self.mean, self.log_variance], 1)
    }
}

fn half(x: Tensor, which: usize) -> Tensor {
    let dims = x.dims();
    let shape: Vec<usize> = dims.iter().enumerate().filter(|(i, _)| *i != 1).map(|(_, n)| *n).collect();
    x.slice(1, which, which + 1, 1).reshape(&shape)
}

/// A Gaussian from means and log-variances.
pub(super) fn normal(step: &Step<'_>) -> Result<Tensor, NnError> {
    Ok(Gaussian { mean: step.tensor(0)?, log_variance: step.tensor(1)? }.joined())
}

/// The means (0) or log-variances (1).
pub(super) fn part(step: &Step<'_>, which: usize) -> Result<Tensor, NnError> {
    Ok(half(step.tensor(0)?, which))
}

/// `mean + exp(log_variance / 2) * e` in training, the mean in prediction. `e` is drawn on the host.
pub(super) fn sample(step: &Step<'_>) -> Result<Tensor, NnError> {
    let Gaussian { mean, log_variance } = Gaussian::of(step.tensor(0)?);
    let Some((seed, at)) = step.training() else { return Ok(mean) };
    let dims = mean.dims();
    let noise = draw::normals(seed, at, step.id.index(), dims.iter().product());
    Ok(mean.add(log_variance.mul_scalar(0.5).exp().mul(Tensor::from_host(noise, &dims, step.device))))
}

/// Kullback-Leibler divergence to the standard normal, or of the first to the second: `[rows]`.
pub(super) fn divergence(step: &Step<'_>) -> Result<Tensor, NnError> {
    let p = Gaussian::of(step.tensor(0)?);
    let terms = if step.inputs.len() < 2 {
        p.log_variance.clone().exp().add(p.mean.square()).sub(p.log_variance).add_scalar(-1.0)
    } else {
        let q = Gaussian::of(step.tensor(1)?);
        let spread = p.log_variance.clone().exp().add(p.mean.sub(q.mean).square());
        q.log_variance.clone().sub(p.log_variance).add(spread.mul(q.log_variance.neg().exp())).add_scalar(-1.0)
    };
    let axes: Vec<usize> = (1..terms.dims().len()).collect();
    Ok(terms.sum(&axes).mul_scalar(0.5).reshape(&step.result_dims()))
}

/// Logarithm of the density under the standard normal, or under the second input: `[rows]`.
pub(super) fn log_density(step: &Step<'_>) -> Result<Tensor, NnError> {
    let z = step.tensor(0)?;
    let terms = if step.inputs.len() < 2 {
        z.square()
    } else {
        let q = Gaussian::of(step.tensor(1)?);
        z.sub(q.mean).square().mul(q.log_variance.clone().neg().exp()).add(q.log_variance)
    };
    let axes: Vec<usize> = (1..terms.dims().len()).collect();
    let terms = terms.add_scalar(std::f64::consts::TAU.ln());
    Ok(terms.sum(&axes).mul_scalar(-0.5).reshape(&step.result_dims()))
}

/// Several Gaussians fused, each row by those it has.
pub(super) fn mixture(step: &Step<'_>, kind: Mixture, prior: bool) -> Result<Tensor, NnError> {
    let mut one = step.result_dims();
    one[0] = 1;
    let filler = || Tensor::filled(0.0, &one, step.device);
    let mut experts = Vec::new();
    let mut has = Vec::new();
    for value in step.inputs.iter().flatten() {
        experts.push(Gaussian::of(expanded(value, &step.rows, filler())));
        has.push(held(Some(value), &step.rows));
    }
    let rows = step.rows.len();
    let mut single = vec![rows];
    single.extend(&step.node.ty.shape);
    let zeros = Tensor::filled(0.0, &single, step.device);
    let standard = Gaussian { mean: zeros.clone(), log_variance: zeros };
    let fused = match kind {
        Mixture::Product => {
            if prior {
                experts.push(standard.clone());
                has.push(vec![true; rows]);
            }
            product(step, &experts, &has, &standard)
        }
        Mixture::Mixture => {
            if prior {
                experts.push(standard.clone());
                has.push(vec![true; rows]);
            }
            dealt(&experts, &has, &standard)
        }
        Mixture::MixtureOfProducts => {
            let (products, has) = products_of_subsets(step, &experts, &has, prior, &standard);
            dealt(&products, &has, &standard)
        }
    };
    Ok(fused.joined())
}

/// Product of experts: `T = 1 / (exp(log_variance) + 2e-8)`, mean `sum(m T) / sum(T)`, variance `1 / sum(T)`. Rows that
/// have no expert are standard normal.
fn product(step: &Step<'_>, experts: &[Gaussian], has: &[Vec<bool>], standard: &Gaussian) -> Gaussian {
    let rows = step.rows.len();
    let mut weighted: Option<(Tensor, Tensor)> = None;
    for (expert, has) in experts.iter().zip(has) {
        let mut precision = expert.log_variance.clone().exp().add_scalar(EPSILON).add_scalar(EPSILON).recip();
        if has.contains(&false) {
            precision = precision.mul(flags(step, has));
        }
        let moment = expert.mean.clone().mul(precision.clone());
        weighted = Some(match weighted {
            None => (moment, precision),
            Some((m, t)) => (m.add(moment), t.add(precision)),
        });
    }
    let Some((moment, precision)) = weighted else { return standard.clone() };
    let alone: Vec<bool> = (0..rows).map(|row| !has.iter().any(|h| h[row])).collect();
    let precision = if alone.contains(&true) { precision.add(flags(step, &alone)) } else { precision };
    Gaussian { mean: moment.div(precision.clone()), log_variance: precision.recip().add_scalar(EPSILON).log() }
}

fn flags(step: &Step<'_>, has: &[bool]) -> Tensor {
    Tensor::from_host(has.iter().map(|h| f32::from(u8::from(*h))).collect(), &[has.len()], step.device)
}

/// Rows dealt out among experts in equal blocks, the rest to the last, as multi-view-AE does it: row `i` of `r` takes
/// expert `min(i / floor(r / e), e - 1)`. Rows that have the same experts are dealt out among themselves; where there
/// are fewer of them than experts, row `i` takes expert `i`. Rows that have no expert are standard normal.
fn dealt(experts: &[Gaussian], has: &[Vec<bool>], standard: &Gaussian) -> Gaussian {
    let rows = standard.mean.dims()[0];
    let available = |row: usize| -> Vec<usize> { (0..experts.len()).filter(|e| has[*e][row]).collect() };
    let mut choice = vec![experts.len(); rows];
    let mut done = vec![false; rows];
    for first in 0..rows {
        if done[first] {
            continue;
        }
        let own = available(first);
        let group: Vec<usize> = (first..rows).filter(|row| !done[*row] && available(*row) == own).collect();
        for (i, row) in group.iter().enumerate() {
            done[*row] = true;
            let block = group.len() / own.len().max(1);
            let turn = i.checked_div(block).unwrap_or(i);
            if let Some(last) = own.len().checked_sub(1) {
                choice[*row] = own[turn.min(last)];
            }
        }
    }
    let positions: Vec<usize> = choice.iter().enumerate().map(|(row, expert)| expert * rows + row).collect();
    let picked = |part: fn(&Gaussian) -> &Tensor| {
        let all = experts.iter().chain([standard]).map(|e| part(e).clone()).collect();
        Tensor::cat(all, 0).select(0, &positions)
    };
    Gaussian { mean: picked(|g| &g.mean), log_variance: picked(|g| &g.log_variance) }
}

/// The product of each non-empty subset of the experts, smaller subsets first; a row has a subset if it has all its
/// members. The prior joins the product of all experts that a row has.
fn products_of_subsets(
    step: &Step<'_>,
    experts: &[Gaussian],
    has: &[Vec<bool>],
    prior: bool,
    standard: &Gaussian,
) -> (Vec<Gaussian>, Vec<Vec<bool>>) {
    let mut subsets: Vec<Vec<usize>> = (1..1usize << experts.len())
        .map(|bits| (0..experts.len()).filter(|e| bits & (1 << e) != 0).collect())
        .collect();
    subsets.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    let rows = step.rows.len();
    let mut products = Vec::with_capacity(subsets.len());
    let mut held = Vec::with_capacity(subsets.len());
    for subset in subsets {
        let holds: Vec<bool> = (0..rows).map(|row| subset.iter().all(|e| has[*e][row])).collect();
        let full: Vec<bool> = (0..rows)
            .map(|row| holds[row] && (0..experts.len()).all(|e| !has[e][row] || subset.contains(&e)))
            .collect();
        let mut members: Vec<Gaussian> = subset.iter().map(|e| experts[*e].clone()).collect();
        let mut present = vec![holds.clone(); members.len()];
        if prior && full.contains(&true) {
            members.push(standard.clone());
            present.push(full);
        }
        products.push(product(step, &members, &present, standard));
        held.push(holds);
    }
    (products, held)
}
