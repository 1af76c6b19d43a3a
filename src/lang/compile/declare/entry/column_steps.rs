//! Steps of columns, and what is done about missing cells.

use super::{Chapter, Entry, Parameter, Takes};

const FLAGS: Parameter = Parameter::named(
    "flags",
    Takes::said("`true`, `false` or a list of columns", "false"),
    "",
    "whether a 0/1 column, behind all others, says where each (or these) was missing",
);

/// The entries of this chapter.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "standardize",
        chapter: Chapter::ColumnStep,
        doc: "Subtracts the mean of the training subjects and divides by their standard deviation.",
        source: "scikit-learn `StandardScaler`",
        parameters: &[],
        example: "modality about: vector[2] = people.columns(age, education |> standardize)",
    },
    Entry {
        name: "minmax",
        chapter: Chapter::ColumnStep,
        doc: "Maps the smallest value of the training subjects to 0 and the largest to 1.",
        source: "scikit-learn `MinMaxScaler`",
        parameters: &[],
        example: "modality about: vector[1] = people.columns(age |> minmax)",
    },
    Entry {
        name: "log",
        chapter: Chapter::ColumnStep,
        doc: "Natural logarithm of numbers above 0.",
        source: "numpy `log`",
        parameters: &[],
        example: "modality about: vector[1] = people.columns(ptau |> log |> standardize)",
    },
    Entry {
        name: "bins",
        chapter: Chapter::ColumnStep,
        doc: "The number of the bin that a value falls into; bins hold about equally many training subjects.",
        source: "scikit-learn `KBinsDiscretizer(strategy=\"quantile\")`",
        parameters: &[Parameter::positional(
            "n",
            Takes::Count { least: 2, most: 1_000_000_000, default: None },
            "",
            "how many bins",
        )],
        example: "modality about: vector[4] = people.columns(age |> bins(4) |> onehot)",
    },
    Entry {
        name: "onehot",
        chapter: Chapter::ColumnStep,
        doc: "A 0/1 column for each level of the column.",
        source: "scikit-learn `OneHotEncoder`",
        parameters: &[Parameter::positional(
            "levels",
            Takes::said("a list of levels", ""),
            "",
            "which, in what order; where not given, those of the table, sorted, or the bins before it",
        )],
        example: "modality about: vector[2] = people.columns(sex |> onehot([F, M]))",
    },
    Entry {
        name: "absent",
        chapter: Chapter::Missing,
        doc: "Whoever lacks a cell lacks the input: they are left out, or absent where the type ends in `?`. The default.",
        source: "complete-case analysis",
        parameters: &[],
        example: "modality about: vector[1]? = people.columns(ptau, missing: absent)",
    },
    Entry {
        name: "mean",
        chapter: Chapter::Missing,
        doc: "The mean of the training subjects who have the cell, before any step.",
        source: "scikit-learn `SimpleImputer`",
        parameters: &[FLAGS],
        example: "modality about: vector[_] = people.columns(age, ptau, missing: mean(flags: true))",
    },
    Entry {
        name: "iterative",
        chapter: Chapter::Missing,
        doc: "Each column in turn is predicted from the others by Bayesian ridge regression, until nothing changes.",
        source: "scikit-learn `IterativeImputer`",
        parameters: &[FLAGS],
        example: "modality about: vector[_] = people.columns(age, ptau, missing: iterative(flags: [ptau]))",
    },
];
