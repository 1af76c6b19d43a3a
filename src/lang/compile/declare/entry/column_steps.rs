//! Steps of columns, and what is done about missing cells.

use super::{Chapter, Entry, Parameter, Takes};

const FLAGS: Parameter = Parameter::named(
    "flags",
    Takes::said("`true`, `false` or a list of columns", "false"),
    "",
    "whether a 0/1 column, behind all others, says where each (or these) was missing",
);

const IF: Parameter = Parameter::named(
    "if",
    Takes::Flag(true),
    "",
    "whether the step is taken: a param here switches it, from the command line or in a sweep",
);

/// The entries of this chapter.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "standardize",
        chapter: Chapter::ColumnStep,
        doc: "Subtracts the mean of the training subjects and divides by their standard deviation. Behind the column of a target, what is \
              predicted is brought back to the unit of the column.",
        source: "scikit-learn `StandardScaler`",
        parameters: &[],
        example: "modality about: vector[2] = people.columns(age, education |> standardize)",
    },
    Entry {
        name: "minmax",
        chapter: Chapter::ColumnStep,
        doc: "Maps the smallest value of the training subjects to 0 and the largest to 1. Behind the column of a target, what is \
              predicted is brought back to the unit of the column.",
        source: "scikit-learn `MinMaxScaler`",
        parameters: &[],
        example: "modality about: vector[1] = people.columns(age |> minmax)",
    },
    Entry {
        name: "log",
        chapter: Chapter::ColumnStep,
        doc: "Natural logarithm of numbers above 0. Behind the column of a target, what is predicted is brought back to the unit of \
              the column by the exponential.",
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
        name: "combat",
        chapter: Chapter::ColumnStep,
        doc: "Takes away what each site adds to the columns, location and scale, and keeps what covariates explain. The columns \
              that go through one step are harmonised together: with empirical Bayes a column's site effect is drawn towards \
              those of the other columns; a column alone has none. All is fitted on the training people; others are changed by \
              their site's effects and their own covariates. A site without training people is an error, and so is one with a \
              single one. Missing cells are filled before, by what `missing` says; who lacks the site or a covariate lacks the \
              input.",
        source: "Johnson et al. 2007, Fortin et al. 2018; neuroCombat 0.2.12, for people who were not fitted neuroHarmonize 2.5 \
                 `harmonizationApply`",
        parameters: &[
            Parameter::named(
                "by",
                Takes::required("a column"),
                "",
                "the column that says where somebody was measured, as levels",
            ),
            Parameter::named(
                "keep",
                Takes::said("a column or a list of columns", ""),
                "",
                "covariates whose effect is kept: text as levels, numbers as numbers, numbers that are levels through `onehot`; \
                 never what is predicted",
            ),
            Parameter::named(
                "parametric",
                Takes::Flag(true),
                "",
                "whether the priors are distributions, rather than the other columns",
            ),
            Parameter::named(
                "empirical_bayes",
                Takes::Flag(true),
                "",
                "whether site effects are drawn towards those of other columns",
            ),
            Parameter::named("mean_only", Takes::Flag(false), "", "whether sites differ in location only"),
            Parameter::named(
                "reference",
                Takes::said("a site", ""),
                "",
                "the site that stays as it is and that others are made like",
            ),
            IF,
        ],
        example: "modality about: vector[2] = people.columns([education, ptau] |> combat(by: site, keep: [age, sex]) |> standardize)",
    },
    Entry {
        name: "residualize",
        chapter: Chapter::ColumnStep,
        doc: "What is left when a linear regression on covariates, with an intercept, has been taken away: observed minus \
              predicted. It is fitted on the training people, each column by itself, and applied to others with their own \
              covariates. Missing cells are filled before, by what `missing` says; who lacks a covariate lacks the input.",
        source: "statsmodels `OLS`: `resid`, and `y - predict(x)` for others",
        parameters: &[
            Parameter::named(
                "on",
                Takes::required("a column or a list of columns"),
                "",
                "the covariates: text as levels, numbers as numbers, numbers that are levels through `onehot`; never what is \
                 predicted",
            ),
            IF,
        ],
        example: "modality about: vector[2] = people.columns([education, ptau] |> residualize(on: [age, sex]))",
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
