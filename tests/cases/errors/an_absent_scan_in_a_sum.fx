cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
modality pet: volume[1, 32, 32, 32]? = c.image("pet/*_pet.nii.gz")
model m(t1, pet) {
  let a = t1 |> Conv3d(8) |> global_avg_pool
  let b = pet |> Conv3d(8) |> global_avg_pool
  a + b
}

// error[E0501] 7:7 `+` cannot take a value that some people lack (those without `pet`)
// also 7:3
// also 3:10
// hint: say what stands in for it: `b ?? zeros`; or fuse with `poe`, pool over a family, or do this inside a block
