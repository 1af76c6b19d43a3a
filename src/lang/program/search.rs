//! Searches: settings that are chosen in every fold by itself, on its validation subjects.
//!
//! ```text
//!  search s: rate in log(1e-4..1e-2), width in [16, 32] { choose mae of m, trials 30 }
//!     axes                                                 judged           trials
//! ```

use super::{Argument, Program, Score};
use crate::graph::NodeId;
use serde::{Deserialize, Serialize};

/// One `search`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Search {
    /// Its name.
    pub name: String,
    /// What is looked for. Params that a sweep or `--set` sets are not; in the program of a trial nothing is.
    pub axes: Vec<SearchAxis>,
    /// What a trial is chosen by: a score of one metric on the validation subjects.
    pub judged: Score,
    /// How many settings are tried in each fold, at the most.
    pub trials: usize,
    /// Decides which.
    pub seed: u64,
    /// How the next settings are found.
    pub sampler: SearchSampler,
    /// When a trial is given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prune: Option<MedianPruning>,
}

/// A param that is looked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchAxis {
    /// Its name.
    pub param: String,
    /// What it may be.
    pub values: SearchValues,
}

/// The values that a param may take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchValues {
    /// Any number from one to another, both among them.
    Real {
        /// The smallest.
        low: f64,
        /// The largest.
        high: f64,
        /// Whether its logarithm is even.
        log: bool,
    },
    /// A whole number.
    Whole {
        /// The smallest.
        low: i64,
        /// The largest.
        high: i64,
        /// Whether its logarithm is even.
        log: bool,
    },
    /// One of these, as the file spells them.
    Choices(Vec<String>),
}

/// How the next settings are found. Definitions stand in `fascicle_analysis::search`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchSampler {
    /// Each value as likely as another.
    Random,
    /// The tree-structured Parzen estimator.
    Tpe {
        /// Random trials before.
        startup: usize,
    },
}

/// A trial ends where its best epoch so far is behind the median of the finished trials at that epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MedianPruning {
    /// Trials that must have finished before.
    pub startup: usize,
    /// Epochs that nobody is judged by.
    pub warmup: usize,
}

impl Search {
    /// The last stage of the model that is chosen by: the one whose epochs are compared. `None` for a baseline.
    pub fn last_stage(&self, program: &Program) -> Option<usize> {
        program.stages.iter().rposition(|stage| stage.model == self.judged.model)
    }

    /// Settings at the ends of every axis and each of its choices, one axis after the other: where a program that cannot be
    /// is mostly found out.
    pub fn corners(&self) -> Vec<(String, String)> {
        let of_axis = |axis: &SearchAxis| {
            let values = match &axis.values {
                SearchValues::Real { low, high, .. } => vec![low.to_string(), high.to_string()],
                SearchValues::Whole { low, high, .. } => vec![low.to_string(), high.to_string()],
                SearchValues::Choices(choices) => choices.clone(),
            };
            values.into_iter().map(|value| (axis.param.clone(), value)).collect::<Vec<_>>()
        };
        self.axes.iter().flat_map(of_axis).collect()
    }
}

impl Program {
    /// What a program with other settings of a search differs in from this one, besides its networks and how they are trained;
    /// `None` where results of both can stand side by side.
    pub fn differs_beyond_training(&self, other: &Self) -> Option<String> {
        if self.cohorts != other.cohorts {
            return Some("who is read".into());
        }
        if let Some((own, _)) = self.inputs.iter().zip(&other.inputs).find(|(own, other)| own != other) {
            return Some(format!("how `{}` is read", own.name));
        }
        if self.inputs.len() != other.inputs.len() || self.at_least_one != other.at_least_one {
            return Some("what is read".into());
        }
        if self.protocol != other.protocol {
            return Some("how people are divided".into());
        }
        let names = |program: &Self| -> Vec<(String, bool)> {
            let models = program.models.iter().enumerate();
            models.map(|(at, model)| (model.name.clone(), program.baseline_of(at).is_some())).collect()
        };
        if names(self) != names(other) {
            return Some("which models there are".into());
        }
        let stages = |program: &Self| -> Vec<(String, usize)> {
            program.stages.iter().map(|stage| (stage.name.clone(), stage.model)).collect()
        };
        if stages(self) != stages(other) {
            return Some("which stages there are".into());
        }
        for model in 0..self.models.len() {
            let (own, others) = (self.asked(model), other.asked(model));
            if own.len() != others.len() {
                return Some(format!("what is asked of `{}`", self.models[model].name));
            }
            for ((what, own), (_, others)) in own.iter().zip(&others) {
                let (own, others) = (&self.graph.node(*own).ty, &other.graph.node(*others).ty);
                if own != others {
                    return Some(format!("what `{what}` is: {own}, and {others}"));
                }
            }
            // What is one value here must be one there, and the other way round.
            let same = |nodes: &[(String, NodeId)], a: usize, b: usize| nodes[a].1 == nodes[b].1;
            for b in 0..own.len() {
                if (0..b).any(|a| same(&own, a, b) != same(&others, a, b)) {
                    return Some(format!("which of its outputs are one and the same: `{}`", own[b].0));
                }
            }
        }
        (self.questions() != other.questions()).then(|| "what is asked".into())
    }

    /// The outputs of a model (a position in [`Program::models`]) that scores and analyses read, by what they are called, in the
    /// order of the questions: an output as often as it is asked for.
    pub fn asked(&self, model: usize) -> Vec<(String, NodeId)> {
        let mut asked = Vec::new();
        let member = |of: &str, key: &str| if key.is_empty() { of.to_owned() } else { format!("{of}[{key}]") };
        for score in self.scores.iter().filter(|score| score.model == model) {
            asked.extend(score.pairs.iter().map(|pair| (member(&score.of, &pair.key), pair.prediction)));
        }
        for argument in self.analyses.iter().flat_map(|analysis| analysis.arguments.values()) {
            match argument {
                Argument::Model(m) if *m == model => {
                    asked
                        .extend(self.residuals(model).into_iter().map(|residual| (residual.name, residual.prediction)));
                }
                Argument::Output { model: m, output, members } if *m == model => {
                    asked.extend(members.iter().map(|(key, node)| (member(output, key), *node)));
                }
                _ => {}
            }
        }
        asked
    }

    /// Everything that is asked, without the places in the graph.
    fn questions(&self) -> String {
        let no_place = NodeId(0);
        let mut scores = self.scores.clone();
        scores.iter_mut().flat_map(|score| &mut score.pairs).for_each(|pair| pair.prediction = no_place);
        let mut analyses = self.analyses.clone();
        let arguments = analyses.iter_mut().flat_map(|analysis| analysis.arguments.values_mut());
        for argument in arguments {
            if let Argument::Output { members, .. } = argument {
                members.iter_mut().for_each(|(_, node)| *node = no_place);
            }
        }
        format!("{scores:?} {analyses:?} {:?} {:?}", self.ensembles, self.comparisons)
    }
}
