//! The tree of a file: declarations and expressions, each with the place where it stands.

use super::Span;

/// A name with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A file: its documentation and its declarations, in the order of the text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct File {
    /// The doc comment at the head.
    pub doc: String,
    /// The declarations that could be read.
    pub declarations: Vec<Declaration>,
}

/// One declaration.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// Its doc comment, without the slashes.
    pub doc: String,
    /// From the keyword to the end.
    pub span: Span,
    /// What is declared.
    pub kind: DeclarationKind,
}

/// What a declaration declares.
#[derive(Debug, Clone, PartialEq)]
pub enum DeclarationKind {
    /// `use std.blocks.{A, B}`
    Use(Use),
    /// `use model norm as spring from "norm.fascicle"`
    UseModel {
        /// Its name here; that in the file where none is given behind `as`.
        name: Name,
        /// Its name in the file.
        model: Name,
        /// The packed model.
        file: Expr,
    },
    /// `extends "base.fx" without a, b`
    Extends {
        /// The file.
        path: Name,
        /// Declarations of the file that are not taken.
        without: Vec<Name>,
    },
    /// `param width: int = 16`
    Param {
        /// Its name.
        name: Name,
        /// What it accepts.
        ty: Type,
        /// Its value unless set otherwise.
        default: Expr,
    },
    /// `cohort c = bids("...") { keep age < 45 }`
    Cohort {
        /// Its name.
        name: Name,
        /// Where it is read.
        source: Expr,
        /// What is said of it.
        clauses: Vec<Clause>,
    },
    /// `modality`, `condition` or `target`
    Input {
        /// Which of the three.
        role: InputWord,
        /// Its name.
        name: Name,
        /// Its type.
        ty: Type,
        /// How it is read.
        source: Expr,
    },
    /// `group g = [a, b]`
    Group {
        /// Its name.
        name: Name,
        /// Its members.
        members: Expr,
    },
    /// `block B(params)(inputs) -> type { body }`
    Block(Block),
    /// `model m(inputs) -> target { body }`
    Model {
        /// Its name.
        name: Name,
        /// What it reads.
        inputs: Vec<Expr>,
        /// What it predicts.
        target: Option<Name>,
        /// What it computes.
        body: Body,
    },
    /// `baseline b(inputs) -> target on c = method(..)`
    Baseline {
        /// Its name.
        name: Name,
        /// What it reads.
        inputs: Vec<Expr>,
        /// What it predicts.
        target: Name,
        /// The cohorts it is fitted on.
        on: Vec<Name>,
        /// The method with its settings.
        method: Expr,
    },
    /// `loss l(a, b) = expr`
    Loss {
        /// Its name.
        name: Name,
        /// Its arguments.
        parameters: Vec<Parameter>,
        /// What it computes.
        body: Body,
    },
    /// `train m on c { ... }`
    Train {
        /// The model.
        model: Name,
        /// The cohorts trained on.
        on: Vec<Name>,
        /// How.
        clauses: Vec<Clause>,
    },
    /// `protocol p = kfold(5)`
    Protocol {
        /// Its name.
        name: Name,
        /// The scheme.
        scheme: Expr,
    },
    /// `ensemble m over folds, weight: inverse_entropy`
    Ensemble {
        /// The model.
        model: Name,
        /// Over what.
        over: Name,
        /// Options.
        arguments: Vec<Argument>,
    },
    /// `score m, ridge on holdout: auc, f1`
    Score {
        /// What is scored, one or several.
        of: Vec<Expr>,
        /// On whom.
        on: Option<Name>,
        /// Metrics and options.
        items: Vec<Argument>,
    },
    /// `compare m against ridge, forest on holdout: mae with wilcoxon`
    Compare {
        /// What stands before `against`: the reference; without `against` all that is compared, the reference first.
        of: Vec<Expr>,
        /// What is compared with the reference.
        against: Vec<Expr>,
        /// On whom.
        on: Option<Name>,
        /// Metrics, each with its test.
        items: Vec<ClauseValue>,
    },
    /// `analysis a = f(...)`
    Analysis {
        /// Its name.
        name: Name,
        /// What is asked.
        calls: Vec<Expr>,
    },
    /// `sweep s: fusion { compare auc }`
    Sweep {
        /// Its name.
        name: Name,
        /// What varies.
        axes: Vec<SweepAxis>,
        /// What is compared.
        clauses: Vec<Clause>,
    },
    /// `search s: rate in log(1e-4..1e-2) { choose mae of m, trials: 30 }`
    Search {
        /// Its name.
        name: Name,
        /// What is looked for.
        axes: Vec<SweepAxis>,
        /// What it is chosen by, and how.
        clauses: Vec<Clause>,
    },
}

impl DeclarationKind {
    /// The name under which a declaration can be referred to, if it has one.
    pub fn name(&self) -> Option<&Name> {
        match self {
            Self::Param { name, .. }
            | Self::Cohort { name, .. }
            | Self::Input { name, .. }
            | Self::Group { name, .. }
            | Self::Model { name, .. }
            | Self::Baseline { name, .. }
            | Self::UseModel { name, .. }
            | Self::Loss { name, .. }
            | Self::Protocol { name, .. }
            | Self::Analysis { name, .. }
            | Self::Sweep { name, .. }
            | Self::Search { name, .. } => Some(name),
            Self::Block(block) => Some(&block.name),
            Self::Use(_)
            | Self::Extends { .. }
            | Self::Train { .. }
            | Self::Ensemble { .. }
            | Self::Score { .. }
            | Self::Compare { .. } => None,
        }
    }
}

/// `use std.blocks.{A, B}`, `use std.losses.margin`, `use "own.fx".Block`
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    /// The file, where one is named in quotes.
    pub file: Option<Name>,
    /// The words of the path.
    pub path: Vec<Name>,
    /// What is taken, where braces say so; otherwise the last word of the path.
    pub names: Vec<Name>,
}

/// Which kind of input a declaration makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputWord {
    /// Something measured.
    Modality,
    /// Something the rest is conditioned on.
    Condition,
    /// Something to be predicted.
    Target,
}

/// A block: a module written in the language.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Its name.
    pub name: Name,
    /// Compile-time parameters: the first list of two.
    pub parameters: Vec<Parameter>,
    /// What it is applied to: the only list, or the second.
    pub inputs: Vec<Parameter>,
    /// The declared type of the result.
    pub result: Option<Type>,
    /// What it computes.
    pub body: Body,
}

/// A parameter of a block or loss.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Option<Type>,
    /// Its value when not given.
    pub default: Option<Expr>,
}

/// What a sweep or a search varies: one parameter, or several together.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepAxis {
    /// The parameters or groups.
    pub names: Vec<Name>,
    /// Their values; without them, every option of a `one_of`.
    pub values: Option<Expr>,
}

/// `keyword value, value`: in cohorts, stages, sweeps and searches.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// The keyword.
    pub word: Name,
    /// Its values.
    pub values: Vec<ClauseValue>,
}

/// A value of a clause with what follows it: `a.Embed from b.Embed`, `auc on validation`.
#[derive(Debug, Clone, PartialEq)]
pub struct ClauseValue {
    /// The value.
    pub value: Expr,
    /// `from`, `on`, `with` or `against`, and what comes after.
    pub links: Vec<(Name, Expr)>,
}

/// A type.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    /// What it is.
    pub kind: TypeKind,
    /// `?`: some people lack it.
    pub maybe: bool,
    /// Where it stands.
    pub span: Span,
}

/// What a type is, before names are resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// `[c, d, h, w]`
    Shape(Vec<Expr>),
    /// `int`, `normal[n]`, `volume[1, 64, 64, 64]`, `class{A, B}`, `one_of(a, b)`
    Named {
        /// The word.
        name: Name,
        /// What stands in square brackets.
        shape: Option<Vec<Expr>>,
        /// What stands in braces.
        levels: Option<Vec<Name>>,
        /// What stands in parentheses.
        options: Option<Vec<Name>>,
    },
}

/// Statements and a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// `let` and `output`, in order.
    pub statements: Vec<Statement>,
    /// The value of the body.
    pub result: Option<Box<Expr>>,
    /// From brace to brace.
    pub span: Span,
}

/// A statement of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// `output` rather than `let`.
    pub output: bool,
    /// The name.
    pub name: Name,
    /// The value.
    pub value: Expr,
}

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `16`
    Int(i64),
    /// `1e-3`
    Real(f64),
    /// `1.5mm`, `10%`
    Quantity(f64, String),
    /// `"text"`
    Text(String),
    /// `true`
    Bool(bool),
    /// `/^lh_/`
    Regex(String),
    /// `x`
    Name(String),
    /// `same subject`: words that a function reads together
    Phrase(Vec<Name>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `{ a: x, b }`
    Record(Vec<(Name, Expr)>),
    /// `f(x, by: y)`
    Call {
        /// What is called.
        callee: Box<Expr>,
        /// With what.
        arguments: Vec<Argument>,
    },
    /// `x[i, j]`
    Index {
        /// What is indexed.
        of: Box<Expr>,
        /// By what.
        by: Vec<Expr>,
    },
    /// `x.name`
    Field {
        /// Of what.
        of: Box<Expr>,
        /// Which.
        name: Name,
    },
    /// `x |> f |> G(1)`
    Pipe {
        /// What goes in.
        input: Box<Expr>,
        /// What it goes through.
        stage: Box<Expr>,
    },
    /// `a + b`
    Binary {
        /// How.
        op: BinaryOp,
        /// Left.
        left: Box<Expr>,
        /// Right.
        right: Box<Expr>,
    },
    /// `-a`
    Negate(Box<Expr>),
    /// `not a`
    Not(Box<Expr>),
    /// `0..1`, `1..=5`
    Range {
        /// First.
        start: Box<Expr>,
        /// Last, or one past it.
        end: Box<Expr>,
        /// `..=`
        inclusive: bool,
    },
    /// `for i, j in g if i != j { .. }`
    For {
        /// One name a nesting.
        names: Vec<Name>,
        /// A group, family, range or list.
        over: Box<Expr>,
        /// Which combinations.
        filter: Option<Box<Expr>>,
        /// The value for each.
        body: Body,
    },
    /// `scan i in r from x0 { x => .. }`
    Scan(Box<Iteration>),
    /// `fold i in r from x0 { x => .. }`
    Fold(Box<Iteration>),
    /// `if c { a } else { b }`
    If {
        /// The condition.
        condition: Box<Expr>,
        /// If it holds.
        then: Body,
        /// If not.
        otherwise: Option<Body>,
    },
    /// `match e { a => x, else => y }`
    Match {
        /// What decides.
        scrutinee: Box<Expr>,
        /// The arms.
        arms: Vec<Arm>,
    },
}

/// The body of a `scan` or `fold`.
#[derive(Debug, Clone, PartialEq)]
pub struct Iteration {
    /// The name of the element.
    pub name: Name,
    /// What is gone through.
    pub over: Expr,
    /// Where it starts.
    pub from: Expr,
    /// The name of what is carried on.
    pub carried: Name,
    /// The step.
    pub body: Body,
}

/// One arm of a `match`.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// What it matches; empty for `else`.
    pub patterns: Vec<Expr>,
    /// Its value.
    pub value: Expr,
    /// The pattern's place.
    pub span: Span,
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// Its name, where one is given.
    pub name: Option<Name>,
    /// Its value.
    pub value: Expr,
}

/// A binary operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `^`
    Power,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `in`
    In,
    /// `and`
    And,
    /// `or`
    Or,
    /// `??`
    Coalesce,
    /// `by`
    By,
    /// `vs`
    Versus,
}

impl BinaryOp {
    /// Its spelling.
    pub fn spelling(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Power => "^",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::And => "and",
            Self::Or => "or",
            Self::Coalesce => "??",
            Self::By => "by",
            Self::Versus => "vs",
        }
    }

    /// The operator spelled so.
    pub fn from_spelling(text: &str) -> Option<Self> {
        const ALL: [BinaryOp; 18] = [
            BinaryOp::Add,
            BinaryOp::Subtract,
            BinaryOp::Multiply,
            BinaryOp::Divide,
            BinaryOp::Remainder,
            BinaryOp::Power,
            BinaryOp::Equal,
            BinaryOp::NotEqual,
            BinaryOp::Less,
            BinaryOp::LessOrEqual,
            BinaryOp::Greater,
            BinaryOp::GreaterOrEqual,
            BinaryOp::In,
            BinaryOp::And,
            BinaryOp::Or,
            BinaryOp::Coalesce,
            BinaryOp::By,
            BinaryOp::Versus,
        ];
        ALL.into_iter().find(|op| op.spelling() == text)
    }
}
