//! Axes: which values get a tick, what the tick says, and where a value lies.

use super::{LABEL, Px, text};
use crate::number;
use maud::{Markup, html};

/// Smaller than any quantity; dividing by numbers like it loses digits.
const SMALLEST: f64 = 1e-200;
/// Larger than any quantity; the distance of numbers beyond it may be infinite.
const LARGEST: f64 = 1e300;

/// Maps values to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
    logarithmic: bool,
}

impl Scale {
    /// Linear: `low` lies at pixel `start`, `high` at `end`. A range that is empty or not finite is widened.
    pub fn linear((low, high): (f64, f64), (start, end): (f64, f64)) -> Self {
        let (low, high) = widened(low, high);
        Self { low, high, start, end, logarithmic: false }
    }

    /// Logarithmic; linear where the range reaches 0.
    pub fn logarithmic((low, high): (f64, f64), pixels: (f64, f64)) -> Self {
        let (low, high) = widened(low, high);
        if low <= 0.0 {
            return Self::linear((low, high), pixels);
        }
        Self { low, high, start: pixels.0, end: pixels.1, logarithmic: true }
    }

    /// Where `value` lies, if it is finite and has a place on this scale.
    pub fn at(&self, value: f64) -> Option<f64> {
        if !value.is_finite() {
            return None;
        }
        let value = value.clamp(-LARGEST, LARGEST);
        let along = |value: f64| if self.logarithmic { value.ln() } else { value };
        let share = (along(value) - along(self.low)) / (along(self.high) - along(self.low));
        share.is_finite().then_some(self.start + share * (self.end - self.start))
    }

    /// As [`Scale::at`], moved to the nearer end when it lies outside, so that no shape leaves its figure.
    pub fn within(&self, value: f64) -> Option<f64> {
        let (from, to) = (self.start.min(self.end), self.start.max(self.end));
        self.at(value).map(|pixel| pixel.clamp(from, to))
    }

    fn ticks(&self, target: usize) -> Vec<Tick> {
        if self.logarithmic {
            let ticks = log_ticks(self.low, self.high, target);
            if ticks.len() >= 2 {
                return ticks;
            }
        }
        nice_ticks(self.low, self.high, target)
    }
}

/// One tick.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The value that it stands for.
    pub value: f64,
    /// What it says.
    pub label: String,
}

/// A scale with ticks and a title.
#[derive(Clone, Debug)]
pub struct Axis {
    /// Where values lie.
    pub scale: Scale,
    /// In rising order, no two labels overlapping.
    pub ticks: Vec<Tick>,
    /// What is measured, with its unit.
    pub title: String,
}

impl Axis {
    /// An axis along the bottom: as many ticks as have room beside one another.
    pub fn horizontal(scale: Scale, title: &str) -> Self {
        let length = (scale.end - scale.start).abs();
        let fits = |ticks: &[Tick]| {
            ticks.windows(2).all(|pair| match (scale.at(pair[0].value), scale.at(pair[1].value)) {
                (Some(a), Some(b)) => {
                    let halves = (text::width(&pair[0].label, LABEL) + text::width(&pair[1].label, LABEL)) / 2.0;
                    (b - a).abs() >= halves + 10.0
                }
                _ => false,
            })
        };
        let most = (length / 48.0).clamp(2.0, 9.0) as usize;
        let ticks = (1..=most).rev().map(|target| scale.ticks(target)).find(|ticks| fits(ticks)).unwrap_or_default();
        Self { scale, ticks, title: title.to_owned() }
    }

    /// An axis along the left side.
    pub fn vertical(scale: Scale, title: &str) -> Self {
        let length = (scale.end - scale.start).abs();
        let most = (length / 34.0).clamp(2.0, 8.0) as usize;
        let fits = |ticks: &[Tick]| {
            ticks.windows(2).all(|pair| match (scale.at(pair[0].value), scale.at(pair[1].value)) {
                (Some(a), Some(b)) => (b - a).abs() >= LABEL + 4.0,
                _ => false,
            })
        };
        let ticks = (1..=most).rev().map(|target| scale.ticks(target)).find(|ticks| fits(ticks)).unwrap_or_default();
        Self { scale, ticks, title: title.to_owned() }
    }

    /// Words in place of numbers: one at each whole number from 0.
    pub fn name_ticks(&mut self, words: &[String]) {
        let tick = |(at, word): (usize, &String)| Tick { value: at as f64, label: word.clone() };
        self.ticks = words.iter().enumerate().map(tick).collect();
    }

    /// Width of the widest label, in pixels.
    pub fn label_width(&self) -> f64 {
        self.ticks.iter().map(|tick| text::width(&tick.label, LABEL)).fold(0.0, f64::max)
    }

    /// Height that [`Axis::draw_below`] needs for labels and title, in pixels.
    pub const BELOW: f64 = 40.0;

    /// Grid lines from `top` to `bottom`, labels and title below.
    pub fn draw_below(&self, top: f64, bottom: f64) -> Markup {
        let (start, end) = (self.scale.start, self.scale.end);
        let title = text::shorten(&self.title, LABEL, end + 4.0);
        // A title wider than its axis grows to the left, into the room of the row labels, and never past the edge.
        let half = text::width(&title, LABEL) / 2.0;
        let middle = ((start + end) / 2.0).min(end + 4.0 - half).max(half);
        html! {
            @for tick in &self.ticks {
                @if let Some(x) = self.scale.at(tick.value) {
                    line class="grid" x1=(Px(x)) x2=(Px(x)) y1=(Px(top)) y2=(Px(bottom)) {}
                    text class="tick" x=(Px(x)) y=(Px(bottom + 16.0)) text-anchor="middle" { (tick.label) }
                }
            }
            line class="axis" x1=(Px(start)) x2=(Px(end)) y1=(Px(bottom)) y2=(Px(bottom)) {}
            text class="axis-title" x=(Px(middle)) y=(Px(bottom + 34.0)) text-anchor="middle" { (title) }
        }
    }

    /// Height that [`Axis::draw_left`] needs above the plot for the title, in pixels.
    pub const ABOVE: f64 = 22.0;

    /// Grid lines from `left` to `right` and labels to the left. The title stands above, written level, where it is
    /// read without turning one's head.
    pub fn draw_left(&self, left: f64, right: f64) -> Markup {
        let top = self.scale.start.min(self.scale.end);
        html! {
            @for tick in &self.ticks {
                @if let Some(y) = self.scale.at(tick.value) {
                    line class="grid" x1=(Px(left)) x2=(Px(right)) y1=(Px(y)) y2=(Px(y)) {}
                    text class="tick" x=(Px(left - 6.0)) y=(Px(y + 4.0)) text-anchor="end" { (tick.label) }
                }
            }
            text class="axis-title" x="0" y=(Px(top - 9.0)) { (text::shorten(&self.title, LABEL, right)) }
        }
    }
}

/// The smallest range that holds every finite value.
pub fn range(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|value| value.is_finite()).fold(None, |range, value| match range {
        Some((low, high)) => Some((value.min(low), value.max(high))),
        None => Some((value, value)),
    })
}

/// `range` with a margin of `share` of its length at either end.
pub fn padded((low, high): (f64, f64), share: f64) -> (f64, f64) {
    let margin = (high - low) * share;
    (low - margin, high + margin)
}

/// `range` with a margin that looks the same at either end of a logarithmic axis; needs `low > 0`.
pub fn padded_log((low, high): (f64, f64), share: f64) -> (f64, f64) {
    let factor = (high / low).powf(share);
    (low / factor, high * factor)
}

/// Ticks at whole multiples of 1, 2 or 5 times a power of ten inside the range, about `target` of them.
pub fn nice_ticks(low: f64, high: f64, target: usize) -> Vec<Tick> {
    let (low, high) = widened(low, high);
    let rough = (high - low) / target.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|step| *step >= rough * 0.999);
    let step = step.unwrap_or(10.0 * power);
    let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
    let largest = low.abs().max(high.abs());
    (first..=last.min(first + 100))
        .map(|index| {
            // The multiple of a power below 1 is a division, which is exact to the last digit; 3 * 0.1 is not.
            let value = if step < 1.0 { index as f64 / (1.0 / step).round() } else { index as f64 * step };
            Tick { value, label: tick_label(value, step, largest) }
        })
        .collect()
}

/// Ticks at powers of ten, with 2 and 5 times them where there is room.
pub fn log_ticks(low: f64, high: f64, target: usize) -> Vec<Tick> {
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let inside = |multiples: &[f64], every: usize| -> Vec<Tick> {
        (first..=last)
            .filter(|power| power.rem_euclid(every as i32) == 0)
            .flat_map(|power| multiples.iter().map(move |m| (power, m * 10f64.powi(power))))
            .filter(|(_, value)| (low * 0.999_999..=high * 1.000_001).contains(value))
            .map(|(power, value)| Tick { value, label: log_label(power, value) })
            .collect()
    };
    for multiples in [&[1.0, 2.0, 5.0][..], &[1.0, 3.0], &[1.0]] {
        let ticks = inside(multiples, 1);
        if ticks.len() <= target.max(2) && ticks.len() >= 2 {
            return ticks;
        }
    }
    let decades = (last - first).max(1) as usize;
    inside(&[1.0], decades.div_ceil(target.max(1)).max(1))
}

fn tick_label(value: f64, step: f64, largest: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let (low, high) = (step.log10().floor(), largest.log10().floor());
    if high >= 6.0 || low <= -5.0 {
        return number::power_of_ten(value, (high - low).clamp(0.0, 3.0) as usize);
    }
    number::fixed(value, (-low).max(0.0) as usize)
}

fn log_label(power: i32, value: f64) -> String {
    if (-3..=4).contains(&power) {
        number::fixed(value, (-power).max(0) as usize)
    } else {
        number::power_of_ten(value, 0)
    }
}

/// A range that can be divided: finite, rising, and wider than what a float can tell apart.
fn widened(low: f64, high: f64) -> (f64, f64) {
    if !low.is_finite() || !high.is_finite() {
        return (0.0, 1.0);
    }
    let (low, high) = (low.min(high).max(-LARGEST), low.max(high).min(LARGEST));
    let size = low.abs().max(high.abs());
    if size > SMALLEST && high - low > size * 1e-9 && (high - low).is_finite() {
        return (low, high);
    }
    let margin = if size > SMALLEST { size * 0.1 } else { 1.0 };
    if low > 0.0 { (low - margin.min(low / 2.0), high + margin) } else { (low - margin, high + margin) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_numbers_inside_the_range() {
        assert_eq!(labels(&nice_ticks(0.0, 1.0, 5)), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(&nice_ticks(0.62, 0.91, 6)), ["0.65", "0.70", "0.75", "0.80", "0.85", "0.90"]);
        assert_eq!(labels(&nice_ticks(-3.0, 4.0, 4)), ["\u{2212}2", "0", "2", "4"]);
        assert_eq!(labels(&nice_ticks(0.0, 40_000.0, 2)), ["0", "20\u{202f}000", "40\u{202f}000"]);
        assert_eq!(nice_ticks(0.0, 0.5, 5)[3].value, 0.3);
    }

    #[test]
    fn a_range_of_one_value_or_of_none_still_has_ticks() {
        for (low, high) in [
            (0.7, 0.7),
            (0.0, 0.0),
            (f64::NAN, 1.0),
            (-2.0, -2.0),
            (1e300, 1e300),
            (-1.7e308, 1.7e308),
            (5e-324, 5e-324),
        ] {
            assert!(!nice_ticks(low, high, 5).is_empty(), "{low} {high}");
            let scale = Scale::linear((low, high), (0.0, 100.0));
            assert!(scale.at(if low.is_nan() { 0.5 } else { low }).is_some());
        }
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten() {
        assert_eq!(labels(&log_ticks(0.01, 10.0, 4)), ["0.01", "0.1", "1", "10"]);
        assert_eq!(labels(&log_ticks(0.1, 1.0, 6)), ["0.1", "0.2", "0.5", "1"]);
        assert_eq!(labels(&log_ticks(1e-9, 1e3, 4)), ["10⁻⁹", "10⁻⁶", "0.001", "1", "1000"]);
    }

    #[test]
    fn a_logarithmic_axis_that_reaches_zero_is_linear() {
        let scale = Scale::logarithmic((0.0, 10.0), (0.0, 100.0));
        assert_eq!(scale.at(5.0), Some(50.0));
        let scale = Scale::logarithmic((1.0, 100.0), (0.0, 100.0));
        assert!((scale.at(10.0).unwrap_or_default() - 50.0).abs() < 1e-9);
        assert_eq!(scale.at(0.0), None);
    }

    #[test]
    fn labels_along_the_bottom_do_not_overlap() {
        for length in [60.0, 150.0, 400.0] {
            for range in [(0.0, 1.0), (123_456.0, 123_457.0), (-1e-7, 1e-7), (0.0, 4e12)] {
                let axis = Axis::horizontal(Scale::linear(range, (0.0, length)), "x");
                let ends: Vec<(f64, f64)> = axis
                    .ticks
                    .iter()
                    .filter_map(|tick| {
                        let half = text::width(&tick.label, LABEL) / 2.0;
                        axis.scale.at(tick.value).map(|x| (x - half, x + half))
                    })
                    .collect();
                assert!(ends.windows(2).all(|pair| pair[0].1 < pair[1].0), "{length} {range:?}");
            }
        }
    }
}
