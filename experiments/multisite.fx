/// Does brain age carry over to a scanner that nobody trained on?
///
/// Cortical thickness of both hemispheres, each of 23 sites held out once, against the methods that a reviewer asks for: the
/// same people, folds and scores. What is fitted is fitted on training people: scaling and the baselines; settings are chosen in
/// every fold by itself, on its validation people. Women and men are judged apart, and so are the controls of a study that is not
/// among the sites. Sites that nobody trained on cannot be
/// harmonised; harmonised_sites.fx asks what harmonising does where every site trains.
///
/// Data: the 1000 Functional Connectomes table and the NIMH table of controls that the PCNtoolkit demo distributes
/// (https://github.com/predictive-clinical-neuroscience/PCNtoolkit-demo): fcon1000.csv and NIMH_controls_v1.csv in one
/// folder. Then: fascicle run multisite.fx --set data=FOLDER
use std.encoders.Mlp

param data: text = "data/normative"
param width: int = 32
param rate: real = 3e-3
param dropout: real = 0.2
param strength: real = 100.0

cohort centres = table(data + "/fcon1000.csv") {
  subject sub_id
  keep age >= 18
}

cohort clinic = table(data + "/NIMH_controls_v1.csv")

modality left: vector[_] = columns(/^lh_[GSPL].*_thickness$/ |> standardize)
modality right: vector[_] = columns(/^rh_[GSPL].*_thickness$/ |> standardize)
target age: real = column("age") |> standardize  // trained on standardised years, scored in years

group sides = [left, right]

model brain(sides) -> age {
  concat(for s in sides { s |> Mlp(2 * width, width) }) |> Dropout(dropout) |> Linear(1)
}

baseline ridge(sides) -> age = ridge(strength)
baseline forest(sides) -> age = random_forest(trees: 300)

train brain on centres {
  minimize huber(brain, age, delta: 0.3)
  optimizer AdamW(lr: rate, weight_decay: 1e-2)
  epochs 60
  batch 32
  keep best mae on validation
}

// One fold a site, each site held out once.
protocol scanners = leave_out(site, validation: 0.15, seed: 1)

search settings: rate in log(1e-4..1e-2), width in [16, 32, 64], dropout in 0.0..0.5 {
  choose mae of brain
  trials 30
  prune median(warmup: 5)
}

search penalty: strength in log(1e-2..1e4) {
  choose mae of ridge
  trials 30
}

score brain, ridge, forest: mae, rmse, pearson
score brain, ridge, forest: mae, within: sex
score brain, ridge, forest on clinic: mae, rmse, r2, pearson

compare brain against ridge, forest: mae

// A paper's first table; and does the network make old people younger and young people older than they are?
analysis about = describe(centres.columns(age, eTIV) by centres.sex)
analysis errors = residuals(brain)
analysis bias = correlation(errors.difference, centres.age)
