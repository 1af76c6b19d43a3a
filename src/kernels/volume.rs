//! Padded images in the order in which the kernels read them.

use super::Geometry;
use rayon::prelude::*;

/// How an image is laid out: zeros around it, and the elements that lie alike within a stride next to one another.
#[derive(Debug, Clone)]
pub(super) struct Lattice {
    /// Zeros before the first element.
    pub before: [usize; 3],
    /// Elements of a part, zeros included.
    pub extent: [usize; 3],
    /// Steps between the elements of a part.
    stride: [usize; 3],
    /// By part, the place of its elements within a stride.
    parts: Vec<[usize; 3]>,
    /// By tap: its part, and its steps within it.
    taps: Vec<(usize, [usize; 3])>,
}

/// The places within a stride.
pub(super) fn phases(geometry: &Geometry) -> impl Iterator<Item = [usize; 3]> {
    let [sd, sh, sw] = geometry.stride;
    (0..sd * sh * sw).map(move |i| [i / (sh * sw), i / sw % sh, i % sw])
}

impl Lattice {
    /// The image that is read: places of the output are the same distance apart in every part.
    pub fn of_input(geometry: &Geometry) -> Self {
        let mut parts: Vec<[usize; 3]> = Vec::new();
        let taps: Vec<(usize, [usize; 3])> = geometry
            .reaches()
            .map(|reach| {
                let place = std::array::from_fn(|axis| reach[axis] % geometry.stride[axis]);
                let part = parts.iter().position(|known| *known == place).unwrap_or_else(|| {
                    parts.push(place);
                    parts.len() - 1
                });
                (part, std::array::from_fn(|axis| reach[axis] / geometry.stride[axis]))
            })
            .collect();
        let reach = |axis: usize| taps.iter().map(|(_, steps)| steps[axis]).max().unwrap_or(0);
        Self {
            before: geometry.before,
            extent: std::array::from_fn(|axis| geometry.made[axis] + reach(axis)),
            stride: geometry.stride,
            parts,
            taps,
        }
    }

    /// The output's gradient, as the gradient of the input reads it: as far before each step as a tap leads.
    pub fn of_output(geometry: &Geometry) -> Self {
        let reach: [usize; 3] =
            std::array::from_fn(|axis| (geometry.kernel[axis] - 1) * geometry.dilation[axis] / geometry.stride[axis]);
        let steps = |axis: usize| (geometry.read[axis] - 1 + geometry.before[axis]) / geometry.stride[axis] + 1;
        Self {
            before: reach,
            extent: std::array::from_fn(|axis| steps(axis) + reach[axis]),
            stride: [1; 3],
            parts: vec![[0; 3]],
            taps: Vec::new(),
        }
    }

    /// The same places without zeros before: how the output's gradient lies beside the image that is read.
    pub fn domain(&self) -> Self {
        Self { before: [0; 3], stride: [1; 3], parts: vec![[0; 3]], taps: Vec::new(), extent: self.extent }
    }

    /// How far a number of steps leads within a part.
    pub fn offset(&self, [d, h, w]: [usize; 3]) -> usize {
        (d * self.extent[1] + h) * self.extent[2] + w
    }

    /// Where each tap finds the element for the first place.
    pub fn taps(&self) -> Vec<usize> {
        self.taps.iter().map(|(part, steps)| part * self.part() + self.offset(*steps)).collect()
    }

    fn part(&self) -> usize {
        self.extent.iter().product()
    }
}

/// An image, laid out.
#[derive(Debug)]
pub(super) struct Volume {
    values: Vec<f32>,
    /// Where the first element lies: at the boundary of a vector, as every channel then does.
    start: usize,
    /// Elements from one channel to the next.
    pub channel: usize,
    /// Elements of a part: depth, height, width.
    pub extent: [usize; 3],
}

/// Elements that a kernel may read beyond the last place.
const SLACK: usize = 64;
/// Elements to whose multiples channels are aligned.
const ALIGNED: usize = 16;

impl Volume {
    /// Lays out `[channels, extents]`, of any number of channels.
    pub fn lay(image: &[f32], [depth, height, width]: [usize; 3], lattice: &Lattice) -> Self {
        let part = lattice.part();
        let channel = (lattice.parts.len() * part).next_multiple_of(ALIGNED);
        let channels = image.len() / (depth * height * width).max(1);
        let mut values = vec![0.0; ALIGNED + channels * channel + SLACK];
        let start = values.as_ptr().align_offset(ALIGNED * size_of::<f32>()).min(ALIGNED);
        // Where the elements of an axis that a part holds are: in the part, and in the image.
        let within = |axis: usize, place: usize, extent: usize| {
            let (stride, before) = (lattice.stride[axis], lattice.before[axis]);
            (0..lattice.extent[axis]).filter_map(move |step| {
                let at = (place + stride * step).checked_sub(before)?;
                (at < extent).then_some((step, at))
            })
        };
        let laid = &mut values[start..start + channels * channel];
        laid.par_chunks_mut(channel.max(1)).zip(image.par_chunks((depth * height * width).max(1))).for_each(
            |(to, from)| {
                for (to, place) in to.chunks_exact_mut(part).zip(&lattice.parts) {
                    let Some((first_to, first_from)) = within(2, place[2], width).next() else { continue };
                    let count = within(2, place[2], width).count();
                    for (d, from_d) in within(0, place[0], depth) {
                        for (h, from_h) in within(1, place[1], height) {
                            let to = &mut to[lattice.offset([d, h, first_to])..][..count];
                            let from = &from[(from_d * height + from_h) * width + first_from..];
                            if lattice.stride[2] == 1 {
                                to.copy_from_slice(&from[..count]);
                            } else {
                                let from = from.iter().step_by(lattice.stride[2]);
                                to.iter_mut().zip(from).for_each(|(to, value)| *to = *value);
                            }
                        }
                    }
                }
            },
        );
        Self { values, start, channel, extent: lattice.extent }
    }

    /// The channels, one after the other.
    pub fn values(&self) -> &[f32] {
        &self.values[self.start..]
    }
}
