//! An image as tiles read it: sixteen channels beside each other.

use super::LANES;
use super::interleave::interleave;
use rayon::prelude::*;

/// `[rows, blocks of channels, depth, height, width, 16]`, with zeros around the image and where a block has no channel.
#[derive(Debug)]
pub(super) struct Blocks {
    values: Vec<f32>,
    /// Where the first element lies: at the boundary of a vector, as all do then.
    start: usize,
    /// Of a row.
    pub blocks: usize,
    /// Depth, height, width, zeros included.
    pub extent: [usize; 3],
}

impl Blocks {
    /// Lays out `[rows, channels, from]`, that many zeros before each axis.
    pub fn lay(image: &[f32], channels: usize, from: [usize; 3], before: [usize; 3], extent: [usize; 3]) -> Self {
        let [depth, height, width] = from;
        let places = depth * height * width;
        let blocks = channels.div_ceil(LANES);
        let block = extent.iter().product::<usize>() * LANES;
        let rows = image.len() / (channels * places).max(1);
        let mut values = vec![0.0; rows * blocks * block + LANES];
        let start = values.as_ptr().align_offset(LANES * size_of::<f32>()).min(LANES);
        // The last elements of an image may be none that a kernel in steps reads.
        let read = |axis: usize| from[axis].min(extent[axis].saturating_sub(before[axis]));
        let laid = &mut values[start..start + rows * blocks * block];
        laid.par_chunks_mut(block.max(1)).enumerate().for_each(|(at, to)| {
            let (row, first) = (at / blocks, at % blocks * LANES);
            let lanes = LANES.min(channels - first);
            let image = &image[(row * channels + first) * places..][..lanes * places];
            for d in 0..read(0) {
                for h in 0..read(1) {
                    let place = ((d + before[0]) * extent[1] + h + before[1]) * extent[2] + before[2];
                    let to = &mut to[place * LANES..][..read(2) * LANES];
                    interleave(&image[(d * height + h) * width..], places, lanes, to);
                }
            }
        });
        Self { values, start, blocks, extent }
    }

    /// Numbers of a block.
    pub fn block(&self) -> usize {
        self.extent.iter().product::<usize>() * LANES
    }

    /// How far a number of steps leads.
    pub fn offset(&self, [d, h, w]: [usize; 3]) -> usize {
        ((d * self.extent[1] + h) * self.extent[2] + w) * LANES
    }

    /// The blocks, one after the other.
    pub fn values(&self) -> &[f32] {
        &self.values[self.start..]
    }
}
