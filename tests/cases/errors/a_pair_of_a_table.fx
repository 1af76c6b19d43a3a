cohort c = table("people.csv") { pair t1, pet by nearest day }
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
modality pet: volume[1, 32, 32, 32] = c.image("pet/*_pet.nii.gz")
model m(t1, pet) { concat(t1, pet) |> global_avg_pool }
// table: c: age number

// error[E0210] 1:34 only people of a BIDS folder have sessions
// hint: bids("folder")
