cohort c = bids("data")
modality t1: volume[1, 16, 16, 16] = c.image("anat/*_T1w.nii.gz")
modality a: vector[2] = c.columns(x, y)
target lesion: mask[16, 16, 16]{rest, lesion} = c.image("anat/*_lesion.nii.gz")
target age: real = c.column("age")
group all = [a, t1]
baseline b(all) -> age = ridge()
baseline d(a) -> lesion = random_forest()
score b: mae
// table: c: x number; y number; age number

// error[E0708] 7:12 a baseline cannot read `t1`, which is [1, 16, 16, 16] of each person
// hint: it reads vectors (`columns(..)`), numbers and classes; groups of these, too; of an image a model makes numbers
// error[E0709] 8:18 a baseline predicts a number or a class, and `lesion` is mask{rest, lesion}[16, 16, 16]
