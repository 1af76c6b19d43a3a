cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
modality pet: volume[1, 32, 32, 32]? = c.image("pet/*_pet.nii.gz")
model m(t1, pet) { concat(t1, pet) |> Conv3d(8) |> global_avg_pool }

// error[E0501] 4:31 `concat` cannot take a value that some people lack (those without `pet`)
// also 4:27
// also 3:10
// hint: say what stands in for it: `pet ?? zeros`; or fuse with `poe`, pool over a family, or do this inside a block
