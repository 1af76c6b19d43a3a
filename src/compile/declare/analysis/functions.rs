//! The analyses of the language: one entry of [`FUNCTIONS`] each, which the compiler and the documentation read.

use crate::program::{Analysis, AnalysisKind, Answer, Argument};

/// What a parameter of an analysis takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::compile) enum Takes {
    /// A model.
    Model,
    /// A model that a stage trains, for the stage's loss on validation subjects.
    Trained,
    /// A cohort, or a subset of one.
    People,
    /// Numbers by subject: a field of an analysis, columns, an output of a model.
    Values,
    /// Groups of people: a class, a column, labels that an analysis gave; or one of these words.
    Groups(&'static [&'static str]),
    /// Correction for many tests.
    Correction,
    /// A number from the second to the third; the first where it is not given.
    Number(f64, f64, f64),
    /// A whole number of at least the second; the first where it is not given.
    Count(usize, i64),
    /// One of these words; the first where it is not given.
    Word(&'static [&'static str]),
    /// Some of these words; all where it is not given.
    Words(&'static [&'static str]),
    /// Numbers to be tried, within these bounds: `10 in 0.5..1`; or one number. The first where it is not given.
    Tried(Option<f64>, f64, f64),
    /// How many factors: a number of them, or `eigenvalue > 1`, which is what stands where it is not given.
    Factors,
    /// The people of one class: `diagnosis == HC`; everybody where it is not given.
    Within,
    /// The same numbers of everybody; those that are grouped where it is not given.
    Reference,
    /// The middle of each group: `median(x by g)`; fills `groups` and `centre` too.
    Centres,
    /// An analysis that tests something.
    Test,
    /// Numbers by subject as [`Takes::Values`], or maps, of which every voxel is asked by itself.
    Tested,
    /// One output of a model: a vector, or one number.
    Output,
    /// An image that the output which is given as `output` depends on.
    Image,
    /// A length of at least 0 mm: `1.5mm`; this one where it is not given.
    Millimetres(f64),
    /// Whose embeddings: one of these subsets of people; the first where it is not given.
    On(&'static [&'static str]),
}

/// An analysis.
pub(in crate::compile) struct Function {
    pub name: &'static str,
    pub kind: AnalysisKind,
    pub parameters: &'static [(&'static str, Takes)],
    /// The fields of its result. One that gives labels or maps stands for the whole: `by strata`. Of a test of maps, what
    /// is by column is a map.
    pub fields: &'static [(&'static str, Answer)],
}

const CORRECT: (&str, Takes) = ("correct", Takes::Correction);
const ALPHA: (&str, Takes) = ("alpha", Takes::Number(0.05, 0.0, 1.0));
const VALUES: (&str, Takes) = ("values", Takes::Values);
const TESTED: (&str, Takes) = ("values", Takes::Tested);
const GROUPS: (&str, Takes) = ("groups", Takes::Groups(&[]));
/// People that the model has not seen: those of the test and held-out sets, and of cohorts that trained nothing.
const ON_TEST: (&str, Takes) = ("on", Takes::On(&["test", "holdout"]));
const ON_UNSEEN: (&str, Takes) = ("on", Takes::On(&["unseen", "test", "holdout", "all"]));

const P: (&str, Answer) = ("p", Answer::Columns);
const Q: (&str, Answer) = ("q", Answer::Columns);
const EFFECT: (&str, Answer) = ("effect", Answer::Columns);
const SIGNIFICANT: (&str, Answer) = ("significant", Answer::Number);

/// All analyses.
pub(in crate::compile) const FUNCTIONS: &[Function] = &[
    Function {
        name: "normative_deviation",
        kind: AnalysisKind::NormativeDeviation,
        parameters: &[("model", Takes::Model), ("reference", Takes::People), ("cases", Takes::People)],
        fields: &[("z", Answer::Vector), ("mean", Answer::Real), ("extreme", Answer::Real)],
    },
    Function {
        name: "one_sample_t",
        kind: AnalysisKind::OneSampleT,
        parameters: &[TESTED, CORRECT, ALPHA],
        fields: &[("t", Answer::Columns), P, Q, SIGNIFICANT],
    },
    Function {
        name: "two_sample_t",
        kind: AnalysisKind::TwoSampleT,
        parameters: &[TESTED, GROUPS, CORRECT, ALPHA],
        fields: &[("t", Answer::Columns), P, Q, SIGNIFICANT],
    },
    Function {
        name: "mann_whitney",
        kind: AnalysisKind::MannWhitney,
        parameters: &[TESTED, GROUPS, CORRECT, ALPHA, ("effect", Takes::Word(&["rank_biserial"]))],
        fields: &[("u", Answer::Columns), P, Q, EFFECT, SIGNIFICANT],
    },
    Function {
        name: "kruskal_wallis",
        kind: AnalysisKind::KruskalWallis,
        parameters: &[TESTED, GROUPS, CORRECT, ALPHA],
        fields: &[("h", Answer::Columns), P, Q, EFFECT, SIGNIFICANT],
    },
    Function {
        name: "correlation",
        kind: AnalysisKind::Correlation,
        parameters: &[TESTED, ("with", Takes::Values), CORRECT, ALPHA],
        fields: &[("r", Answer::Columns), P, Q, SIGNIFICANT],
    },
    Function {
        name: "logistic_probe",
        kind: AnalysisKind::LogisticProbe,
        parameters: &[
            VALUES,
            ("target", Takes::Groups(&[])),
            ("search", Takes::Count(100, 0)),
            ("penalty", Takes::Words(&["l1", "l2", "elastic"])),
            ("score", Takes::Word(&["auc", "accuracy", "balanced_accuracy"])),
            ON_TEST,
        ],
        fields: &[
            ("auc", Answer::Runs),
            ("accuracy", Answer::Runs),
            ("balanced_accuracy", Answer::Runs),
            ("strength", Answer::Runs),
            ("mixture", Answer::Runs),
        ],
    },
    Function {
        name: "linear_probe",
        kind: AnalysisKind::LinearProbe,
        parameters: &[VALUES, ("factor", Takes::Values), ON_TEST],
        fields: &[("r2", Answer::Runs), ("r", Answer::Runs), ("strength", Answer::Runs)],
    },
    Function {
        name: "retrieval",
        kind: AnalysisKind::Retrieval,
        parameters: &[
            VALUES,
            ("groups", Takes::Groups(&["subject", "modality"])),
            ("distance", Takes::Word(&["cosine", "euclidean"])),
            ON_UNSEEN,
        ],
        fields: &[("share", Answer::Runs), ("chance", Answer::Runs)],
    },
    Function {
        name: "affinity_propagation",
        kind: AnalysisKind::AffinityPropagation,
        parameters: &[
            VALUES,
            ("damping", Takes::Tried(Some(0.5), 0.5, 1.0)),
            ("preference", Takes::Tried(None, f64::NEG_INFINITY, f64::INFINITY)),
            ("keep", Takes::Word(&["best silhouette"])),
            ON_UNSEEN,
        ],
        fields: &[
            ("labels", Answer::Labels),
            ("clusters", Answer::Number),
            ("silhouette", Answer::Number),
            ("damping", Answer::Number),
            ("preference", Answer::Number),
        ],
    },
    Function {
        name: "factor_analysis",
        kind: AnalysisKind::FactorAnalysis,
        parameters: &[VALUES, ("rotate", Takes::Word(&["varimax", "none"])), ("keep", Takes::Factors)],
        fields: &[
            ("scores", Answer::Vector),
            ("loadings", Answer::Matrix),
            ("communality", Answer::Columns),
            ("explained", Answer::Number),
            ("factors", Answer::Number),
        ],
    },
    Function {
        name: "permutation",
        kind: AnalysisKind::Permutation,
        parameters: &[("test", Takes::Test), ("times", Takes::Count(10_000, 1)), CORRECT, ALPHA],
        fields: &[P, Q, SIGNIFICANT],
    },
    Function {
        name: "quantiles",
        kind: AnalysisKind::Quantiles,
        parameters: &[("values", Takes::Centres), ("within", Takes::Reference)],
        fields: &[("quantile", Answer::Matrix), ("centre", Answer::Matrix)],
    },
    Function {
        name: "similarity",
        kind: AnalysisKind::Similarity,
        parameters: &[
            ("first", Takes::Values),
            ("second", Takes::Values),
            ("measures", Takes::Words(&["cka", "debiased_cka", "cca", "svcca"])),
            ("share", Takes::Number(0.99, 0.01, 1.0)),
            ("within", Takes::Within),
            ON_UNSEEN,
        ],
        fields: &[
            ("cka", Answer::Runs),
            ("debiased_cka", Answer::Runs),
            ("cca", Answer::Runs),
            ("svcca", Answer::Runs),
            ("people", Answer::Runs),
        ],
    },
    Function {
        name: "tsne",
        kind: AnalysisKind::Tsne,
        parameters: &[
            VALUES,
            ("colour", Takes::Groups(&["subject", "modality"])),
            ("perplexity", Takes::Number(30.0, 1.0, 1000.0)),
            ("seed", Takes::Count(1, 0)),
            ON_UNSEEN,
        ],
        fields: &[("map", Answer::Vector), ("divergence", Answer::Number)],
    },
    Function {
        name: "layer_entropy",
        kind: AnalysisKind::LayerEntropy,
        parameters: &[("model", Takes::Trained), ("draws", Takes::Count(1000, 2))],
        fields: &[
            ("entropy", Answer::Columns),
            ("mean", Answer::Columns),
            ("sd", Answer::Columns),
            ("loss", Answer::Number),
        ],
    },
    Function {
        name: "smooth_grad",
        kind: AnalysisKind::SmoothGrad,
        parameters: &[
            ("output", Takes::Output),
            ("of", Takes::Image),
            ("noise", Takes::Number(0.1, 0.0, 1.0)),
            ("times", Takes::Count(50, 1)),
            ("smooth", Takes::Millimetres(0.0)),
            ("mask", Takes::Word(&["nonzero", "above_mean", "all"])),
            ON_UNSEEN,
        ],
        fields: &[("maps", Answer::Maps), ("mean", Answer::Map), ("magnitude", Answer::Real)],
    },
];

/// The entry of this kind.
pub(in crate::compile) fn of(kind: AnalysisKind) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|f| f.kind == kind)
}

/// The fields that an analysis has: of measures that can be chosen only those that are.
pub(in crate::compile) fn fields(analysis: &Analysis) -> Vec<(&'static str, Answer)> {
    let fields = of(analysis.kind).map_or(&[][..], |f| f.fields);
    if matches!(analysis.arguments.get("values"), Some(Argument::Maps { .. })) {
        let at_voxels = |(name, answer)| (name, if answer == Answer::Columns { Answer::Map } else { answer });
        return fields.iter().copied().map(at_voxels).collect();
    }
    let chosen = analysis.arguments.get("measures");
    let all = of(analysis.kind).and_then(|f| f.parameters.iter().find(|(name, _)| *name == "measures"));
    let (Some(Argument::Words(chosen)), Some((_, Takes::Words(all)))) = (chosen, all) else { return fields.to_vec() };
    let has = |name: &str| !all.contains(&name) || chosen.iter().any(|c| c == name);
    fields.iter().copied().filter(|(name, _)| has(name)).collect()
}

/// Their names.
pub(in crate::compile) fn field_names(analysis: &Analysis) -> Vec<&'static str> {
    fields(analysis).into_iter().map(|(name, _)| name).collect()
}

/// What a field of an analysis is.
pub(in crate::compile) fn answer_of(analysis: &Analysis, field: &str) -> Option<Answer> {
    fields(analysis).into_iter().find(|(name, _)| *name == field).map(|(_, answer)| answer)
}
