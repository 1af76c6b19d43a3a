//! What the evaluator saw, kept for whoever shows a file to people: an opt-in record of every expression.
//!
//! ```text
//!  x |> Conv3d(16) |> relu        facts:  `x`                 [1, 64, 64, 64]
//!       └────────┘ stage                  `Conv3d(16)`        [16, 64, 64, 64]  448 parameters, 113 M multiply-adds
//!                                         `relu`              [16, 64, 64, 64]
//! ```
//!
//! A block's body is evaluated once a call, a loop's once a turn: facts of different [`Call`]s stand apart, turns of one are
//! counted. Nothing is recorded unless [`Request::record`](super::Request) asks, and what is recorded is plain data.

use crate::graph::{NodeId, TensorType};
use fascicle_syntax::Span;
use std::cmp::Reverse;

/// What was seen in one variant.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// The variant; `base` for the file as it stands.
    pub variant: String,
    /// One for each expression of the file itself and call around it, ordered by place: start, the longer first, then by call.
    pub facts: Vec<Fact>,
    /// The applications of blocks and losses, in the order of evaluation.
    pub calls: Vec<Call>,
    /// Names of inputs, by position: what [`TensorType::presence`] speaks of.
    pub inputs: Vec<String>,
}

/// What is known of one expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// The expression; of a pipe's stage that of the stage.
    pub span: Span,
    /// The application inside whose body it stands; `None` outside of blocks.
    pub call: Option<CallId>,
    /// What it gave, the first time.
    pub seen: Seen,
    /// Of a stage of a pipe, whose fact is what comes out behind it: where what goes in stands.
    pub stage: Option<Span>,
    /// Learnable numbers of modules that were first applied within it.
    pub parameters: u64,
    /// Multiply-adds for one subject of what was computed within it.
    pub multiply_adds: u64,
    /// How often it was evaluated in this call: the turns of loops around it.
    pub times: usize,
    /// Whether all turns gave the same type.
    pub alike: bool,
    /// Whether they gave it but for who lacks it.
    pub same_shape: bool,
    /// In how many calls of the blocks around it it was evaluated; there are facts of the first four.
    pub calls: usize,
    /// Where what a name stands for is declared; `None` for what is no name, for locals, and for what the language brings.
    pub definition: Option<Span>,
}

/// Position of a call in [`Record::calls`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u32);

/// A block or a loss, applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub declared: Span,
    /// Where it is applied.
    pub span: Span,
    /// The call inside whose body that stands.
    pub within: Option<CallId>,
    /// The dimensions that its signature solves for, in their order.
    pub dimensions: Vec<(String, i64)>,
    /// The values of its parameters, as the file would spell them.
    pub parameters: Vec<(String, String)>,
}

/// What an expression gave.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// A value of the graph, and its node where it has one already.
    Tensor(TensorType, Option<NodeId>),
    /// Members by key.
    Family {
        /// The keys.
        keys: Vec<String>,
        /// The first member.
        first: Option<Box<Seen>>,
        /// Whether all are of its type.
        alike: bool,
    },
    /// Fields by name.
    Record(Vec<(String, Seen)>),
    /// Values in their order; those of long lists up to [`LISTED`].
    List {
        /// The first of them.
        items: Vec<Seen>,
        /// How many there are.
        length: usize,
    },
    /// What is known to the compiler, as the file spells it: a number, a text, a word.
    Constant(String),
    /// A module: what makes it, where it stands.
    Module {
        /// The operator or block.
        name: String,
        /// Its path: `norm.Encoder.Linear_2`.
        path: String,
    },
    /// An operator of the table or a function of the language, by name.
    Operator(&'static str),
    /// A block, a loss or a model of a file, by name.
    Declared(String),
    /// A model or a baseline of the file: its name, and what it gives where that has no name of its own.
    Model(String, Option<Box<Seen>>),
    /// Inputs by name.
    Group(Vec<String>),
    /// The standard normal.
    Prior,
    /// Nothing: a mistake was told.
    Broken,
}

/// Most members of a list that are kept.
pub const LISTED: usize = 8;

impl Seen {
    /// The type, where it is a value of the graph.
    pub fn ty(&self) -> Option<&TensorType> {
        match self {
            Self::Tensor(ty, _) => Some(ty),
            _ => None,
        }
    }

    /// Whether both are of one type, whoever lacks them.
    pub fn has_the_shape_of(&self, other: &Self) -> bool {
        match (self.ty(), other.ty()) {
            (Some(a), Some(b)) => (&a.kind, &a.shape, a.batched) == (&b.kind, &b.shape, b.batched),
            _ => self.is_like(other),
        }
    }

    /// Whether both are of one type; what is no value of the graph is compared as it is.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Tensor(a, _), Self::Tensor(b, _)) => a == b,
            (Self::Family { keys: a, first: x, alike: s }, Self::Family { keys: b, first: y, alike: t }) => {
                a == b && s == t && both(x.as_deref(), y.as_deref())
            }
            (Self::Record(a), Self::Record(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|((m, x), (n, y))| m == n && x.is_like(y))
            }
            (Self::List { items: a, length: m }, Self::List { items: b, length: n }) => {
                m == n && a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.is_like(y))
            }
            // The path differs from turn to turn.
            (Self::Module { name: a, .. }, Self::Module { name: b, .. }) => a == b,
            (a, b) => a == b,
        }
    }
}

fn both(a: Option<&Seen>, b: Option<&Seen>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.is_like(b),
        (None, None) => true,
        _ => false,
    }
}

impl Record {
    /// What differs from the file as it stands: of a variant that is like it but for one layer, the facts from that layer on.
    pub(super) fn parting_from(mut self, base: &Self) -> Self {
        let applied = |record: &Self, fact: &Fact| fact.call.and_then(|call| record.call(call)).map(|call| call.span);
        let same = |fact: &Fact| {
            let place = applied(&self, fact);
            base.of(fact.span).any(|known| {
                let costs = (known.parameters, known.multiply_adds) == (fact.parameters, fact.multiply_adds);
                costs && known.seen.is_like(&fact.seen) && known.stage == fact.stage && applied(base, known) == place
            })
        };
        let parts: Vec<bool> = self.facts.iter().map(|fact| !same(fact)).collect();
        let mut parts = parts.into_iter();
        self.facts.retain(|_| parts.next().unwrap_or(true));
        self
    }

    /// The facts of one source that lie within these bytes.
    pub fn within(&self, span: Span) -> impl Iterator<Item = &Fact> {
        let first = self.facts.partition_point(|f| (f.span.source, f.span.start) < (span.source, span.start));
        self.facts[first..]
            .iter()
            .take_while(move |f| f.span.source == span.source && f.span.start <= span.end)
            .filter(move |f| f.span.end <= span.end)
    }

    /// The facts of exactly this place, one a call.
    pub fn of(&self, span: Span) -> impl Iterator<Item = &Fact> {
        let place = |span: Span| (span.source, span.start, Reverse(span.end));
        let first = self.facts.partition_point(|f| place(f.span) < place(span));
        self.facts[first..].iter().take_while(move |f| f.span == span)
    }

    /// The fact of exactly this place in the first call, and in how many calls there is one.
    pub fn first(&self, span: Span) -> Option<(&Fact, usize)> {
        self.of(span).next().map(|fact| (fact, fact.calls))
    }

    /// The call of a fact.
    pub fn call(&self, id: CallId) -> Option<&Call> {
        self.calls.get(id.0 as usize)
    }

    /// The names of the inputs without which a value is absent.
    pub fn who<'r>(&'r self, ty: &'r TensorType) -> impl Iterator<Item = &'r str> {
        ty.presence.iter().filter_map(|input| self.inputs.get(input.index())).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::{EmptyWorld, Request, compile, compile_with};
    use std::sync::atomic::AtomicBool;

    const TEXT: &str = r#"cohort c = bids("data")
modality t1: volume[1, 16, 16, 16] = c.image("anat/*_T1w.nii.gz") |> zscore
param width: int = 4
block Down(x: [c, d, h, w]) -> [width, _, _, _] { x |> Conv3d(width, stride: 2) }
model m(t1) { t1 |> Down() |> Down() }
sweep widths: width in [4, 8]
"#;

    fn recorded(request: Request<'_>) -> crate::compile::Compilation {
        compile_with("x.fx", TEXT, &[], &EmptyWorld, Request { record: true, ..request })
    }

    fn span(text: &str) -> Span {
        let start = TEXT.find(text).unwrap_or_default() as u32;
        Span { start, end: start + text.len() as u32, ..Span::default() }
    }

    #[test]
    fn calls_of_a_block_are_told_apart() {
        let compilation = recorded(Request::default());
        let record = &compilation.records[0];
        let layer: Vec<&Fact> = record.of(span("Conv3d(width, stride: 2)")).collect();
        let shown: Vec<String> = layer.iter().filter_map(|f| f.seen.ty()).map(ToString::to_string).collect();
        assert_eq!(shown, ["[4, 8, 8, 8]", "[4, 4, 4, 4]"]);
        // 27 weights a channel and filter, and a bias a filter.
        assert_eq!(layer.iter().map(|f| f.parameters).collect::<Vec<_>>(), [4 * (27 + 1), 4 * (4 * 27 + 1)]);
        let solved: Vec<_> = record.calls.iter().map(|call| call.dimensions[0].clone()).collect();
        assert_eq!(solved, [("c".to_owned(), 1), ("c".to_owned(), 4)]);
        assert_eq!(record.first(span("Conv3d(width, stride: 2)")).map(|(_, calls)| calls), Some(2));
    }

    #[test]
    fn a_variant_has_what_differs_from_the_file() {
        let compilation = recorded(Request::default());
        let variants: Vec<&str> = compilation.records.iter().map(|r| r.variant.as_str()).collect();
        assert_eq!(variants, ["base", "width=4", "width=8"]);
        assert_eq!(compilation.records[1].facts, []);
        let wider = compilation.records[2].first(span("Conv3d(width, stride: 2)"));
        assert_eq!(
            wider.and_then(|(fact, _)| fact.seen.ty()).map(ToString::to_string).as_deref(),
            Some("[8, 8, 8, 8]")
        );
    }

    #[test]
    fn nothing_is_recorded_unless_it_is_asked_for_and_programs_are_the_same() {
        let plain = compile("x.fx", TEXT, &[], &EmptyWorld);
        assert_eq!(plain.records, []);
        assert_eq!(plain.experiment, recorded(Request::default()).experiment);
        assert!(plain.experiment.is_some() && !plain.partial);
    }

    #[test]
    fn the_file_as_it_stands_can_be_had_alone() {
        let alone = recorded(Request { base_only: true, ..Request::default() });
        assert!(alone.partial && alone.base.is_some() && alone.experiment.is_none());
        let cancelled = AtomicBool::new(true);
        let given_up = recorded(Request { cancelled: Some(&cancelled), ..Request::default() });
        assert!(given_up.partial && given_up.records.len() == 1);
    }
}
