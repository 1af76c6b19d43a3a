//! What a report says: the one type that the plan fills in and [`render`](super::render) turns into a page.
//!
//! Results come in as numbers, never as formatted text, so that the page alone decides on digits, units and colours. A
//! value that could not be computed is `NaN` and is shown as "not available"; in JSON it is `null`, both ways. A part
//! that is empty leaves no trace on the page. Every text may come from a file and is escaped when it is shown.

mod brain;
mod cohort;
mod deviation;
mod missing;
mod model;
mod picture;
mod score;
mod search;
mod table;

pub use brain::{BrainMap, BrainPlane, BrainSheet};
pub use cohort::{Cohort, LeftOut, Missingness, Split, SplitPart};
pub use deviation::{Deviation, Group, Region};
pub use model::{Critic, Curve, EpochLoss, Layer, Model, Run, Stage};
pub use picture::{Frame, Picture, PictureSet, PlaneView, Planes};
pub use score::{Better, Comparison, Confusion, Contrast, FoldScore, Quantity, Regression, ScatterPoint, Score};
pub use score::{RankedRun, Ranking, VariantScore};
pub use search::{Search, SearchedSetting, SearchedTrial};
pub use table::{Cell, Column, ColumnKind, Table};

use serde::{Deserialize, Serialize};

/// Everything one report shows, in the order of the page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportContent {
    /// The experiment's name, usually that of its file.
    pub title: String,
    /// The file's doc comment; blank lines part paragraphs.
    pub about: String,
    /// The best comparisons, said before anything else.
    pub headline: Headline,
    /// What the reader must know before believing the rest.
    pub warnings: Vec<Warning>,
    /// The `.fx` file as run.
    pub source: Option<Source>,
    /// Every `param` with the value it was run with.
    pub parameters: Vec<Parameter>,
    /// Who was found, left out and analysed.
    pub cohorts: Vec<Cohort>,
    /// The networks, layer by layer.
    pub models: Vec<Model>,
    /// Learning curves, one entry a `train` block.
    pub stages: Vec<Stage>,
    /// Settings that were searched.
    pub searches: Vec<Search>,
    /// Scores by variant, fold and seed, one entry a metric.
    pub scores: Vec<Score>,
    /// Paired tests between the variants of a sweep, one entry a metric.
    pub comparisons: Vec<Comparison>,
    /// Confusion matrices.
    pub confusions: Vec<Confusion>,
    /// Predicted against true values.
    pub regressions: Vec<Regression>,
    /// Inputs beside their reconstructions.
    pub pictures: Vec<PictureSet>,
    /// Deviations from the norm, by region and by subject.
    pub deviations: Vec<Deviation>,
    /// Every other analysis, as a table.
    pub analyses: Vec<Analysis>,
    /// Where the numbers come from.
    pub provenance: Option<Provenance>,
}

/// The results in a sentence or two and a compact table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Headline {
    /// Each is shown as a paragraph of its own.
    pub sentences: Vec<String>,
    /// The rows worth reading first; a handful.
    pub table: Option<Table>,
}

/// Something that may make a result mean less than it seems to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Warning {
    /// The diagnostic's code, for `fascicle explain`.
    pub code: Option<String>,
    /// One sentence.
    pub message: String,
    /// What it means for the results and what can be done.
    pub detail: Option<String>,
    /// The subjects, files or runs it is about.
    pub about: Vec<String>,
}

/// The text of the experiment, with what its parts are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// The file's name, without its folder.
    pub file: String,
    /// The whole text.
    pub text: String,
    /// Byte ranges of `text` with their class, in order. One that overlaps an earlier one, runs past the end or cuts a
    /// character in two is shown without colour.
    pub marks: Vec<Mark>,
}

/// One coloured piece of a source text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Bytes of the text, the end excluded.
    pub range: std::ops::Range<usize>,
    /// What the piece is.
    pub class: HighlightClass,
}

/// What a piece of source text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HighlightClass {
    /// `model`, `train`, `for`, `let`, ..
    Keyword,
    /// The name that a declaration gives.
    Definition,
    /// `volume`, `vector`, `real`, dimensions in brackets.
    Type,
    /// Something with parameters: `Conv3d`.
    Module,
    /// Something without: `relu`.
    Function,
    /// The name of an argument or a setting: `lr:`, `optimizer`.
    Argument,
    /// `1e-3`, `1.5mm`.
    Number,
    /// `"anat/*_T1w.nii.gz"`.
    Text,
    /// `/^lh_/`.
    Pattern,
    /// `|>`, `->`, `??`.
    Operator,
    /// `// ..`
    Comment,
    /// `/// ..`
    Doc,
}

/// One `param` after everything that may set it has spoken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parameter {
    /// As declared.
    pub name: String,
    /// As the language writes it.
    pub value: String,
    /// What set it: "default", "--set", "sweep methods", "extends base.fx".
    pub origin: String,
    /// The doc comment or the end-of-line comment, if there is one.
    pub about: Option<String>,
}

/// The result of one analysis that has no figure of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Analysis {
    /// The name in the file.
    pub name: String,
    /// What was computed, with the method's source.
    pub method: String,
    /// The rows.
    pub table: Table,
    /// A picture of it, where it has one.
    pub map: Option<Map>,
    /// Where it has numbers at voxels, planes of these.
    pub brains: Vec<BrainSheet>,
    /// Numbers by group, where it describes any; one plot a column.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<Boxes>,
    /// One number of everybody against another, where it has two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<Points>,
    /// Where it has one number for every column that is to be seen at once, these.
    pub bars: Option<ColumnBars>,
}

/// The same numbers in several groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Boxes {
    /// What is measured.
    pub of: Quantity,
    /// The groups.
    pub groups: Vec<BoxGroup>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BoxGroup {
    /// Its name.
    pub name: String,
    /// People with a value.
    pub n: usize,
    /// Their lowest value.
    #[serde(with = "missing::number")]
    pub lowest: f64,
    /// The lower quartile.
    #[serde(with = "missing::number")]
    pub lower: f64,
    /// The median.
    #[serde(with = "missing::number")]
    pub median: f64,
    /// The upper quartile.
    #[serde(with = "missing::number")]
    pub upper: f64,
    /// Their highest value.
    #[serde(with = "missing::number")]
    pub highest: f64,
}

/// One number of everybody against another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Points {
    /// To the right.
    pub x: Quantity,
    /// Up.
    pub y: Quantity,
    /// One entry a subject.
    pub points: Vec<MapPoint>,
    /// Pearson's correlation of the two.
    #[serde(with = "missing::number")]
    pub r: f64,
}

/// A number for each of many columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnBars {
    /// What the numbers are: "share of people beyond 1.96".
    pub axis: String,
    /// What follows from them all, in a sentence.
    pub told: String,
    /// The columns, in the order of the table.
    pub bars: Vec<ColumnBar>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnBar {
    /// The column.
    pub name: String,
    /// Its number.
    pub value: f64,
    /// What is shown when pointed at, behind the name.
    pub told: String,
}

/// Items in two coordinates that have no unit, coloured by group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Map {
    /// The items.
    pub points: Vec<MapPoint>,
    /// Names of the groups.
    pub groups: Vec<String>,
}

/// One item on a map.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MapPoint {
    /// Its name.
    pub name: String,
    /// To the right.
    #[serde(with = "missing::number")]
    pub x: f64,
    /// Up.
    #[serde(with = "missing::number")]
    pub y: f64,
    /// The name of its group.
    pub group: String,
}

/// Where the numbers come from; nothing in it names the machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// Version of fascicle.
    pub fascicle: String,
    /// The command line as typed.
    pub command: String,
    /// When the run began, ISO 8601.
    pub started: String,
    /// How long it took, in seconds.
    #[serde(with = "missing::number")]
    pub seconds: f64,
    /// Every seed in use.
    pub seeds: Vec<u64>,
    /// The kind of device: "CPU (flex)", "CUDA, NVIDIA H200".
    pub device: String,
    /// What it was built with: name and version.
    pub versions: indexmap::IndexMap<String, String>,
    /// What went in: name (experiment, cohort, splits) and fingerprint.
    pub fingerprints: indexmap::IndexMap<String, String>,
    /// Every task of the plan, in the order of the plan.
    pub tasks: Vec<Task>,
}

/// One task of the plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Task {
    /// As `fascicle plan` prints it.
    pub name: String,
    /// The key of its result in the store.
    pub fingerprint: String,
    /// What became of it.
    pub state: TaskState,
    /// How long it took when it ran, in seconds.
    #[serde(with = "missing::number")]
    pub seconds: f64,
}

/// What became of a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// It ran for this report.
    #[default]
    Ran,
    /// Its result was in the store already.
    Reused,
    /// It ended with an error.
    Failed,
    /// It did not run, because a task that it needs failed.
    Skipped,
}
