//! Percentiles with linear interpolation (numpy's default), of one image or of all training images together.

use ndarray::Array4;

/// A percentile (0 to 100) of values in ascending order; 0 for no values.
pub fn percentile_of_sorted(sorted: &[f32], percent: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let at = percent / 100.0 * last as f64;
    let low = (at.floor().max(0.0) as usize).min(last);
    let high = (low + 1).min(last);
    between(f64::from(sorted[low]), f64::from(sorted[high]), at - low as f64)
}

/// The same of values in any order, which are put in another: as far as the percentiles need it they are sorted.
pub fn percentiles_of(values: &mut [f32], percents: &[f64]) -> Vec<f64> {
    let last = values.len().saturating_sub(1);
    let mut ranks: Vec<usize> = percents
        .iter()
        .map(|percent| (percent / 100.0 * last as f64).floor().max(0.0) as usize)
        .flat_map(|low| [low.min(last), low.saturating_add(1).min(last)])
        .collect();
    ranks.sort_unstable();
    ranks.dedup();
    place(values, 0, &ranks);
    percents.iter().map(|percent| percentile_of_sorted(values, *percent)).collect()
}

/// Brings the values of some ranks, ascending, to their places; `first` is the rank of the first value.
fn place(values: &mut [f32], first: usize, ranks: &[usize]) {
    let middle = ranks.len() / 2;
    let Some(at) = ranks.get(middle).and_then(|rank| rank.checked_sub(first)).filter(|at| *at < values.len()) else {
        return;
    };
    let (below, _, above) = values.select_nth_unstable_by(at, f32::total_cmp);
    place(below, first, &ranks[..middle]);
    place(above, first + at + 1, &ranks[middle + 1..]);
}

/// numpy's interpolation, which is exact at both ends.
fn between(a: f64, b: f64, share: f64) -> f64 {
    if share >= 0.5 { b - (b - a) * (1.0 - share) } else { a + (b - a) * share }
}

/// A number whose order as `u32` is the order of the floats.
fn ordered(value: f32) -> u32 {
    let bits = value.to_bits();
    if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }
}

fn unordered(key: u32) -> f32 {
    f32::from_bits(if key >> 31 == 1 { key & !(1 << 31) } else { !key })
}

/// Exact percentiles of any number of images in two passes and half a mebibyte: the first counts the upper 16 bits
/// of every value, the second the lower 16 bits of the values near the percentiles.
#[derive(Debug, Clone)]
pub struct PooledPercentiles {
    ranks: Vec<(u64, u64, f64)>,
    /// Upper halves looked into, ascending, with the number of values before each.
    buckets: Vec<(u32, u64)>,
}

/// Counts of upper halves.
pub type Counts = Vec<u64>;

/// Counts for the first pass, of one image.
pub fn count_upper(image: &Array4<f32>, counts_in: impl Fn(f32) -> bool) -> Counts {
    let mut counts = vec![0_u64; 1 << 16];
    for value in image.iter().filter(|v| counts_in(**v)) {
        counts[(ordered(*value) >> 16) as usize] += 1;
    }
    counts
}

/// Adds counts; the order does not matter.
pub fn add(mut a: Counts, b: &Counts) -> Counts {
    a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
    a
}

impl PooledPercentiles {
    /// From the first pass over all images. `None` where no voxel counts.
    pub fn new(counts: &Counts, percents: &[f64]) -> Option<Self> {
        let total: u64 = counts.iter().sum();
        let last = total.checked_sub(1)?;
        let ranks: Vec<(u64, u64, f64)> = percents
            .iter()
            .map(|percent| {
                let at = percent / 100.0 * last as f64;
                let low = (at.floor().max(0.0) as u64).min(last);
                (low, (low + 1).min(last), at - low as f64)
            })
            .collect();
        let mut buckets = Vec::new();
        let mut before = 0;
        for (upper, count) in counts.iter().enumerate() {
            let inside = before..before + count;
            if ranks.iter().any(|(low, high, _)| inside.contains(low) || inside.contains(high)) {
                buckets.push((upper as u32, before));
            }
            before += count;
        }
        Some(Self { ranks, buckets })
    }

    /// Counts for the second pass, of one image.
    pub fn count_lower(&self, image: &Array4<f32>, counts_in: impl Fn(f32) -> bool) -> Counts {
        let mut counts = vec![0_u64; self.buckets.len() << 16];
        for value in image.iter().filter(|v| counts_in(**v)) {
            let key = ordered(*value);
            if let Ok(bucket) = self.buckets.binary_search_by_key(&(key >> 16), |b| b.0) {
                counts[bucket << 16 | (key & 0xffff) as usize] += 1;
            }
        }
        counts
    }

    /// The percentiles, from the second pass over all images.
    pub fn finish(&self, counts: &Counts) -> Vec<f64> {
        let value_at = |rank: u64| -> f64 {
            let bucket = self.buckets.partition_point(|(_, before)| *before <= rank).saturating_sub(1);
            let (upper, mut before) = self.buckets[bucket];
            for (lower, count) in counts[bucket << 16..(bucket + 1) << 16].iter().enumerate() {
                before += count;
                if before > rank {
                    return f64::from(unordered(upper << 16 | lower as u32));
                }
            }
            f64::from(unordered(upper << 16 | 0xffff))
        };
        self.ranks.iter().map(|(low, high, share)| between(value_at(*low), value_at(*high), *share)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{percentile_of_sorted, percentiles_of};

    #[test]
    fn percentiles_of_values_in_any_order_are_those_of_sorted_ones() {
        let percents = [0.0, 1.0, 10.0, 25.0, 50.0, 50.1, 75.0, 99.0, 99.99, 100.0];
        for n in [0, 1, 2, 3, 10, 101, 5000_u32] {
            let mut values: Vec<f32> = (0..n).map(|i| (i.wrapping_mul(2_654_435_761) >> 20) as f32 - 700.0).collect();
            let mut sorted = values.clone();
            sorted.sort_unstable_by(f32::total_cmp);
            let expected: Vec<f64> = percents.iter().map(|p| percentile_of_sorted(&sorted, *p)).collect();
            assert_eq!(percentiles_of(&mut values, &percents), expected, "{n} values");
        }
    }
}
