cohort c = folder("data")
cohort d = 12
modality t1: volume[1, 32, 32, 32] = d.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(1) }

// error[E0701] 1:12 there is no source of cohorts `folder`
// hint: there is bids, table, phantom
// error[E0701] 2:12 a cohort cannot be read from this
// hint: write bids("folder"), table("file.csv") or phantom(subjects: 100)
