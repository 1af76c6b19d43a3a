//! What can be wrong with the numbers an analysis is given, and the checks every analysis starts with.
//!
//! Slices and arrays come in, nothing goes out but the verdict: a number that is not finite, two lists of different
//! length or a sample too small is refused here, with its place, before any arithmetic could hide it.

use ndarray::{ArrayView, Dimension};
use thiserror::Error;

/// The result of an analysis.
pub type Result<T> = std::result::Result<T, AnalysisError>;

/// Asked between the rounds of long work, which its error ends: [`AnalysisError::Interrupted`].
pub type Checkpoint<'a> = &'a (dyn Fn() -> Result<()> + Sync);

/// Why an analysis has no answer. `what` always names the argument, as a reader of the results would call it.
///
/// Positions, classes, regions and groups count from 0.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum AnalysisError {
    /// What is asked between rounds said that there is no time for more.
    #[error("interrupted")]
    Interrupted,
    /// There is nothing to analyse.
    #[error("{what} is empty: at least one value is needed")]
    Empty {
        /// The empty argument.
        what: &'static str,
    },
    /// The sample is too small for the answer to be defined.
    #[error("{what} has {found} values, but at least {needed} are needed")]
    TooFew {
        /// The argument.
        what: &'static str,
        /// The smallest number of values with which there is an answer.
        needed: usize,
        /// The number of values there are.
        found: usize,
    },
    /// Two arguments that belong together, value by value, differ in shape.
    #[error("{left} has the shape {left_shape:?}, but {right} has {right_shape:?}: they must agree")]
    ShapeMismatch {
        /// The first argument.
        left: &'static str,
        /// Its shape.
        left_shape: Vec<usize>,
        /// The second argument.
        right: &'static str,
        /// Its shape.
        right_shape: Vec<usize>,
    },
    /// A NaN or an infinity.
    #[error(
        "{what} holds {value} at {position:?}: every value must be a finite number; leave out or impute what is missing"
    )]
    NotFinite {
        /// The argument.
        what: &'static str,
        /// Where it stands, one index an axis.
        position: Vec<usize>,
        /// What was found.
        value: f64,
    },
    /// A number outside what its meaning allows.
    #[error("{what} holds {value} at {position:?}: expected {expected}")]
    OutOfRange {
        /// The argument.
        what: &'static str,
        /// Where it stands, one index an axis.
        position: Vec<usize>,
        /// What was found.
        value: f64,
        /// What is allowed.
        expected: &'static str,
    },
    /// All values are the same, so that what is asked (a variance, a rank, a correlation) has no meaning.
    #[error("{what} is the same value, {value}, everywhere: without variation this is not defined")]
    Constant {
        /// The argument.
        what: &'static str,
        /// The one value.
        value: f64,
    },
    /// A region that does not vary among the reference subjects, so that no deviation from it can be measured.
    #[error(
        "region {region} has the same reference residual, {value}, in every subject: its standard deviation is zero; \
         leave the region out"
    )]
    ConstantRegion {
        /// The region's column.
        region: usize,
        /// The one residual.
        value: f64,
    },
    /// A label that is not one of the classes.
    #[error("{what} holds class {label} at {position}, but there are {classes} classes (0 to {})", classes.saturating_sub(1))]
    UnknownClass {
        /// The argument.
        what: &'static str,
        /// Which of its values.
        position: usize,
        /// The label found.
        label: usize,
        /// The number of classes.
        classes: usize,
    },
    /// A class nobody in the sample belongs to, where the answer needs every class.
    #[error(
        "nobody in the sample belongs to class {class}: the area under the curve is not defined; pool the folds before \
         scoring, or stratify the split"
    )]
    MissingClass {
        /// The class without members.
        class: usize,
    },
    /// Probabilities of one subject that do not add up to one.
    #[error("{what}: row {row} adds up to {sum}, but probabilities must add up to 1")]
    NotProbabilities {
        /// The argument.
        what: &'static str,
        /// The subject's row.
        row: usize,
        /// The sum found.
        sum: f64,
    },
    /// A setting outside its range.
    #[error("{setting} is {found}: expected {expected}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// What was given.
        found: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// Two images without any difference, whose signal-to-noise ratio is infinite.
    #[error("the two images are identical: their signal-to-noise ratio is infinite")]
    Identical,
    /// Columns that are linear combinations of one another, where independent ones are needed.
    #[error(
        "{what} has rank {rank}, but {needed} independent columns are needed: leave out columns that repeat others"
    )]
    RankDeficient {
        /// The argument.
        what: &'static str,
        /// Its rank.
        rank: usize,
        /// The rank that is needed.
        needed: usize,
    },
    /// A term of a regression that those before it determine.
    #[error("term {term} of the regression is a linear combination of those before it: leave it out")]
    DependentTerm {
        /// Which.
        term: usize,
    },
    /// A column that does not vary beyond what is taken away from it.
    #[error("column {column} does not vary beyond what the regression explains: leave it out")]
    ConstantColumn {
        /// Which.
        column: usize,
    },
    /// A group of too few subjects.
    #[error("group {group} has {found} subjects, but at least {needed} are needed")]
    SmallGroup {
        /// Which.
        group: usize,
        /// The least.
        needed: usize,
        /// What was found.
        found: usize,
    },
    /// A quotient without a denominator, or a choice among nothing.
    #[error("{what} is not defined: {reason}")]
    Undefined {
        /// What was asked for.
        what: &'static str,
        /// Why it has no value.
        reason: &'static str,
    },
    /// An iteration that did not settle.
    #[error("{what} did not converge within {iterations} iterations")]
    NotConverged {
        /// The method.
        what: &'static str,
        /// The iterations done.
        iterations: usize,
    },
}

/// Refuses an empty sample and values that are not finite.
pub(crate) fn check_sample(what: &'static str, values: &[f64]) -> Result<()> {
    check_size(what, values, 1)?;
    match values.iter().position(|v| !v.is_finite()) {
        Some(position) => Err(AnalysisError::NotFinite { what, position: vec![position], value: values[position] }),
        None => Ok(()),
    }
}

/// Refuses a sample of fewer than `needed` values.
pub(crate) fn check_size<T>(what: &'static str, values: &[T], needed: usize) -> Result<()> {
    match values.len() {
        0 => Err(AnalysisError::Empty { what }),
        found if found < needed => Err(AnalysisError::TooFew { what, needed, found }),
        _ => Ok(()),
    }
}

/// Refuses two lists of different length.
pub(crate) fn check_paired<A, B>(left: &'static str, a: &[A], right: &'static str, b: &[B]) -> Result<()> {
    check_shapes(left, &[a.len()], right, &[b.len()])
}

/// Refuses two arrays of different shape.
pub(crate) fn check_shapes(left: &'static str, a: &[usize], right: &'static str, b: &[usize]) -> Result<()> {
    if a == b {
        return Ok(());
    }
    Err(AnalysisError::ShapeMismatch { left, left_shape: a.to_vec(), right, right_shape: b.to_vec() })
}

/// Refuses an empty array and values that are not finite.
pub(crate) fn check_array<T, D>(what: &'static str, array: &ArrayView<'_, T, D>) -> Result<()>
where
    T: Copy + Into<f64>,
    D: Dimension,
{
    if array.is_empty() {
        return Err(AnalysisError::Empty { what });
    }
    match array.iter().position(|&v| !v.into().is_finite()) {
        Some(flat) => Err(AnalysisError::NotFinite {
            what,
            position: unravel(flat, array.shape()),
            value: array.iter().nth(flat).map_or(f64::NAN, |&v| v.into()),
        }),
        None => Ok(()),
    }
}

/// The value all of `values` share, if they share one.
pub(crate) fn constant(values: &[f64]) -> Option<f64> {
    let (&first, rest) = values.split_first()?;
    rest.iter().all(|&v| v == first).then_some(first)
}

/// The index along each axis of the `flat`-th element in row-major order.
fn unravel(mut flat: usize, shape: &[usize]) -> Vec<usize> {
    let mut position = vec![0; shape.len()];
    for (index, &extent) in position.iter_mut().zip(shape).rev() {
        *index = flat % extent;
        flat /= extent;
    }
    position
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;

    #[test]
    fn a_value_that_is_not_finite_is_named_with_its_place() {
        let mut image = Array3::<f32>::zeros((2, 3, 4));
        image[[1, 2, 3]] = f32::NAN;
        let error = check_array("the image", &image.view()).unwrap_err();
        assert!(matches!(&error, AnalysisError::NotFinite { position, .. } if position == &[1, 2, 3]));
        assert!(error.to_string().starts_with("the image holds NaN at [1, 2, 3]"), "{error}");
        let error = check_sample("the scores", &[1.0, f64::INFINITY]).unwrap_err();
        assert_eq!(error, AnalysisError::NotFinite { what: "the scores", position: vec![1], value: f64::INFINITY });
    }

    #[test]
    fn an_empty_sample_and_a_small_one_are_told_apart() {
        assert_eq!(check_sample("the scores", &[]), Err(AnalysisError::Empty { what: "the scores" }));
        let error = check_size("the scores", &[1.0], 2).unwrap_err();
        assert_eq!(error.to_string(), "the scores has 1 values, but at least 2 are needed");
    }

    #[test]
    fn only_a_sample_of_one_value_is_constant() {
        assert_eq!(constant(&[2.0, 2.0]), Some(2.0));
        assert_eq!(constant(&[2.0, 2.5]), None);
        assert_eq!(constant(&[]), None);
    }
}
