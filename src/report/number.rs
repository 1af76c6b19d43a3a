//! Numbers as people read them: digits that mean something, a true minus sign, thousands apart.
//!
//! A number that is not finite is shown as [`MISSING`], never as `NaN`.

/// What stands where a number should.
pub const MISSING: &str = "not available";
/// Keeps a number and its unit on one line, and thousands together.
const NARROW_SPACE: char = '\u{202f}';

/// With exactly `digits` after the point.
pub fn fixed(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return MISSING.to_owned();
    }
    let text = format!("{:.digits$}", value.abs());
    let zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if value < 0.0 && !zero { "\u{2212}" } else { "" };
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", grouped(whole))
}

/// With four significant digits, as a power of ten where that is shorter.
pub fn short(value: f64) -> String {
    if !value.is_finite() {
        return MISSING.to_owned();
    }
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e7).contains(&size) {
        return power_of_ten(value, 2);
    }
    let text = fixed(value, (3 - exponent(size)).clamp(0, 8) as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A whole number, thousands apart.
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// A count with the noun that follows it: "1 subject", "2 subjects".
pub fn counted(value: usize, noun: &str) -> String {
    let plural = if value == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(value as u64))
}

/// A part of a whole in percent, without digits that a small whole does not give.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return MISSING.to_owned();
    }
    let digits = if whole < 1000 { 0 } else { 1 };
    format!("{}%", fixed(100.0 * part as f64 / whole as f64, digits))
}

/// A part of a whole in whole percent; a small part is not 0% and nearly all is not 100%.
pub fn whole_percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return MISSING.to_owned();
    }
    match 100.0 * part as f64 / whole as f64 {
        share if part > 0 && share < 0.5 => "<\u{202f}1%".to_owned(),
        share if part < whole && share >= 99.5 => ">\u{202f}99%".to_owned(),
        share => format!("{}%", fixed(share, 0)),
    }
}

/// The probability of a test, to three digits: 0.034, < 0.001.
pub fn p_value(p: f64) -> String {
    match p {
        p if !p.is_finite() => MISSING.to_owned(),
        p if p < 0.001 => "<\u{202f}0.001".to_owned(),
        p if p > 0.999 => ">\u{202f}0.999".to_owned(),
        p => fixed(p, 3),
    }
}

/// A large count in a word: 4.2 M.
pub fn abbreviated(value: u64) -> String {
    const STEPS: [(f64, &str); 4] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];
    scaled(value as f64, &STEPS).unwrap_or_else(|| count(value))
}

/// An amount of memory: 1.4 GiB.
pub fn bytes(value: u64) -> String {
    const STEPS: [(f64, &str); 4] = [
        ((1u64 << 40) as f64, "TiB"),
        ((1u64 << 30) as f64, "GiB"),
        ((1u64 << 20) as f64, "MiB"),
        ((1u64 << 10) as f64, "KiB"),
    ];
    scaled(value as f64, &STEPS).unwrap_or_else(|| format!("{value}{NARROW_SPACE}B"))
}

/// A duration given in seconds: 3 h 12 min, 4.2 s.
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return MISSING.to_owned();
    }
    if seconds < 59.95 {
        return format!("{}{NARROW_SPACE}s", fixed(seconds, if seconds < 9.95 { 1 } else { 0 }));
    }
    let whole = seconds.round() as u64;
    let (days, hours, minutes) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60);
    let units = [(days, "d"), (hours, "h"), (minutes, "min"), (whole % 60, "s")];
    let first = units.iter().position(|(amount, _)| *amount > 0).unwrap_or(3);
    let shown: Vec<String> = units[first..units.len().min(first + 2)]
        .iter()
        .filter(|(amount, _)| *amount > 0)
        .map(|(amount, unit)| format!("{amount}{NARROW_SPACE}{unit}"))
        .collect();
    shown.join(" ")
}

/// How many digits after the point show `spread` with two significant digits; at most 6.
///
/// This is how many a value deserves that is only known up to that spread. Where there is no spread, `typical` decides
/// with four significant digits.
pub fn digits_for(spread: f64, typical: f64) -> usize {
    let (size, significant) = if spread.is_finite() && spread > 0.0 { (spread, 2) } else { (typical.abs(), 4) };
    if !size.is_finite() || size == 0.0 {
        return 2;
    }
    (significant - 1 - exponent(size)).clamp(0, 6) as usize
}

/// `value` as digits times a power of ten.
pub fn power_of_ten(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    let raised: String = exponent.chars().map(raised).collect();
    match mantissa {
        "1" => format!("10{raised}"),
        "-1" => format!("\u{2212}10{raised}"),
        _ => format!("{}\u{202f}×\u{202f}10{raised}", mantissa.replace('-', "\u{2212}")),
    }
}

fn exponent(size: f64) -> i32 {
    size.log10().floor() as i32
}

fn scaled(value: f64, steps: &[(f64, &str)]) -> Option<String> {
    let (size, unit) = steps.iter().find(|(size, _)| value >= *size)?;
    let amount = value / size;
    let digits = if amount < 9.95 {
        2
    } else if amount < 99.95 {
        1
    } else {
        0
    };
    Some(format!("{}{NARROW_SPACE}{unit}", fixed(amount, digits)))
}

fn grouped(digits: &str) -> String {
    if digits.len() < 5 {
        return digits.to_owned();
    }
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(NARROW_SPACE);
        }
        text.push(digit);
    }
    text
}

fn raised(digit: char) -> char {
    match digit {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' => '⁰',
        '4'..='9' => char::from_u32('⁴' as u32 + (digit as u32 - '4' as u32)).unwrap_or(digit),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_that_come_from_binary_fractions_are_not_shown() {
        assert_eq!(short(0.1 + 0.2), "0.3");
        assert_eq!(fixed(0.1 + 0.2, 3), "0.300");
        assert_eq!(short(123.456), "123.5");
    }

    #[test]
    fn numbers_that_are_not_finite_are_said_to_be_missing() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(short(value), MISSING);
            assert_eq!(fixed(value, 2), MISSING);
            assert_eq!(p_value(value), MISSING);
            assert_eq!(duration(value), MISSING);
        }
    }

    #[test]
    fn a_small_negative_number_does_not_become_minus_zero() {
        assert_eq!(fixed(-0.0004, 2), "0.00");
        assert_eq!(fixed(-0.4, 1), "\u{2212}0.4");
    }

    #[test]
    fn large_and_small_numbers_are_powers_of_ten() {
        assert_eq!(short(1e-5), "10⁻⁵");
        assert_eq!(short(-2.5e9), "\u{2212}2.5\u{202f}×\u{202f}10⁹");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(count(1234), "1234");
    }

    #[test]
    fn probabilities_are_never_zero_or_one() {
        assert_eq!(p_value(0.0), "<\u{202f}0.001");
        assert_eq!(p_value(1.0), ">\u{202f}0.999");
        assert_eq!(p_value(0.0344), "0.034");
    }

    #[test]
    fn a_few_of_many_are_not_none_and_most_are_not_all() {
        assert_eq!(whole_percent(1, 1000), "<\u{202f}1%");
        assert_eq!(whole_percent(999, 1000), ">\u{202f}99%");
        assert_eq!((whole_percent(0, 9), whole_percent(9, 9)), ("0%".to_owned(), "100%".to_owned()));
        assert_eq!(percent(211, 1187), "17.8%");
        assert_eq!(percent(1, 0), MISSING);
    }

    #[test]
    fn durations_memory_and_counts_have_two_or_three_digits() {
        assert_eq!(duration(4.23), "4.2\u{202f}s");
        assert_eq!(duration(59.97), "1\u{202f}min");
        assert_eq!(duration(11_530.0), "3\u{202f}h 12\u{202f}min");
        assert_eq!(bytes(1_503_238_554), "1.40\u{202f}GiB");
        assert_eq!(bytes(12), "12\u{202f}B");
        assert_eq!(abbreviated(4_213_000), "4.21\u{202f}M");
        assert_eq!(abbreviated(999), "999");
    }

    #[test]
    fn digits_follow_the_spread() {
        assert_eq!(digits_for(0.034, 0.8), 3);
        assert_eq!(digits_for(2.7, 80.0), 1);
        assert_eq!(digits_for(0.0, 0.8123), 4);
        assert_eq!(digits_for(f64::NAN, f64::NAN), 2);
    }
}
