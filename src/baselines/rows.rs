//! What comes in: a table of numbers, and what is to be predicted.

use super::error::{BaselineError, Result};
use ndarray_of_linfa::{Array1, Array2, ArrayView2};

/// A table, one row a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    width: usize,
    values: Vec<f64>,
}

/// What is to be predicted, one a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// Numbers.
    Numbers(Vec<f64>),
    /// Places of classes.
    Classes {
        /// The class of each row.
        of: Vec<usize>,
        /// How many classes there are, whether somebody is in them or not.
        count: usize,
    },
}

impl Rows {
    /// A table of rows one after the other.
    ///
    /// # Errors
    /// Numbers that make no whole rows, or that are not finite.
    pub fn new(width: usize, values: Vec<f64>) -> Result<Self> {
        if width == 0 || !values.len().is_multiple_of(width) {
            let (found, expected) = (values.len(), values.len() / width.max(1) * width);
            return Err(BaselineError::Shape { what: "numbers in a table", expected, found });
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(BaselineError::NotFinite { what: "what is read", column: at % width, value: values[at] });
        }
        Ok(Self { width, values })
    }

    /// Numbers a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.values.len() / self.width
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The rows in order.
    pub fn iter(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.width)
    }

    /// As linfa reads it.
    pub(crate) fn view(&self) -> Result<ArrayView2<'_, f64>> {
        ArrayView2::from_shape((self.len(), self.width), &self.values).map_err(|_| self.lost())
    }

    /// The table without its columns' means, and these.
    pub(crate) fn centred(&self) -> Result<(Array2<f64>, Array1<f64>)> {
        let view = self.view()?;
        let n = self.len().max(1) as f64;
        let means = view.rows().into_iter().fold(Array1::zeros(self.width), |sum, row| sum + row) / n;
        Ok((&view - &means, means))
    }

    /// Column after column, in the precision in which data are held.
    pub(crate) fn columns(&self) -> Vec<Vec<f32>> {
        (0..self.width).map(|j| self.iter().map(|row| row[j] as f32).collect()).collect()
    }

    fn lost(&self) -> BaselineError {
        BaselineError::Shape { what: "numbers in a table", expected: self.len() * self.width, found: self.values.len() }
    }
}

impl Target {
    /// How many rows it belongs to.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Classes { of, .. } => of.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Numbers that are predicted for a row: one, or one a class.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Numbers(_) => 1,
            Self::Classes { count, .. } => *count,
        }
    }

    /// The classes that somebody is in, ascending.
    pub(crate) fn present(&self) -> Vec<usize> {
        let Self::Classes { of, count } = self else { return Vec::new() };
        (0..*count).filter(|class| of.contains(class)).collect()
    }

    /// Whether it belongs to these rows and can be learnt.
    pub(crate) fn check(&self, rows: &Rows) -> Result<()> {
        if self.len() != rows.len() {
            return Err(BaselineError::Shape { what: "targets", expected: rows.len(), found: self.len() });
        }
        if self.len() < 2 {
            return Err(BaselineError::TooFew { needed: 2, found: self.len() });
        }
        match self {
            Self::Numbers(values) => match values.iter().find(|value| !value.is_finite()) {
                Some(value) => Err(BaselineError::NotFinite { what: "the target", column: 0, value: *value }),
                None => Ok(()),
            },
            Self::Classes { of, count } => match of.iter().find(|class| *class >= count) {
                Some(class) => Err(BaselineError::Shape { what: "classes", expected: *count, found: class + 1 }),
                None if self.present().len() < 2 => Err(BaselineError::OneClass),
                None => Ok(()),
            },
        }
    }
}
