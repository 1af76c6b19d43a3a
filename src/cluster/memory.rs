//! Sizes of memory as Slurm has them.

/// Bytes of `500M`, `4G`, `1T`, `2048K`, `4096` (MB).
pub(super) fn bytes(text: &str) -> Option<u64> {
    let text = text.trim_end_matches(['B', 'b']);
    let (number, shift) = match text.chars().last()?.to_ascii_uppercase() {
        'K' => (&text[..text.len() - 1], 10),
        'M' => (&text[..text.len() - 1], 20),
        'G' => (&text[..text.len() - 1], 30),
        'T' => (&text[..text.len() - 1], 40),
        c if c.is_ascii_digit() => (text, 20),
        _ => return None,
    };
    let number: f64 = number.parse().ok().filter(|n: &f64| n.is_finite() && *n > 0.0 && *n < 1e6)?;
    Some((number * f64::from(1u32 << (shift % 30)) * if shift >= 30 { f64::from(1u32 << 30) } else { 1.0 }) as u64)
}

/// Megabytes for `--mem`, rounded up to what reads well.
pub(super) fn megabytes(bytes: u64) -> u64 {
    let megabytes = bytes.div_ceil(1 << 20);
    let step = if megabytes > 8192 { 1024 } else { 256 };
    megabytes.div_ceil(step) * step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_slurm() {
        for (text, expected) in [
            ("500M", 500 << 20),
            ("4G", 4 << 30),
            ("1.5g", 3 << 29),
            ("2048K", 2 << 20),
            ("4096", 4 << 30),
            ("1T", 1 << 40),
            ("2GB", 2 << 30),
        ] {
            assert_eq!(bytes(text), Some(expected), "{text}");
        }
        for text in ["", "G", "many", "-1G", "0", "1e9T", "é"] {
            assert_eq!(bytes(text), None, "{text}");
        }
        assert_eq!([megabytes(1), megabytes(300 << 20), megabytes(9 << 30)], [256, 512, 9216]);
    }
}
