//! Scores as tab-separated values, in the manner of BIDS: one header line, `n/a` for what is missing.
//!
//! Numbers are written with every digit that is needed to read them back exactly.

use super::content::Score;
use std::io::{self, Write};

/// Every score of every fold, one a line: `of metric unit variant fold seed value`. Metrics have the name that the
/// experiment and all other tables of a run give them, and `fold 1` is 1, as in the table of the divisions.
///
/// # Errors
/// Whatever writing meets.
pub fn write_scores(scores: &[Score], to: &mut impl Write) -> io::Result<()> {
    row(to, ["of", "metric", "unit", "variant", "fold", "seed", "value"].map(str::to_owned))?;
    for score in scores {
        for variant in &score.variants {
            for fold in &variant.folds {
                let [of, metric, unit, name] = names(score, &variant.variant);
                let number_of_fold = fold.fold.strip_prefix("fold ").unwrap_or(&fold.fold);
                row(to, [of, metric, unit, name, text(number_of_fold), fold.seed.to_string(), number(fold.value)])?;
            }
        }
    }
    Ok(())
}

/// Mean, standard deviation and interval, one variant a line: `of metric unit variant n mean sd low high interval`.
///
/// # Errors
/// Whatever writing meets.
pub fn write_summary(scores: &[Score], to: &mut impl Write) -> io::Result<()> {
    row(to, ["of", "metric", "unit", "variant", "n", "mean", "sd", "low", "high", "interval"].map(str::to_owned))?;
    for score in scores {
        for variant in &score.variants {
            let [of, metric, unit, name] = names(score, &variant.variant);
            let n = variant.folds.iter().filter(|fold| fold.value.is_finite()).count().to_string();
            let [mean, sd, low, high] = [variant.mean, variant.sd, variant.low, variant.high].map(number);
            row(to, [of, metric, unit, name, n, mean, sd, low, high, text(&score.interval)])?;
        }
    }
    Ok(())
}

fn names(score: &Score, variant: &str) -> [String; 4] {
    [text(&score.of), text(called(score)), text(score.metric.unit.as_deref().unwrap_or("")), text(variant)]
}

fn called(score: &Score) -> &str {
    if score.name.is_empty() { &score.metric.name } else { &score.name }
}

fn row<const N: usize>(to: &mut impl Write, cells: [String; N]) -> io::Result<()> {
    writeln!(to, "{}", cells.join("\t"))
}

fn number(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { "n/a".to_owned() }
}

/// A text that stays in its cell.
fn text(text: &str) -> String {
    let text = text.replace(['\t', '\n', '\r'], " ");
    if text.trim().is_empty() { "n/a".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{FoldScore, Quantity, VariantScore};

    fn scores() -> Vec<Score> {
        let fold = |fold: &str, value| FoldScore { fold: fold.to_owned(), seed: 1, value };
        let variant = VariantScore {
            variant: "daft\twide".to_owned(),
            folds: vec![fold("fold 1", 0.1 + 0.2), fold("fold 2", f64::NAN)],
            mean: 0.3,
            sd: f64::NAN,
            low: 0.25,
            high: 0.35,
        };
        vec![Score {
            of: "ad on holdout".to_owned(),
            name: "auc".to_owned(),
            metric: Quantity::plain("area under the ROC curve"),
            interval: "95%".to_owned(),
            variants: vec![variant],
            ..Score::default()
        }]
    }

    fn written(write: impl Fn(&[Score], &mut Vec<u8>) -> io::Result<()>) -> io::Result<String> {
        let mut bytes = Vec::new();
        write(&scores(), &mut bytes)?;
        String::from_utf8(bytes).map_err(io::Error::other)
    }

    #[test]
    fn scores_keep_every_digit_and_missing_ones_are_said_to_be() -> io::Result<()> {
        assert_eq!(
            written(write_scores)?,
            "of\tmetric\tunit\tvariant\tfold\tseed\tvalue\n\
             ad on holdout\tauc\tn/a\tdaft wide\t1\t1\t0.30000000000000004\n\
             ad on holdout\tauc\tn/a\tdaft wide\t2\t1\tn/a\n"
        );
        Ok(())
    }

    #[test]
    fn the_summary_counts_the_folds_that_have_a_score() -> io::Result<()> {
        assert_eq!(
            written(write_summary)?.lines().nth(1),
            Some("ad on holdout\tauc\tn/a\tdaft wide\t1\t0.3\tn/a\t0.25\t0.35\t95%")
        );
        Ok(())
    }
}
