//! A learned array of 1 to 5 axes that is applied to nothing.
//!
//! burn keeps the rank of a parameter in its type, hence one variant a rank.

use super::layer::Source;
use super::{B, Dynamic};
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// The array.
#[derive(Module, Debug)]
pub enum Learned<B: Backend> {
    /// A vector.
    One(Param<Tensor<B, 1>>),
    /// A matrix.
    Two(Param<Tensor<B, 2>>),
    /// Of three axes.
    Three(Param<Tensor<B, 3>>),
    /// Of four axes: a kernel in the plane.
    Four(Param<Tensor<B, 4>>),
    /// Of five axes: a kernel in space, or several in the plane.
    Five(Param<Tensor<B, 5>>),
}

impl Learned<B> {
    /// The array called `weight`.
    ///
    /// # Errors
    /// A rank beyond 1 to 5, or a weight of another one.
    pub(super) fn new(rank: usize, source: &Source<'_>) -> Result<Self, String> {
        Ok(match rank {
            1 => Self::One(source.param("weight")?),
            2 => Self::Two(source.param("weight")?),
            3 => Self::Three(source.param("weight")?),
            4 => Self::Four(source.param("weight")?),
            5 => Self::Five(source.param("weight")?),
            other => return Err(format!("learned arrays have 1 to 5 axes, this one has {other}")),
        })
    }

    /// Its numbers.
    pub(super) fn value(&self) -> Dynamic {
        match self {
            Self::One(p) => Dynamic::of(p.val()),
            Self::Two(p) => Dynamic::of(p.val()),
            Self::Three(p) => Dynamic::of(p.val()),
            Self::Four(p) => Dynamic::of(p.val()),
            Self::Five(p) => Dynamic::of(p.val()),
        }
    }

    /// The same array with other numbers.
    pub(super) fn map(self, mut f: impl FnMut(Dynamic) -> Dynamic) -> Self {
        match self {
            Self::One(p) => Self::One(p.map(|t| f(Dynamic::of(t)).rank())),
            Self::Two(p) => Self::Two(p.map(|t| f(Dynamic::of(t)).rank())),
            Self::Three(p) => Self::Three(p.map(|t| f(Dynamic::of(t)).rank())),
            Self::Four(p) => Self::Four(p.map(|t| f(Dynamic::of(t)).rank())),
            Self::Five(p) => Self::Five(p.map(|t| f(Dynamic::of(t)).rank())),
        }
    }
}
