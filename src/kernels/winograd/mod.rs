//! Convolutions of small kernels with fewer products: Winograd's minimal filtering (1980), as Lavin and Gray put it for
//! networks (2016, arXiv:1509.09308).
//!
//! ```text
//!  image ───lay──▶ Blocks ──B'──▶ [position, tile, channel] ───┐
//!                                                              ├─ a product of matrices a position ──A'──▶ image
//!  weights ──────────────────G──▶ [position, channel, filter] ─┘
//! ```
//!
//! Two neighbours that a kernel of 3 makes are sums of 4 products where their definition has 6 ([`Taps`]); over three axes 64 do
//! for 216, over two 16 for 36. A kernel of 4 in steps of 2 is two kernels of 2 on every other element: 27 for 64. What it
//! costs are sums before and after, which is why few channels stay with [`correlate`](super::correlate).
//!
//! The gradient of the image is a convolution of the same kind. That of the weights is the adjoint: the same sums, transposed, and
//! tiles in place of channels in the products.

mod blocks;
mod correlation;
mod filters;
mod interleave;
mod product;
mod tiles;
mod weights;

pub(super) use correlation::{forward, input_gradient};
pub(super) use weights::weight_gradient;

use super::Geometry;

/// Channels that are computed together: a vector of the widest processors.
const LANES: usize = 16;

/// How many elements of the image one result needs along an axis, and with that how neighbours are computed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taps {
    One,
    Two,
    Three,
}

impl Taps {
    /// Of a kernel in steps; `None` where they are not those of some number of [`Taps`].
    fn of(kernel: usize, stride: usize) -> Option<Self> {
        match (kernel, stride) {
            (1, 1) => Some(Self::One),
            (2, 1) | (4, 2) => Some(Self::Two),
            (3, 1) => Some(Self::Three),
            _ => None,
        }
    }

    /// How many there are.
    fn count(self) -> usize {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three => 3,
        }
    }

    /// Results of a tile.
    fn made(self) -> usize {
        match self {
            Self::One => 1,
            Self::Two | Self::Three => 2,
        }
    }

    /// Elements of a tile, and products.
    fn read(self) -> usize {
        self.made() + self.count() - 1
    }

    /// `B'`: each product's element, and the one that is added to it or taken from it.
    fn elements(self) -> &'static [(usize, Option<(usize, Sign)>)] {
        use Sign::{Minus, Plus};
        match self {
            Self::One => &[(0, None)],
            Self::Two => &[(0, Some((1, Minus))), (1, None), (1, Some((2, Minus)))],
            Self::Three => &[(0, Some((2, Minus))), (1, Some((2, Plus))), (2, Some((1, Minus))), (1, Some((3, Minus)))],
        }
    }

    /// `G`: each product's weight, from those of the taps.
    fn weights(self) -> &'static [&'static [f32]] {
        match self {
            Self::One => &[&[1.0]],
            Self::Two => &[&[1.0, 0.0], &[1.0, 1.0], &[0.0, 1.0]],
            Self::Three => &[&[1.0, 0.0, 0.0], &[0.5, 0.5, 0.5], &[0.5, -0.5, 0.5], &[0.0, 0.0, 1.0]],
        }
    }

    /// `A`: what each product adds to the results of a tile.
    fn results(self) -> &'static [[f32; 2]] {
        match self {
            Self::One => &[[1.0, 0.0]],
            Self::Two => &[[1.0, 0.0], [1.0, 1.0], [0.0, -1.0]],
            Self::Three => &[[1.0, 0.0], [1.0, 1.0], [1.0, -1.0], [0.0, -1.0]],
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Plus,
    Minus,
}

/// A convolution that can be computed so.
#[derive(Debug, Clone, Copy)]
struct Scheme {
    taps: [Taps; 3],
    /// Steps between the elements that one result reads.
    step: [usize; 3],
}

/// Products that the sums before and after those of a tile and a channel take the time of, by product of the tile.
const SUMS: usize = 8;
/// The same of weights: as long as the products of so many tiles.
const WEIGHTS: usize = 48;

impl Scheme {
    /// `None` where the definition is as fast: kernels of other extents, few channels, groups, weights of each row's own. The
    /// geometry is one that is [cut along the first axis](Geometry::cut_along_the_first_axis).
    fn of(geometry: &Geometry) -> Option<Self> {
        if geometry.groups > 1 || geometry.own_weights || geometry.dilation != [1; 3] {
            return None;
        }
        let mut taps = [Taps::One; 3];
        for (axis, taps) in taps.iter_mut().enumerate() {
            *taps = Taps::of(geometry.kernel[axis], geometry.stride[axis])?;
        }
        let scheme = Self { taps, step: geometry.stride };
        // Two axes are summed in registers, and one of them alone is not worth it.
        let known = match taps {
            [Taps::One, ..] => false,
            [_, h, w] => w != Taps::One && (h == w || h == Taps::One),
        };
        let blocks = |channels: usize| channels.next_multiple_of(LANES);
        let (read, made) = (blocks(geometry.inputs) * scheme.parts(), blocks(geometry.outputs));
        let tiles = geometry.rows * scheme.tiles(geometry.made).iter().product::<usize>();
        let products = scheme.positions() * (tiles * (read * made + SUMS * (read + made)) + WEIGHTS * read * made);
        let places = geometry.rows * geometry.made.iter().product::<usize>();
        let defined = geometry.taps() * places * geometry.inputs * geometry.outputs;
        (known && products < defined).then_some(scheme)
    }

    /// Products of a tile, over all axes.
    fn positions(&self) -> usize {
        self.taps.iter().map(|taps| taps.read()).product()
    }

    /// Products of a tile over height and width.
    fn in_plane(&self) -> usize {
        self.taps[1].read() * self.taps[2].read()
    }

    /// The places within a step: what lies alike in it is read by taps of its own.
    fn places(&self) -> Vec<[usize; 3]> {
        let [d, h, w] = self.step;
        (0..d * h * w).map(|at| [at / (h * w), at / w % h, at % w]).collect()
    }

    /// How many there are.
    fn parts(&self) -> usize {
        self.step.iter().product()
    }

    /// For each place within a step, the taps of the kernel that read it, by their number; in reverse for gradients.
    fn kernel_taps(&self, kernel: [usize; 3], reversed: bool) -> Vec<Vec<usize>> {
        let [td, th, tw] = self.taps.map(Taps::count);
        let of_place = |place: [usize; 3]| {
            let number = |at: usize| {
                let steps = [at / (th * tw), at / tw % th, at % tw];
                let tap: [usize; 3] = std::array::from_fn(|axis| {
                    let last = self.taps[axis].count() - 1;
                    let steps = if reversed { last - steps[axis] } else { steps[axis] };
                    self.step[axis] * steps + place[axis]
                });
                (tap[0] * kernel[1] + tap[1]) * kernel[2] + tap[2]
            };
            (0..td * th * tw).map(number).collect()
        };
        self.places().into_iter().map(of_place).collect()
    }

    /// Tiles over an image that is made.
    fn tiles(&self, made: [usize; 3]) -> [usize; 3] {
        std::array::from_fn(|axis| made[axis].div_ceil(self.taps[axis].made()))
    }

    /// How far they read, elements a step apart.
    fn extent(&self, tiles: [usize; 3], step: [usize; 3]) -> [usize; 3] {
        let elements = |axis: usize| (tiles[axis] - 1) * self.taps[axis].made() + self.taps[axis].read();
        std::array::from_fn(|axis| elements(axis) * step[axis])
    }
}
