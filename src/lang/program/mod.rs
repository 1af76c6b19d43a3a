//! The typed program: what the compiler hands to data, training, the plan and the report.
//!
//! ```text
//!  .fx ──compile──▶ Experiment { variants: [Program { cohorts, inputs, graph, models, stages, scores, .. }], sweeps }
//!                        │                     │               │         │
//!                        ▼                     ▼               ▼         ▼
//!                      plan                  data             nn       train
//! ```
//!
//! Nothing in here runs and nothing is undecided: every name is resolved, every dimension a number, every default
//! written out. All of it can be serialised, because fingerprints of tasks are hashes of these values.

mod analysis;
mod augment;
mod baseline;
mod cohort;
mod comparison;
mod ensemble;
mod input;
mod memory;
mod metric;
mod model;
mod packed;
mod patches;
mod protocol;
mod residual;
mod search;
mod stage;
mod unit;

pub use analysis::{Analysis, AnalysisKind, Argument, ColumnTest, Correction, FieldType, GroupTest, Subset};
pub use augment::Augment;
pub use baseline::{Baseline, BaselineMethod, SvmKernel};
pub use cohort::{Cohort, CohortClause, CohortSource, Comparison, Pairing, PhantomSettings, Predicate, Scalar};
pub use comparison::{ComparedScores, ModelComparison, PairedTest, Sweep};
pub use ensemble::{Best, Ensemble, EnsembleOver, Rule};
pub use input::{
    AxisName, ColumnSelector, ColumnSpec, ColumnStep, Combat, Covariate, CovariateKind, ImageMask, ImageStep,
    InputRole, InputSource, InputSpec, Interpolation, Missing, MissingIndicators, SpatialKind, View, ViewAverage,
    covariates,
};
pub use memory::{RunHolds, StepMemory, prediction_memory};
pub use metric::{Average, Cnr, JudgedImage, Metric, Noise, NormDiff, RegionPlaces};
pub use model::{Model, Output};
pub use packed::UsedModel;
pub use patches::{Patches, Window, spatial};
pub use protocol::{Protocol, ProtocolKind, Tested, Validation};
pub use residual::Residual;
pub use search::{MedianPruning, Search, SearchAxis, SearchSampler, SearchValues};
pub use stage::{
    Adversary, EarlyStop, Keep, Memory, Monitor, Optimizer, Precision, Sampling, Schedule, Stage, StageInit, StageLoad,
    Take,
};

use crate::graph::{Graph, InputId};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A whole file, compiled: every variant of every sweep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// The file's name without folder and extension.
    pub name: String,
    /// The doc comment at its head.
    pub doc: String,
    /// The variants of all sweeps, each once; the file as it stands where there is no sweep.
    pub variants: Vec<Program>,
    /// Which variants each sweep compares.
    pub sweeps: Vec<Sweep>,
}

impl Experiment {
    /// The experiment with these of its sweeps alone, and their variants; with none, `alone`, the file as its `param`s say.
    ///
    /// # Errors
    /// The first name that is no sweep of the file.
    pub fn keep_sweeps(&mut self, names: &[&str], alone: Program) -> Result<(), String> {
        if let Some(unknown) = names.iter().find(|name| !self.sweeps.iter().any(|sweep| sweep.name == **name)) {
            return Err((*unknown).to_string());
        }
        self.sweeps.retain(|sweep| names.contains(&sweep.name.as_str()));
        if self.sweeps.is_empty() {
            self.variants = vec![alone];
            return Ok(());
        }
        let used = |index: usize| self.sweeps.iter().any(|sweep| sweep.variants.contains(&index));
        let kept: Vec<usize> = (0..self.variants.len()).filter(|index| used(*index)).collect();
        let mut all: Vec<Option<Program>> = std::mem::take(&mut self.variants).into_iter().map(Some).collect();
        self.variants = kept.iter().filter_map(|index| all[*index].take()).collect();
        for sweep in &mut self.sweeps {
            sweep.variants.iter_mut().for_each(|old| *old = kept.partition_point(|index| index < old));
        }
        Ok(())
    }
}

/// One variant: everything that is needed to run it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Program {
    /// `fusion=film`; `base` for the file as it stands.
    pub variant: String,
    /// What the sweep set: parameter and value as the file spells it.
    pub settings: IndexMap<String, String>,
    /// Every `param` with its value in this variant.
    pub params: IndexMap<String, String>,
    /// Where people come from.
    pub cohorts: Vec<Cohort>,
    /// How each of [`Graph::inputs`] is read, in the same order.
    pub inputs: Vec<InputSpec>,
    /// Sets of inputs of which a subject must have at least one: those who have none are left out.
    pub at_least_one: Vec<Vec<InputId>>,
    /// The network.
    pub graph: Graph,
    /// Models, in the order of the file.
    pub models: Vec<Model>,
    /// Training stages, in an order that satisfies what they read from one another.
    pub stages: Vec<Stage>,
    /// Classical methods beside the models.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub baselines: Vec<Baseline>,
    /// How subjects are divided.
    pub protocol: Protocol,
    /// Models of several runs that predict as one.
    #[serde(default)]
    pub ensembles: Vec<Ensemble>,
    /// Settings that are chosen in every fold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub searches: Vec<Search>,
    /// What is measured.
    pub scores: Vec<Score>,
    /// What is asked of the results, in an order that satisfies what they read from one another.
    pub analyses: Vec<Analysis>,
    /// Models that are compared with one another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comparisons: Vec<ModelComparison>,
    /// Models that were trained elsewhere. Where there is one, nothing is trained here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub used: Vec<UsedModel>,
}

impl Program {
    /// The position in [`Program::baselines`] of what fits a model, where it is no network.
    pub fn baseline_of(&self, model: usize) -> Option<usize> {
        self.baselines.iter().position(|baseline| baseline.model == model)
    }

    /// The scores of a model that are taken run by run.
    pub fn scores_of_runs(&self, model: usize) -> impl Iterator<Item = &Score> {
        self.scores.iter().filter(move |score| score.model == model && score.ensemble.is_none())
    }
}

/// Scores of one output (or of a family of outputs).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// As the file spells it: `ad` or `fused.image`.
    pub of: String,
    /// Position of the model in [`Program::models`].
    pub model: usize,
    /// Predictions with what each is compared to.
    pub pairs: Vec<ScorePair>,
    /// What is computed.
    pub metrics: Vec<Metric>,
    /// On which subjects.
    pub on: Subset,
    /// The only cohort that is judged, of those that train nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cohort: Option<String>,
    /// Groups of people that are judged apart, each with its name: `sex = F`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<(String, Predicate)>,
    /// Whether every class is judged by itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub each_class: bool,
    /// Whether the probabilities of classes are written beside the label maps.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub probabilities: bool,
    /// Position of the ensemble in [`Program::ensembles`] whose prediction it is; `None` where each run is scored.
    #[serde(default)]
    pub ensemble: Option<usize>,
}

impl Score {
    /// Metrics of predictions on a part of the division, all who are in it and all classes together.
    pub fn new(of: String, model: usize, pairs: Vec<ScorePair>, metrics: Vec<Metric>, on: Subset) -> Self {
        Self {
            of,
            model,
            pairs,
            metrics,
            on,
            cohort: None,
            within: Vec::new(),
            each_class: false,
            probabilities: false,
            ensemble: None,
        }
    }

    /// Whom it is taken of: `test`, or a cohort.
    pub fn on_name(&self) -> &str {
        self.cohort.as_deref().unwrap_or_else(|| self.on.name())
    }
}

/// A prediction and its truth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScorePair {
    /// `""` for the output itself, else the family's key: `t1`, `t1, t2`; and what is left out: `without t1`,
    /// `t2, without t1`.
    pub key: String,
    /// The predicted node.
    pub prediction: crate::graph::NodeId,
    /// The input that holds the truth.
    pub truth: crate::graph::InputId,
    /// The input that is taken away from everybody before the prediction, as if it had not been measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<crate::graph::InputId>,
}
