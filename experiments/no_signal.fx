/// What does it cost to choose settings on the people who judge them?
///
/// Which of two scanners somebody was sent to has nothing to do with the volumes of the phantom's cortex: an area under the
/// curve of 0.5 is all there is to find. The search chooses among 24 settings on validation subjects, and its test score stays at
/// chance. The sweep tries the same 24 and reads off the best on the test subjects: that score is better than chance, and
/// nothing is behind it. Fifty times with other people, so that the difference is no accident.
param rate: real = 1e-2
param width: int = 8
param dropout: real = 0.0
param people: int = 1

cohort heads = phantom(subjects: 150, seed: people, sites: 2) { join "derivatives/regions/regions.tsv" }

modality cortex: vector[64] = heads.columns(/^ctx_/ |> standardize)
target scanner: class{"site-1", "site-2"} = heads.column("site")

model guess(cortex) -> scanner { cortex |> Linear(width) |> relu |> Dropout(dropout) |> Linear(2) }

train guess {
  minimize cross_entropy(guess, scanner)
  optimizer Adam(lr: rate)
  epochs 12
  batch 32
  keep last
}

protocol division = holdout(train: 0.6, validation: 0.2, test: 0.2, stratify: [site])

search settings: rate in [1e-3, 3e-3, 1e-2, 3e-2], width in [4, 8, 16], dropout in [0.0, 0.5] {
  choose auc of guess
  trials 24
}

score guess: auc

// Other people fifty times; within each the settings are searched.
sweep searched: people in 1..=50 { compare auc }

// What a sweep sets is not looked for. Other people: --sweep every --set people=2
sweep every: rate in [1e-3, 3e-3, 1e-2, 3e-2], width in [4, 8, 16], dropout in [0.0, 0.5] { compare auc }
