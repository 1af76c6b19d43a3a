cohort people = bids("data")
modality t1: volume[1, 16, 16, 16] = people.image("anat/*_T1w.nii.gz")
modality pet: volume[1, 16, 16, 16] = people.image("pet/*_pet.nii.gz")
modality slabs: slices[1, 16, 16] = people.image("anat/*_T2w.nii.gz")
modality halves: volume[1, 8, 16, 16] = people.image("anat/*_T1w.nii.gz")
  |> views(left: crop(at: [0, 0, 0], size: [8, 16, 16]), right: crop(at: [8, 0, 0], size: [8, 16, 16]))
condition thick: vector[2] = people.columns(lh_a, lh_b)
condition lesion: mask[16, 16, 16]{rest, lesion} = people.image("anat/*_dseg.nii.gz") |> labels(1)
model m(t1, thick, lesion, halves) {
  output z = concat(
    t1 |> flatten |> Linear(2),
    halves |> flatten |> Linear(2),
    lesion |> one_hot |> flatten |> Linear(2),
    thick,
  )
}
model other(pet, slabs) { output z = concat(pet |> flatten |> Linear(2), slabs |> flatten |> Linear(2)) }
train m { minimize mse(m.z |> Linear(2), thick) }
train other { minimize mse(other.z |> Linear(2), thick) }
analysis elsewhere = smooth_grad(m.z, of: pet)
analysis in_a_table = smooth_grad(m.z, of: thick)
analysis in_labels = smooth_grad(m.z, of: lesion)
analysis in_slices = smooth_grad(other.z, of: slabs)
analysis in_views = smooth_grad(m.z, of: halves)
analysis in_a_model = smooth_grad(m.z, of: other)
analysis nowhere = smooth_grad(m.z)
// table: people: lh_a number; lh_b number

// error[E0204] 20:43 `m.z` does not depend on `pet`
// hint: it depends on t1: smooth_grad(m.z, of: t1)
// error[E0403] 21:44 `thick` has no axes in the world, and a map needs them
// hint: of: t1
// error[E0403] 22:43 `lesion` holds labels, and nothing can be said of an image a little different from it
// hint: of: t1
// error[E0403] 23:47 `slabs` is cut into slices, of which each has an output of its own
// hint: of: pet
// error[E0403] 24:42 `halves` is looked at in several views, which have no grid in common
// hint: of: t1
// error[E0403] 25:44 expected a modality, found a model
// hint: give a modality here
// error[E0203] 26:20 `smooth_grad` needs `of`
// hint: say with respect to what: smooth_grad(m.z, of: t1)
