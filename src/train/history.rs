//! The learning curve: one [`Epoch`] after another.

use serde::{Deserialize, Serialize};
use std::ops::Deref;
use std::sync::Arc;

/// What an epoch of training came to. Losses are means over subjects: each batch counts by its number of subjects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Counted from 1.
    pub epoch: usize,
    /// Mean loss over the training batches, each before its step.
    pub train_loss: f64,
    /// Loss of the validation subjects in prediction mode, with the weights at the end of the epoch. `None` where
    /// there are no validation subjects or the loss is not finite.
    pub validation_loss: Option<f64>,
    /// Terms of the loss on the training batches, by label. A term that no subject of the epoch has is absent.
    pub terms: Vec<(String, f64)>,
    /// Terms of the loss on the validation subjects; those that are not finite are absent.
    pub validation_terms: Vec<(String, f64)>,
    /// Learning rate of the epoch's last step.
    pub learning_rate: f64,
    /// Wall-clock time, validation included.
    pub seconds: f64,
    /// Value of the metric that chooses the epoch, where the stage names one. `None` also where it is not defined.
    pub monitored: Option<f64>,
}

impl Epoch {
    /// Its numbers, by the names under which TensorBoard groups curves: `loss/train`, `validation/fit`.
    pub fn curves(&self) -> Vec<(String, f64)> {
        let mut out = vec![("loss/train".to_owned(), self.train_loss)];
        out.extend(self.validation_loss.map(|loss| ("loss/validation".to_owned(), loss)));
        out.extend(self.terms.iter().map(|(label, value)| (format!("train/{label}"), *value)));
        out.extend(self.validation_terms.iter().map(|(label, value)| (format!("validation/{label}"), *value)));
        out.extend(self.monitored.map(|value| ("monitored".to_owned(), value)));
        out.push(("learning_rate".to_owned(), self.learning_rate));
        out
    }
}

/// All epochs so far. Copies share them until one of the copies goes on, so that a position costs no copy an epoch.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Epoch>", into = "Vec<Epoch>")]
pub(super) struct History(Arc<Vec<Epoch>>);

impl History {
    /// Adds an epoch; copies what is shared.
    pub fn push(&mut self, epoch: Epoch) {
        Arc::make_mut(&mut self.0).push(epoch);
    }
}

impl Deref for History {
    type Target = [Epoch];

    fn deref(&self) -> &[Epoch] {
        &self.0
    }
}

impl From<Vec<Epoch>> for History {
    fn from(epochs: Vec<Epoch>) -> Self {
        Self(Arc::new(epochs))
    }
}

impl From<History> for Vec<Epoch> {
    fn from(history: History) -> Self {
        Arc::unwrap_or_clone(history.0)
    }
}

/// A mean over subjects of numbers that come batch by batch.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    /// Adds a batch's mean.
    pub fn add(&mut self, value: f64, subjects: usize) {
        self.sum += value * subjects as f64;
        self.weight += subjects as f64;
    }

    /// The mean so far; `None` before the first batch.
    pub fn value(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.sum / self.weight)
    }
}
