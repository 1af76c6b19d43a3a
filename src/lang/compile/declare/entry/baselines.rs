//! Methods of baselines: what a network is compared to.

use super::{Chapter, Entry, Parameter, Takes};

/// Penalties from hardly any to one that leaves nothing.
const PENALTY: Takes = Takes::number(1e-9, 1e9, 1.0);
const DEPTH: Parameter = Parameter::named(
    "depth",
    Takes::said("a whole number of at least 1", ""),
    "",
    "most splits one after the other; until everybody in a leaf is alike where not given",
);
const LEAF: Parameter = Parameter::named("leaf", Takes::count(1, 1), "people", "fewest in a leaf");

/// The entries of this chapter.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "ridge",
        chapter: Chapter::Baseline,
        doc: "Ridge regression, of numbers: least squares with a penalty on the squares of the weights.\n\n\
              Minimises `||y - Xw||^2 + strength ||w||^2`; the intercept is not penalised. Columns count by their size: standardise \
              them.",
        source: "scikit-learn `Ridge` (`strength` is its `alpha`); computed by `linfa-linear`",
        parameters: &[Parameter::positional("strength", PENALTY, "", "of the penalty")],
        example: "baseline b(measures) -> age = ridge(strength: 1.0)",
    },
    Entry {
        name: "elastic_net",
        chapter: Chapter::Baseline,
        doc: "Elastic net, of numbers: least squares with a penalty on squares and absolute values of the weights, which makes many of \
              them 0.\n\n\
              Minimises `||y - Xw||^2 / (2 n) + strength (mixture ||w||_1 + (1 - mixture) ||w||^2 / 2)`; the intercept is not penalised. \
              With a mixture of 1 it is the lasso.",
        source: "scikit-learn `ElasticNet` (`strength` is its `alpha`, `mixture` its `l1_ratio`); computed by `linfa-elasticnet`",
        parameters: &[
            Parameter::positional("strength", PENALTY, "", "of the penalty"),
            Parameter::named(
                "mixture",
                Takes::number(0.01, 1.0, 0.5),
                "",
                "share of the absolute values in the penalty",
            ),
        ],
        example: "baseline b(measures) -> age = elastic_net(strength: 0.1, mixture: 0.9)",
    },
    Entry {
        name: "logistic",
        chapter: Chapter::Baseline,
        doc: "Logistic regression, of classes; multinomial where there are more than two.\n\n\
              Minimises the sum of the log losses and `strength ||w||^2 / 2`; the intercept is not penalised.",
        source: "scikit-learn `LogisticRegression` (`strength` is its `1 / C`); computed by `linfa-logistic`",
        parameters: &[Parameter::positional("strength", PENALTY, "", "of the penalty")],
        example: "baseline b(measures) -> diagnosis = logistic(strength: 10)",
    },
    Entry {
        name: "svm",
        chapter: Chapter::Baseline,
        doc: "A support vector machine, of classes or of numbers.\n\n\
              Of more than two classes there is a machine for each against the rest. It gives decisions, no probabilities: `auc` and what \
              counts right answers can be scored, an `ensemble` cannot be made of them.",
        source: "scikit-learn `SVC` and `SVR` (`strength` is their `1 / C`, `width` their `gamma`); computed by `linfa-svm`",
        parameters: &[
            Parameter::positional("strength", PENALTY, "", "of the penalty: the larger, the cheaper is an error"),
            Parameter::named("kernel", Takes::Word(&["gaussian", "linear"]), "", "how people are compared"),
            Parameter::named(
                "width",
                Takes::said("a number from 0.000000001 to 1000000000", ""),
                "",
                "of the Gaussian kernel `exp(-width d^2)`; 1 over columns times variance of all numbers where not given",
            ),
            Parameter::named("epsilon", Takes::number(0.0, 1e9, 0.1), "", "error of a number that costs nothing"),
        ],
        example: "baseline b(measures) -> diagnosis = svm(kernel: linear)",
    },
    Entry {
        name: "decision_tree",
        chapter: Chapter::Baseline,
        doc: "One decision tree, of classes or of numbers: the best split of a column, again and again.\n\n\
              The best leaves the least Gini impurity, or the least variance; of equal ones it is that of the first column.",
        source: "Breiman et al. 1984; scikit-learn `DecisionTreeClassifier` and `DecisionTreeRegressor`; linfa has none of numbers",
        parameters: &[DEPTH, LEAF],
        example: "baseline b(measures) -> diagnosis = decision_tree(depth: 3, leaf: 5)",
    },
    Entry {
        name: "random_forest",
        chapter: Chapter::Baseline,
        doc: "A random forest, of classes or of numbers: the mean of trees, each grown on as many people drawn with replacement, each split \
              looking at columns drawn anew.\n\n\
              What is random is decided by the run's seed. Probabilities are means of the shares in leaves.",
        source: "Breiman 2001; scikit-learn `RandomForestClassifier` and `RandomForestRegressor`; linfa has none of numbers",
        parameters: &[
            Parameter::positional(
                "trees",
                Takes::Count { least: 1, most: 100_000, default: Some(100) },
                "",
                "how many",
            ),
            DEPTH,
            LEAF,
            Parameter::named(
                "columns",
                Takes::said("a share from 0 to 1", ""),
                "",
                "of the columns that a split looks at; where not given all for numbers, for classes the root of their number",
            ),
        ],
        example: "baseline b(measures) -> age = random_forest(trees: 300, leaf: 2)",
    },
    Entry {
        name: "nearest",
        chapter: Chapter::Baseline,
        doc: "Nearest neighbours, of classes or of numbers: the mean of the people whose columns are closest, in Euclidean distance.\n\n\
              Columns count by their size: standardise them.",
        source: "scikit-learn `KNeighborsClassifier` and `KNeighborsRegressor`; found by `linfa-nn`",
        parameters: &[
            Parameter::positional(
                "neighbours",
                Takes::Count { least: 1, most: 100_000, default: Some(5) },
                "",
                "how many",
            ),
            Parameter::named(
                "weights",
                Takes::Word(&["equal", "distance"]),
                "",
                "all alike, or by the inverse of the distance",
            ),
        ],
        example: "baseline b(measures) -> age = nearest(10, weights: distance)",
    },
];
