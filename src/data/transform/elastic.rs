//! Free-form deformation by cubic B-splines (Rueckert et al. 1999), as ITK's `BSplineTransform` of order 3 has it.
//!
//! `points` control points an axis make a mesh of `points - 3` cells over the field of view and [`MARGIN`] of a voxel on either side; the
//! displacement at a place is the sum of the 4 x 4 x 4 control points about it, weighed by the products of their splines.

use super::spatial::Frame;

/// Outermost layers of control points that stay: TorchIO's `locked_borders=2`.
pub(crate) const LOCKED: usize = 2;

/// What the mesh has beyond the outermost voxels, in voxels: that of SimpleITK's `BSplineTransformInitializer`.
const MARGIN: f64 = 0.125;

/// Control points and where they are displaced to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Elastic {
    points: usize,
    /// Displacements along the three axes, mm, by control point: the last axis fastest.
    displacement: Vec<[f64; 3]>,
}

/// The four control points from `first` on that matter at a place along an axis, and how much.
#[derive(Clone, Copy)]
struct Weights {
    first: usize,
    of: [f64; 4],
}

impl Elastic {
    /// As many control points along each axis, displaced as `draw` says; the outermost layers are not asked.
    pub(crate) fn of(points: usize, mut draw: impl FnMut() -> [f64; 3]) -> Self {
        let inner = |i: usize| (LOCKED..points.saturating_sub(LOCKED)).contains(&i);
        let all = (0..points.pow(3)).map(|at| {
            let place = [at / (points * points), at / points % points, at % points];
            if place.into_iter().all(inner) { draw() } else { [0.0; 3] }
        });
        Self { points, displacement: all.collect() }
    }

    /// The distance of control points along an axis of so many voxels of this size.
    pub(crate) fn spacing_mm(points: usize, voxels: usize, voxel_mm: f64) -> f64 {
        extent_mm(voxels, voxel_mm) / points.saturating_sub(3).max(1) as f64
    }

    /// Adds the displacement at a place.
    pub(super) fn displace(&self, place: &mut [f64; 3], frame: &Frame) {
        let [x, y, z] = std::array::from_fn(|i| self.weights(i, place[i], frame));
        let mut sum = [0.0; 3];
        for (i, wx) in x.of.into_iter().enumerate() {
            for (j, wy) in y.of.into_iter().enumerate() {
                let row = ((x.first + i) * self.points + y.first + j) * self.points + z.first;
                let Some(row) = self.displacement.get(row..row + 4) else { continue };
                for (wz, displacement) in z.of.iter().zip(row) {
                    let weight = wx * wy * wz;
                    (0..3).for_each(|c| sum[c] += weight * displacement[c]);
                }
            }
        }
        add(place, sum, frame);
    }

    /// The same along a line of the grid itself, from a voxel on: what the first two axes weigh is the same for all of it.
    pub(super) fn displace_line(&self, [x, y, first]: [usize; 3], frame: &Frame, places: &mut [[f64; 3]]) {
        let at = |axis: usize, voxel: usize| {
            let middle = (frame.grid[axis] as f64 - 1.0) / 2.0;
            self.weights(axis, (voxel as f64 - middle) * frame.voxel_mm[axis], frame)
        };
        let (x, y) = (at(0, x), at(1, y));
        let mut line = vec![[0.0; 3]; self.points];
        for (i, wx) in x.of.into_iter().enumerate() {
            for (j, wy) in y.of.into_iter().enumerate() {
                let row = ((x.first + i) * self.points + y.first + j) * self.points;
                let Some(row) = self.displacement.get(row..row + self.points) else { continue };
                for (sum, displacement) in line.iter_mut().zip(row) {
                    (0..3).for_each(|c| sum[c] += wx * wy * displacement[c]);
                }
            }
        }
        for (voxel, place) in places.iter_mut().enumerate() {
            let z = at(2, first + voxel);
            let mut sum = [0.0; 3];
            for (wz, displacement) in z.of.iter().zip(line.get(z.first..z.first + 4).unwrap_or_default()) {
                (0..3).for_each(|c| sum[c] += wz * displacement[c]);
            }
            add(place, sum, frame);
        }
    }

    /// Beyond the mesh the displacement of its edge holds.
    fn weights(&self, axis: usize, place: f64, frame: &Frame) -> Weights {
        let cells = self.points.saturating_sub(3).max(1);
        let share = place / extent_mm(frame.grid[axis], frame.voxel_mm[axis]) + 0.5;
        let at = share.clamp(0.0, 1.0) * cells as f64;
        let first = (at as usize).min(cells - 1);
        let t = at - first as f64;
        let u = 1.0 - t;
        let of = [
            u * u * u / 6.0,
            (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0,
            (3.0 * u * u * u - 6.0 * u * u + 4.0) / 6.0,
            t * t * t / 6.0,
        ];
        Weights { first, of }
    }
}

/// The extent of the mesh.
fn extent_mm(voxels: usize, voxel_mm: f64) -> f64 {
    (voxels as f64 + 2.0 * MARGIN) * voxel_mm
}

fn add(place: &mut [f64; 3], displacement: [f64; 3], frame: &Frame) {
    for axis in (0..3).filter(|axis| frame.grid[*axis] > 1) {
        place[axis] += displacement[axis];
    }
}
