/// Some people have no scan, and joining it with the record has no meaning for them.
// edit: experiments/hyperfusion_ad.fx
// - modality mri: volume[1, 64, 96, 64] = adni.image("anat/*_T1w.nii.gz")
// + modality mri: volume[1, 64, 96, 64]? = adni.image("anat/*_T1w.nii.gz")
// set: fusion=concat
// error[E0501] "image" `concat` cannot take a value that some people lack
// also "record"
// hint: image ?? zeros
