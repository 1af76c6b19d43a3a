//! Settings as a sampler has them, numbers, and as the file has them, words.

use crate::analysis::search::{Axis, Point};
use crate::program::{Search, SearchAxis, SearchValues};

/// Digits of a number that is drawn. What is tried is what is written.
const DIGITS: usize = 4;

/// The space of a search.
pub(super) fn axes(search: &Search) -> Vec<Axis> {
    let axis = |axis: &SearchAxis| match axis.values {
        SearchValues::Real { low, high, log } => Axis::Real { low, high, log },
        SearchValues::Whole { low, high, log } => Axis::Whole { low, high, log },
        SearchValues::Choices(ref choices) => Axis::Choice { count: choices.len() },
    };
    search.axes.iter().map(axis).collect()
}

/// A point as settings of params, and the point that these stand for: numbers have four digits.
pub(super) fn spelled(search: &Search, point: &Point) -> (Vec<(String, String)>, Point) {
    let one = |(axis, value): (&SearchAxis, &f64)| {
        let (word, value) = match &axis.values {
            SearchValues::Real { low, high, .. } => {
                let value = rounded(*value).clamp(*low, *high);
                (value.to_string(), value)
            }
            SearchValues::Whole { .. } => ((*value as i64).to_string(), *value),
            SearchValues::Choices(choices) => (choices.get(*value as usize).cloned().unwrap_or_default(), *value),
        };
        ((axis.param.clone(), word), value)
    };
    search.axes.iter().zip(point).map(one).unzip()
}

fn rounded(value: f64) -> f64 {
    format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn numbers_have_four_digits() {
        assert_eq!([rounded(0.001_234_56), rounded(0.25), rounded(-123_456.0)], [0.001_235, 0.25, -123_500.0]);
    }
}
