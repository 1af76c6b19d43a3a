//! The gradient of weights: of each position of the tiles, a product of what is read and of gradients, over tiles.

use super::blocks::Blocks;
use super::filters::Spread;
use super::product::{ByColumns, Product};
use super::tiles::{Read, Unmake};
use super::{Geometry, LANES, Scheme, Taps};
use crate::vectors::vectors;
use pulp::Arch;
use rayon::prelude::*;

/// Tiles whose products are summed in registers before they are added to the rest.
const ROOM: usize = 64;
/// Blocks of channels of a job.
const BLOCKS: usize = 4;
/// Tiles that are enough for a job.
const TILES: usize = 1024;
/// Jobs that share what is summed over tiles: each has sums of its own.
const PARTS: usize = 8;

/// As [`weight_gradient`](crate::weight_gradient); `None` where the definition is as fast.
pub fn weight_gradient(geometry: &Geometry, image: &[f32], gradient: &[f32]) -> Option<Vec<f32>> {
    let scheme = Scheme::of(geometry)?;
    let tiles = scheme.tiles(geometry.made);
    let read = Blocks::lay(image, geometry.inputs, geometry.read, geometry.before, scheme.extent(tiles, scheme.step));
    let whole = std::array::from_fn(|axis| tiles[axis] * scheme.taps[axis].made());
    let made = Blocks::lay(gradient, geometry.outputs, geometry.made, [0; 3], whole);
    let sums = Sums { scheme: &scheme, read: &read, made: &made, places: scheme.places(), tiles };
    Some(sums.run(geometry))
}

struct Sums<'a> {
    scheme: &'a Scheme,
    read: &'a Blocks,
    made: &'a Blocks,
    /// Within a step, each for itself.
    places: Vec<[usize; 3]>,
    /// Of a row.
    tiles: [usize; 3],
}

impl Sums<'_> {
    fn run(&self, geometry: &Geometry) -> Vec<f32> {
        let Self { scheme, read, made, .. } = self;
        let tiles = geometry.rows * self.tiles.iter().product::<usize>();
        // Blocks of channels, those of each place within a step one after the other.
        let blocks: Vec<usize> = (self.places.iter())
            .flat_map(|place| (0..read.blocks).map(|block| block * read.block() + read.offset(*place)))
            .collect();
        let chunks: Vec<&[usize]> = blocks.chunks(BLOCKS).collect();
        let depths = scheme.taps[0].read();
        let parts = (tiles / TILES).clamp(1, PARTS);
        let of_part = tiles.div_ceil(parts).next_multiple_of(ROOM);
        let arch = vectors();
        let sums: Vec<Vec<f32>> = (0..depths * chunks.len() * parts)
            .into_par_iter()
            .map(|job| {
                let (depth, chunk, part) = (job / parts / chunks.len(), job / parts % chunks.len(), job % parts);
                self.products(arch, depth, chunks[chunk], part * of_part..tiles.min((part + 1) * of_part))
            })
            .collect();
        // `[depth, chunk, part][block of filters, position, channels of the chunk, 16]`, over parts.
        let mut of_weights = vec![0.0; geometry.weights()];
        let (inputs, all, in_plane) = (geometry.inputs, geometry.taps(), scheme.in_plane());
        let taps = scheme.kernel_taps(geometry.kernel, false);
        of_weights.par_chunks_mut(LANES * inputs * all).enumerate().for_each(|(filters, to)| {
            let mut spread = Spread::new();
            for (place, taps) in taps.iter().enumerate() {
                for channel in 0..inputs {
                    let block = place * read.blocks + channel / LANES;
                    let (chunk, at) = (block / BLOCKS, block % BLOCKS * LANES + channel % LANES);
                    let channels = chunks[chunk].len() * LANES;
                    let of_positions = (0..depths * in_plane).map(|position| {
                        let (depth, position) = (position / in_plane, position % in_plane);
                        let from = ((filters * in_plane + position) * channels + at) * LANES;
                        let mut sum = [0.0; LANES];
                        for part in &sums[(depth * chunks.len() + chunk) * parts..][..parts] {
                            sum.iter_mut().zip(&part[from..]).for_each(|(sum, value)| *sum += value);
                        }
                        sum
                    });
                    for (tap, values) in taps.iter().zip(spread.taps(scheme, of_positions)) {
                        let of_filters = to[channel * all + tap..].iter_mut().step_by(inputs * all);
                        of_filters.zip(values).for_each(|(to, value)| *to = *value);
                    }
                }
            }
        });
        debug_assert_eq!(made.blocks, geometry.outputs.div_ceil(LANES));
        of_weights
    }

    /// `[blocks of filters, positions, channels, 16]` at a depth of the tiles, over some of them.
    fn products(&self, arch: Arch, depth: usize, blocks: &[usize], tiles: std::ops::Range<usize>) -> Vec<f32> {
        let Self { scheme, read, made, .. } = self;
        let [of_depth, down, along] = scheme.taps;
        let in_plane = scheme.in_plane();
        let channels = blocks.len() * LANES;
        let mut sums = vec![0.0; made.blocks * in_plane * channels * LANES];
        let mut taken = vec![0.0; in_plane * blocks.len() * ROOM * LANES];
        let mut gradients = vec![0.0; in_plane * made.blocks * ROOM * LANES];
        let of_filters: Vec<usize> = (0..made.blocks).map(|block| block * made.block()).collect();
        let [td, th, tw] = self.tiles;
        let begin = |laid: &Blocks, tile: usize, step: [usize; 3]| {
            let at = [tile / (th * tw) % td, tile / tw % th, tile % tw];
            let within = std::array::from_fn(|axis| step[axis] * scheme.taps[axis].made() * at[axis]);
            tile / (td * th * tw) * laid.blocks * laid.block() + laid.offset(within)
        };
        let (first, other) = of_depth.elements()[depth];
        let plane = read.offset([scheme.step[0], 0, 0]);
        let other = other.map(|(other, sign)| ((other as isize - first as isize) * plane as isize, sign));
        let apart = [read.offset([0, scheme.step[1], 0]), read.offset([0, 0, scheme.step[2]])];
        for from in tiles.clone().step_by(ROOM) {
            let some = from..(from + ROOM).min(tiles.end);
            let starts: Vec<usize> = some.clone().map(|tile| begin(read, tile, scheme.step) + first * plane).collect();
            let of_made: Vec<usize> = some.clone().map(|tile| begin(made, tile, [1; 3])).collect();
            macro_rules! at_tiles {
                ($h:literal, $w:literal, $m:literal) => {{
                    arch.dispatch(Read::<$h, $w> {
                        values: read.values(),
                        blocks,
                        tiles: &starts,
                        other,
                        apart,
                        room: ROOM,
                        out: &mut taken,
                    });
                    arch.dispatch(Unmake::<$h, $w, $m, 2> {
                        values: made.values(),
                        blocks: &of_filters,
                        tiles: &of_made,
                        depths: of_depth.results()[depth],
                        other: made.offset([1, 0, 0]),
                        down: made.offset([0, 1, 0]),
                        room: ROOM,
                        out: &mut gradients,
                    });
                }};
            }
            match (down, along) {
                (Taps::Three, _) => at_tiles!(4, 4, 2),
                (Taps::Two, _) => at_tiles!(3, 3, 2),
                (Taps::One, Taps::Three) => at_tiles!(1, 4, 1),
                (Taps::One, _) => at_tiles!(1, 3, 1),
            }
            for position in 0..in_plane {
                arch.dispatch(ByColumns(Product {
                    left: &taken[position * blocks.len() * ROOM * LANES..],
                    left_panel: ROOM * LANES,
                    right: &gradients[position * made.blocks * ROOM * LANES..],
                    right_panel: ROOM * LANES,
                    out: &mut sums[position * channels * LANES..],
                    out_panel: in_plane * channels * LANES,
                    rows: channels,
                    steps: some.len(),
                    panels: made.blocks,
                }));
            }
        }
        sums
    }
}
