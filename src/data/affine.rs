//! Voxel-to-world maps: 4 x 4 matrices, millimetres, RAS+ world (x to the right, y to the front, z up).
//!
//! [`Affine`] comes from a NIfTI header, is carried along by every spatial step, and goes out with every map that is
//! written. [`Orientation`] says which permutation and flips of voxel axes bring an image nearest to RAS+, by the
//! definition of nibabel's `io_orientation`.

use serde::{Deserialize, Serialize};

/// A voxel-to-world map, rows first; the last row is `[0, 0, 0, 1]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Affine(pub [[f64; 4]; 4]);

impl Affine {
    /// Voxels of 1 mm, the first at the world's origin.
    pub const IDENTITY: Self =
        Self([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]);

    /// From the 3 x 3 part and the position of the first voxel.
    pub fn new(linear: [[f64; 3]; 3], origin: [f64; 3]) -> Self {
        let mut m = Self::IDENTITY.0;
        for i in 0..3 {
            m[i][..3].copy_from_slice(&linear[i]);
            m[i][3] = origin[i];
        }
        Self(m)
    }

    /// The 3 x 3 part.
    pub fn linear(&self) -> [[f64; 3]; 3] {
        std::array::from_fn(|i| std::array::from_fn(|j| self.0[i][j]))
    }

    /// Millimetres from one voxel to the next along each voxel axis.
    pub fn voxel_mm(&self) -> [f64; 3] {
        std::array::from_fn(|j| (0..3).map(|i| self.0[i][j].powi(2)).sum::<f64>().sqrt())
    }

    /// Where a voxel's centre is.
    pub fn at(&self, voxel: [f64; 3]) -> [f64; 3] {
        std::array::from_fn(|i| self.0[i][3] + (0..3).map(|j| self.0[i][j] * voxel[j]).sum::<f64>())
    }

    /// The map of a grid whose voxel `j` lies at `start + step * j` of this one.
    pub fn regrid(&self, start: [f64; 3], step: [f64; 3]) -> Self {
        let origin = self.at(start);
        Self::new(std::array::from_fn(|i| std::array::from_fn(|j| self.0[i][j] * step[j])), origin)
    }

    /// Whether every number is finite and the axes are independent.
    pub fn is_usable(&self) -> bool {
        self.0.iter().flatten().all(|v| v.is_finite()) && inverse(self.linear()).is_some()
    }
}

/// For each voxel axis: the world axis it runs along, and whether it runs the other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orientation {
    /// World axis (0 right, 1 front, 2 up) of each voxel axis.
    pub world: [usize; 3],
    /// Whether the voxel axis runs towards left, back or down.
    pub flipped: [bool; 3],
}

impl Orientation {
    /// The nearest axes of the world, strongest voxel axis first, as nibabel's `io_orientation`.
    ///
    /// `None` where the affine's axes are not independent.
    pub fn of(affine: &Affine) -> Option<Self> {
        let size = affine.voxel_mm();
        let linear = affine.linear();
        let scaled: [[f64; 3]; 3] = std::array::from_fn(|i| std::array::from_fn(|j| linear[i][j] / size[j]));
        let rotation = nearest_rotation(scaled)?;
        let strength: [f64; 3] =
            std::array::from_fn(|j| (0..3).map(|i| -rotation[i][j].powi(2)).fold(f64::INFINITY, f64::min));
        let mut order = [0, 1, 2];
        order.sort_by(|a, b| strength[*a].total_cmp(&strength[*b]));
        let mut orientation = Self { world: [0; 3], flipped: [false; 3] };
        let mut taken = [false; 3];
        for axis in order {
            // The first of the largest, so that ties fall as they do in numpy's argmax; no world axis twice.
            let free = (0..3).filter(|i| !taken[*i]);
            let along = free.reduce(|a, b| if rotation[b][axis].abs() > rotation[a][axis].abs() { b } else { a })?;
            taken[along] = true;
            orientation.world[axis] = along;
            orientation.flipped[axis] = rotation[along][axis] < 0.0;
        }
        Some(orientation)
    }

    /// The voxel axis that runs along each world axis.
    pub fn source_axes(&self) -> [usize; 3] {
        let mut source = [0; 3];
        for (voxel, world) in self.world.iter().enumerate() {
            source[*world] = voxel;
        }
        source
    }

    /// The affine after the axes of an array of this shape are permuted and flipped to RAS+.
    pub fn reoriented(&self, affine: &Affine, shape: [usize; 3]) -> Affine {
        let source = self.source_axes();
        let first: [f64; 3] =
            std::array::from_fn(|v| if self.flipped[v] { shape[v].saturating_sub(1) as f64 } else { 0.0 });
        let origin = affine.at(first);
        let linear = std::array::from_fn(|i| {
            std::array::from_fn(|w| {
                let v = source[w];
                if self.flipped[v] { -affine.0[i][v] } else { affine.0[i][v] }
            })
        });
        Affine::new(linear, origin)
    }
}

/// The orthogonal factor of the polar decomposition, by Newton's iteration `(X + X^-T) / 2` (Higham 1986).
fn nearest_rotation(matrix: [[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let mut x = matrix;
    for _ in 0..100 {
        let inverse = inverse(x)?;
        let next: [[f64; 3]; 3] = std::array::from_fn(|i| std::array::from_fn(|j| (x[i][j] + inverse[j][i]) / 2.0));
        let change = (0..9).map(|k| (next[k / 3][k % 3] - x[k / 3][k % 3]).abs()).fold(0.0, f64::max);
        x = next;
        if change < 1e-14 {
            break;
        }
    }
    Some(x)
}

/// The inverse of a 3 x 3 matrix; `None` where its rows are not independent to working precision.
pub fn inverse(m: [[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let cofactor = |i: usize, j: usize| {
        let (a, b) = ((i + 1) % 3, (i + 2) % 3);
        let (c, d) = ((j + 1) % 3, (j + 2) % 3);
        m[a][c] * m[b][d] - m[a][d] * m[b][c]
    };
    let determinant: f64 = (0..3).map(|j| m[0][j] * cofactor(0, j)).sum();
    let size: f64 = m.iter().map(|row| row.iter().map(|v| v * v).sum::<f64>().sqrt()).product();
    if !determinant.is_finite() || determinant.abs() <= size * 1e-12 {
        return None;
    }
    Some(std::array::from_fn(|i| std::array::from_fn(|j| cofactor(j, i) / determinant)))
}
