cohort people = bids("data")
modality t1: volume[1, 16, 16, 16] = people.image("anat/*_T1w.nii.gz")
target diagnosis: class{HC, AD} = people.column("diagnosis")
model m(t1) -> diagnosis {
  output z = t1 |> flatten |> Linear(4)
  z |> Linear(2)
}
train m { minimize cross_entropy(m, diagnosis) }
analysis saliency = smooth_grad(m.z, of: t1)
analysis differ = mann_whitney(saliency, HC vs AD)
analysis apart = tsne(saliency, colour: diagnosis)
analysis tied = correlation(saliency.mean, people.age)
analysis chance = permutation(differ)
analysis of_p = one_sample_t(differ.p)
// table: people: age number; diagnosis HC AD

// error[E0403] 11:23 `saliency` is a map for every subject, and `tsne` needs numbers here
// hint: maps are tested voxel by voxel: mann_whitney(saliency by diagnosis)
// error[E0403] 12:29 `saliency.mean` is a map, and `correlation` needs numbers by subject
// hint: numbers by subject are columns, outputs of models, and fields such as `deviation.z`
// error[E0403] 13:31 `differ` tests maps, and labels are shuffled for columns only
// hint: voxels are corrected where they are tested: correct: fdr, or fdr_by, holm, bonferroni
// error[E0403] 14:30 `differ.p` is a map, and `one_sample_t` needs numbers by subject
// hint: numbers by subject are columns, outputs of models, and fields such as `deviation.z`
