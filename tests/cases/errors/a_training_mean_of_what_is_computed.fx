cohort c = bids("data")
modality pet: volume[1, 32, 32, 32]? = c.image("pet/*_pet.nii.gz")
model m(pet) { (pet |> global_avg_pool) ?? mean }

// error[E0501] 3:44 the training mean is known of inputs only
// also 3:17
// hint: replace the input before it is encoded: `(m ?? mean) |> ...`, or use `?? zeros`
