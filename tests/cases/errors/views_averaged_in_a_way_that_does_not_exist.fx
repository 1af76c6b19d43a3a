cohort people = bids("data")
modality t1: volume[1, 8, 16, 16] = people.image("anat/*_T1w.nii.gz")
  |> views(left: crop(at: [0, 0, 0], size: [8, 16, 16]), right: crop(at: [8, 0, 0], size: [8, 16, 16]), average: votes)
target dx: class{HC, AD} = people.column("dx")
model m(t1) -> dx { t1 |> global_avg_pool |> Linear(2) }
// table: people: dx HC AD

// error[E0204] 3:114 `average` of `views` cannot be `votes`
// hint: it is one of outputs, probabilities
