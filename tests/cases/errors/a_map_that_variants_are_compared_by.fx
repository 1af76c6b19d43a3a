cohort people = bids("data")
modality t1: volume[1, 16, 16, 16] = people.image("anat/*_T1w.nii.gz")
target diagnosis: class{HC, AD} = people.column("diagnosis")
param width: int = 4
model m(t1) -> diagnosis {
  output z = t1 |> flatten |> Linear(width)
  z |> Linear(2)
}
train m { minimize cross_entropy(m, diagnosis) }
analysis saliency = smooth_grad(m.z, of: t1)
analysis differ = mann_whitney(saliency, HC vs AD)
sweep sizes: width in [1, 2] { compare differ.significant, differ.q, saliency.maps, saliency.magnitude }
// table: people: age number; diagnosis HC AD

// error[E0403] 12:60 `differ.q` is a map, and variants are compared by numbers
// hint: compare differ.significant
// error[E0403] 12:70 `saliency.maps` is a map for every subject, and variants are compared by numbers
// hint: compare saliency.magnitude
