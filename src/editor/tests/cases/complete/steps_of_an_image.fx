use std.blocks.ConvBnRelu
param width: int = 8
param fusion: one_of(concat, film) = film
cohort people = table("people.tsv")
modality about: vector[2] = people.columns([age, ptau] |> standardize)
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [about, t1]
modality t2: volume[1, 8, 8, 8] = people.image("a") |> zscore |> ⟨⟩
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= replaces ""
//= resample (resample(voxel, interpolation: linear)) writes "resample(${1:voxel})"
//= resize (resize(interpolation: linear))
//= crop (crop(at?, size?, sagittal?, coronal?, axial?, around?, of?))
//= views (views(NAME, average: outputs)) writes "views(${1:NAME})"
//= smooth (smooth(fwhm)) writes "smooth(${1:fwhm})"
//= zscore (zscore(mask: all))
//= rescale (rescale(to: 0..1, percentiles: [0, 100], mask: all, each: false))
//= white_stripe (white_stripe(width: 0.05))
//= histogram_standardize (histogram_standardize(mask: above_mean))
//= labels (labels(values)) writes "labels(${1:values})"
//= adjacent (adjacent(slices)) writes "adjacent(${1:slices})"
//= and 0 more
