//! Functions that the compiler works out itself, because they are of families, lists and shapes rather than of numbers.

use super::{Chapter, Entry, Parameter, Takes};

const MEMBERS: Parameter = Parameter::positional(
    "values",
    Takes::required("values one by one, a list, a family or a group"),
    "",
    "what is pooled",
);

const fn function(
    name: &'static str,
    doc: &'static str,
    source: &'static str,
    parameters: &'static [Parameter],
    example: &'static str,
) -> Entry {
    Entry { name, chapter: Chapter::Function, doc, source, parameters, example }
}

/// The entries of this chapter.
pub(super) const ENTRIES: &[Entry] = &[
    function(
        "sum",
        "Adds up several values of one shape, element by element; of those that may be absent, the ones that are there.",
        "Python `sum`",
        &[MEMBERS],
        "model pooled(t1) { sum(for i in 0..2 { t1 |> Conv3d(2) |> global_avg_pool }) }",
    ),
    function(
        "mean",
        "The mean of several values of one shape, element by element; of those that may be absent, the ones that are there.",
        "numpy `mean` over the members",
        &[MEMBERS],
        "model pooled(t1) { mean(for i in 0..2 { t1 |> Conv3d(2) |> global_avg_pool }) }",
    ),
    function(
        "max",
        "The largest of several values of one shape, element by element; of those that may be absent, of the ones that are there.",
        "numpy `maximum`",
        &[MEMBERS],
        "model pooled(t1) { max(for i in 0..2 { t1 |> Conv3d(2) |> global_avg_pool }) }",
    ),
    function(
        "min",
        "The smallest of several values of one shape, element by element; of those that may be absent, of the ones that are there.",
        "numpy `minimum`",
        &[MEMBERS],
        "model pooled(t1) { min(for i in 0..2 { t1 |> Conv3d(2) |> global_avg_pool }) }",
    ),
    function(
        "reverse",
        "A list from its end.",
        "Python `reversed`",
        &[Parameter::positional("list", Takes::required("a list"), "", "which")],
        "model levels(t1) {\n  let found = scan i in 0..2 from t1 { x => x |> Conv3d(2) }\n  reverse(found).last\n}",
    ),
    function(
        "length",
        "How many members a list, a group or a family has.",
        "Python `len`",
        &[Parameter::positional("of", Takes::required("a list, a group or a family"), "", "which")],
        "model levels(t1) {\n  let found = scan i in 0..2 from t1 { x => x |> Conv3d(2) }\n  found.last |> Conv3d(2 * length(found))\n}",
    ),
    function(
        "size",
        "The extent of a vector, or those of each axis in a list.",
        "PyTorch `Tensor.shape`, without the batch",
        &[Parameter::positional("x", Takes::required("a tensor"), "", "of what")],
        "model same(t1) { t1 |> flatten |> reshape(shape: size(t1)) }",
    ),
    function(
        "position",
        "Which member of a group an input is, counted from 1.",
        "",
        &[
            Parameter::positional("member", Takes::required("an input"), "", "which"),
            Parameter::positional("group", Takes::required("a group"), "", "of which group"),
        ],
        "group scans = [t1]\nmodel each(scans) { sum(for s in scans { s |> Conv3d(2 * position(s, scans)) |> global_avg_pool }) }",
    ),
    function(
        "fool",
        "A term of a loss: a critic, trained beside the stage, is to be left unable to tell the members of a family apart.\n\n\
         [The language](language.md#train) says how.",
        "Tzeng et al. 2015, confusion loss",
        &[
            Parameter::positional(
                "critic",
                Takes::required("a block or a module with one logit for each member"),
                "",
                "who tells them apart",
            ),
            Parameter::positional("family", Takes::required("a family"), "", "what is told apart"),
            Parameter::named(
                "optimizer",
                Takes::said("an optimizer", ""),
                "",
                "the critic's; the stage's where not given",
            ),
        ],
        "block Critic(x: [n]) -> [2] { x |> Linear(4) |> relu |> Linear(2) }\n\
         model sides(t1) {\n  output code = for i in 0..2 { t1 |> Conv3d(4) |> global_avg_pool }\n}\n\
         train sides { minimize fool(Critic(), sides.code, optimizer: SGD(lr: 0.1)) }",
    ),
];
