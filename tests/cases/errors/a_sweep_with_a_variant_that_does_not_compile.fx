/// Three levels halve 4 voxels to nothing; two do not.
param steps: int = 2
cohort c = bids("data")
modality t1: volume[1, 4, 4, 4] = c.image("anat/*_T1w.nii.gz")
target sex: class{F, M} = c.column("sex")
model m(t1) -> sex {
  let top = fold i in 0..steps from t1 { x => x |> Conv3d(4) |> max_pool3d(2) }
  top |> global_avg_pool |> Linear(2)
}
train m { minimize cross_entropy(m, sex) }
score m: auc
sweep depths: steps in [1, 2, 3] { compare auc }
// table: c: sex F M

// error[E0301] 7:47 in the variant steps=3: `max_pool3d`: the kernel (2) is larger than the padded input (1) along axis 1
// also 7:47
// also 12:7
// hint: pad with `padding: same`, or make the kernel at most 1 there
