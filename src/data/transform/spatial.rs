//! Moves of a whole image between voxels, composed and interpolated once.
//!
//! ```text
//!  moves in the order of the file ──▶ where each voxel of the result comes from ──▶ values there: linear, or of labels the nearest
//! ```
//!
//! Places are millimetres along the grid's axes (right, front, up) from the centre of the field of view, so that images of one field
//! of view move alike whatever their voxels. Outside the field of view the border's value holds, as in `shift`.

use super::elastic::Elastic;
use super::image::Image;
use ndarray::Array4;

/// A 3 x 3 matrix, by rows.
type Matrix = [[f64; 3]; 3];

/// One move.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Move {
    /// Mirrored across the plane through the centre of the field of view.
    Flip(usize),
    /// By whole voxels, of whatever size the image has.
    Voxels([i64; 3]),
    /// Turned, moved and made larger, in this order: what TorchIO's `Affine` does to an image whose axes are those of the world,
    /// with `center="image"`. Slices and 2D images stay in their plane.
    Affine {
        /// Factors along the three axes.
        zoom: [f64; 3],
        /// About the axes to the right, to the front and up, taken in ITK's order: the second, the first, the third.
        degrees: [f64; 3],
        /// Along the three axes.
        shift_mm: [f64; 3],
    },
    /// By a smooth field.
    Elastic(Elastic),
}

impl Move {
    /// From a place of the result to the one that its value comes from: a matrix and millimetres. `None` where it is no affine map.
    fn back(&self, frame: &Frame) -> Option<(Matrix, [f64; 3])> {
        let flat = frame.grid.map(|n| n == 1);
        match self {
            Self::Flip(axis) => {
                let mut mirror = IDENTITY;
                mirror[*axis][*axis] = -1.0;
                Some((mirror, [0.0; 3]))
            }
            Self::Voxels(by) => {
                let offset = |i: usize| if flat[i] { 0.0 } else { -(by[i] as f64) * frame.voxel_mm[i] };
                Some((IDENTITY, std::array::from_fn(offset)))
            }
            Self::Affine { zoom, degrees, shift_mm } => {
                // Turns about an axis in the plane would leave it.
                let turns = |i: usize| (0..3).all(|other| other == i || !flat[other]);
                let turn = rotation(std::array::from_fn(|i| if turns(i) { degrees[i] } else { 0.0 }));
                let zoom: [f64; 3] = std::array::from_fn(|i| if flat[i] { 1.0 } else { zoom[i] });
                let shift: [f64; 3] = std::array::from_fn(|i| if flat[i] { 0.0 } else { shift_mm[i] });
                // What is seen goes from p to S (R p + t), so that a place q of the result shows what was at R^T (S^-1 q - t).
                let back: Matrix = std::array::from_fn(|i| std::array::from_fn(|j| turn[j][i]));
                let linear: Matrix = std::array::from_fn(|i| std::array::from_fn(|j| back[i][j] / zoom[j]));
                Some((linear, times(&back, shift).map(|mm| -mm)))
            }
            Self::Elastic(_) => None,
        }
    }
}

const IDENTITY: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

fn rotation(degrees: [f64; 3]) -> Matrix {
    let [(sx, cx), (sy, cy), (sz, cz)] = degrees.map(|d| d.to_radians().sin_cos());
    let x = [[1.0, 0.0, 0.0], [0.0, cx, -sx], [0.0, sx, cx]];
    let y = [[cy, 0.0, sy], [0.0, 1.0, 0.0], [-sy, 0.0, cy]];
    let z = [[cz, -sz, 0.0], [sz, cz, 0.0], [0.0, 0.0, 1.0]];
    product(&z, &product(&x, &y))
}

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..3).map(|k| a[i][k] * b[k][j]).sum()))
}

fn times(a: &Matrix, v: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|i| (0..3).map(|j| a[i][j] * v[j]).sum())
}

/// A grid of voxels about the centre of its field of view.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// Voxels along each axis.
    pub(super) grid: [usize; 3],
    /// Their size.
    pub(super) voxel_mm: [f64; 3],
}

impl Frame {
    fn middle(&self) -> [f64; 3] {
        self.grid.map(|n| (n as f64 - 1.0) / 2.0)
    }

    fn place(&self, voxel: [f64; 3]) -> [f64; 3] {
        let middle = self.middle();
        std::array::from_fn(|i| (voxel[i] - middle[i]) * self.voxel_mm[i])
    }
}

/// Moves an image; the first move is done first.
pub(crate) fn moved(image: &Image, moves: &[Move]) -> Image {
    let frame = Frame { grid: image.grid(), voxel_mm: image.affine.voxel_mm() };
    let way = Way::of(moves, &frame, [0.0; 3]);
    let [nx, ny, nz] = frame.grid;
    let channels = image.data.dim().0;
    let standard = image.data.as_standard_layout();
    let source = standard.as_slice().unwrap_or_default();
    let volume = nx * ny * nz;
    let mut out = vec![0.0_f32; channels * volume];
    let sampler = Sampler::of(frame.grid);
    let mut line = vec![[0.0_f32; 3]; nz];
    for x in 0..nx {
        for y in 0..ny {
            way.line([x, y, 0], &frame, &mut line);
            let at = (x * ny + y) * nz;
            for channel in 0..channels {
                let from = source.get(channel * volume..(channel + 1) * volume).unwrap_or_default();
                let to = out.get_mut(channel * volume + at..channel * volume + at + nz).unwrap_or_default();
                match image.labels {
                    true => to.iter_mut().zip(&line).for_each(|(value, place)| *value = sampler.nearest(from, *place)),
                    false => to.iter_mut().zip(&line).for_each(|(value, place)| *value = sampler.linear(from, *place)),
                }
            }
        }
    }
    let data = Array4::from_shape_vec((channels, nx, ny, nz), out).unwrap_or_default();
    Image { data, affine: image.affine, labels: image.labels }
}

/// A box of voxels within an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its first voxel.
    pub(crate) at: [usize; 3],
    /// Voxels along each axis.
    pub(crate) size: [usize; 3],
}

impl Part {
    pub(crate) fn voxels(&self) -> usize {
        self.size.iter().product()
    }
}

/// Where the values of a part of a moved image come from: of the image itself, only what lies around these places is read.
///
/// Turns, changes of size and mirrors are about the middle of the part, so that what was chosen to lie there stays there; a deformation is
/// that of the whole image.
pub(crate) struct Places {
    /// What is read of the image.
    pub(crate) read: Part,
    /// By voxel of the part, in voxels of what is read.
    places: Vec<[f32; 3]>,
}

impl Places {
    /// Of a part of an image with this grid and these voxels, moved; the first move is done first.
    pub(crate) fn of(grid: [usize; 3], voxel_mm: [f64; 3], moves: &[Move], part: &Part) -> Self {
        let frame = Frame { grid, voxel_mm };
        let middle = frame.place(std::array::from_fn(|i| part.at[i] as f64 + (part.size[i] as f64 - 1.0) / 2.0));
        let way = Way::of(moves, &frame, middle);
        let [nx, ny, nz] = part.size;
        let mut places = vec![[0.0_f32; 3]; part.voxels()];
        for (line, places) in places.chunks_mut(nz.max(1)).enumerate() {
            let first = [part.at[0] + line / ny.max(1), part.at[1] + line % ny.max(1), part.at[2]];
            way.line(first, &frame, places);
        }
        debug_assert_eq!(places.len(), nx * ny * nz);
        let last = grid.map(|n| n.saturating_sub(1) as f32);
        let (mut low, mut high) = (last, [0.0_f32; 3]);
        for place in &mut places {
            for i in 0..3 {
                place[i] = place[i].max(0.0).min(last[i]);
                low[i] = low[i].min(place[i]);
                high[i] = high[i].max(place[i]);
            }
        }
        let at: [usize; 3] = std::array::from_fn(|i| low[i] as usize);
        let size = std::array::from_fn(|i| (high[i].ceil() as usize).min(grid[i].saturating_sub(1)) + 1 - at[i]);
        for place in &mut places {
            (0..3).for_each(|i| place[i] -= at[i] as f32);
        }
        Self { read: Part { at, size }, places }
    }

    /// The values of a channel, of whose image `values` is what is to be read.
    pub(crate) fn sample(&self, values: &[f32], labels: bool, out: &mut [f32]) {
        let sampler = Sampler::of(self.read.size);
        let value = |place: &[f32; 3]| match labels {
            true => sampler.nearest(values, *place),
            false => sampler.linear(values, *place),
        };
        out.iter_mut().zip(&self.places).for_each(|(out, place)| *out = value(place));
    }
}

/// The way back from voxels of the result to those of the image, neighbouring affine moves as one.
struct Way<'a> {
    /// In the order in which they are gone, last move first.
    steps: Vec<Step<'a>>,
}

enum Step<'a> {
    Affine(Matrix, [f64; 3]),
    Elastic(&'a Elastic),
}

impl<'a> Way<'a> {
    /// Turns, changes of size and mirrors are about `centre`, in millimetres from the centre of the field of view.
    fn of(moves: &'a [Move], frame: &Frame, centre: [f64; 3]) -> Self {
        let mut steps: Vec<Step<'a>> = Vec::new();
        for step in moves.iter().rev() {
            if let Move::Elastic(elastic) = step {
                steps.push(Step::Elastic(elastic));
            }
            let Some((linear, offset)) = step.back(frame) else { continue };
            let turned = times(&linear, centre);
            let offset: [f64; 3] = std::array::from_fn(|i| offset[i] + centre[i] - turned[i]);
            match steps.last_mut() {
                Some(Step::Affine(before, moved)) => {
                    let through = times(&linear, *moved);
                    *moved = std::array::from_fn(|i| through[i] + offset[i]);
                    *before = product(&linear, before);
                }
                _ => steps.push(Step::Affine(linear, offset)),
            }
        }
        Self { steps }
    }

    /// Which voxels, in fractions of them, the values of a line along the last axis come from, from a voxel on.
    fn line(&self, first: [usize; 3], frame: &Frame, line: &mut [[f32; 3]]) {
        let middle = frame.middle();
        let start = frame.place(first.map(|i| i as f64));
        let mut places: Vec<[f64; 3]> =
            (0..line.len()).map(|z| [start[0], start[1], start[2] + z as f64 * frame.voxel_mm[2]]).collect();
        for (at, step) in self.steps.iter().enumerate() {
            match step {
                Step::Affine(linear, offset) => places.iter_mut().for_each(|place| {
                    let through = times(linear, *place);
                    *place = std::array::from_fn(|i| through[i] + offset[i]);
                }),
                // The first step starts from the grid itself, where the spline is a product of three.
                Step::Elastic(elastic) if at == 0 => elastic.displace_line(first, frame, &mut places),
                Step::Elastic(elastic) => {
                    places.iter_mut().for_each(|place| elastic.displace(place, frame));
                }
            }
        }
        for (to, place) in line.iter_mut().zip(&places) {
            *to = std::array::from_fn(|i| (place[i] / frame.voxel_mm[i] + middle[i]) as f32);
        }
    }
}

/// Reads values between voxels; outside the grid those of the border.
#[derive(Clone, Copy)]
struct Sampler {
    last: [f32; 3],
    /// The largest voxel that has another behind it.
    low: [usize; 3],
    /// From a voxel to the next one along each axis; 0 where there is none.
    step: [usize; 3],
    stride: [usize; 3],
}

impl Sampler {
    fn of(grid: [usize; 3]) -> Self {
        let stride = [grid[1] * grid[2], grid[2], 1];
        Self {
            last: grid.map(|n| n.saturating_sub(1) as f32),
            low: grid.map(|n| n.saturating_sub(2)),
            step: std::array::from_fn(|i| if grid[i] > 1 { stride[i] } else { 0 }),
            stride,
        }
    }

    fn nearest(&self, values: &[f32], place: [f32; 3]) -> f32 {
        let at: [usize; 3] = std::array::from_fn(|i| (place[i].max(0.0).min(self.last[i]) + 0.5) as usize);
        values.get(at[0] * self.stride[0] + at[1] * self.stride[1] + at[2]).copied().unwrap_or(0.0)
    }

    fn linear(&self, values: &[f32], place: [f32; 3]) -> f32 {
        let mut at = 0;
        let share: [f32; 3] = std::array::from_fn(|i| {
            let place = place[i].max(0.0).min(self.last[i]);
            let low = (place as usize).min(self.low[i]);
            at += low * self.stride[i];
            place - low as f32
        });
        let [sx, sy, sz] = self.step;
        let Some(values) = values.get(at..=at + sx + sy + sz) else { return 0.0 };
        let along = |offset: usize| {
            let (a, b) = (values[offset], values[offset + sz]);
            a + (b - a) * share[2]
        };
        let side = |offset: usize| {
            let (a, b) = (along(offset), along(offset + sy));
            a + (b - a) * share[1]
        };
        let (a, b) = (side(0), side(sx));
        a + (b - a) * share[0]
    }
}
