//! Lines of sixteen channels, and vectors of all of them: the one as the other.

use super::LANES;

/// Lanes and places that are turned at a time: what fits into small vectors.
const SQUARE: usize = 4;

type Square = [[f32; SQUARE]; SQUARE];

/// `lanes` lines, so far from each other, to `[places, 16]`. At most sixteen; what `to` has for others stays.
pub(super) fn interleave(lines: &[f32], apart: usize, lanes: usize, to: &mut [f32]) {
    let places = to.len() / LANES;
    let whole = if lanes == LANES { places / SQUARE * SQUARE } else { 0 };
    for place in (0..whole).step_by(SQUARE) {
        for lane in (0..LANES).step_by(SQUARE) {
            let square = turned(std::array::from_fn(|i| four(lines, (lane + i) * apart + place)));
            for (i, values) in square.iter().enumerate() {
                to[(place + i) * LANES + lane..][..SQUARE].copy_from_slice(values);
            }
        }
    }
    for lane in 0..lanes {
        let line = &lines[lane * apart + whole..][..places - whole];
        let to = to[whole * LANES..].iter_mut().skip(lane).step_by(LANES);
        to.zip(line).for_each(|(to, value)| *to = *value);
    }
}

/// `[places, 16]` to sixteen lines, one after the other.
pub(super) fn separate(from: &[f32], lines: &mut [f32]) {
    let places = from.len() / LANES;
    let whole = places / SQUARE * SQUARE;
    for place in (0..whole).step_by(SQUARE) {
        for lane in (0..LANES).step_by(SQUARE) {
            let square = turned(std::array::from_fn(|i| four(from, (place + i) * LANES + lane)));
            for (i, values) in square.iter().enumerate() {
                lines[(lane + i) * places + place..][..SQUARE].copy_from_slice(values);
            }
        }
    }
    for place in whole..places {
        for (lane, value) in from[place * LANES..][..LANES].iter().enumerate() {
            lines[lane * places + place] = *value;
        }
    }
}

#[inline(always)]
fn four(values: &[f32], at: usize) -> [f32; SQUARE] {
    let values = &values[at..at + SQUARE];
    [values[0], values[1], values[2], values[3]]
}

#[inline(always)]
fn turned(square: Square) -> Square {
    std::array::from_fn(|i| std::array::from_fn(|j| square[j][i]))
}
