//! Histograms of two or more groups over the same bins, each as a share of its group.

use super::axis::{Axis, Scale, range};
use super::{Px, path, svg};
use maud::{Markup, html};

const HEIGHT: f64 = 250.0;
const BINS: std::ops::RangeInclusive<usize> = 8..=40;

/// A histogram.
pub struct Histogram<'a> {
    /// What is measured, with its unit.
    pub axis: &'a str,
    /// Name and values; what is not finite is left out.
    pub groups: Vec<(&'a str, &'a [f64])>,
    /// In words.
    pub description: &'a str,
}

/// Draws the histogram `width` pixels wide. Series follow the order of the groups; a line marks each group's mean.
pub fn draw(histogram: &Histogram, width: f64) -> Markup {
    let groups: Vec<Vec<f64>> = histogram.groups.iter().map(|group| finite(group.1)).collect();
    let edges = bin_edges(&groups.concat());
    let shares: Vec<Vec<f64>> = groups.iter().map(|values| share_by_bin(values, &edges)).collect();
    let tallest = shares.iter().flatten().copied().fold(0.0, f64::max).max(1e-9);
    let (top, bottom) = (Axis::ABOVE + 4.0, HEIGHT - Axis::BELOW);
    let y = Axis::vertical(Scale::linear((0.0, tallest * 1.06), (bottom, top)), "share of the group (%)");
    let (left, right) = (y.label_width() + 10.0, width - 12.0);
    let ends = (edges.first().copied().unwrap_or(0.0), edges.last().copied().unwrap_or(1.0));
    let x = Axis::horizontal(Scale::linear(ends, (left, right)), histogram.axis);
    let outline = |shares: &[f64]| {
        let mut points = vec![(ends.0, 0.0)];
        for (share, bin) in shares.iter().zip(edges.windows(2)) {
            points.extend([(bin[0], *share), (bin[1], *share)]);
        }
        points.push((ends.1, 0.0));
        path(points.into_iter().map(|(px, py)| Some((x.scale.at(px)?, y.scale.at(py)?))))
    };
    let body = html! {
        (y.draw_left(left, right))
        (x.draw_below(bottom, bottom + 4.0))
        @for (series, shares) in shares.iter().enumerate() {
            path class={ "bins s" (series) } d=(outline(shares)) { title { (histogram.groups[series].0) } }
        }
        @for (series, values) in groups.iter().enumerate() {
            @let mean = values.iter().sum::<f64>() / values.len() as f64;
            @if let Some(px) = x.scale.at(mean) {
                line class={ "group-mean s" (series) } x1=(Px(px)) x2=(Px(px)) y1=(Px(top)) y2=(Px(bottom)) {}
            }
        }
    };
    svg(width, HEIGHT, histogram.axis, histogram.description, body)
}

fn finite(values: &[f64]) -> Vec<f64> {
    values.iter().copied().filter(|value| value.is_finite()).collect()
}

/// Bins of one width over all values: Freedman and Diaconis (1981), between 8 and 40 of them.
fn bin_edges(values: &[f64]) -> Vec<f64> {
    let Some((low, high)) = range(values.iter().copied()) else {
        return vec![0.0, 1.0];
    };
    if high <= low {
        let margin = if low == 0.0 { 0.5 } else { low.abs() * 0.1 };
        return vec![low - margin, low + margin];
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let quantile = |share: f64| sorted[((sorted.len() - 1) as f64 * share).round() as usize];
    let width = 2.0 * (quantile(0.75) - quantile(0.25)) / (sorted.len() as f64).cbrt();
    let wanted = if width > 0.0 { ((high - low) / width).ceil() as usize } else { *BINS.start() };
    let bins = wanted.clamp(*BINS.start(), *BINS.end());
    (0..=bins).map(|index| low + (high - low) * index as f64 / bins as f64).collect()
}

/// How much of `values` lies in each bin, in percent; the last bin has both its edges.
fn share_by_bin(values: &[f64], edges: &[f64]) -> Vec<f64> {
    let bins = edges.len().saturating_sub(1);
    let mut shares = vec![0.0; bins];
    for value in values {
        let at = edges.partition_point(|edge| edge <= value).saturating_sub(1).min(bins.saturating_sub(1));
        if let Some(share) = shares.get_mut(at) {
            *share += 100.0 / values.len() as f64;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_falls_into_one_bin() {
        let values: Vec<f64> = (0..1000).map(|i| (f64::from(i) * 0.618).fract() * 3.0 - 1.0).collect();
        let edges = bin_edges(&values);
        let total: f64 = share_by_bin(&values, &edges).iter().sum();
        assert!((total - 100.0).abs() < 1e-9, "{total}");
        assert!(BINS.contains(&(edges.len() - 1)));
    }

    #[test]
    fn one_value_or_none_has_a_bin() {
        assert_eq!(bin_edges(&[]), [0.0, 1.0]);
        assert_eq!(share_by_bin(&[2.0, 2.0], &bin_edges(&[2.0, 2.0])), [100.0]);
    }
}
