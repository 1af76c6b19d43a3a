cohort people = bids("data")
modality t1: volume[1, 8, 16, 16] = people.image("anat/*_T1w.nii.gz")
  |> views(left: crop(at: [0, 0, 0], size: [8, 16, 16]), right: crop(at: [8, 0, 0], size: [8, 16, 16]), average: probabilities)
target age: real = people.column("age")
model m(t1) -> age { t1 |> global_avg_pool |> Linear(1) }
train m { minimize mse(m, age) }
score m: mae
// table: people: age number

// error[E0204] 2:10 the views of `t1` average probabilities, and nothing that reads it predicts classes
// hint: leave out `average: probabilities`: numbers are averaged as they are
