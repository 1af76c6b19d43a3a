cohort c = bids("data") { pair t1, pet by session }
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
modality pet: volume[1, 32, 32, 32] = c.image("pet/*_pet.nii.gz")
model m(t1, pet) { concat(t1, pet) |> global_avg_pool }

// error[E0204] 1:43 sessions are paired by the nearest day
// hint: `by nearest day`
