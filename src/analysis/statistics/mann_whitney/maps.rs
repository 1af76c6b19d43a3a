//! The Mann-Whitney U test at every voxel of maps.
//!
//! Maps of two groups come in, a test a voxel goes out. Neighbouring voxels are sorted side by side, one a lane of the
//! processor's vectors, by a network of comparisons that is the same whatever the values are (Batcher 1968; Knuth 1998,
//! algorithm 5.2.2M): no branch is mistaken, and voxels are read in the order in which maps hold them. A value takes its
//! group along in the last digit of its double, which no single-precision number uses.

use super::{Alternative, Continuity, MannWhitney, Method, SMALL, asymptotic, lower_tails, mann_whitney};
use crate::error::{AnalysisError, Result, check_size};
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Voxels that are sorted side by side: two vectors of the widest processors.
const LANES: usize = 16;
/// The digit that says that a value is of the second group.
const SECOND: u64 = 1;

/// One value of each of some voxels.
type Lanes = [f64; LANES];

/// What is the same at every voxel.
struct Test<'a> {
    groups: [&'a [&'a [f32]]; 2],
    voxels: usize,
    alternative: Alternative,
    /// Which places are compared, in this order.
    network: Vec<(u32, u32)>,
    /// By U, where there are no ties: the probability of one at least as large.
    at_least: Vec<f64>,
    method: Method,
}

/// Some voxels sorted, compiled for every width of vectors; the loops are plain ones.
struct Sort<'a> {
    network: &'a [(u32, u32)],
    values: &'a mut [Lanes],
}

/// The sorted values of some voxels, added up.
struct Sums {
    /// Places (from 1) of the first group's values.
    places: Lanes,
    /// Whether two values are equal.
    tied: [bool; LANES],
}

/// [`mann_whitney`] of two groups at every voxel of their maps; values that are not numbers are missing.
///
/// # Errors
/// A group without maps, or maps of different length. A voxel that cannot be tested has an error of its own, that of
/// [`mann_whitney`].
pub fn mann_whitney_of_maps(
    first: &[&[f32]],
    second: &[&[f32]],
    alternative: Alternative,
) -> Result<Vec<Result<MannWhitney>>> {
    check_size("the first group of maps", first, 1)?;
    check_size("the second group of maps", second, 1)?;
    let voxels = first[0].len();
    if let Some(other) = first.iter().chain(second).find(|map| map.len() != voxels) {
        return Err(AnalysisError::ShapeMismatch {
            left: "the first map",
            left_shape: vec![voxels],
            right: "another",
            right_shape: vec![other.len()],
        });
    }
    let test = Test::new([first, second], voxels, alternative);
    let blocks = (0..voxels.div_ceil(LANES)).into_par_iter();
    let space = || vec![[0.0; LANES]; first.len() + second.len()];
    Ok(blocks.map_init(space, |values, block| test.block(block * LANES, values)).flatten_iter().collect())
}

impl<'a> Test<'a> {
    fn new(groups: [&'a [&'a [f32]]; 2], voxels: usize, alternative: Alternative) -> Self {
        let [n1, n2] = groups.map(<[_]>::len);
        let method = if n1.min(n2) <= SMALL { Method::Exact } else { Method::Asymptotic };
        let pairs = n1 * n2;
        let at_least = match method {
            Method::Exact => {
                let tails = lower_tails(pairs, n1, n2);
                let of = |u: usize| {
                    if 2 * u >= pairs { tails[pairs - u] } else { u.checked_sub(1).map_or(1.0, |u| 1.0 - tails[u]) }
                };
                (0..=pairs).map(of).collect()
            }
            // Few voxels ask for few of them.
            Method::Asymptotic if pairs > 4 * voxels => Vec::new(),
            Method::Asymptotic => (0..=pairs)
                .into_par_iter()
                .map(|u| asymptotic(u as f64, n1 as f64, n2 as f64, 0.0, Continuity::Corrected))
                .collect(),
        };
        Self { groups, voxels, alternative, network: network(n1 + n2), at_least, method }
    }

    /// The tests of up to `LANES` voxels.
    fn block(&self, from: usize, values: &mut [Lanes]) -> Vec<Result<MannWhitney>> {
        let lanes = LANES.min(self.voxels - from);
        let maps =
            self.groups.iter().zip([0, SECOND]).flat_map(|(maps, group)| maps.iter().map(move |map| (map, group)));
        let mut finite = [true; LANES];
        for (values, (map, group)) in values.iter_mut().zip(maps) {
            for (lane, value) in map[from..from + lanes].iter().enumerate() {
                finite[lane] &= value.is_finite();
                values[lane] = f64::from_bits(f64::from(*value).to_bits() | group);
            }
        }
        // What is no number is in no order; these voxels are tested by themselves.
        for lane in (0..lanes).filter(|lane| !finite[*lane]) {
            values.iter_mut().for_each(|values| values[lane] = 0.0);
        }
        let sums = Arch::new().dispatch(Sort { network: &self.network, values: &mut *values });
        let test = |lane: usize| match (finite[lane], sums.tied[lane]) {
            (false, _) => self.alone(from + lane),
            (true, false) => Ok(self.untied(sums.places[lane])),
            (true, true) => Ok(self.tied(values.iter().map(|values| values[lane]))),
        };
        (0..lanes).map(test).collect()
    }

    /// A voxel with values that are missing, or infinite.
    fn alone(&self, voxel: usize) -> Result<MannWhitney> {
        let [first, second] = self.groups.map(|maps| {
            maps.iter().map(|map| f64::from(map[voxel])).filter(|value| !value.is_nan()).collect::<Vec<_>>()
        });
        mann_whitney(&first, &second, self.alternative)
    }

    fn untied(&self, places: f64) -> MannWhitney {
        let [n1, n2] = self.groups.map(|maps| maps.len() as f64);
        let u = places - n1 * (n1 + 1.0) / 2.0;
        let at_least = |u: f64| match self.at_least.get(u as usize) {
            Some(p) => *p,
            None => asymptotic(u, n1, n2, 0.0, Continuity::Corrected),
        };
        self.found(u, self.method, at_least)
    }

    /// From sorted values of which some are equal.
    fn tied(&self, sorted: impl Iterator<Item = f64>) -> MannWhitney {
        let [n1, n2] = self.groups.map(|maps| maps.len() as f64);
        let (mut ranks, mut ties) = (0.0, 0.0);
        // Of the values equal to the last one: the value, how many came before, how many these are, how many are of the first.
        let (mut value, mut before, mut equal, mut firsts) = (f64::NAN, 0.0, 0.0, 0.0);
        for next in sorted {
            let bits = next.to_bits();
            if f64::from_bits(bits & !SECOND) != value {
                ranks += firsts * (before + (equal + 1.0) / 2.0);
                ties += equal * equal * equal - equal;
                (value, before, equal, firsts) = (f64::from_bits(bits & !SECOND), before + equal, 0.0, 0.0);
            }
            equal += 1.0;
            firsts += if bits & SECOND == 0 { 1.0 } else { 0.0 };
        }
        ranks += firsts * (before + (equal + 1.0) / 2.0);
        ties += equal * equal * equal - equal;
        let u = ranks - n1 * (n1 + 1.0) / 2.0;
        self.found(u, Method::Asymptotic, |u| asymptotic(u, n1, n2, ties, Continuity::Corrected))
    }

    fn found(&self, u: f64, method: Method, at_least: impl Fn(f64) -> f64) -> MannWhitney {
        let sizes = self.groups.map(<[_]>::len);
        let pairs = (sizes[0] * sizes[1]) as f64;
        let p_value = match self.alternative {
            // Of the two tails only the smaller one counts.
            Alternative::TwoSided => {
                let tail = at_least(u.max(pairs - u));
                self.alternative.p_value(tail, tail)
            }
            Alternative::Less => self.alternative.p_value(at_least(pairs - u), 1.0),
            Alternative::Greater => self.alternative.p_value(1.0, at_least(u)),
        };
        MannWhitney { u, p_value, method, rank_biserial: 2.0 * u / pairs - 1.0, sizes }
    }
}

impl WithSimd for Sort<'_> {
    type Output = Sums;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Sums {
        let values = self.values;
        for &(low, high) in self.network {
            let (a, b) = (values[low as usize], values[high as usize]);
            let (mut smaller, mut larger) = (a, b);
            for lane in 0..LANES {
                smaller[lane] = if a[lane] < b[lane] { a[lane] } else { b[lane] };
                larger[lane] = if a[lane] < b[lane] { b[lane] } else { a[lane] };
            }
            values[low as usize] = smaller;
            values[high as usize] = larger;
        }
        let (mut places, mut ties, mut last) = ([0.0; LANES], [0_u64; LANES], [f64::NAN; LANES]);
        for (place, sorted) in values.iter().enumerate() {
            let place = place as f64 + 1.0;
            for lane in 0..LANES {
                let bits = sorted[lane].to_bits();
                let value = f64::from_bits(bits & !SECOND);
                places[lane] += if bits & SECOND == 0 { place } else { 0.0 };
                ties[lane] |= u64::from(value == last[lane]);
                last[lane] = value;
            }
        }
        Sums { places, tied: ties.map(|ties| ties != 0) }
    }
}

/// Batcher's network for `n` values: pairs of places, the smaller value to the first.
fn network(n: usize) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    let top = n.next_power_of_two() / 2;
    let mut p = top;
    while p > 0 {
        let (mut q, mut r, mut d) = (top, 0, p);
        loop {
            pairs.extend((0..n.saturating_sub(d)).filter(|i| i & p == r).map(|i| (i as u32, (i + d) as u32)));
            if q == p {
                break;
            }
            (d, q, r) = (q - p, q / 2, p);
        }
        p /= 2;
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use Alternative::{Greater, Less, TwoSided};

    /// Maps of 37 voxels: without ties, with some, with nothing but two values, and all the same.
    fn maps(n: usize, step: usize) -> Vec<Vec<f32>> {
        let value = |map: usize, voxel: usize| {
            let number = ((map + step) * 7919 + voxel * 104_729 + map * voxel * 31) % 10_007;
            match voxel % 4 {
                0 => number as f32 / 7.0 - 600.0,
                1 => (number % 20) as f32 - 10.0,
                2 => {
                    if number.is_multiple_of(3) {
                        0.0
                    } else {
                        -0.0
                    }
                }
                _ => (number % 2) as f32,
            }
        };
        (0..n).map(|map| (0..37).map(|voxel| value(map, voxel)).collect()).collect()
    }

    fn views(maps: &[Vec<f32>]) -> Vec<&[f32]> {
        maps.iter().map(Vec::as_slice).collect()
    }

    #[test]
    fn voxels_at_once_are_each_as_by_itself() {
        for (n1, n2) in [(1, 1), (3, 5), (8, 20), (9, 9), (20, 31), (100, 77)] {
            let (first, second) = (maps(n1, 3), maps(n2, 1003));
            for alternative in [TwoSided, Less, Greater] {
                let found = mann_whitney_of_maps(&views(&first), &views(&second), alternative).unwrap();
                assert_eq!(found.len(), 37);
                for (voxel, found) in found.into_iter().enumerate() {
                    let of = |maps: &[Vec<f32>]| maps.iter().map(|map| f64::from(map[voxel])).collect::<Vec<_>>();
                    assert_eq!(found, mann_whitney(&of(&first), &of(&second), alternative), "{n1} {n2} {voxel}");
                }
            }
        }
    }

    #[test]
    fn what_is_missing_is_missing_at_its_voxel_alone() {
        let (mut first, second) = (maps(12, 3), maps(10, 1003));
        first[2][5] = f32::NAN;
        first[3][8] = f32::INFINITY;
        first.iter_mut().for_each(|map| map[9] = f32::NAN);
        let found = mann_whitney_of_maps(&views(&first), &views(&second), TwoSided).unwrap();
        assert_eq!(found[5].as_ref().unwrap().sizes, [11, 10]);
        assert_eq!(found[6].as_ref().unwrap().sizes, [12, 10]);
        assert!(matches!(found[8], Err(AnalysisError::NotFinite { .. })));
        assert!(matches!(found[9], Err(AnalysisError::Empty { .. })));
        assert!(mann_whitney_of_maps(&views(&first), &[], TwoSided).is_err());
        let short = vec![0.0; 36];
        assert!(matches!(
            mann_whitney_of_maps(&views(&first), &[&short], TwoSided),
            Err(AnalysisError::ShapeMismatch { .. })
        ));
    }

    #[test]
    fn networks_sort_whatever_is_put_in() {
        // A network that sorts every list of noughts and ones sorts every list.
        for n in 1..=12_usize {
            for bits in 0..1_u32 << n {
                let mut list: Vec<u32> = (0..n).map(|i| bits >> i & 1).collect();
                for (a, b) in network(n) {
                    let (a, b) = (a as usize, b as usize);
                    if list[a] > list[b] {
                        list.swap(a, b);
                    }
                }
                assert!(list.is_sorted(), "{n} {bits:b}");
            }
        }
    }
}
