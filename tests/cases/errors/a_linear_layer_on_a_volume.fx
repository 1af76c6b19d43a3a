cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(t1) -> diagnosis { t1 |> Conv3d(4, stride: 4) |> relu |> Linear(2) |> global_avg_pool |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
score m: auc

// warning[W0908] 4:28 `Linear` goes along the last axis of [4, 8, 8, 8]
// hint: make a vector first: `|> flatten |> Linear(..)`
// table: c: diagnosis HC AD
