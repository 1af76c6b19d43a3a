/// 150 rows are halved once.
// edit: experiments/disentangle.fx
// - modality t1: slices[slab, 160, 192]? = brats.image("anat/*_T1w.nii.gz")
// + modality t1: slices[slab, 150, 192]? = brats.image("anat/*_T1w.nii.gz")
// error[E0307] "appearance[i](i, about[i])" first applied to [3, 150, 192]? and [1], and now to [3, 160, 192]?
// hint: bring both inputs to one shape
// error[E0302] "complete" value 1 is [3, 150, 192], value 2 is [3, 160, 192]
// hint: upsample(size: [150, 192])
// error[E0304] "h/2" 75 cannot be divided by 2
// hint: multiple of 2
