//! The axes of a space of settings, and points drawn from them evenly.

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

/// One coordinate an axis: a number, or the position of a choice.
pub type Point = Vec<f64>;

/// The values that one setting may take.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Axis {
    /// Any number from `low` to `high`; evenly in its logarithm where `log` says so, and `low` is then above 0.
    Real {
        /// The smallest.
        low: f64,
        /// The largest.
        high: f64,
        /// Whether its logarithm is even.
        log: bool,
    },
    /// A whole number from `low` to `high`, both among them; with `log`, `low` is 1 at least.
    Whole {
        /// The smallest.
        low: i64,
        /// The largest.
        high: i64,
        /// Whether its logarithm is even.
        log: bool,
    },
    /// One of so many choices that have no order.
    Choice {
        /// How many.
        count: usize,
    },
}

impl Axis {
    /// How many values there are; `None` where there is no end to them.
    pub fn values(&self) -> Option<usize> {
        match *self {
            Self::Real { low, high, .. } => (low == high).then_some(1),
            Self::Whole { low, high, .. } => usize::try_from(high.saturating_sub(low)).ok()?.checked_add(1),
            Self::Choice { count } => Some(count),
        }
    }

    /// A value, each as likely as another (as Optuna's `RandomSampler`: whole numbers stand for the half-open interval around
    /// them).
    pub(super) fn draw(&self, random: &mut impl Rng) -> f64 {
        match *self {
            Self::Choice { count } => random.random_range(0..count.max(1)) as f64,
            _ => {
                let (low, high) = self.bounds();
                self.settled(low + (high - low) * random.random::<f64>())
            }
        }
    }

    /// The ends of the scale on which a number is drawn: its logarithm where the axis is logarithmic, half a step beyond
    /// the ends for whole numbers.
    pub(super) fn bounds(&self) -> (f64, f64) {
        let (low, high, log) = match *self {
            Self::Real { low, high, log } => (low, high, log),
            Self::Whole { low, high, log } => (low as f64 - 0.5, high as f64 + 0.5, log),
            Self::Choice { count } => (0.0, count as f64, false),
        };
        if log { (low.ln(), high.ln()) } else { (low, high) }
    }

    /// A number as it stands on that scale.
    pub(super) fn on_scale(&self, value: f64) -> f64 {
        match self {
            Self::Real { log: true, .. } | Self::Whole { log: true, .. } => value.ln(),
            _ => value,
        }
    }

    /// The value at a place of that scale.
    pub(super) fn settled(&self, place: f64) -> f64 {
        match *self {
            Self::Real { low, high, log } => (if log { place.exp() } else { place }).clamp(low, high),
            Self::Whole { low, high, log } => {
                (if log { place.exp() } else { place }).round().clamp(low as f64, high as f64)
            }
            Self::Choice { .. } => place,
        }
    }
}

/// The number of points of a space; `None` where there is no end to them.
pub(super) fn points(space: &[Axis]) -> Option<usize> {
    space.iter().try_fold(1_usize, |all, axis| all.checked_mul(axis.values()?))
}
