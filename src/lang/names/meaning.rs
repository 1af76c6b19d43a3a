//! What a symbol is.

use crate::compile::Chapter;
use fascicle_syntax::InputWord;

/// What a symbol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    /// `param`
    Param,
    /// `cohort`
    Cohort,
    /// `modality`, `condition` or `target`
    Input(InputWord),
    /// `group`
    Group,
    /// `block`
    Block,
    /// `model`
    Model,
    /// `baseline`
    Baseline,
    /// `use model`
    PackedModel,
    /// `loss`
    Loss,
    /// `protocol`
    Protocol,
    /// `analysis`
    Analysis,
    /// `sweep`
    Sweep,
    /// `search`
    Search,
    /// A parameter of a block, given when it is made.
    Parameter,
    /// What a block or a loss is applied to.
    Applied,
    /// A dimension of a block's signature.
    Dimension,
    /// `let`
    Let,
    /// `output`
    Output,
    /// The name of a `for`, `scan` or `fold`.
    Turn,
    /// A level of a class or mask.
    Level,
    /// An option of a `one_of`.
    Choice,
    /// A column of a table.
    Column,
    /// A word of the language itself.
    Language(Language),
}

/// Which table a word of the language stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// An operator.
    Operator,
    /// An entry of this chapter of the reference.
    Entry(Chapter),
    /// An analysis.
    Analysis,
    /// A metric's, operator's or analysis' argument: the owner is what takes it.
    Argument,
}

impl SymbolKind {
    /// What it is, in the language's words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Param => "param",
            Self::Cohort => "cohort",
            Self::Input(InputWord::Modality) => "modality",
            Self::Input(InputWord::Condition) => "condition",
            Self::Input(InputWord::Target) => "target",
            Self::Group => "group",
            Self::Block => "block",
            Self::Model => "model",
            Self::Baseline => "baseline",
            Self::PackedModel => "packed model",
            Self::Loss => "loss",
            Self::Protocol => "protocol",
            Self::Analysis => "analysis",
            Self::Sweep => "sweep",
            Self::Search => "search",
            Self::Parameter => "parameter",
            Self::Applied => "input",
            Self::Dimension => "dimension",
            Self::Let => "let",
            Self::Output => "output",
            Self::Turn => "name of a loop",
            Self::Level => "class",
            Self::Choice => "option",
            Self::Column => "column",
            Self::Language(Language::Operator) => "operator",
            Self::Language(Language::Entry(chapter)) => chapter.one(),
            Self::Language(Language::Analysis) => "analysis",
            Self::Language(Language::Argument) => "argument",
        }
    }

    /// Whether it is written in a file and could be called otherwise.
    pub fn is_declared(self) -> bool {
        !matches!(self, Self::Language(_))
    }
}
