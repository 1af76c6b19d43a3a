/// What does harmonising scanners do to brain age, where every scanner trains?
///
/// Cortical thickness of both hemispheres at 20 sites, with and without ComBat (Johnson et al. 2007; Fortin et al. 2018), fitted
/// on the training people of each fold and applied to the others. Sex is kept; age may not be, as it is what is predicted.
/// Sites differ in age, so that harmonising without keeping age takes some of it away: the scores say how much.
///
/// Data: the 1000 Functional Connectomes table that the PCNtoolkit demo distributes
/// (https://github.com/predictive-clinical-neuroscience/PCNtoolkit-demo): fcon1000.csv in a folder. Then:
/// fascicle run harmonised_sites.fx --set data=FOLDER
param data: text = "data/normative"
param harmonised: bool = true

// Sites of fewer than 15 people leave too few to learn their spread from.
cohort centres = table(data + "/fcon1000.csv") {
  subject sub_id
  keep age >= 18
  keep not site in [AnnArbor_a, Leiden_2180, Pittsburgh]
}

modality left: vector[_] = columns(
  /^lh_[GSPL].*_thickness$/ |> combat(by: site, keep: [sex], if: harmonised) |> standardize,
)
modality right: vector[_] = columns(
  /^rh_[GSPL].*_thickness$/ |> combat(by: site, keep: [sex], if: harmonised) |> standardize,
)
target age: real = column("age")

group sides = [left, right]

baseline ridge(sides) -> age = ridge(strength: 100.0)
baseline forest(sides) -> age = random_forest(trees: 300)

protocol cv = kfold(5, stratify: [site], seed: 1)

score ridge, forest: mae, rmse, r2
score ridge: mae, within: sex

sweep harmonising: harmonised { compare mae, r2 }
