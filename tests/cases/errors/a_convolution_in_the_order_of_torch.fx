cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(t1) -> diagnosis { t1 |> Conv3d(1, 16, 3) |> relu |> global_avg_pool |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
score m: auc

// warning[W0912] 4:28 this `Conv3d` has as many filters as channels come in, 1, a kernel of 16 and a stride of 3
// also 2:10
// hint: how much comes in is known: `Conv3d(16, kernel: 3)`
// table: c: diagnosis HC AD
