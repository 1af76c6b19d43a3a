/// A scan that no model reads: another one is cut around its centre of mass.
cohort c = bids("data")
modality t1: volume[1, 48, 56, 48] = c.image("anat/*_T1w.nii.gz")
modality pet: volume[1, 48, 56, 48] = c.image("pet/*_pet.nii.gz")
  |> crop(around: mass, size: [48, 56, 48], of: t1)
model m(pet) { output pet = pet |> Conv3d(2) |> Conv3d(1) }
train m { minimize mse(m.pet, pet) }
score m.pet: mse

// shape: m.pet = [1, 48, 56, 48]
