//! What a stanza is: the contract between the table of operators and those who read it.
//!
//! The compiler settles names, positions, types and defaults into [`Arguments`], calls [`Stanza::apply`] with the types
//! of the values read, and gets an [`Applied`] for the graph or a [`Refusal`] to show beside the source.

use super::Arguments;
use crate::graph::{Op, TensorType, WeightSpec};

/// One operator of the language.
pub struct Stanza {
    /// As the file spells it. A capital letter means parameters (law 2).
    pub name: &'static str,
    /// Which chapter of the reference it stands in.
    pub family: Family,
    /// One sentence, then details: shapes, conventions.
    pub doc: &'static str,
    /// The paper and equation, or the package whose definition is followed.
    pub source: &'static str,
    /// How many values it reads.
    pub arity: Arity,
    /// Its arguments.
    pub parameters: &'static [Parameter],
    /// A fragment that compiles as the body of a block with the inputs `x: [8, 16, 16, 16]`, `g: class{A, B, C}` and
    /// `m: mask[16, 16, 16]{rest, core, rim}`; vectors and Gaussians are what the fragment itself makes of `x`.
    pub example: &'static str,
    /// The shape rule.
    pub apply: fn(&Arguments, &[TensorType]) -> Result<Applied, Refusal>,
}

impl Stanza {
    /// Whether it has weights or another state of its own, and so makes a module when called.
    pub fn makes_a_module(&self) -> bool {
        self.name.starts_with(|c: char| c.is_uppercase())
    }
}

/// Chapters of the operator reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Convolutions, plain, depthwise and transposed.
    Convolution,
    /// Affine maps and embeddings.
    Linear,
    /// Normalisation and dropout.
    Normalisation,
    /// Pooling and upsampling.
    Pooling,
    /// Non-linear functions of each element, and softmax.
    Activation,
    /// What moves elements without changing them.
    Shape,
    /// Arithmetic, reductions, matrix products.
    Arithmetic,
    /// Diagonal Gaussians: making, drawing, fusing, comparing.
    Gaussian,
    /// Losses: one number for the batch.
    Loss,
}

impl Family {
    /// All of them, in the order of the reference.
    pub const ALL: [Self; 9] = [
        Self::Convolution,
        Self::Linear,
        Self::Normalisation,
        Self::Pooling,
        Self::Activation,
        Self::Shape,
        Self::Arithmetic,
        Self::Gaussian,
        Self::Loss,
    ];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Convolution => "Convolutions",
            Self::Linear => "Linear maps and embeddings",
            Self::Normalisation => "Normalisation and dropout",
            Self::Pooling => "Pooling and upsampling",
            Self::Activation => "Activations",
            Self::Shape => "Shape",
            Self::Arithmetic => "Arithmetic and reductions",
            Self::Gaussian => "Gaussians",
            Self::Loss => "Losses",
        }
    }
}

/// How many values an operator reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    /// Exactly these, in this order.
    Exactly(&'static [&'static str]),
    /// At least so many, or a family. Every argument without a name is then a value that is read: parameters are
    /// given by name.
    AtLeast(usize),
}

/// An argument of an operator.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name; arguments are given by position in the order of the table, or by name.
    pub name: &'static str,
    /// What is accepted.
    pub ty: ParameterType,
    /// What holds when it is not given.
    pub default: Default,
    /// One line.
    pub doc: &'static str,
}

impl Parameter {
    /// A parameter; the table is written with it.
    pub const fn new(name: &'static str, ty: ParameterType, default: Default, doc: &'static str) -> Self {
        Self { name, ty, default, doc }
    }
}

/// What an argument accepts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ParameterType {
    /// A whole number.
    Int {
        /// The smallest accepted.
        at_least: i64,
    },
    /// A number within these bounds, both included; [`f64::MIN`] and [`f64::MAX`] stand for no bound.
    Real {
        /// The smallest accepted.
        low: f64,
        /// The largest accepted.
        high: f64,
    },
    /// `true` or `false`.
    Bool,
    /// One whole number for all axes, or a list with one each.
    Extent {
        /// The smallest accepted, for each of them.
        at_least: i64,
    },
    /// As `Extent` of at least 0, or the word `same`.
    Padding,
    /// A list of whole numbers, as `[1, 1536]`; or, by position, all the positional arguments from here on:
    /// `reshape(1, 1536)` is `reshape([1, 1536])`. See [`ParameterType::takes_the_rest`].
    Ints,
    /// A list of numbers.
    Reals,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these words, or a list of numbers.
    WordOrReals(&'static [&'static str]),
}

impl ParameterType {
    /// No bounds.
    pub(super) const ANY_REAL: Self = Self::Real { low: f64::MIN, high: f64::MAX };
    /// Larger than 0.
    pub(super) const POSITIVE: Self = Self::Real { low: f64::MIN_POSITIVE, high: f64::MAX };
    /// A count of at least 1.
    pub(super) const COUNT: Self = Self::Int { at_least: 1 };
    /// Extents of at least 1.
    pub(super) const SIZE: Self = Self::Extent { at_least: 1 };
    /// An axis: from 0, the first, or from -1, the last.
    pub(super) const AXIS: Self = Self::Int { at_least: -8 };

    /// Whether the parameter, reached by position, takes this and all further positional arguments as its list (unless
    /// the one at its place is a list already). Parameters after it are given by name only.
    pub fn takes_the_rest(self) -> bool {
        self == Self::Ints
    }
}

/// What holds when an argument is not given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Default {
    /// It must be given.
    Required,
    /// Nothing: the stanza decides, and its doc says how.
    None,
    /// This whole number (for an `Extent` or `Padding`: along all axes).
    Int(i64),
    /// This number.
    Real(f64),
    /// This.
    Bool(bool),
    /// This word.
    Word(&'static str),
}

/// What applying an operator gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The operation for the graph.
    pub op: Op,
    /// Its weights, in PyTorch's names and layouts.
    pub weights: Vec<WeightSpec>,
    /// The type of the result. Presence is the caller's to fill in: it is the union of the inputs' unless the
    /// operator gives absence a meaning.
    pub output: TensorType,
    /// Multiply-adds for one subject; 0 for what only moves or maps elements.
    pub multiply_adds: u64,
}

impl Applied {
    /// An operation without weights or multiply-adds.
    pub fn plain(op: Op, output: TensorType) -> Self {
        Self { op, weights: Vec::new(), output, multiply_adds: 0 }
    }
}

/// Why an operator cannot be applied, in the language's own words.
#[derive(Debug, Clone, PartialEq, std::default::Default)]
pub struct Refusal {
    /// What is wrong: "the kernel (5) is larger than the padded input (4) along axis 2".
    pub message: String,
    /// The argument to point at.
    pub argument: Option<&'static str>,
    /// The input to point at, by position.
    pub input: Option<usize>,
    /// What to do about it, ready to paste where possible.
    pub hint: Option<String>,
    /// The same as a change of the call, where it is one.
    pub rewrite: Option<Rewrite>,
}

/// A change of a call that is refused.
#[derive(Debug, Clone, PartialEq)]
pub enum Rewrite {
    /// A further stage behind the input that is pointed at: `|> one_hot`.
    Stage(String),
    /// Another function of the same values.
    Function(&'static str),
    /// An argument, in place of what it is or besides the others.
    Argument(&'static str, String),
    /// The two values in the other order.
    Swapped,
    /// The first value in the shape of the second.
    Reshaped,
    /// What makes the value, once as the means and once as the log-variances of a Gaussian.
    Gaussian,
    /// So many numbers at the end of what makes the first value.
    Ending(usize),
}

impl Refusal {
    /// A refusal that points at the whole call.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// Points at an argument.
    pub fn at_argument(mut self, name: &'static str) -> Self {
        self.argument = Some(name);
        self
    }

    /// Points at an input.
    pub fn at_input(mut self, position: usize) -> Self {
        self.input = Some(position);
        self
    }

    /// Adds what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the same as a change of the call.
    pub fn rewrite(mut self, rewrite: Rewrite) -> Self {
        self.rewrite = Some(rewrite);
        self
    }
}
