//! The analyses of the language: one entry of [`FUNCTIONS`] each, which the compiler and the documentation read.

use crate::program::{Analysis, AnalysisKind, Argument, ColumnTest, FieldType, GroupTest};

/// What a parameter of an analysis takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::compile) enum Takes {
    /// A model.
    Model,
    /// A model that a stage trains, for the stage's loss on validation subjects.
    Trained,
    /// A cohort, or a subset of one.
    People,
    /// The same; where nobody is named, those of whom a packed model holds the statistics.
    Norm,
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
    /// Numbers by subject as [`Takes::Values`], or columns of which some hold levels.
    Described,
    /// Groups as [`Takes::Groups`]; everybody together where they are not given.
    MaybeGroups,
    /// What a model predicts of a number that stands in a column; fills `truth` too.
    Predicted,
    /// What an analysis says of every column.
    Columnwise,
    /// The path of a file, in quotes.
    File,
    /// Whose embeddings: one of these subsets of people; the first where it is not given.
    On(&'static [&'static str]),
}

/// An analysis.
pub(in crate::compile) struct Function {
    pub name: &'static str,
    /// What it answers, in a sentence; then what there is to know. `fascicle doc` and `docs/analyses.md` print it.
    pub doc: &'static str,
    /// The paper, or the package whose definition is followed.
    pub source: &'static str,
    /// A declaration, which a test compiles behind [`super::reference::PRELUDE`].
    pub example: &'static str,
    pub kind: AnalysisKind,
    pub parameters: &'static [(&'static str, Takes)],
    /// The fields of its result. One that gives labels or maps stands for the whole: `by strata`. Of a test of maps, what
    /// is by column is a map.
    pub fields: &'static [(&'static str, FieldType)],
}

const CORRECT: (&str, Takes) = ("correct", Takes::Correction);
const ALPHA: (&str, Takes) = ("alpha", Takes::Number(0.05, 0.0, 1.0));
const VALUES: (&str, Takes) = ("values", Takes::Values);
const TESTED: (&str, Takes) = ("values", Takes::Tested);
const GROUPS: (&str, Takes) = ("groups", Takes::Groups(&[]));
/// People that the model has not seen: those of the test and held-out sets, and of cohorts that trained nothing.
const ON_TEST: (&str, Takes) = ("on", Takes::On(&["test", "holdout"]));
const ON_UNSEEN: (&str, Takes) = ("on", Takes::On(&["unseen", "test", "holdout", "all"]));

const P: (&str, FieldType) = ("p", FieldType::Columns);
const Q: (&str, FieldType) = ("q", FieldType::Columns);
const EFFECT: (&str, FieldType) = ("effect", FieldType::Columns);
const SIGNIFICANT: (&str, FieldType) = ("significant", FieldType::Number);

/// All analyses.
pub(in crate::compile) const FUNCTIONS: &[Function] = &[
    Function {
        name: "normative_deviation",
        doc: "How far people are from the norm, in standard deviations of reference people who trained nothing.\n\n\
              What is subtracted is what the model makes of an input: every output that a loss or a score compares with one. In every \
              run the mean and the standard deviation of the differences of the reference are taken, element by element; whoever is \
              judged in several runs has the mean of all. `z` holds everybody's deviation for every element, `mean` the mean of its \
              absolute values, `extreme` the share of them beyond 1.96. A packed model holds the means and deviations of the reference it was \
              packed with, which count where `reference` is not given.",
        source: "Kumar et al., normative modelling with multimodal variational autoencoders",
        example: "analysis away = normative_deviation(norm, reference: people.test, cases: patients)",
        kind: AnalysisKind::NormativeDeviation,
        parameters: &[("model", Takes::Model), ("reference", Takes::Norm), ("cases", Takes::People)],
        fields: &[("z", FieldType::Vector), ("mean", FieldType::Real), ("extreme", FieldType::Real)],
    },
    Function {
        name: "one_sample_t",
        doc: "Which columns differ from 0: Student's t test of each.\n\n\
              `t`, `p` and, corrected for the number of columns, `q`; `significant` counts those of `q` below `alpha`.",
        source: "scipy `ttest_1samp`; corrections as statsmodels `multipletests`",
        example: "analysis regions = one_sample_t(deviation.z, correct: fdr, alpha: 0.05)",
        kind: AnalysisKind::Test(ColumnTest::OneSampleT),
        parameters: &[TESTED, CORRECT, ALPHA],
        fields: &[("t", FieldType::Columns), P, Q, SIGNIFICANT],
    },
    Function {
        name: "two_sample_t",
        doc: "Which columns differ between two groups: Welch's t test of each, the first group minus the second.\n\n\
              `t`, `p` and, corrected for the number of columns, `q`; `significant` counts those of `q` below `alpha`.",
        source: "scipy `ttest_ind(equal_var=False)`; corrections as statsmodels `multipletests`",
        example: "analysis atrophied = two_sample_t(people.columns(/^lh_/), HC vs AD, correct: fdr)",
        kind: AnalysisKind::Test(ColumnTest::Groups(GroupTest::TwoSampleT)),
        parameters: &[TESTED, GROUPS, CORRECT, ALPHA],
        fields: &[("t", FieldType::Columns), P, Q, SIGNIFICANT],
    },
    Function {
        name: "mann_whitney",
        doc: "Which columns differ between two groups: Mann and Whitney's test of each, which asks for ranks only.\n\n\
              `u` is that of the first group, `effect` the rank-biserial correlation; `p`, `q` and `significant` as elsewhere.",
        source: "scipy `mannwhitneyu`; corrections as statsmodels `multipletests`",
        example: "analysis ranked = mann_whitney(people.columns(/^lh_/), HC vs AD, correct: holm)",
        kind: AnalysisKind::Test(ColumnTest::Groups(GroupTest::MannWhitney)),
        parameters: &[TESTED, GROUPS, CORRECT, ALPHA, ("effect", Takes::Word(&["rank_biserial"]))],
        fields: &[("u", FieldType::Columns), P, Q, EFFECT, SIGNIFICANT],
    },
    Function {
        name: "kruskal_wallis",
        doc: "Which columns differ between several groups: Kruskal and Wallis' test of each.\n\n\
              `effect` is epsilon squared; `h`, `p`, `q` and `significant` as elsewhere.",
        source: "scipy `kruskal`; corrections as statsmodels `multipletests`",
        example: "analysis stages = kruskal_wallis(deviation.mean by patients.stage)",
        kind: AnalysisKind::Test(ColumnTest::Groups(GroupTest::KruskalWallis)),
        parameters: &[TESTED, GROUPS, CORRECT, ALPHA],
        fields: &[("h", FieldType::Columns), P, Q, EFFECT, SIGNIFICANT],
    },
    Function {
        name: "correlation",
        doc: "Which columns go with another: Pearson's correlation of each.\n\n\
              `r`, `p` and, corrected for the number of columns, `q`; `significant` counts those of `q` below `alpha`.",
        source: "scipy `pearsonr`; corrections as statsmodels `multipletests`",
        example: "analysis memory = correlation(deviation.mean, patients.recall)",
        kind: AnalysisKind::Test(ColumnTest::Correlation),
        parameters: &[TESTED, ("with", Takes::Values), CORRECT, ALPHA],
        fields: &[("r", FieldType::Columns), P, Q, SIGNIFICANT],
    },
    Function {
        name: "logistic_probe",
        doc: "Whether logistic regression tells a class from embeddings.\n\n\
              In every run it is fitted to the training subjects, on columns standardised by them. `search` penalties are drawn (of \
              strength C between 0.0001 and 1,000, of the kinds in `penalty`); the one of the best `score` on the validation \
              subjects is judged on the people of `on`. With `search: 0` C is 1. `strength` and `mixture` are those of the penalty \
              that was chosen.",
        source: "scikit-learn `LogisticRegression(penalty=\"elasticnet\")`",
        example: "analysis probe = for s in scans { logistic_probe(code.z[s], diagnosis, search: 500, on: holdout) }",
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
            ("auc", FieldType::Runs),
            ("accuracy", FieldType::Runs),
            ("balanced_accuracy", FieldType::Runs),
            ("strength", FieldType::Runs),
            ("mixture", FieldType::Runs),
        ],
    },
    Function {
        name: "linear_probe",
        doc: "Whether ridge regression tells numbers from embeddings.\n\n\
              In every run it is fitted to the training subjects; its penalty, `strength`, is the one of the least error where each \
              of them is left out in turn. It is judged on the people of `on`. The factor may be several columns.",
        source: "scikit-learn `RidgeCV`",
        example: "analysis old = linear_probe(code.z[t1], age)",
        kind: AnalysisKind::LinearProbe,
        parameters: &[VALUES, ("factor", Takes::Values), ON_TEST],
        fields: &[("r2", FieldType::Runs), ("r", FieldType::Runs), ("strength", FieldType::Runs)],
    },
    Function {
        name: "retrieval",
        doc: "Whether the nearest neighbour of an embedding is of the same person, modality or class.\n\n\
              `share` says of how many it is, `chance` of how many it would be without any order. Of a family every member is \
              an item.",
        source: "the definition of retrieval at 1; scikit-learn `NearestNeighbors` with these distances",
        example: "analysis found = retrieval(code.z by subject)",
        kind: AnalysisKind::Retrieval,
        parameters: &[
            VALUES,
            ("groups", Takes::Groups(&["subject", "modality"])),
            ("distance", Takes::Word(&["cosine", "euclidean"])),
            ON_UNSEEN,
        ],
        fields: &[("share", FieldType::Runs), ("chance", FieldType::Runs)],
    },
    Function {
        name: "affinity_propagation",
        doc: "Into how many groups people fall, and who is in which.\n\n\
              The number of groups is found, not given. Of all settings that are tried those of the best silhouette are kept. \
              Preferences may be percentiles of the similarities, `1000 in percentile(1..99)`, or by value: evenly spaced between two \
              percentiles, `1000 in values(1..99)` (`values(0..100)`: between the smallest and the largest). Where none is given it is \
              their median.",
        source: "Frey and Dueck 2007; scikit-learn `AffinityPropagation`; silhouette: Rousseeuw 1987",
        example: "analysis clusters = affinity_propagation(people.columns(/^lh_/), damping: 10 in 0.5..1, preference: 100 in percentile(1..99))",
        kind: AnalysisKind::AffinityPropagation,
        parameters: &[
            VALUES,
            ("damping", Takes::Tried(Some(0.5), 0.5, 1.0)),
            ("preference", Takes::Tried(None, f64::NEG_INFINITY, f64::INFINITY)),
            ("keep", Takes::Word(&["best silhouette"])),
            ON_UNSEEN,
        ],
        fields: &[
            ("labels", FieldType::Labels),
            ("clusters", FieldType::Number),
            ("silhouette", FieldType::Number),
            ("damping", FieldType::Number),
            ("preference", FieldType::Number),
        ],
    },
    Function {
        name: "factor_analysis",
        doc: "The few factors behind many columns: principal components of standardised columns, rotated.\n\n\
              Of the people who have all columns. `scores` say where everybody stands, `loadings` how columns and factors go together, \
              `communality` how much of a column the factors share, `explained` how much of the whole; `factors` is their number.",
        source: "scikit-learn `PCA`; rotation: Kaiser 1958; scores: Thomson's regression, as factor_analyzer",
        example: "analysis factors = factor_analysis(people.columns(/^lh_/), rotate: varimax, keep: eigenvalue > 1)",
        kind: AnalysisKind::FactorAnalysis,
        parameters: &[VALUES, ("rotate", Takes::Word(&["varimax", "none"])), ("keep", Takes::Factors)],
        fields: &[
            ("scores", FieldType::Vector),
            ("loadings", FieldType::Matrix),
            ("communality", FieldType::Columns),
            ("explained", FieldType::Number),
            ("factors", FieldType::Number),
        ],
    },
    Function {
        name: "permutation",
        doc: "The p of another test by shuffling: labels of groups, the pairs of a correlation, the signs of a one-sample test.\n\n\
              `q` is corrected for the number of columns as in the other tests.",
        source: "scipy `permutation_test`; (b + 1) / (m + 1) after Phipson and Smyth 2010",
        example: "analysis chance = permutation(stage, times: 10000)",
        kind: AnalysisKind::Permutation,
        parameters: &[("test", Takes::Test), ("times", Takes::Count(10_000, 1)), CORRECT, ALPHA],
        fields: &[P, Q, SIGNIFICANT],
    },
    Function {
        name: "quantiles",
        doc: "Where the middle of each group lies among everybody, column by column: a profile.\n\n\
              `centre` is the median or the mean of the group, `quantile` the share of everybody whose number is \
              smaller, equal ones counting half.",
        source: "scipy `percentileofscore(kind=\"mean\")`",
        example: "analysis profile = quantiles(median(people.columns(/^lh_/) by strata), within: people.columns(/^lh_/))",
        kind: AnalysisKind::Quantiles,
        parameters: &[("values", Takes::Centres), ("within", Takes::Reference)],
        fields: &[("quantile", FieldType::Matrix), ("centre", FieldType::Matrix)],
    },
    Function {
        name: "frequency",
        doc: "How many people lie beyond a bound, column by column: where deviations are frequent.\n\n\
              `share` is that of the people whose absolute value exceeds `beyond`, of those who have the column; `positive` and \
              `negative` are the shares above it and below its negative, `count` is the number of people on either side. Of \
              `deviation.z` these are extreme deviations: 1.96 is exceeded by one normal value in twenty, 2.6 by one in a hundred. \
              `anywhere` is the share of people with at least one such column.",
        source: "Marquand et al. 2016; Wolfers et al. 2018, extreme positive and negative deviations",
        example: "analysis often = frequency(deviation.z, beyond: 1.96)",
        kind: AnalysisKind::Frequency,
        parameters: &[VALUES, ("beyond", Takes::Number(1.96, 0.0, f64::INFINITY))],
        fields: &[
            ("share", FieldType::Columns),
            ("positive", FieldType::Columns),
            ("negative", FieldType::Columns),
            ("count", FieldType::Columns),
            ("anywhere", FieldType::Number),
        ],
    },
    Function {
        name: "paint",
        doc: "What another analysis says of every column, painted into the regions of an atlas: an image for viewers, and a figure.\n\n\
              `on` is a label image (NIfTI); `map` lies on its grid, voxel for voxel. `names` says what its labels are called: a table \
              with the columns `index` and `name` (BIDS `dseg.tsv`), or FreeSurfer's `ColorLUT.txt`. A column and a label go together \
              where their names are the same, or are so without case, marks between words, `ctx` and the measure: \
              `lh_bankssts_thickness` is `ctx-lh-bankssts`. Columns without a label and labels without a value are told by name; \
              the latter, and what has no label, is 0 in the image (1 where p or q is painted).",
        source: "BIDS 1.9, discrete segmentations; FreeSurfer's lookup tables",
        example: "analysis drawn = paint(stage.h, on: \"atlas/aparc+aseg.nii.gz\", names: \"atlas/labels.tsv\")",
        kind: AnalysisKind::Paint,
        parameters: &[("values", Takes::Columnwise), ("on", Takes::File), ("names", Takes::File)],
        fields: &[("map", FieldType::Map), ("painted", FieldType::Number)],
    },
    Function {
        name: "similarity",
        doc: "How alike two representations of the same people are, in every run.\n\n\
              No measure depends on how either is turned. `svcca` looks at the components that hold `share` of the variance. \
              `people` is their number. Only the measures that are asked for are fields.",
        source: "centred kernel alignment: Kornblith et al. 2019, without bias Song et al. 2012; canonical correlations: Hotelling 1936, of singular vectors Raghu et al. 2017",
        example: "analysis alike = for d in diagnosis { similarity(code.z[t1], code.z[pet], measures: [cka, svcca], within: diagnosis == d) }",
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
            ("cka", FieldType::Runs),
            ("debiased_cka", FieldType::Runs),
            ("cca", FieldType::Runs),
            ("svcca", FieldType::Runs),
            ("people", FieldType::Runs),
        ],
    },
    Function {
        name: "tsne",
        doc: "A map of embeddings on which neighbours stay neighbours.\n\n\
              From principal components, so that it ends the same every time. Up to 2,000 items all pairs count; beyond, what \
              lies far away counts in lumps. `map` holds two coordinates an item, `divergence` what could not be kept.",
        source: "van der Maaten and Hinton 2008; van der Maaten 2014; scikit-learn `TSNE(init=\"pca\")`",
        example: "analysis apart = tsne(code.z, colour: modality)",
        kind: AnalysisKind::Tsne,
        parameters: &[
            VALUES,
            ("colour", Takes::Groups(&["subject", "modality"])),
            ("perplexity", Takes::Number(30.0, 1.0, 1000.0)),
            ("seed", Takes::Count(1, 0)),
            ON_UNSEEN,
        ],
        fields: &[("map", FieldType::Vector), ("divergence", FieldType::Number)],
    },
    Function {
        name: "layer_entropy",
        doc: "Which layers of a network its loss depends on, as a guide to those worth conditioning on a table.\n\n\
              The weights of one layer after another are drawn anew, `draws` times, with all others as trained; each draw gives the \
              loss of the model's last stage on the validation subjects of the first run. `entropy` is that of a layer's losses in \
              bits, over 30 bins between the smallest and the largest loss of all layers; `mean` and `sd` are theirs, `loss` is that \
              of the trained network.",
        source: "Duenias et al. 2025, HyperFusion; `hyper_layer_picking.py` of their repository",
        example: "analysis layers = layer_entropy(dx, draws: 1000)",
        kind: AnalysisKind::LayerEntropy,
        parameters: &[("model", Takes::Trained), ("draws", Takes::Count(1000, 2))],
        fields: &[
            ("entropy", FieldType::Columns),
            ("mean", FieldType::Columns),
            ("sd", FieldType::Columns),
            ("loss", FieldType::Number),
        ],
    },
    Function {
        name: "smooth_grad",
        doc: "Where in each person's image an output of a model depends on it.\n\n\
              The gradient of each number of the output by every voxel, averaged over `times` copies of the image with Gaussian \
              noise, whose standard deviation is `noise` times the range of the image; a voxel's value is the length of its \
              gradients over the numbers of the output and the channels of the image. `smooth` is the standard deviation of a \
              Gaussian in millimetres, `mask` the voxels that count. `maps` are those of people whom the model has not seen, \
              `mean` their mean, `magnitude` each person's mean over the voxels.",
        source: "Smilkov et al. 2017, SmoothGrad; Fedorov et al. 2023; scipy `gaussian_filter`",
        example: "analysis where = for s in scans { smooth_grad(code.z[s], of: s, noise: 0.05, times: 5, smooth: 1.5mm) }",
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
        fields: &[("maps", FieldType::Maps), ("mean", FieldType::Map), ("magnitude", FieldType::Real)],
    },
    Function {
        name: "describe",
        doc: "What people are like, by group: a paper's first table.\n\n\
              Of a column of numbers n, mean, standard deviation (n - 1), median, quartiles and extremes; of a column of text, or one \
              that goes through `onehot`, the count and the share of each level. `p` says whether groups differ: of numbers Welch's t \
              test of two groups and the analysis of variance of more (`test: ranks`: Mann and Whitney's test, Kruskal and Wallis'), of \
              levels the chi-squared test without a correction for continuity. Nothing is corrected for the number of columns. People are \
              those who are analysed.",
        source: "scipy `ttest_ind(equal_var=False)`, `f_oneway`, `mannwhitneyu`, `kruskal`, `chi2_contingency(correction=False)`; numpy \
                 `quantile`",
        example: "analysis about = describe(people.columns(age, /^lh_/) by diagnosis)",
        kind: AnalysisKind::Describe,
        parameters: &[
            ("values", Takes::Described),
            ("groups", Takes::MaybeGroups),
            ("test", Takes::Word(&["means", "ranks"])),
        ],
        fields: &[("table", FieldType::Matrix), ("p", FieldType::Columns), ("people", FieldType::Number)],
    },
    Function {
        name: "residuals",
        doc: "By how much a model errs, person by person, of people that it was not trained on.\n\n\
              `predicted`, `truth`, `difference` (predicted less true) and its magnitude, `absolute`, in the unit of the column that is \
              predicted. Who is predicted by the models of several folds, seeds or repeats has the mean of them. Fields go where \
              columns go: `correlation(errors.difference, people.age)`.",
        source: "the definition",
        example: "analysis errors = residuals(years)",
        kind: AnalysisKind::Residuals,
        parameters: &[("model", Takes::Predicted)],
        fields: &[
            ("predicted", FieldType::Real),
            ("truth", FieldType::Real),
            ("difference", FieldType::Real),
            ("absolute", FieldType::Real),
            ("people", FieldType::Number),
            ("mean_difference", FieldType::Number),
            ("sd_difference", FieldType::Number),
            ("mean_absolute", FieldType::Number),
        ],
    },
];

/// The entry of this kind.
pub(in crate::compile) fn of(kind: AnalysisKind) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|f| f.kind == kind)
}

/// The fields that an analysis has: of measures that can be chosen only those that are.
pub(in crate::compile) fn fields(analysis: &Analysis) -> Vec<(&'static str, FieldType)> {
    let fields = of(analysis.kind).map_or(&[][..], |f| f.fields);
    if matches!(analysis.arguments.get("values"), Some(Argument::Maps { .. })) {
        let at_voxels = |(name, answer)| (name, if answer == FieldType::Columns { FieldType::Map } else { answer });
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
pub(in crate::compile) fn answer_of(analysis: &Analysis, field: &str) -> Option<FieldType> {
    fields(analysis).into_iter().find(|(name, _)| *name == field).map(|(_, answer)| answer)
}
