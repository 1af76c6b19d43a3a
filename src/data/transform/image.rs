//! The image that steps are applied to.

use super::super::affine::Affine;
use super::intensity::Foreground;
use fascicle_lang::program::ImageMask;
use ndarray::{Array4, Axis};

/// Channels over a 3D grid; a 2D image has one voxel along its last axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    /// Values by `[channel, right, front, up]`.
    pub data: Array4<f32>,
    /// Voxel to world, millimetres.
    pub affine: Affine,
    /// Whether values are labels, whose background is 0.
    pub labels: bool,
}

impl Image {
    /// Voxels along the three axes.
    pub fn grid(&self) -> [usize; 3] {
        let (_, x, y, z) = self.data.dim();
        [x, y, z]
    }

    /// For each voxel of the grid, in C order, whether any channel is in the mask. Not zero is here what differs from
    /// the background: preparation may have moved the air around a head to another number than 0.
    pub fn foreground(&self, mask: &ImageMask) -> Vec<bool> {
        let level = match mask {
            ImageMask::Nonzero => self.background(),
            _ => 0.0,
        };
        let foreground = Foreground::of(mask, &self.data);
        self.data.lanes(Axis(0)).into_iter().map(|voxel| voxel.iter().any(|v| foreground.has(*v - level))).collect()
    }

    /// The level outside the image: 0 for labels, else the (lower) median of the voxels on the six faces.
    ///
    /// The median is taken rather than 0, so that padding means the same before and after a change of intensities:
    /// it is the air around a head, whatever number air has become.
    pub(super) fn background(&self) -> f32 {
        if self.labels {
            return 0.0;
        }
        let grid = self.grid();
        let mut faces: Vec<f32> = self
            .data
            .indexed_iter()
            .filter(|((_, x, y, z), _)| {
                [(*x, 0), (*y, 1), (*z, 2)]
                    .iter()
                    .any(|(i, axis)| grid[*axis] > 1 && (*i == 0 || *i + 1 == grid[*axis]))
            })
            .map(|(_, v)| *v)
            .collect();
        if faces.is_empty() {
            return 0.0;
        }
        let middle = (faces.len() - 1) / 2;
        *faces.select_nth_unstable_by(middle, f32::total_cmp).1
    }
}
