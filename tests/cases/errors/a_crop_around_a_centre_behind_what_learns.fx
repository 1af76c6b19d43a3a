cohort c = bids("data")
modality a: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> rescale(0..1) |> crop(around: mass, size: [32, 32, 32])
modality b: volume[1, 32, 32, 32] = c.image("anat/*_T2w.nii.gz")
  |> crop(around: mass, size: [64, 64, 64])
  |> crop(around: mass, size: [32, 32, 32])
modality d: volume[1, 8, 8, 8] = c.image("anat/*_PDw.nii.gz")
  |> views(l: crop(at: [0, 0, 0], size: [8, 8, 8]), r: crop(at: [8, 0, 0], size: [8, 8, 8]))
  |> crop(around: mass, size: [8, 8, 8])
model m(a) { output a = a |> Conv3d(1) }
train m { minimize mse(m.a, a) }
score m.a: mse

// error[E0705] 2:86 a crop around the centre of mass cannot stand behind `rescale`: that one learns of the training subjects, from images that are cut already
// hint: cut first: image(..) |> crop(around: mass, size: [..]) |> ..
// error[E0705] 5:6 a crop around the centre of mass cannot stand behind `crop`: an image has one centre of mass, and is cut around it once
// hint: cut first: image(..) |> crop(around: mass, size: [..]) |> ..
// error[E0705] 8:6 a crop around the centre of mass cannot stand behind `views`: each view would be another image
// hint: cut first: image(..) |> crop(around: mass, size: [..]) |> ..
