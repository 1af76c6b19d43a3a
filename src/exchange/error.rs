//! What can go wrong with weights and tensors from outside.

use crate::tensors::show_shape;
use std::fmt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// An error of weights that go in or out.
#[derive(Debug, Error)]
pub enum ExchangeError {
    /// What the operating system says.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// `read`, `write`.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that is not what it should be.
    #[error("{}: {problem}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A name map that cannot be understood.
    #[error("the name map: {0}")]
    Map(String),
    /// Names or shapes that do not meet.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// Two tensors that should be one weight hold different numbers.
    #[error(
        "`{place}` is one weight here, but `{first}` and `{second}` of the file hold different numbers; map one of them \
         elsewhere or put it under `ignore`"
    )]
    Disagreement {
        /// The weight.
        place: String,
        /// One tensor of the file.
        first: String,
        /// Another.
        second: String,
    },
    /// A map that cannot be gone backwards.
    #[error("`{name}` cannot be written: {problem}")]
    NoWayBack {
        /// The tensor of the file.
        name: String,
        /// Why.
        problem: String,
    },
}

impl ExchangeError {
    /// To be used with `map_err`.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { doing, path: path.to_owned(), source }
    }
}

/// A tensor of the file that no weight takes.
#[derive(Debug, Clone, PartialEq)]
pub struct UnmatchedTensor {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// What the map makes of the name, where it says something.
    pub meant: Option<String>,
}

/// A tensor that does not fit the weight it is meant for.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapeMismatch {
    /// The weight.
    pub place: String,
    /// Its shape.
    pub expected: Vec<usize>,
    /// The tensors of the file.
    pub from: String,
    /// What is wrong.
    pub problem: String,
}

/// Everything that does not meet between a file and a program, at once.
#[derive(Debug, Clone, Default, PartialEq, Error)]
pub struct Mismatch {
    /// Tensors of the file that no weight takes.
    pub in_file: Vec<UnmatchedTensor>,
    /// Weights of the program that no tensor is for.
    pub in_program: Vec<(String, Vec<usize>)>,
    /// Pairs whose shapes differ.
    pub misshapen: Vec<ShapeMismatch>,
    /// Entries of the map that match nothing.
    pub idle: Vec<String>,
}

impl Mismatch {
    /// Whether everything meets.
    pub fn is_empty(&self) -> bool {
        self.in_file.is_empty() && self.in_program.is_empty() && self.misshapen.is_empty() && self.idle.is_empty()
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file and the program do not meet")?;
        if !self.misshapen.is_empty() {
            f.write_str("\nshapes that differ:")?;
            for m in &self.misshapen {
                write!(f, "\n  {} expects {}, {}: {}", m.place, show_shape(&m.expected), m.from, m.problem)?;
            }
        }
        if !self.in_file.is_empty() {
            f.write_str("\nin the file alone (map them, or list them under `ignore`):")?;
            for u in &self.in_file {
                write!(f, "\n  {} {}", u.name, show_shape(&u.shape))?;
                if let Some(meant) = &u.meant {
                    write!(f, ", mapped to {meant}, which the program does not have")?;
                }
            }
        }
        if !self.in_program.is_empty() {
            f.write_str(
                "\nin the program alone (map them, or list them under `initial` to leave them as they start):",
            )?;
            for (name, shape) in &self.in_program {
                write!(f, "\n  {name} {}", show_shape(shape))?;
            }
        }
        if !self.idle.is_empty() {
            write!(f, "\nentries of the map that match nothing: {}", self.idle.join(", "))?;
        }
        Ok(())
    }
}
