//! From a voxel of a person's scan to the point of the template that lies there.
//!
//! A person differs from the template by a pose and size (rotation, translation, scale) and by a smooth field of
//! displacements, a sum of long plane waves. Waves are tabulated along each axis of the grid, so that their value
//! at a voxel costs a few multiplications and no sine: `exp(i k.x)` is a product of three tabulated factors.

use std::f64::consts::TAU;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, UnitSphere};

use super::draws::{Purpose, normal, stream};
use super::spec::PhantomSpec;

/// A point or direction: right, front, up.
pub(super) type Point = [f32; 3];

/// The voxel grid, whose axes are those of the world (RAS+).
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    pub shape: [usize; 3],
    /// Edge of a voxel in mm.
    pub voxel: f64,
    /// World coordinates of the first voxel's centre, in mm.
    pub origin: [f64; 3],
}

/// World coordinates, in mm, of the centre of the field of view: a little behind and above the template's origin.
const CENTRE: [f64; 3] = [0.0, -15.5, 9.0];

impl Grid {
    pub fn new(spec: &PhantomSpec) -> Self {
        let voxel = spec.voxel_size();
        Grid {
            shape: spec.shape,
            voxel,
            origin: std::array::from_fn(|axis| CENTRE[axis] - 0.5 * voxel * (spec.shape[axis] as f64 - 1.0)),
        }
    }

    /// World coordinate, in mm, of the `index`-th plane across `axis`.
    pub fn world(&self, axis: usize, index: usize) -> f64 {
        self.origin[axis] + self.voxel * index as f64
    }

    /// Voxel indices to world coordinates in mm, as NIfTI has it.
    pub fn affine(&self) -> [[f64; 4]; 4] {
        let [x, y, z] = self.origin;
        let edge = self.voxel;
        [[edge, 0.0, 0.0, x], [0.0, edge, 0.0, y], [0.0, 0.0, edge, z], [0.0, 0.0, 0.0, 1.0]]
    }
}

/// A plane wave `sin(k.x + phase)`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wave {
    /// The wave vector `k`, radians per mm.
    pub vector: [f64; 3],
    pub phase: f64,
}

impl Wave {
    /// In a direction drawn evenly from the sphere, with a length drawn evenly from `lengths` (mm).
    pub fn draw(lengths: [f64; 2], rng: &mut ChaCha8Rng) -> Self {
        let direction: [f64; 3] = UnitSphere.sample(rng);
        let number = TAU / rng.random_range(lengths[0]..=lengths[1]);
        Wave { vector: direction.map(|d| d * number), phase: rng.random_range(0.0..TAU) }
    }
}

/// Plane waves tabulated on a grid.
#[derive(Debug)]
pub(super) struct PlaneWaves {
    /// Wave vectors, radians per mm.
    vectors: Vec<Point>,
    /// For each axis, `exp(i k_axis x_axis)` as (cos, sin), plane after plane, wave within plane.
    tables: [Vec<(f32, f32)>; 3],
}

impl PlaneWaves {
    pub fn new(grid: &Grid, waves: &[Wave]) -> Self {
        let tables = std::array::from_fn(|axis| {
            (0..grid.shape[axis])
                .flat_map(|index| {
                    let x = grid.world(axis, index);
                    waves.iter().map(move |wave| {
                        let start = if axis == 0 { wave.phase } else { 0.0 };
                        let angle = wave.vector[axis] * x + start;
                        (angle.cos() as f32, angle.sin() as f32)
                    })
                })
                .collect()
        });
        let vectors = waves.iter().map(|wave| wave.vector.map(|c| c as f32)).collect();
        PlaneWaves { vectors, tables }
    }

    /// The factor that the voxels of column `(i, j)` share, one (cos, sin) a wave, into `column`.
    pub fn column(&self, i: usize, j: usize, column: &mut Vec<(f32, f32)>) {
        let n = self.vectors.len();
        let (first, second) = (&self.tables[0][i * n..][..n], &self.tables[1][j * n..][..n]);
        column.clear();
        column.extend(first.iter().zip(second).map(|(a, b)| product(*a, *b)));
    }

    /// For each wave at height `k` of a column: its vector and its (cos, sin).
    pub fn at<'a>(&'a self, column: &'a [(f32, f32)], k: usize) -> impl Iterator<Item = (&'a Point, (f32, f32))> {
        let n = self.vectors.len();
        let third = &self.tables[2][k * n..][..n];
        self.vectors.iter().zip(column.iter().zip(third)).map(|(vector, (a, b))| (vector, product(*a, *b)))
    }
}

fn product(a: (f32, f32), b: (f32, f32)) -> (f32, f32) {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

/// The template is an adult head; this brings it to the size that the field of view was chosen for.
const TEMPLATE_SCALE: f64 = 0.92;

/// Number of waves in a person's field of displacements.
const WAVES: usize = 10;

/// A person's map from world coordinates to template coordinates.
#[derive(Debug)]
pub(super) struct Deformation {
    /// Linear part, and then the translation.
    linear: [[f32; 3]; 3],
    shift: Point,
    waves: PlaneWaves,
    /// Displacement that each wave causes at its crest, template mm.
    amplitudes: Vec<Point>,
    /// Template mm in one voxel's edge.
    pub voxel: f32,
}

impl Deformation {
    /// The deformation of one subject; `spec.deformation` is the root mean square displacement along each axis.
    pub fn new(spec: &PhantomSpec, grid: &Grid, subject: usize) -> Self {
        let rng = &mut stream(spec.seed, subject, Purpose::Deformation, 0);
        let mut draw = |sd: f64| sd * normal(rng).clamp(-2.0, 2.0);
        let scale = TEMPLATE_SCALE * (1.0 + draw(0.012));
        let (pitch, roll, yaw) = (draw(0.02), draw(0.012), draw(0.012));
        let shift = [draw(0.6), draw(0.8), draw(0.8)];
        // Small angles: the product of the three rotations, transposed, to first order and back to unit rows.
        let rows = [[1.0, yaw, -roll], [-yaw, 1.0, pitch], [roll, -pitch, 1.0]];
        let linear = rows.map(|row: [f64; 3]| {
            let length = row.iter().map(|v| v * v).sum::<f64>().sqrt() * scale;
            row.map(|v| (v / length) as f32)
        });
        let waves: Vec<Wave> = (0..WAVES).map(|_| Wave::draw([75.0, 160.0], rng)).collect();
        // A sine has mean square 1/2, and that many of them add up.
        let each = spec.deformation / (0.5 * WAVES as f64).sqrt();
        let amplitudes =
            (0..WAVES).map(|_| std::array::from_fn(|_| (each * normal(rng).clamp(-2.0, 2.0)) as f32)).collect();
        Deformation {
            linear,
            shift: shift.map(|v| v as f32),
            waves: PlaneWaves::new(grid, &waves),
            amplitudes,
            voxel: (grid.voxel / scale) as f32,
        }
    }

    /// Prepares column `(i, j)` of the grid; see [`PlaneWaves::column`].
    pub fn column(&self, i: usize, j: usize, column: &mut Vec<(f32, f32)>) {
        self.waves.column(i, j, column);
    }

    /// The template's point at world point `world`, which is the `k`-th voxel of the prepared column.
    pub fn template(&self, world: Point, column: &[(f32, f32)], k: usize) -> Point {
        let mut moved: Point = std::array::from_fn(|a| world[a] - self.shift[a]);
        for (amplitude, (_, (_, sine))) in self.amplitudes.iter().zip(self.waves.at(column, k)) {
            for axis in 0..3 {
                moved[axis] += amplitude[axis] * sine;
            }
        }
        self.linear.map(|row| row[0] * moved[0] + row[1] * moved[1] + row[2] * moved[2])
    }
}
