cohort people = bids("data")
modality t1: volume[1, 16, 16, 16] = people.image("anat/*_T1w.nii.gz")
modality pet: volume[1, 16, 16, 16] = people.image("pet/*_pet.nii.gz")
group scans = [t1, pet]
model m(scans) {
  let code = for s in scans { s |> flatten |> Linear(4) }
  output map = t1 |> Conv3d(2)
  output q = normal(mean: code[t1], log_var: code[pet])
  output z = code
  output apart = mse(code[t1], code[pet])
}
train m { minimize mse(m.z[t1], m.z[pet]) }
analysis of_a_map = smooth_grad(m.map, of: t1)
analysis of_a_gaussian = smooth_grad(m.q, of: t1)
analysis of_a_family = smooth_grad(m.z, of: t1)
analysis of_a_loss = smooth_grad(m.apart, of: t1)
analysis of_an_image = smooth_grad(t1, of: t1)

// error[E0403] 13:33 `m.map` is [2, 16, 16, 16], and `smooth_grad` needs a vector or one number a person
// hint: make an output of what is pooled: x |> global_avg_pool
// error[E0403] 14:38 `m.q` is normal[4], and `smooth_grad` needs a vector or one number a person
// hint: make its mean an output: output centre = q.mean
// error[E0403] 15:36 `m.z` is a family, and `smooth_grad` needs one output
// hint: pick one: m.z[t1], m.z[pet]
// error[E0403] 16:34 `m.apart` is one number for the whole batch, and `smooth_grad` needs a vector or one number a person
// hint: name an output that everybody has by themselves
// error[E0403] 17:36 expected a model or an output of one, found an input
// hint: give a model or an output of one here
