//! Searches: what is said in their braces, how settings are found, when a trial is given up.

use super::{Chapter, Entry, Parameter, Takes};

const fn clause(
    name: &'static str,
    doc: &'static str,
    parameters: &'static [Parameter],
    example: &'static str,
) -> Entry {
    Entry { name, chapter: Chapter::SearchClause, doc, source: "", parameters, example }
}

/// The entries of these chapters.
pub(super) const ENTRIES: &[Entry] = &[
    clause(
        "choose",
        "What the settings are chosen by, in every fold by itself: a metric on its validation subjects.",
        &[Parameter::positional(
            "by",
            Takes::required("`METRIC of MODEL`"),
            "",
            "any metric of which more, or less, is better; of an output `auc of m.early`",
        )],
        "param rate: real = 1e-3\ntrain years { minimize mse(years, age), optimizer Adam(lr: rate) }\n\
         search settings: rate in log(1e-4..1e-2) { choose mae of years, trials 30 }",
    ),
    clause(
        "trials",
        "How many settings are tried in each fold. Of a finite space no more than there are; none is tried twice.",
        &[Parameter::positional(
            "n",
            Takes::Count { least: 1, most: 100_000, default: None },
            "",
            "those that were tried stay when there are more",
        )],
        "param batch: int = 16\ntrain years { minimize mse(years, age), batch batch }\n\
         search settings: batch in [8, 16, 32] { choose mae of years, trials 3 }",
    ),
    clause(
        "sampler",
        "How the next settings are found.",
        &[Parameter::positional("how", Takes::said("`random`, `tpe(..)`", "random"), "", "with its settings")],
        "param rate: real = 1e-3\ntrain years { minimize mse(years, age), optimizer Adam(lr: rate) }\n\
         search settings: rate in log(1e-4..1e-2) { choose mae of years, trials 30, sampler tpe(startup: 10) }",
    ),
    clause(
        "prune",
        "Gives up trials that are behind. The last stage of the model must keep the best epoch by the metric that is chosen by.",
        &[Parameter::positional("when", Takes::said("`median(..)`", ""), "", "never where there is no clause")],
        "param rate: real = 1e-3\n\
         train years { minimize mse(years, age), optimizer Adam(lr: rate), keep best mae on validation }\n\
         search settings: rate in log(1e-4..1e-2) { choose mae of years, trials 30, prune median(startup: 5) }",
    ),
    clause(
        "seed",
        "Decides which settings are tried: in all folds the same ones, as long as they do not depend on results.",
        &[Parameter::positional("n", Takes::count(0, 1), "", "a whole number")],
        "param rate: real = 1e-3\ntrain years { minimize mse(years, age), optimizer Adam(lr: rate) }\n\
         search settings: rate in log(1e-4..1e-2) { choose mae of years, trials 30, seed 2 }",
    ),
    Entry {
        name: "random",
        chapter: Chapter::SearchSampler,
        doc: "Each value as likely as another, each param by itself. All trials are known before the first and can run side by \
              side.",
        source: "Bergstra and Bengio 2012",
        parameters: &[],
        example: "param rate: real = 1e-3\ntrain years { minimize mse(years, age), optimizer Adam(lr: rate) }\n\
                  search settings: rate in log(1e-4..1e-2) { choose mae of years, trials 30, sampler random }",
    },
    Entry {
        name: "tpe",
        chapter: Chapter::SearchSampler,
        doc: "The tree-structured Parzen estimator: near the best tenth of the trials in this fold and far from the others. Each \
              trial waits for those before it.",
        source: "Bergstra et al. 2011; Optuna 5.0 `TPESampler`",
        parameters: &[Parameter::named("startup", Takes::count(1, 10), "trials", "random ones before")],
        example: "param rate: real = 1e-3\ntrain years { minimize mse(years, age), optimizer Adam(lr: rate) }\n\
                  search settings: rate in log(1e-4..1e-2) { choose mae of years, trials 30, sampler tpe(startup: 10) }",
    },
    Entry {
        name: "median",
        chapter: Chapter::SearchPruning,
        doc: "A trial ends at the epoch at which its best value so far is behind the median of the values that finished trials of \
              the fold had at that epoch.",
        source: "Optuna `MedianPruner`",
        parameters: &[
            Parameter::named("startup", Takes::count(1, 5), "trials", "that must have finished before"),
            Parameter::named("warmup", Takes::count(0, 0), "epochs", "in which none is given up"),
        ],
        example: "param rate: real = 1e-3\n\
                  train years { minimize mse(years, age), optimizer Adam(lr: rate), keep best mae on validation }\n\
                  search settings: rate in log(1e-4..1e-2) { choose mae of years, trials 30, prune median(warmup: 3) }",
    },
];
