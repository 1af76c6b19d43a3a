//! Maps of the brain in three planes: one number a voxel, some voxels outlined.

use super::{Frame, Quantity, missing};
use serde::{Deserialize, Serialize};

/// Maps of one result, cut through the same place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BrainSheet {
    /// What it belongs to: `group_map[t1]`.
    pub name: String,
    /// What was done.
    pub method: String,
    /// One below the other.
    pub maps: Vec<BrainMap>,
    /// How the place was chosen: "through the voxel of the largest effect".
    pub choice: String,
    /// What the outline surrounds; empty where nothing is outlined.
    pub outlined: String,
}

/// One map.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BrainMap {
    /// "mean of AD (41)".
    pub name: String,
    /// What a voxel's number is.
    pub quantity: Quantity,
    /// Whether the colours run from `-limit` to `limit` rather than from 0.
    pub signed: bool,
    /// The end of the colours; larger numbers have the colour of the end.
    #[serde(with = "missing::number")]
    pub limit: f64,
    /// Usually axial, coronal and sagittal.
    pub planes: Vec<BrainPlane>,
}

/// One plane of a map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BrainPlane {
    /// Where it is cut.
    #[serde(flatten)]
    pub frame: Frame,
    /// `width * height` values row by row from the top left; `NaN` outside the mask.
    #[serde(with = "missing::numbers")]
    pub values: Vec<f32>,
    /// Which of them are outlined; empty where none is.
    pub outlined: Vec<bool>,
}
