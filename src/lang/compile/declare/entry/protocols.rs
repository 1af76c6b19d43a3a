//! Protocols: how subjects are divided.

use super::{Chapter, Entry, Parameter, Takes};

const STRATIFY: Parameter = Parameter::named(
    "stratify",
    Takes::said("a column, or a list of them", "[]"),
    "",
    "columns whose distribution is kept alike: classes as they are, numbers by quartile",
);
const SEED: Parameter = Parameter::named("seed", Takes::count(0, 1), "", "what decides who goes where");
const SEEDS: Parameter = Parameter::named(
    "seeds",
    Takes::said("a list of whole numbers, or a range `1..=50`", "[1]"),
    "",
    "in place of `seed`: everybody is divided anew for each",
);
const REPEATS: Parameter = Parameter::named(
    "repeats",
    Takes::count(1, 1),
    "",
    "how often each division is trained, each time from other weights",
);

const GROUP: Parameter = Parameter::named(
    "group",
    Takes::said("a column", ""),
    "",
    "people with one value of it (a family) are never parted; who has no cell in it is in no set",
);
const ONCE: Parameter = Parameter::named(
    "once",
    Takes::said("`subject`", ""),
    "",
    "of several records of a person the first alone validates and tests; all of them train",
);

/// The entries of this chapter.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "kfold",
        chapter: Chapter::Protocol,
        doc: "Divides people into folds; each is the test set once, of a model trained on the others.\n\n\
              All records of a person stay together. Of those who do not test, a share validates; with `validation: fold` the fold \
              behind the one that tests (the first behind the last) does. With `test: holdout` each fold validates once, the others \
              train, and all models are judged on those held out.",
        source: "scikit-learn `StratifiedKFold`, by person; with `group` `GroupKFold`, and with `group` and `stratify` \
                 `StratifiedGroupKFold`",
        parameters: &[
            Parameter::positional("folds", Takes::Count { least: 2, most: 10_000, default: None }, "", "how many"),
            Parameter::named(
                "validation",
                Takes::number(0.0, 0.9, 0.1),
                "",
                "share of the others that validates; or `fold`: a fold does",
            ),
            Parameter::named(
                "holdout",
                Takes::said("a number of subjects, or `one fold`", ""),
                "",
                "who is kept out of every fold, for `on holdout`; nobody where not given",
            ),
            Parameter::named(
                "redraw",
                Takes::Flag(false),
                "",
                "whether each seed keeps out others; else all keep out those of the first",
            ),
            Parameter::named(
                "test",
                Takes::Word(&["fold", "holdout"]),
                "",
                "who tests: each fold once, or for all folds those held out",
            ),
            GROUP,
            ONCE,
            STRATIFY,
            SEED,
            SEEDS,
            REPEATS,
        ],
        example: "protocol cv = kfold(5, stratify: [diagnosis], validation: 0.1, holdout: 40, seeds: [1, 2, 3])",
    },
    Entry {
        name: "leave_out",
        chapter: Chapter::Protocol,
        doc: "One fold a level of a column; the people of the level are the test set, of a model trained on the others.\n\n\
              Folds come in the order of the levels. Who has no cell in the column is in no set; all records of a person must be of one \
              level. The levels are those of the people kept, so the table must be there to be read.",
        source: "scikit-learn `LeaveOneGroupOut`",
        parameters: &[
            Parameter::positional("column", Takes::required("a column"), "", "whose levels are left out in turn"),
            Parameter::named(
                "validation",
                Takes::number(0.0, 0.9, 0.1),
                "",
                "share of the people of the other levels that validates",
            ),
            ONCE,
            STRATIFY,
            SEED,
            SEEDS,
            REPEATS,
        ],
        example: "protocol scanners = leave_out(site, validation: 0.15, seed: 1)",
    },
    Entry {
        name: "holdout",
        chapter: Chapter::Protocol,
        doc: "Divides people once. What a file without a protocol has: 0.8, 0.1 and 0.1, with seed 1.",
        source: "scikit-learn `StratifiedShuffleSplit`, by person",
        parameters: &[
            Parameter::named("train", Takes::number(0.0, 1.0, 0.8), "", "share that trains"),
            Parameter::named("validation", Takes::number(0.0, 1.0, 0.1), "", "share that validates"),
            Parameter::named(
                "test",
                Takes::said("a number from 0 to 1", ""),
                "",
                "share that tests; the rest where not given",
            ),
            GROUP,
            ONCE,
            STRATIFY,
            SEED,
            SEEDS,
            REPEATS,
        ],
        example: "protocol split = holdout(train: 0.7, validation: 0.1, test: 0.2, seed: 7)",
    },
];
