// A saliency map of each modality for everybody, and what its voxels and its size differ in.
cohort people = bids("data")
modality t1: volume[1, 16, 16, 16] = people.image("anat/*_T1w.nii.gz")
modality pet: volume[2, 16, 16, 16]? = people.image("pet/*_pet.nii.gz") |> labels(1, 2)
target diagnosis: class{HC, AD} = people.column("diagnosis")
group mods = [t1, pet]
model dim(mods) -> diagnosis {
  output z = for m in mods { m |> flatten |> Linear(4) }
  mean(z) |> Linear(2)
}
train dim { minimize cross_entropy(dim, diagnosis) }
analysis saliency = for m in mods {
  smooth_grad(dim.z[m], of: m, noise: 0.05, times: 5, smooth: 1.5mm, mask: above_mean)
}
analysis group_map = for m in mods { mann_whitney(saliency[m], HC vs AD, effect: rank_biserial) }
analysis all_maps = one_sample_t(saliency[t1].maps, correct: holm)
analysis by_age = correlation(saliency[t1], people.age)
analysis by_class = kruskal_wallis(saliency[t1] by diagnosis)
analysis by_size = two_sample_t(saliency[t1].magnitude by diagnosis)
analysis whole = smooth_grad(dim, of: t1, noise: 0, on: test)
sweep sizes: mods in [[t1, pet]] { compare group_map.significant }
// table: people: age number; diagnosis HC AD
// shape: dim.z[t1] = [4]
