//! Rows of subjects as the network reads them: the data pipeline of one fold seen by training and prediction.

use super::subgraph::Subgraph;
use crate::data::dataset::{Augmentation, Dataset, FittedInputs, Item};
use crate::graph::InputId;
use crate::nn::{Batch, InputBatch, Windows};
use crate::program::{Augment, InputSpec};
use crate::train::DataError;

/// Reads the inputs of a live part.
pub(super) struct Rows<'a> {
    pub inputs: &'a FittedInputs<'a>,
    /// For each input of the live part, its place in the dataset.
    places: Vec<usize>,
    /// Inputs that a row must have.
    needed: Vec<usize>,
}

impl<'a> Rows<'a> {
    /// The inputs of a live part, through one fold's fitted steps.
    pub fn new(subgraph: &Subgraph, inputs: &'a FittedInputs<'a>) -> Self {
        let places: Vec<usize> = subgraph.inputs.iter().map(|input| input.index()).collect();
        let optional = |at: usize| subgraph.graph.inputs[at].ty.may_be_absent();
        let needed = places.iter().enumerate().filter(|(at, _)| !optional(*at)).map(|(_, place)| *place).collect();
        Self { inputs, places, needed }
    }

    /// Looks whether what a stage reads of these people can be moved together.
    ///
    /// # Errors
    /// See [`FittedInputs::check_moves`].
    pub fn check_moves(&self, items: &[Item], augment: &[Augment]) -> Result<(), crate::data::error::DataError> {
        self.inputs.check_moves(items, &self.places, augment)
    }

    /// Looks whether patches of what a stage reads of these people are patches of the same places.
    ///
    /// # Errors
    /// See [`FittedInputs::check_parts`].
    pub fn check_parts(&self, items: &[Item]) -> Result<(), crate::data::error::DataError> {
        self.inputs.check_parts(items, &self.places)
    }

    /// How the inputs that are seen by parts are gone over, where there are any.
    pub fn windows(&self) -> Option<Windows> {
        let specs: Vec<&InputSpec> = self.places.iter().map(|place| &self.dataset().inputs[*place]).collect();
        Windows::of(&specs)
    }

    fn dataset(&self) -> &Dataset {
        self.inputs.dataset()
    }

    /// The items of those people that have everything that is needed.
    ///
    /// # Errors
    /// A name that nobody has.
    pub fn items(&self, keys: &[String]) -> Result<Vec<Item>, crate::data::error::DataError> {
        let mut items = self.dataset().items(keys)?;
        items.retain(|item| self.needed.iter().all(|input| self.dataset().has(item.member, *input)));
        Ok(items)
    }

    /// The values of some of the live part's inputs for these items, each looked at in its own way.
    ///
    /// # Errors
    /// What cannot be read, naming the subject.
    pub fn batch(&self, rows: &[(Item, Augmentation<'_>)], wanted: &[InputId]) -> Result<Batch, DataError> {
        let mut inputs: Vec<Option<InputBatch>> = self.places.iter().map(|_| None).collect();
        for input in wanted {
            let place = *self.places.get(input.index()).ok_or("an input is read that the network does not have")?;
            let crate::data::dataset::InputBatch { values, shape, present } = self.inputs.input_batch(rows, place)?;
            inputs[input.index()] = Some(InputBatch { values, shape, present });
        }
        Ok(Batch { rows: rows.len(), inputs })
    }
}
