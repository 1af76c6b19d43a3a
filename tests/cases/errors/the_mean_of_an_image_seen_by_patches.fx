cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
modality pet: volume[1, 32, 32, 32]? = c.image("pet/*_pet.nii.gz")
model m(t1, pet) { output t1 = concat(t1, pet ?? mean) |> Conv3d(1) }
train m {
  minimize mse(m.t1, t1)
  patches 16
}

// error[E0861] 4:43 the mean of `pet` is one of whole images, and patches of it are read
// hint: write `pet ?? zeros`, or let a block treat those who have it
