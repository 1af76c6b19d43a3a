/// Soft decisions of two views are averaged; logits of classes, voxel by voxel where they are of a mask.
cohort people = bids("data")
modality t1: volume[1, 8, 16, 16] = people.image("anat/*_T1w.nii.gz")
  |> views(
    left: crop(at: [0, 0, 0], size: [8, 16, 16]),
    right: crop(at: [8, 0, 0], size: [8, 16, 16], flip: sagittal),
    average: probabilities,
  )
target dx: class{HC, AD} = people.column("dx")
model m(t1) -> dx { t1 |> global_avg_pool |> Linear(2) }
train m { minimize cross_entropy(m, dx) }
score m: auc
// table: people: dx HC AD

// shape: m = [2]
