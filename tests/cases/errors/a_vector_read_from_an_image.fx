cohort c = bids("data")
modality t1: vector[32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Linear(2) }
