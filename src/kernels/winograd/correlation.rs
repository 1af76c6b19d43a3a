//! Images that are made: the convolution, and the gradient of what it reads.

use super::blocks::Blocks;
use super::filters::Filters;
use super::interleave::separate;
use super::product::{ByRows, Product, ROWS};
use super::tiles::{Make, Read};
use super::{Geometry, LANES, Scheme, Taps};
use crate::vectors::vectors;
use pulp::Arch;
use rayon::prelude::*;

/// As [`forward`](crate::forward); `None` where the definition is as fast.
pub fn forward(geometry: &Geometry, image: &[f32], weights: &[f32], bias: Option<&[f32]>) -> Option<Vec<f32>> {
    let scheme = Scheme::of(geometry)?;
    let taps = scheme.kernel_taps(geometry.kernel, false);
    let (inputs, all) = (geometry.inputs, geometry.taps());
    let filters = Filters::new(&scheme, [geometry.outputs, inputs], &taps, |filter, channel| {
        &weights[(filter * inputs + channel) * all..][..all]
    });
    let tiles = scheme.tiles(geometry.made);
    let extent = scheme.extent(tiles, scheme.step);
    let read = Blocks::lay(image, inputs, geometry.read, geometry.before, extent);
    let phases = [Phase { start: [0; 3], first: [0; 3], filters }];
    let correlation = Correlation {
        scheme: &scheme,
        read: &read,
        apart: scheme.step,
        places: scheme.places(),
        phases: &phases,
        every: [1; 3],
    };
    Some(correlation.run(geometry.rows, geometry.outputs, geometry.made, tiles, bias))
}

/// As [`input_gradient`](crate::input_gradient); `None` where the definition is as fast.
pub fn input_gradient(geometry: &Geometry, gradient: &[f32], weights: &[f32]) -> Option<Vec<f32>> {
    let scheme = Scheme::of(geometry)?;
    let (inputs, all) = (geometry.inputs, geometry.taps());
    // An element of the image lies in the padded one at a place within a step, some steps from the first; the elements of the
    // gradient that reach it end at as many steps.
    let phase = |(place, taps): ([usize; 3], Vec<usize>)| {
        let start: [usize; 3] =
            std::array::from_fn(|axis| geometry.before[axis].saturating_sub(place[axis]).div_ceil(scheme.step[axis]));
        let first = std::array::from_fn(|axis| scheme.step[axis] * start[axis] + place[axis] - geometry.before[axis]);
        let filters = Filters::new(&scheme, [inputs, geometry.outputs], &[taps], |filter, channel| {
            &weights[(channel * inputs + filter) * all..][..all]
        });
        Phase { start, first, filters }
    };
    let taps = scheme.kernel_taps(geometry.kernel, true);
    let phases: Vec<Phase> = scheme.places().into_iter().zip(taps).map(phase).collect();
    let tiles = scheme.tiles(std::array::from_fn(|axis| geometry.read[axis].div_ceil(scheme.step[axis])));
    let mut extent = scheme.extent(tiles, [1; 3]);
    for (axis, extent) in extent.iter_mut().enumerate() {
        *extent += phases.iter().map(|phase| phase.start[axis]).max().unwrap_or(0);
    }
    let before = scheme.taps.map(|taps| taps.count() - 1);
    let read = Blocks::lay(gradient, geometry.outputs, geometry.made, before, extent);
    let correlation = Correlation {
        scheme: &scheme,
        read: &read,
        apart: [1; 3],
        places: vec![[0; 3]],
        phases: &phases,
        every: scheme.step,
    };
    Some(correlation.run(geometry.rows, inputs, geometry.read, tiles, None))
}

/// Elements of the image made that lie alike within a step.
struct Phase {
    /// Where their first tile begins in what is read.
    start: [usize; 3],
    /// The first of them.
    first: [usize; 3],
    filters: Filters,
}

struct Correlation<'a> {
    scheme: &'a Scheme,
    read: &'a Blocks,
    /// Steps between the elements of a tile in what is read.
    apart: [usize; 3],
    /// Where within such a step channels are read, each place for itself.
    places: Vec<[usize; 3]>,
    phases: &'a [Phase],
    /// Steps between the elements of a phase in what is made.
    every: [usize; 3],
}

/// Planes, each as deep as a tile, of some blocks of channels.
struct Job<'o> {
    /// The first block of channels.
    block: usize,
    planes: Vec<Plane<'o>>,
}

struct Plane<'o> {
    row: usize,
    tile: usize,
    /// By channel.
    outs: Vec<&'o mut [f32]>,
}

/// Numbers before and after the products that stay in the cache of a core.
const IN_CACHE: usize = 128 * 1024;
/// Tiles that are enough for a job: weights are read once for all of them.
const TILES: usize = 8 * ROWS;
/// Jobs that are enough for many cores; where there are fewer, channels are shared out.
const JOBS: usize = 16;
/// Blocks of channels that a job has at least: what is read is prepared in each.
const BLOCKS: usize = 4;

impl Correlation<'_> {
    /// `[rows, channels, made]`, the bias of each channel added.
    fn run(&self, rows: usize, channels: usize, made: [usize; 3], tiles: [usize; 3], bias: Option<&[f32]>) -> Vec<f32> {
        let [depth, height, width] = made;
        let mut image = vec![0.0; rows * channels * depth * height * width];
        let planes = self.every[0] * self.scheme.taps[0].made() * height * width;
        // Groups of planes, each in chunks of channels.
        let of_group = TILES.div_ceil(tiles[1] * tiles[2]);
        let groups = (rows * tiles[0]).div_ceil(of_group);
        let blocks = channels.div_ceil(LANES);
        let chunks = JOBS.div_ceil(groups).min(blocks.div_ceil(BLOCKS)).max(1);
        let of_chunk = blocks.div_ceil(chunks);
        let chunks = blocks.div_ceil(of_chunk);
        let mut jobs: Vec<Job<'_>> = Vec::with_capacity(groups * chunks);
        for group in 0..groups {
            let planes = group * of_group..((group + 1) * of_group).min(rows * tiles[0]);
            jobs.extend((0..chunks).map(|chunk| {
                Job {
                    block: chunk * of_chunk,
                    planes: (planes.clone())
                        .map(|plane| Plane { row: plane / tiles[0], tile: plane % tiles[0], outs: Vec::new() })
                        .collect(),
                }
            }));
        }
        for (row, of_row) in image.chunks_mut((channels * depth * height * width).max(1)).enumerate() {
            for (channel, of_channel) in of_row.chunks_mut((depth * height * width).max(1)).enumerate() {
                for (tile, out) in of_channel.chunks_mut(planes).enumerate() {
                    let plane = row * tiles[0] + tile;
                    let job = &mut jobs[plane / of_group * chunks + channel / LANES / of_chunk];
                    job.planes[plane % of_group].outs.push(out);
                }
            }
        }
        let arch = vectors();
        jobs.into_par_iter().for_each(|mut job| {
            for phase in self.phases {
                self.fill(arch, &mut job, phase, [height, width], tiles, bias);
            }
        });
        image
    }

    fn fill(
        &self,
        arch: Arch,
        job: &mut Job<'_>,
        phase: &Phase,
        [height, width]: [usize; 2],
        tiles: [usize; 3],
        bias: Option<&[f32]>,
    ) {
        let Self { scheme, read, apart, .. } = self;
        let [of_depth, down, along] = scheme.taps;
        let filters = &phase.filters;
        let channels = job.planes[0].outs.len();
        let made = channels.div_ceil(LANES);
        let in_plane = scheme.in_plane();
        let numbers = in_plane * (filters.read + made) * LANES;
        let (of_one, all) = (tiles[1] * tiles[2], job.planes.len() * tiles[1] * tiles[2]);
        let room = (IN_CACHE / numbers / ROWS).clamp(1, 8).min(all.div_ceil(ROWS)) * ROWS;
        let mut taken = vec![0.0; in_plane * filters.read * room * LANES];
        let mut products = vec![0.0; in_plane * made * room * LANES];
        let depths = of_depth.made();
        let line = room * along.made() * LANES;
        let mut results = vec![0.0; made * depths * down.made() * line];
        let mut lines = vec![0.0; line];
        // Blocks of channels that are read, those of each place one after the other.
        let blocks: Vec<usize> = (self.places.iter())
            .flat_map(|place| (0..read.blocks).map(|block| block * read.block() + read.offset(*place)))
            .collect();
        let rows: Vec<[usize; 2]> = job.planes.iter().map(|plane| [plane.row, plane.tile]).collect();
        let begin = |tile: usize| {
            let [row, plane] = rows[tile / of_one];
            let at = [plane, tile / tiles[2] % tiles[1], tile % tiles[2]];
            let within =
                std::array::from_fn(|axis| phase.start[axis] + apart[axis] * scheme.taps[axis].made() * at[axis]);
            row * read.blocks * read.block() + read.offset(within)
        };
        let plane = read.offset([apart[0], 0, 0]);
        let apart = [read.offset([0, apart[1], 0]), read.offset([0, 0, apart[2]])];
        for from in (0..all).step_by(room) {
            let of_block = from..(from + room).min(all);
            results.fill(0.0);
            for (depth, (first, other)) in of_depth.elements().iter().enumerate() {
                let starts: Vec<usize> = of_block.clone().map(|tile| begin(tile) + first * plane).collect();
                let other = other.map(|(other, sign)| ((other as isize - *first as isize) * plane as isize, sign));
                macro_rules! read_tiles {
                    ($h:literal, $w:literal) => {
                        arch.dispatch(Read::<$h, $w> {
                            values: read.values(),
                            blocks: &blocks,
                            tiles: &starts,
                            other,
                            apart,
                            room,
                            out: &mut taken,
                        })
                    };
                }
                match (down, along) {
                    (Taps::Three, _) => read_tiles!(4, 4),
                    (Taps::Two, _) => read_tiles!(3, 3),
                    (Taps::One, Taps::Three) => read_tiles!(1, 4),
                    (Taps::One, _) => read_tiles!(1, 3),
                }
                let (right, right_panel) = filters.at_depth(scheme, depth);
                for position in 0..in_plane {
                    arch.dispatch(ByRows(Product {
                        left: &taken[position * filters.read * room * LANES..],
                        left_panel: room * LANES,
                        right: &right[job.block * right_panel + position * filters.read * LANES * LANES..],
                        right_panel,
                        out: &mut products[position * made * room * LANES..],
                        out_panel: room * LANES,
                        rows: of_block.len(),
                        steps: filters.read * LANES,
                        panels: made,
                    }));
                }
                let factors = &of_depth.results()[depth][..depths];
                macro_rules! make_tiles {
                    ($h:literal, $w:literal, $m:literal) => {
                        arch.dispatch(Make::<$h, $w, $m, 2> {
                            products: &products,
                            blocks: made,
                            tiles: of_block.len(),
                            room,
                            depths: factors,
                            out: &mut results,
                        })
                    };
                }
                match (down, along) {
                    (Taps::Three, _) => make_tiles!(4, 4, 2),
                    (Taps::Two, _) => make_tiles!(3, 3, 2),
                    (Taps::One, Taps::Three) => make_tiles!(1, 4, 1),
                    (Taps::One, _) => make_tiles!(1, 3, 1),
                }
            }
            // Lines of results, as far as this block of tiles has of each.
            let mut tile = of_block.start;
            while tile < of_block.end {
                let (of_plane, th, tw) = (tile / of_one, tile / tiles[2] % tiles[1], tile % tiles[2]);
                let count = (tiles[2] - tw).min(of_block.end - tile);
                let begin = (tile - of_block.start) * along.made() * LANES;
                tile += count;
                let w = phase.first[2] + self.every[2] * tw * along.made();
                let count = count * along.made();
                for at in 0..made * depths * down.made() {
                    let (block, depth, row) = (at / down.made() / depths, at / down.made() % depths, at % down.made());
                    let plane = phase.first[0] + self.every[0] * depth;
                    let h = phase.first[1] + self.every[1] * (th * down.made() + row);
                    if h >= height || w >= width {
                        continue;
                    }
                    separate(&results[at * line + begin..][..count * LANES], &mut lines[..count * LANES]);
                    let first = block * LANES;
                    let outs = job.planes[of_plane].outs[first..channels.min(first + LANES)].iter_mut();
                    for (channel, (out, line)) in outs.zip(lines.chunks_exact(count)).enumerate() {
                        // The last plane of a tile may be none of the image.
                        let Some(out) = out.get_mut((plane * height + h) * width..) else { continue };
                        let Some(out) = out.get_mut(w..width) else { continue };
                        let bias = bias.map_or(0.0, |bias| bias[job.block * LANES + first + channel]);
                        match self.every[2] {
                            1 => out.iter_mut().zip(line).for_each(|(out, value)| *out = value + bias),
                            every => {
                                out.iter_mut().step_by(every).zip(line).for_each(|(out, value)| *out = value + bias);
                            }
                        }
                    }
                }
            }
        }
    }
}
