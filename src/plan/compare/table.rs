//! Comparisons as a table.

use super::super::score::label;
use super::Comparison;

/// One line a variant (or model) and item. The line of the reference says in its note how it came to be one.
pub(in crate::plan) fn to_tsv(comparisons: &[Comparison]) -> String {
    let mut text = String::from(
        "sweep\titem\tof\tvariant\tmean\tsd\tlow\thigh\treference\tdifference\tdifference_low\tdifference_high\tp\tp_corrected\tnote\n",
    );
    let number = |value: Option<f64>| value.map_or("n/a".to_owned(), |v| v.to_string());
    let word = |text: &str| if text.is_empty() { "n/a".to_owned() } else { super::super::analyse::clean(text) };
    for comparison in comparisons {
        for item in &comparison.items {
            for (at, (variant, value)) in comparison.variants.iter().zip(&item.values).enumerate() {
                let contrast = item.contrasts.iter().find(|c| c.variant == at);
                let reference = item.reference.and_then(|r| comparison.variants.get(r)).map_or("", String::as_str);
                let note = match contrast {
                    Some(contrast) => contrast.reason.as_deref().unwrap_or_default(),
                    None if item.reference == Some(at) => comparison.reason(item),
                    None => "",
                };
                let cells = [
                    word(&comparison.text()),
                    word(&item.name),
                    word(&label(&item.of, "")),
                    word(variant),
                    number(value.mean),
                    number(value.sd),
                    number(value.low),
                    number(value.high),
                    word(reference),
                    number(contrast.and_then(|c| c.difference)),
                    number(contrast.and_then(|c| c.low)),
                    number(contrast.and_then(|c| c.high)),
                    number(contrast.and_then(|c| c.p)),
                    number(contrast.and_then(|c| c.p_corrected)),
                    word(note),
                ];
                text.push_str(&cells.join("\t"));
                text.push('\n');
            }
        }
    }
    text
}
