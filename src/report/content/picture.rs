//! Three planes of an input and of what the model made of it.

use super::{Quantity, missing};
use crate::number;
use serde::{Deserialize, Serialize};

/// The pictures of one model output.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PictureSet {
    /// What is shown: "norm.recon, test subjects".
    pub name: String,
    /// How the subjects were chosen: "the best, the median and the worst by mean squared error".
    pub choice: String,
    /// One entry a subject and modality.
    pub pictures: Vec<Picture>,
}

/// One subject's input and reconstruction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Picture {
    /// Who.
    pub subject: String,
    /// The fold that predicted it.
    pub fold: String,
    /// The variant; empty when there is only one.
    pub variant: String,
    /// The modality, with the unit of its voxels.
    pub quantity: Quantity,
    /// Usually axial, coronal and sagittal.
    pub planes: Vec<Planes>,
}

/// Where a plane is cut, and of what size its picture is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Which way the plane cuts.
    pub view: PlaneView,
    /// Where it cuts, in mm along the axis that it cuts across; `NaN` when unknown.
    #[serde(with = "missing::number")]
    pub position: f64,
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Width and height of a pixel, in mm.
    #[serde(with = "missing::pair")]
    pub pixel: [f64; 2],
}

impl Frame {
    /// Its name and place: `axial, z = 12 mm`.
    pub fn label(&self) -> String {
        match self.position {
            mm if mm.is_finite() => {
                format!("{}, {} = {}\u{a0}mm", self.view.name(), self.view.across(), number::short(mm.round()))
            }
            _ => self.view.name().to_owned(),
        }
    }

    /// Width and height in mm.
    pub fn extent(&self) -> [f64; 2] {
        [self.width as f64 * self.pixel[0], self.height as f64 * self.pixel[1]]
    }
}

/// The same plane of the input and of the reconstruction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planes {
    /// Where it is cut.
    #[serde(flatten)]
    pub frame: Frame,
    /// The input, `width * height` values row by row from the top left.
    #[serde(with = "missing::numbers")]
    pub input: Vec<f32>,
    /// The reconstruction, in the same order.
    #[serde(with = "missing::numbers")]
    pub reconstruction: Vec<f32>,
}

/// Which way a plane cuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaneView {
    /// Across the third axis; anterior is up.
    Axial,
    /// Across the second axis; superior is up.
    Coronal,
    /// Across the first axis; superior is up and anterior is left.
    Sagittal,
}

impl PlaneView {
    /// All three, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Axial, Self::Coronal, Self::Sagittal];

    /// "axial".
    pub fn name(self) -> &'static str {
        match self {
            Self::Axial => "axial",
            Self::Coronal => "coronal",
            Self::Sagittal => "sagittal",
        }
    }

    /// The name of the axis that it cuts across.
    pub fn across(self) -> &'static str {
        match self {
            Self::Axial => "z",
            Self::Coronal => "y",
            Self::Sagittal => "x",
        }
    }

    /// What lies at the left, right, top and bottom edge. The subject's left is at the left of the picture.
    pub fn letters(self) -> [&'static str; 4] {
        match self {
            Self::Axial => ["L", "R", "A", "P"],
            Self::Coronal => ["L", "R", "S", "I"],
            Self::Sagittal => ["A", "P", "S", "I"],
        }
    }
}
