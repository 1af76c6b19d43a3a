cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
modality pet: volume[1, 32, 32, 32]? = c.image("pet/*_pet.nii.gz")
model m(t1, pet) {
  let a = t1 |> Conv3d(8) |> global_avg_pool
  let b = pet |> Conv3d(8) |> global_avg_pool
  a + b
}
