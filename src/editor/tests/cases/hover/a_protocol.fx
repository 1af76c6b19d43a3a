use std.blocks.ConvBnRelu
param width: int = 8
cohort c = table("people.tsv")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
modality pet: volume[1, 32, 32, 32]? = c.image("pet/*.nii.gz") |> zscore
condition record: vector[_] = c.columns([age, education] |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
/// Halves the grid twice.
block Encoder(x: [c, d, h, w]) -> [16] {
  x |> Conv3d(width, 3, stride: 2, padding: 1) |> relu |> max_pool3d(2) |> flatten |> Linear(16)
}
model m(t1, pet, record) -> diagnosis {
  let e = Encoder()
  let image = t1 |> e
  let tracer = pet |> Encoder()
  let filled = tracer ?? zeros
  concat(image, filled, record) |> Linear(2)
}
train m { minimize cross_entropy(m, diagnosis)  batch 4 }
protocol cv = kf⟨⟩old(3, stratify: [diagnosis])
score m: auc
sweep widths: width in [4, 8, 16]
//== people.tsv
participant_id	age	education	diagnosis
a	61.5	12	HC
b	70	n/a	AD
c	75	16	AD
//= `kfold`
//= **kfold** (protocol)
//=
//= Divides people into folds; each is the test set once, of a model trained on the others.
//=
//= All records of a person stay together. Of those who do not test, a share validates; with `validation: fold` the fold behind the one that tests (the first behind the last) does. With `test: holdout` each fold validates once, the others train, and all models are judged on those held out.
//=
//= - `folds (required)`: a whole number from 2 to 10000: how many
//= - `validation = 0.1`: a number from 0 to 0.9: share of the others that validates; or `fold`: a fold does
//= - `holdout`: a number of subjects, or `one fold`: who is kept out of every fold, for `on holdout`; nobody where not given
//= - `redraw = false`: `true` or `false`: whether each seed keeps out others; else all keep out those of the first
//= - `test = fold`: `fold`, `holdout`: who tests: each fold once, or for all folds those held out
//= - `group`: a column: people with one value of it (a family) are never parted; who has no cell in it is in no set
//= - `once`: `subject`: of several records of a person the first alone validates and tests; all of them train
//= - `stratify = []`: a column, or a list of them: columns whose distribution is kept alike: classes as they are, numbers by quartile
//= - `seed = 1`: a whole number of at least 0: what decides who goes where
//= - `seeds = [1]`: a list of whole numbers, or a range `1..=50`: in place of `seed`: everybody is divided anew for each
//= - `repeats = 1`: a whole number of at least 1: how often each division is trained, each time from other weights
//=
//= *Source:* scikit-learn `StratifiedKFold`, by person; with `group` `GroupKFold`, and with `group` and `stratify` `StratifiedGroupKFold`
//=
//= ```fascicle
//= protocol cv = kfold(5, stratify: [diagnosis], validation: 0.1, holdout: 40, seeds: [1, 2, 3])
//= ```
