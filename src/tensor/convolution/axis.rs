//! One axis of a convolution, and how its gradient falls into phases.
//!
//! A place `i` of what is read is reached from place `o` of what is made by tap `t` where `i + before = o stride + t dilation`.
//! Places whose `i + before` have the same rest by the stride, a phase, are reached by the same taps, and from one place of a phase
//! to the next `o` counts up by one. So the gradient of each phase is a convolution of stride 1 with every so many-th tap:
//!
//! ```text
//!  stride 2, kernel 3         kernel 1: the odd places are reached by no tap
//!  even: taps 0, 2            even: tap 0
//!  odd:  tap 1                odd:  none, and the gradient is 0
//! ```

/// One axis of a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Axis {
    /// Extent of what is read.
    pub read: usize,
    /// Extent of what is made.
    pub made: usize,
    /// Taps.
    pub kernel: usize,
    /// From one place of what is made to the next.
    pub stride: usize,
    /// From one tap to the next.
    pub dilation: usize,
    /// Zeros before the first element; where negative, elements that are passed over.
    pub before: isize,
}

/// The places of an axis that are reached by the same taps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Phase {
    /// The first place; those that follow are a stride apart.
    pub first: usize,
    /// The first tap.
    pub tap: usize,
    /// From one tap to the next.
    pub step: usize,
    /// The convolution of what was made that gives the gradient, of the taps in the opposite order. `kernel` is 0 where no tap reaches.
    pub axis: Axis,
}

impl Axis {
    /// Zeros after the last element; where negative, elements that are not read.
    pub fn after(&self) -> isize {
        let reach = (self.made.saturating_sub(1) * self.stride + (self.kernel.max(1) - 1) * self.dilation + 1) as isize;
        reach - self.before - self.read as isize
    }

    /// The phases that have a place.
    pub fn phases(&self) -> Vec<Phase> {
        (0..self.stride).filter_map(|rest| self.phase(rest)).collect()
    }

    fn phase(&self, rest: usize) -> Option<Phase> {
        let (stride, before) = (self.stride as isize, self.before);
        // Places are rest + stride q - before, from the first that is not negative.
        let first_turn =
            (before - rest as isize).div_euclid(stride) + isize::from((before - rest as isize).rem_euclid(stride) != 0);
        let first = usize::try_from(rest as isize + stride * first_turn - before).ok()?;
        let places = self.read.checked_sub(first)?.div_ceil(self.stride);
        if places == 0 {
            return None;
        }
        let common = greatest_common_divisor(self.dilation, self.stride);
        let step = self.stride / common;
        let tap = (0..step).find(|tap| (tap * self.dilation) % self.stride == rest).filter(|tap| *tap < self.kernel);
        let none = Axis { read: self.made, made: places, kernel: 0, stride: 1, dilation: 1, before: 0 };
        let Some(tap) = tap else { return Some(Phase { first, tap: 0, step: 1, axis: none }) };
        let taps = (self.kernel - tap).div_ceil(step);
        let dilation = self.dilation / common;
        let offset = ((tap * self.dilation - rest) / self.stride) as isize;
        let before = offset + ((taps - 1) * dilation) as isize - first_turn;
        Some(Phase { first, tap, step, axis: Axis { kernel: taps, dilation, before, ..none } })
    }
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pairs of places and taps by which a place of what is read is reached, from the definition.
    fn reached(axis: &Axis, place: usize) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for made in 0..axis.made {
            for tap in 0..axis.kernel {
                if place as isize + axis.before == (made * axis.stride + tap * axis.dilation) as isize {
                    pairs.push((made, tap));
                }
            }
        }
        pairs.sort_unstable();
        pairs
    }

    #[test]
    fn every_place_is_in_one_phase_whose_taps_are_those_that_reach_it() {
        for read in 1..9 {
            for kernel in 1..5 {
                for stride in 1..5 {
                    for dilation in 1..4 {
                        for before in -2..4 {
                            for made in 1..6 {
                                check(&Axis { read, made, kernel, stride, dilation, before });
                            }
                        }
                    }
                }
            }
        }
    }

    fn check(axis: &Axis) {
        let mut seen = vec![false; axis.read];
        for Phase { first, tap, step, axis: phase } in axis.phases() {
            for turn in 0..phase.made {
                let place = first + turn * axis.stride;
                assert!(!std::mem::replace(&mut seen[place], true), "{axis:?}: {place} twice");
                let mut found = Vec::new();
                for flipped in 0..phase.kernel {
                    let read = turn as isize - phase.before + (flipped * phase.dilation) as isize;
                    if let Some(made) = usize::try_from(read).ok().filter(|made| *made < axis.made) {
                        found.push((made, tap + (phase.kernel - 1 - flipped) * step));
                    }
                }
                found.sort_unstable();
                assert_eq!(found, reached(axis, place), "{axis:?}, place {place}");
            }
        }
        assert!(seen.iter().all(|seen| *seen), "{axis:?}: not all places");
    }
}
