cohort c = bids("data")
condition age: vector[1] = c.columns(age)
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> crop(around: mass, size: [32, 32, 32], of: age)
modality t2: volume[1, 32, 32, 32] = c.image("anat/*_T2w.nii.gz") |> crop(around: mass, size: [32, 32, 32], of: 3)
modality pd: volume[1, 32, 32, 32] = c.image("anat/*_PDw.nii.gz") |> crop(size: [32, 32, 32], of: t1)
model m(t1) { output t1 = t1 |> Conv3d(1) }
train m { minimize mse(m.t1, t1) }
score m.t1: mse

// error[E0403] 3:113 `age` is no image and has no centre of mass
// hint: `of` takes a scan of the same person: of: t1
// error[E0403] 4:113 expected the name of an image, found a whole number
// hint: give the name of an image here
// error[E0203] 5:70 `crop` needs `around`
// hint: `of` says whose centre of mass it is: crop(around: mass, size: [64, 96, 64], of: t1)
