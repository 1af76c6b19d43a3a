//! Probabilities beyond a value, small ones included: the tails of the normal, Student's t and chi-squared.
//!
//! A statistic comes in, the probability of one at least as large goes out. No tail is computed as one minus the
//! rest, so a p of 1e-40 is as accurate as one of 0.5. The special functions are those of `statrs`.

use statrs::function::beta::checked_beta_reg;
use statrs::function::gamma::checked_gamma_ur;

/// The probability that a standard normal exceeds `z`.
pub fn normal_above(z: f64) -> f64 {
    // Z^2 is chi-squared with one degree of freedom; statrs' error function is only good to 1e-10 here.
    let half = 0.5 * chi_squared_above(z * z, 1.0);
    if z > 0.0 { half } else { 1.0 - half }
}

/// The probability that Student's t with `df > 0` degrees of freedom exceeds `t`.
pub fn student_t_above(t: f64, df: f64) -> f64 {
    let half = 0.5 * student_t_two_sided(t, df);
    if t > 0.0 { half } else { 1.0 - half }
}

/// The probability that Student's t with `df > 0` degrees of freedom is farther from 0 than `t`.
pub fn student_t_two_sided(t: f64, df: f64) -> f64 {
    let t2 = t * t;
    if t2.is_infinite() {
        return 0.0;
    }
    // P(|T| > t) = I_{df/(df+t^2)}(df/2, 1/2), and its complement near 0, where the argument would be rounded to 1 and
    // the complement is not small.
    if t2 > 1.0 { beta(0.5 * df, 0.5, df / (df + t2)) } else { 1.0 - beta(0.5, 0.5 * df, t2 / (df + t2)) }
}

/// The probability that chi-squared with `df > 0` degrees of freedom exceeds `x`.
pub fn chi_squared_above(x: f64, df: f64) -> f64 {
    if x <= 0.0 { 1.0 } else { checked_gamma_ur(0.5 * df, 0.5 * x).unwrap_or(f64::NAN) }
}

/// The probability that F with `df1 > 0` and `df2 > 0` degrees of freedom exceeds `f`.
pub fn f_above(f: f64, df1: f64, df2: f64) -> f64 {
    if f <= 0.0 {
        return 1.0;
    }
    if f.is_infinite() {
        return 0.0;
    }
    beta(0.5 * df2, 0.5 * df1, df2 / (df2 + df1 * f))
}

/// The regularised incomplete beta function, kept inside 0..1. `a` and `b` are positive and `x` is in 0..1 in every call.
fn beta(a: f64, b: f64, x: f64) -> f64 {
    checked_beta_reg(a, b, x).map_or(f64::NAN, |p| p.clamp(0.0, 1.0))
}
