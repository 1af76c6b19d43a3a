//! The normal distribution between two ends: masses, densities and quantiles.

use statrs::function::erf::{erf, erfc, erfc_inv};
use std::f64::consts::{PI, SQRT_2};

/// The probability that a standard normal number lies between two.
pub(super) fn mass(low: f64, high: f64) -> f64 {
    let tail = |x: f64| 0.5 * erfc(x / SQRT_2);
    // On one side of 0 the difference of two tails keeps its digits; across 0 nothing is lost.
    if low > 0.0 {
        tail(low) - tail(high)
    } else if high < 0.0 {
        tail(-high) - tail(-low)
    } else {
        0.5 * (erf(high / SQRT_2) - erf(low / SQRT_2))
    }
}

/// The logarithm of the density of a standard normal number.
pub(super) fn log_density(x: f64) -> f64 {
    -0.5 * (x * x + (2.0 * PI).ln())
}

/// The number below which a share of those between two ends lies; `low` is not above 0 and `high` not below it.
pub(super) fn quantile(share: f64, low: f64, high: f64) -> f64 {
    let below = 0.5 * erfc(-low / SQRT_2) + share * mass(low, high);
    (-SQRT_2 * erfc_inv(2.0 * below)).clamp(low, high)
}
