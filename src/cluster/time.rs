//! Times as Slurm has them.

/// Minutes of `90`, `HH:MM:SS`, `MM:SS`, `DAYS-HH`, `DAYS-HH:MM`, `DAYS-HH:MM:SS`; a part of a minute is one.
pub(super) fn minutes(text: &str) -> Option<u64> {
    let number = |part: &str| part.parse::<u64>().ok().filter(|n| *n < 1_000_000);
    let parts = |text: &str| text.split(':').map(number).collect::<Option<Vec<_>>>();
    let seconds = match text.split_once('-') {
        Some((days, rest)) => {
            let rest = parts(rest)?;
            let within = match rest.as_slice() {
                [h] => h * 3600,
                [h, m] => h * 3600 + m * 60,
                [h, m, s] => h * 3600 + m * 60 + s,
                _ => return None,
            };
            number(days)? * 86_400 + within
        }
        None => match parts(text)?.as_slice() {
            [m] => m * 60,
            [m, s] => m * 60 + s,
            [h, m, s] => h * 3600 + m * 60 + s,
            _ => return None,
        },
    };
    (seconds > 0).then(|| seconds.div_ceil(60))
}

/// `1-02:30:00`, `02:30:00`.
pub(super) fn written(minutes: u64) -> String {
    let (days, hours, minutes) = (minutes / 1440, minutes % 1440 / 60, minutes % 60);
    match days {
        0 => format!("{hours:02}:{minutes:02}:00"),
        _ => format!("{days}-{hours:02}:{minutes:02}:00"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_slurm() {
        for (text, expected) in [
            ("90", 90),
            ("00:30", 1),
            ("90:30", 91),
            ("24:00:00", 1440),
            ("2-0", 2880),
            ("1-02:30", 1590),
            ("1-02:30:01", 1591),
        ] {
            assert_eq!(minutes(text), Some(expected), "{text}");
        }
        for text in ["", "soon", "0", "1:2:3:4", "-5", "1-", "1.5", "99999999"] {
            assert_eq!(minutes(text), None, "{text}");
        }
        assert_eq!([written(1591), written(90)], ["1-02:31:00", "01:30:00"]);
    }
}
