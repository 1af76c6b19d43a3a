cohort c = bids("data")
modality pet: volume[1, 32, 32, 32]? = c.image("pet/*_pet.nii.gz")
model m(pet) { (pet |> global_avg_pool) ?? mean }
