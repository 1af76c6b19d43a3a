cohort c = bids("data")
modality a: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> crop(around: head, size: [32, 32, 32])
modality b: volume[1, 32, 32, 32] = c.image("anat/*_T2w.nii.gz") |> crop(around: mass, size: [32, 32])
modality d: volume[1, 32, 32, 32] = c.image("anat/*_PDw.nii.gz") |> crop(around: mass, at: [0, 0, 0], size: [32, 32, 32])
modality f: volume[1, 32, 32, 32] = c.image("anat/*_PDw.nii.gz") |> crop(around: mass)
model m(a) { output a = a |> Conv3d(1) }
train m { minimize mse(m.a, a) }
score m.a: mse

// error[E0204] 2:82 `around` of `crop` cannot be `head`
// hint: it is one of mass
// error[E0204] 3:94 `size` around a centre takes three whole numbers above 0, right, front and up, found [32, 32]
// hint: for example crop(around: mass, size: [64, 96, 64])
// error[E0204] 4:92 `around` and `at` both say where the box lies
// hint: leave one of them out; for example crop(around: mass, size: [64, 96, 64])
// error[E0203] 5:69 `crop` needs `size`
// hint: for example crop(around: mass, size: [64, 96, 64])
