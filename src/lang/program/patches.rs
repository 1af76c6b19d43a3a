//! Images that are seen by parts: how large a part is, how training draws them, and how prediction goes over the whole.

use super::{InputSpec, SpatialKind};
use crate::program::InputSource;
use serde::{Deserialize, Serialize};

/// The part of an image that a network reads at a time. The graph's input has this extent; [`InputSpec::shape`] is that of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Voxels along each axis; 1 along the third axis of a plane.
    pub size: [usize; 3],
    /// The share of a window that its neighbour along an axis sees, too, when a whole image is predicted.
    pub overlap: f64,
}

/// How a stage draws patches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Patches {
    /// The mask whose classes the centres of patches are drawn from, each class with the same chance; everywhere alike where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balanced: Option<String>,
    /// Patches of a subject in an epoch.
    pub each: usize,
}

impl InputSpec {
    /// Axes of its values that are axes of space: 3 of a volume, 2 of a plane, 0 of what is no image.
    pub fn spatial_axes(&self) -> usize {
        match self.source {
            InputSource::Image { kind: SpatialKind::Volume, .. } => 3,
            InputSource::Image { .. } => 2,
            _ => 0,
        }
    }

    /// Voxels of the whole image along each axis, 1 along the third axis of a plane; `None` of what is no image.
    pub fn extents(&self) -> Option<[usize; 3]> {
        spatial(&self.shape, self.spatial_axes())
    }

    /// The shape of the values that a network reads.
    pub fn seen_shape(&self) -> Vec<usize> {
        let mut shape = self.shape.clone();
        if let Some(window) = self.window {
            let axes = self.spatial_axes().min(shape.len());
            let first = shape.len() - axes;
            shape[first..].copy_from_slice(&window.size[..axes]);
        }
        shape
    }
}

/// The last `axes` of a shape as extents in space.
pub fn spatial(shape: &[usize], axes: usize) -> Option<[usize; 3]> {
    let extents = shape.get(shape.len().checked_sub(axes)?..)?;
    (axes > 0).then(|| std::array::from_fn(|axis| extents.get(axis).copied().unwrap_or(1)))
}

impl Window {
    /// The first voxels, along an axis, of the windows that together see all of it: as far apart as the overlap leaves, the last one
    /// moved back to the end (MONAI `dense_patch_slices`).
    pub fn starts(&self, axis: usize, extent: usize) -> Vec<usize> {
        let size = self.size[axis].clamp(1, extent.max(1));
        if size >= extent {
            return vec![0];
        }
        let last = extent - size;
        let step = ((size as f64 * (1.0 - self.overlap)) as usize).max(1);
        let mut starts: Vec<usize> = (0..last).step_by(step).collect();
        starts.push(last);
        starts
    }

    /// How many windows an image of these extents has.
    pub fn count(&self, extents: [usize; 3]) -> usize {
        (0..3).map(|axis| self.starts(axis, extents[axis]).len()).product()
    }

    /// Voxels of a window.
    pub fn voxels(&self) -> usize {
        self.size.iter().product()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_begin_where_those_of_monai_do() {
        // `dense_patch_slices((n,), (size,), _get_scan_interval(..))` of MONAI 1.6.1.
        let starts = |n, size, overlap| Window { size: [size, 1, 1], overlap }.starts(0, n);
        assert_eq!(starts(256, 64, 0.25), [0, 48, 96, 144, 192]);
        assert_eq!(starts(100, 64, 0.25), [0, 36]);
        assert_eq!(starts(160, 64, 0.5), [0, 32, 64, 96]);
        assert_eq!(starts(64, 64, 0.5), [0]);
        assert_eq!(starts(11, 5, 0.25), [0, 3, 6]);
        assert_eq!(starts(10, 3, 0.9), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
