//! Samplers: from what was tried to what is tried next.

use super::axis::{Axis, Point, points};
use super::parzen::Parzen;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Points that are drawn near the good ones; the one that is likeliest among them is tried.
const CANDIDATES: usize = 24;
/// The best of so many trials are the good ones, up to [`MOST_GOOD`].
const GOOD_SHARE: f64 = 0.1;
const MOST_GOOD: usize = 25;
/// Draws before a point that was not tried is looked for in order.
const ATTEMPTS: usize = 1000;

/// Settings that were tried, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The settings.
    pub point: Point,
    /// What they came to.
    pub outcome: Outcome,
}

/// What a trial came to. Losses: less is better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// It ended with this loss.
    Finished(f64),
    /// It was stopped at an epoch (from 1), when its loss was this.
    Stopped {
        /// When.
        epoch: usize,
        /// Its loss then.
        loss: f64,
    },
    /// Its loss is not defined. It is not tried again, and nothing is learnt from it.
    Undefined,
}

/// How the next settings are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sampler {
    /// Each value as likely as another (Bergstra and Bengio 2012).
    Random,
    /// The tree-structured Parzen estimator, after so many random trials.
    Tpe {
        /// How many.
        startup: usize,
    },
}

impl Sampler {
    /// The settings of the next trial; `None` when all of a finite space have been tried. What comes depends on the seed and on
    /// the trials before, not on how many will follow.
    pub fn next(self, space: &[Axis], seed: u64, trials: &[Trial]) -> Option<Point> {
        if points(space).is_some_and(|all| trials.len() >= all) {
            return None;
        }
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(trials.len() as u64);
        let is_new = |point: &Point| trials.iter().all(|trial| trial.point != *point);
        if let Self::Tpe { startup } = self
            && let Some(point) = estimated(space, startup, trials, &mut random, &is_new)
        {
            return Some(point);
        }
        let drawn = (0..ATTEMPTS).map(|_| space.iter().map(|axis| axis.draw(&mut random)).collect());
        drawn.into_iter().find(is_new).or_else(|| in_order(space).find(is_new))
    }
}

/// The candidate that is likeliest among the good ones against the others; `None` before there is anything to learn from, and
/// where every candidate was tried.
fn estimated(
    space: &[Axis],
    startup: usize,
    trials: &[Trial],
    random: &mut ChaCha8Rng,
    is_new: &dyn Fn(&Point) -> bool,
) -> Option<Point> {
    let (good, others) = divided(startup, trials)?;
    let (good, others) = (Parzen::of(space, &good), Parzen::of(space, &others));
    let candidates = (0..CANDIDATES).map(|_| good.draw(random));
    let judged = candidates.map(|point| (good.log_density(&point) - others.log_density(&point), point));
    let mut best: Option<(f64, Point)> = None;
    for (gain, point) in judged {
        if is_new(&point) && best.as_ref().is_none_or(|(most, _)| gain > *most) {
            best = Some((gain, point));
        }
    }
    best.map(|(_, point)| point)
}

/// The best tenth of the trials and the others, each in the order in which they were made. Trials that were stopped come behind
/// those that finished, the later they were stopped the better.
pub(super) fn divided(startup: usize, trials: &[Trial]) -> Option<(Vec<&Point>, Vec<&Point>)> {
    let rank = |trial: &Trial| match trial.outcome {
        Outcome::Finished(loss) => Some((0, 0, loss)),
        Outcome::Stopped { epoch, loss } => Some((1, usize::MAX - epoch, loss)),
        Outcome::Undefined => None,
    };
    let mut ranked: Vec<(usize, (u8, usize, f64))> =
        trials.iter().enumerate().filter_map(|(at, trial)| Some((at, rank(trial)?))).collect();
    if ranked.is_empty() || ranked.len() < startup {
        return None;
    }
    ranked.sort_by(|(_, a), (_, b)| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
    let count = ((GOOD_SHARE * ranked.len() as f64).ceil() as usize).min(MOST_GOOD);
    let in_turn = |ranked: &[(usize, _)]| {
        let mut places: Vec<usize> = ranked.iter().map(|(at, _)| *at).collect();
        places.sort_unstable();
        places.into_iter().map(|at| &trials[at].point).collect::<Vec<_>>()
    };
    Some((in_turn(&ranked[..count]), in_turn(&ranked[count..])))
}

/// All points of a finite space; a single one of a space without end, which random draws do not exhaust.
fn in_order(space: &[Axis]) -> impl Iterator<Item = Point> {
    let count = points(space).unwrap_or(1);
    (0..count).map(|number| {
        let mut rest = number;
        let coordinate = |axis: &Axis| {
            let values = axis.values().unwrap_or(1).max(1);
            let at = rest % values;
            rest /= values;
            match *axis {
                Axis::Whole { low, .. } => low as f64 + at as f64,
                Axis::Real { low, .. } => low,
                Axis::Choice { .. } => at as f64,
            }
        };
        space.iter().map(coordinate).collect()
    })
}
