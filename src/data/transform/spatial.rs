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
    let way = Way::of(moves, &frame);
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
            way.line([x, y], &frame, &mut line);
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
    fn of(moves: &'a [Move], frame: &Frame) -> Self {
        let mut steps: Vec<Step<'a>> = Vec::new();
        for step in moves.iter().rev() {
            if let Move::Elastic(elastic) = step {
                steps.push(Step::Elastic(elastic));
            }
            let Some((linear, offset)) = step.back(frame) else { continue };
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

    /// Which voxels, in fractions of them, the values of a line along the last axis come from.
    fn line(&self, [x, y]: [usize; 2], frame: &Frame, line: &mut [[f32; 3]]) {
        let middle = frame.middle();
        let start = frame.place([x as f64, y as f64, 0.0]);
        let mut places: Vec<[f64; 3]> =
            (0..frame.grid[2]).map(|z| [start[0], start[1], start[2] + z as f64 * frame.voxel_mm[2]]).collect();
        for (at, step) in self.steps.iter().enumerate() {
            match step {
                Step::Affine(linear, offset) => places.iter_mut().for_each(|place| {
                    let through = times(linear, *place);
                    *place = std::array::from_fn(|i| through[i] + offset[i]);
                }),
                // The first step starts from the grid itself, where the spline is a product of three.
                Step::Elastic(elastic) if at == 0 => elastic.displace_line([x, y], frame, &mut places),
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
