//! Numbers of the phantom's tables: what `{:.1}` and `{:.4}` write, in a tenth of the time. A cohort of the phantom is as much as a hundred
//! and fifty thousand of them, and a sweep over its seeds makes one cohort a variant.

use std::fmt::Write;

/// Appends a number with this many decimals, as the standard library rounds it.
pub(super) fn push_fixed(out: &mut String, value: f64, decimals: u32) {
    let scale = 10f64.powi(decimals as i32);
    let scaled = value.abs() * scale;
    let below = scaled.floor();
    let rest = scaled - below;
    // The product is off by a ten-millionth at most; where that could tip the rounding, the exact way is gone.
    if scaled.is_nan() || scaled >= 1e9 || (rest - 0.5).abs() < 1e-6 {
        // Writing to a text cannot fail.
        let _ = write!(out, "{value:.*}", decimals as usize);
        return;
    }
    let mut units = below as u64 + u64::from(rest > 0.5);
    let mut digits = [b'0'; 24];
    let mut first = digits.len();
    let mut written = 0;
    while units > 0 || written <= decimals {
        if written == decimals && decimals > 0 {
            first -= 1;
            digits[first] = b'.';
        }
        first -= 1;
        digits[first] = b'0' + (units % 10) as u8;
        units /= 10;
        written += 1;
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    out.extend(digits[first..].iter().map(|digit| char::from(*digit)));
}

#[cfg(test)]
mod tests {
    use super::push_fixed;

    #[test]
    fn what_is_written_is_what_the_standard_library_writes() {
        let mut values =
            vec![0.0, -0.0, 0.04, -0.04, 0.05, 0.15, 0.25, 0.35, 0.45, 9.95, 9.995, 99.95, 1.0, 1e9, 1e300];
        values.extend([f64::NAN, f64::INFINITY, 0.5, 1.5, 2.5, 999_999.95, 12_345_678.949_999, 4.9e-324, -7.25]);
        let mut state = 1u64;
        for _ in 0..200_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let unit = (state >> 11) as f64 / (1u64 << 53) as f64;
            // Whole, halves and tenths among them: where rounding turns.
            let places = 10f64.powi((state % 6) as i32);
            values.extend([unit * 8000.0 - 200.0, (unit * 1e6).round() / places / 2.0]);
        }
        for value in values {
            for decimals in [0, 1, 2, 4] {
                let mut text = String::new();
                push_fixed(&mut text, value, decimals);
                assert_eq!(text, format!("{value:.*}", decimals as usize), "{value:?}");
            }
        }
    }
}
