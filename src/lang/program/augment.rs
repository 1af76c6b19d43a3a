//! Random changes of training images.

use super::AxisName;
use serde::{Deserialize, Serialize};

/// A random change of the training images, drawn anew each time a subject is seen. All spatial inputs of a subject
/// are moved alike; intensities are changed in each image by a draw of its own, and never in masks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Augment {
    /// Mirrored.
    Flip {
        /// Across which plane.
        axis: AxisName,
        /// With which probability. As it is where the file says nothing it is not written, so that results of before there
        /// was a choice are found again.
        #[serde(default = "half", skip_serializing_if = "is_half")]
        share: f64,
    },
    /// Moved by up to so many voxels along each axis, edges filled with the border's value.
    Shift {
        /// Largest move.
        voxels: usize,
    },
    /// Gaussian noise added.
    Noise {
        /// Its standard deviation.
        sd: f64,
    },
    /// Multiplied by a factor drawn from `1 - by ..= 1 + by`.
    Scale {
        /// Largest relative change.
        by: f64,
    },
    /// Turned, made larger and moved, about the centre of the field of view.
    Affine {
        /// Largest angles about the axes to the right, to the front and up, degrees.
        degrees: [f64; 3],
        /// The range of the factors of size; above 1 what is seen becomes larger.
        zoom: (f64, f64),
        /// Whether each axis has a factor of its own.
        apart: bool,
        /// Largest moves along the three axes, mm.
        shift_mm: [f64; 3],
    },
    /// Deformed by a cubic B-spline over a grid of control points.
    Elastic {
        /// Largest displacement of a control point along each axis, mm.
        most_mm: f64,
        /// Control points along each axis.
        points: usize,
    },
    /// A power of the intensities, between the image's own smallest and largest.
    Gamma {
        /// The range of the exponent.
        exponent: (f64, f64),
    },
    /// Multiplied by the exponential of a polynomial of the place.
    BiasField {
        /// Largest coefficient.
        most: f64,
        /// Degree of the polynomial.
        order: usize,
    },
    /// Smoothed by a Gaussian.
    Blur {
        /// Largest standard deviation along each axis, mm.
        sd_mm: f64,
    },
    /// Boxes of voxels change places.
    Swap {
        /// Voxels a box has along each axis.
        voxels: usize,
        /// How many pairs.
        times: usize,
    },
    /// One of them with a probability below 1.
    Sometimes {
        /// The probability.
        share: f64,
        /// What is done then.
        change: Box<Augment>,
    },
}

impl Augment {
    /// Whether voxels change their places, in all images and masks of a subject alike.
    pub fn is_spatial(&self) -> bool {
        match self {
            Self::Flip { .. } | Self::Shift { .. } | Self::Affine { .. } | Self::Elastic { .. } => true,
            Self::Noise { .. } | Self::Scale { .. } | Self::Gamma { .. } | Self::BiasField { .. } => false,
            Self::Blur { .. } | Self::Swap { .. } => false,
            Self::Sometimes { change, .. } => change.is_spatial(),
        }
    }

    /// The change itself, whatever its probability.
    pub fn always(&self) -> &Self {
        match self {
            Self::Sometimes { change, .. } => change.always(),
            other => other,
        }
    }
}

fn half() -> f64 {
    0.5
}

fn is_half(share: &f64) -> bool {
    *share == half()
}
