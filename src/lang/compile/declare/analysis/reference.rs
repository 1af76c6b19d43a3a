//! What the documentation prints of the analyses: `fascicle doc`, and `docs/analyses.md`.

use super::arguments::default;
use super::functions::{FUNCTIONS, Function, Takes};
use crate::program::Argument;

/// The declarations that stand before every example.
pub const PRELUDE: &str = r#"cohort people = bids("data/people")
cohort patients = table("patients.csv")
modality t1: volume[1, 16, 16, 16] = people.image("anat/*_T1w.nii.gz") |> zscore
modality pet: volume[1, 16, 16, 16] = people.image("pet/*_pet.nii.gz") |> zscore
modality deep: vector[3] = columns(/^lh_/ |> standardize)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
group scans = [t1, pet]
model code(scans) {
  output z = for s in scans { s |> Conv3d(4, stride: 4) |> global_avg_pool }
  output back = for s in scans { s |> Conv3d(1) }
}
model norm(deep) { deep |> Linear(2) |> Linear(3) }
model dx(t1) -> diagnosis { t1 |> Conv3d(4, stride: 4) |> relu |> global_avg_pool |> Linear(2) }
model years(deep) -> age { deep |> Linear(1) }
train years on people { minimize mse(years, age) }
train code on people { minimize sum(for s in scans { mse(code.back[s], s) }) }
train norm on people { minimize mse(norm, deep) }
train dx on people { minimize cross_entropy(dx, diagnosis) }
protocol cv = kfold(5, stratify: [diagnosis], validation: 0.1, holdout: 30, seed: 1)
analysis deviation = normative_deviation(norm, reference: people.test, cases: patients)
analysis stage = kruskal_wallis(deviation.z by patients.stage)
analysis strata = affinity_propagation(people.columns(/^lh_/))
"#;

/// An analysis, as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalysisReference {
    /// Its name.
    pub name: &'static str,
    /// What it answers, in a sentence; then what there is to know.
    pub doc: &'static str,
    /// The paper, or the package whose definition is followed.
    pub source: &'static str,
    /// A declaration that compiles behind [`PRELUDE`].
    pub example: &'static str,
    /// Its parameters.
    pub parameters: Vec<ParameterReference>,
    /// The fields of its result, each with what it is.
    pub fields: Vec<(&'static str, &'static str)>,
}

/// A parameter of an analysis, as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterReference {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub takes: String,
    /// What stands where it is not given: `Some("")` for nothing, `None` where it must be given.
    pub default: Option<String>,
}

/// All analyses, in the order of the table.
pub fn analyses() -> impl Iterator<Item = AnalysisReference> {
    FUNCTIONS.iter().map(shown)
}

fn shown(function: &Function) -> AnalysisReference {
    let parameter = |(name, takes): &(&'static str, Takes)| ParameterReference {
        name,
        takes: description(*takes),
        default: default(*takes).map(|argument| spelled(&argument)),
    };
    AnalysisReference {
        name: function.name,
        doc: function.doc,
        source: function.source,
        example: function.example,
        parameters: function.parameters.iter().map(parameter).collect(),
        fields: function.fields.iter().map(|(name, answer)| (*name, answer.describe())).collect(),
    }
}

fn description(takes: Takes) -> String {
    let words = |words: &[&str]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    let between = |low: f64, high: f64| match (low.is_finite(), high.is_finite()) {
        (true, true) => format!(" from {low} to {high}"),
        (true, false) => format!(" of at least {low}"),
        _ => String::new(),
    };
    match takes {
        Takes::Model => "a model".into(),
        Takes::Trained => "a model that a stage trains".into(),
        Takes::People => "people: a cohort that trained nothing, or a subset of one that did (`people.test`)".into(),
        Takes::Norm => {
            "people, as below; of a packed model, those of whom it holds the statistics where nobody is named".into()
        }
        Takes::Values => "numbers by subject: columns, an output of a model, a field of an analysis".into(),
        Takes::Groups([]) => {
            "groups (also as `x by g`): a class, a column with few values, labels, or two classes `HC vs AD`".into()
        }
        Takes::Groups(also) => {
            format!("groups (also as `x by g`): {}, a class, a column with few values, labels", words(also))
        }
        Takes::Correction => words(&["none", "fdr", "fdr_by", "bonferroni", "holm"]),
        Takes::Number(_, low, high) => format!("a number{}", between(low, high)),
        Takes::Count(_, least) => format!("a whole number of at least {least}"),
        Takes::Word(options) => words(options),
        Takes::Words(options) => format!("some of {}, in brackets", words(options)),
        Takes::Tried(_, low, high) => {
            format!("a number{0}, or numbers to be tried: `10 in 0.5..1`", between(low, high))
        }
        Takes::Factors => "a number of factors, or `eigenvalue > 1`".into(),
        Takes::Within => "a class, whose people count: `diagnosis == HC`".into(),
        Takes::Reference => "the same numbers of everybody who is compared with; those that are grouped".into(),
        Takes::Centres => "the middle of each group: `median(x by g)`, `mean(x by g)`".into(),
        Takes::Test => "an analysis that tests something".into(),
        Takes::Tested => "numbers by subject, as elsewhere; or maps (`saliency`), tested voxel by voxel".into(),
        Takes::Described => "columns of numbers or of levels, or numbers by subject as elsewhere".into(),
        Takes::MaybeGroups => {
            "groups (also as `x by g`): a class, a column with few values, labels; everybody together where there are none".into()
        }
        Takes::Predicted => "a model, or a baseline, that predicts a number of a column".into(),
        Takes::Output => "an output of a model: a vector, or one number".into(),
        Takes::Image => "an image that the output depends on".into(),
        Takes::Millimetres(_) => "a length: `1.5mm`".into(),
        Takes::Columnwise => "a field of an analysis with a number for every column: `regions.t`".into(),
        Takes::File => "the path of a file, in quotes".into(),
        Takes::On(subsets) => format!("whom: {}", words(subsets)),
    }
}

/// As the language spells it.
fn spelled(argument: &Argument) -> String {
    match argument {
        Argument::Number(number) => number.to_string(),
        Argument::Numbers(numbers) => numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(", "),
        Argument::Above(number) => format!("eigenvalue > {number}"),
        Argument::Word(word) => word.clone(),
        Argument::Words(words) => format!("[{}]", words.join(", ")),
        Argument::Correction(_) => "none".into(),
        _ => String::new(),
    }
}
