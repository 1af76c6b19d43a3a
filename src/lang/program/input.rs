//! How the values a graph reads are made from the cohort's files.

use super::Window;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A modality, condition or target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputSpec {
    /// Its name in the file.
    pub name: String,
    /// What it is for.
    pub role: InputRole,
    /// The cohort it is read from; `None`: from every cohort.
    pub cohort: Option<String>,
    /// How it is read.
    pub source: InputSource,
    /// `?`: subjects without it are kept.
    pub optional: bool,
    /// The shape the file declares, without the batch axis (`[]` for a class or a real).
    pub shape: Vec<usize>,
    /// Class names, where it is a class or a mask.
    pub levels: Vec<String>,
    /// The part that a network reads at a time, where it is an image that is seen by parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
}

/// What an input is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InputRole {
    /// Something measured of the brain.
    Modality,
    /// Something the rest is conditioned on.
    Condition,
    /// Something to be predicted.
    Target,
}

/// How an input is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum InputSource {
    /// One image a subject (and session).
    Image {
        /// Which file, relative to the subject's (or session's) folder; a glob. A pattern starting with
        /// `derivatives/NAME/` looks below that derivative.
        pattern: String,
        /// What its axes are.
        kind: SpatialKind,
        /// What is done to it, in order; the declared shape is reached by a centred crop or pad at the end.
        steps: Vec<ImageStep>,
        /// Whether voxels of different sizes, and grids of different extents, are meant: `spacing: any`.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        any_spacing: bool,
    },
    /// Columns of the cohort's table.
    Columns {
        /// Which, in order.
        columns: Vec<ColumnSpec>,
        /// What is done about missing cells.
        missing: Missing,
    },
    /// One column: a class (the levels are in the spec) or a real.
    Column {
        /// Its name.
        column: String,
        /// What is done to the numbers of a target before models are trained on them, in order; all of it can be undone, and
        /// is before anything is scored. Not written where nothing is done, so that results of before are found again.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        steps: Vec<ColumnStep>,
    },
    /// In no cohort: `fascicle apply` is handed its values.
    Given,
}

impl InputSource {
    /// A single column as it is.
    pub fn column(name: impl Into<String>) -> Self {
        Self::Column { column: name.into(), steps: Vec::new() }
    }

    /// Whether the probabilities of its views are averaged, where classes are predicted.
    pub fn averages_probabilities(&self) -> bool {
        let is_soft = |step: &ImageStep| matches!(step, ImageStep::Views { average: ViewAverage::Probabilities, .. });
        matches!(self, Self::Image { steps, .. } if steps.iter().any(is_soft))
    }

    /// The pattern of the other image that a step reads of a person: the one whose centre of mass an image is cut around.
    pub fn centred_on(&self) -> Option<&str> {
        let Self::Image { steps, .. } = self else { return None };
        steps.iter().find_map(|step| if let ImageStep::Around { of, .. } = step { of.as_deref() } else { None })
    }

    /// Whether models are trained on other numbers than the column holds.
    pub fn is_changed(&self) -> bool {
        matches!(self, Self::Column { steps, .. } if !steps.is_empty())
    }

    /// What the steps of columns read beside them.
    pub fn covariates(&self) -> Vec<Covariate> {
        match self {
            Self::Columns { columns, .. } => covariates(columns.iter().flat_map(|column| &column.steps)),
            Self::Image { .. } | Self::Column { .. } | Self::Given => Vec::new(),
        }
    }
}

/// What steps of one input read beside its columns, each once, in the order in which they stand.
pub fn covariates<'a>(steps: impl Iterator<Item = &'a ColumnStep>) -> Vec<Covariate> {
    let mut all: Vec<Covariate> = Vec::new();
    // Columns of one step have the same.
    let mut seen = BTreeSet::new();
    for step in steps.filter(|step| step.together().is_some_and(|together| seen.insert(together))) {
        for covariate in step.covariates() {
            if !all.contains(&covariate) {
                all.push(covariate);
            }
        }
    }
    all
}

/// The axes of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SpatialKind {
    /// `[c, d, h, w]`: voxel axes right, anterior, superior.
    Volume,
    /// `[c, h, w]`: a 2D image.
    Image,
    /// `[c, h, w]`: axial slices of a volume, `c` adjacent ones as channels; one item a slice.
    Slices,
}

/// One step of image preparation. Fitted steps (marked) learn from the training subjects of the fold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ImageStep {
    /// Linear map of two percentiles to a range, values outside clipped. Fitted on training subjects, unless `each`
    /// image has its own percentiles.
    Rescale {
        /// Target range.
        to: (f64, f64),
        /// Percentiles mapped to its ends.
        percentiles: (f64, f64),
        /// Voxels that count.
        mask: ImageMask,
        /// Percentiles of each image rather than of the training subjects.
        each: bool,
    },
    /// Subtracts the image's mean and divides by its standard deviation, over the mask.
    Zscore {
        /// Voxels that count.
        mask: ImageMask,
    },
    /// Minus the mean of normal-appearing white matter, over its standard deviation (Shinohara 2014, as intensity-normalization).
    WhiteStripe {
        /// Quantiles on either side of the peak of white matter.
        width: f64,
    },
    /// Fitted: piecewise linear map of intensity landmarks to the training subjects' mean landmarks (Nyul 2000, as torchio).
    HistogramStandardize {
        /// Voxels that count.
        mask: ImageMask,
    },
    /// Resampled to a voxel size in mm.
    Resample {
        /// Millimetres a voxel, one an axis.
        voxel_mm: Vec<f64>,
        /// How.
        interpolation: Interpolation,
    },
    /// Resampled to exactly the declared shape.
    Resize {
        /// How.
        interpolation: Interpolation,
    },
    /// A box of voxels.
    Crop {
        /// First voxel of each axis.
        at: Vec<i64>,
        /// Extent.
        size: Vec<usize>,
    },
    /// A range of voxels along some axes, counted from either end.
    Between {
        /// First voxel and the one behind the last, by axis (right, front, up); what is negative counts from the end, where -1 is
        /// behind the last voxel. `None` leaves the axis as it is.
        axes: [Option<(i64, i64)>; 3],
    },
    /// A box around the centre of mass of a file.
    Around {
        /// Extent, right, front and up.
        size: [usize; 3],
        /// Whose centre it is: the pattern of another image of the person. `None`: the image's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<String>,
    },
    /// Several boxes: training draws one, prediction averages all.
    Views {
        /// Named boxes.
        views: Vec<View>,
        /// What of them is averaged.
        #[serde(default, skip_serializing_if = "ViewAverage::is_of_outputs")]
        average: ViewAverage,
    },
    /// Gaussian smoothing.
    Smooth {
        /// Full width at half maximum, mm.
        fwhm_mm: f64,
    },
    /// Label map to one 0/1 channel a label.
    Labels {
        /// Voxel values that become channels, in order.
        values: Vec<i64>,
    },
    /// `n` neighbouring axial slices as channels.
    Adjacent {
        /// How many.
        slices: usize,
    },
}

/// What of several views is averaged in prediction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewAverage {
    /// What the model gives: of classes the logits.
    #[default]
    Outputs,
    /// The probabilities of classes; numbers as they are.
    Probabilities,
}

impl ViewAverage {
    fn is_of_outputs(&self) -> bool {
        *self == Self::Outputs
    }
}

/// A named box of voxels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Its name.
    pub name: String,
    /// First voxel of each axis.
    pub at: Vec<i64>,
    /// Extent.
    pub size: Vec<usize>,
    /// Along which axis it is mirrored, so that both sides of a brain look alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flip: Option<AxisName>,
}

/// Which voxels count in a statistic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ImageMask {
    /// All.
    All,
    /// Those that are not 0.
    Nonzero,
    /// Those above the image's own mean (torchio's default foreground).
    AboveMean,
}

/// How values between voxels are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Interpolation {
    /// The nearest voxel's: for labels.
    Nearest,
    /// Trilinear.
    Linear,
}

/// Axes of the body, for flips.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AxisName {
    /// Left and right change places.
    Sagittal,
    /// Front and back.
    Coronal,
    /// Up and down.
    Axial,
}

impl AxisName {
    /// Its position in space: volumes are held right, front, up.
    pub fn position(self) -> usize {
        match self {
            Self::Sagittal => 0,
            Self::Coronal => 1,
            Self::Axial => 2,
        }
    }
}

/// Columns with what is done to them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnSpec {
    /// Which.
    pub select: ColumnSelector,
    /// What is done, in order.
    pub steps: Vec<ColumnStep>,
}

/// Which columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ColumnSelector {
    /// The one of this name.
    Name(String),
    /// All whose name matches, in the order of the table.
    Matching(String),
    /// Exactly these, in this order: what a regular expression was resolved to.
    Names(Vec<String>),
}

impl ColumnSelector {
    /// The columns' names, where they are known without the table.
    pub fn names(&self) -> &[String] {
        match self {
            Self::Name(name) => std::slice::from_ref(name),
            Self::Names(names) => names,
            Self::Matching(_) => &[],
        }
    }
}

/// One step of table preparation. Fitted steps (marked) learn from the training subjects of the fold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ColumnStep {
    /// Fitted: minus mean, over standard deviation (ddof 0, as scikit-learn's `StandardScaler`).
    Standardize,
    /// Fitted: minimum to 0 and maximum to 1.
    MinMax,
    /// Natural logarithm.
    Log,
    /// Fitted: number of the quantile bin, as a class of `n` levels.
    Bins {
        /// How many bins.
        n: usize,
    },
    /// One 0/1 column a level, in this order.
    OneHot {
        /// The levels.
        levels: Vec<String>,
    },
    /// Fitted: what sites add is taken away, by ComBat.
    Combat(Combat),
    /// Fitted: what a linear regression on covariates predicts is taken away.
    Residualize {
        /// Which step of its input, counted from 0: the columns that go through one step share what it knows of people.
        together: usize,
        /// The covariates.
        on: Vec<Covariate>,
    },
}

impl ColumnStep {
    /// Which step of its input it is, where it takes several columns together.
    pub fn together(&self) -> Option<usize> {
        match self {
            Self::Combat(combat) => Some(combat.together),
            Self::Residualize { together, .. } => Some(*together),
            Self::Standardize | Self::MinMax | Self::Log | Self::Bins { .. } | Self::OneHot { .. } => None,
        }
    }

    /// What it reads of a person beside the column: the site first, where there is one.
    pub fn covariates(&self) -> Vec<Covariate> {
        match self {
            Self::Combat(combat) => {
                let site = Covariate { column: combat.by.clone(), kind: CovariateKind::Levels };
                std::iter::once(site).chain(combat.keep.iter().cloned()).collect()
            }
            Self::Residualize { on, .. } => on.clone(),
            Self::Standardize | Self::MinMax | Self::Log | Self::Bins { .. } | Self::OneHot { .. } => Vec::new(),
        }
    }
}

/// Harmonisation by ComBat (Johnson et al. 2007, Fortin et al. 2018). Its columns are harmonised together: what a site does to
/// one says something of what it does to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Combat {
    /// Which step of its input, counted from 0.
    pub together: usize,
    /// The column that says where somebody was measured.
    pub by: String,
    /// What is to be kept, though sites may differ in it.
    pub keep: Vec<Covariate>,
    /// Whether the priors of empirical Bayes are distributions.
    pub parametric: bool,
    /// Whether there are priors.
    pub empirical_bayes: bool,
    /// Whether sites differ in location only.
    pub mean_only: bool,
    /// The site that the others are made like.
    pub reference: Option<String>,
}

/// Another column of the table that a step reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covariate {
    /// Its name.
    pub column: String,
    /// How it is read.
    pub kind: CovariateKind,
}

/// How a covariate stands in a regression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CovariateKind {
    /// As a number: one term.
    Number,
    /// As levels: a 0/1 term for each of those that training subjects have, but the first.
    Levels,
}

/// What is done about missing cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Missing {
    /// A subject with one lacks the input: left out, or absent where the input is optional.
    Absent,
    /// Fitted: the training mean (of the column before scaling).
    Mean {
        /// Which columns say where they were missing.
        flags: MissingIndicators,
    },
    /// Fitted: chained Bayesian ridge regressions, as scikit-learn's `IterativeImputer`.
    Iterative {
        /// Which columns say where they were missing.
        flags: MissingIndicators,
    },
}

impl Missing {
    /// Which columns say where they were missing.
    pub fn flags(&self) -> &MissingIndicators {
        match self {
            Self::Absent => &MissingIndicators::No,
            Self::Mean { flags } | Self::Iterative { flags } => flags,
        }
    }
}

/// Which columns get a further 0/1 column that is 1 where their cell was missing. These stand behind all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MissingIndicators {
    /// None.
    No,
    /// Every source column, in order; or those that have missing cells, where that is what the declared width says.
    Every,
    /// The ones of these names, in the order of the columns.
    Of(Vec<String>),
}

impl MissingIndicators {
    /// How many, of so many columns.
    pub fn count(&self, columns: usize) -> usize {
        match self {
            Self::No => 0,
            Self::Every => columns,
            Self::Of(names) => names.len(),
        }
    }
}
