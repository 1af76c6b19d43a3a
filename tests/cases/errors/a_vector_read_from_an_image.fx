cohort c = bids("data")
modality t1: vector[32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Linear(2) }

// error[E0703] 2:14 `vector` cannot be read from an image
// also 2:27
// hint: declare it as volume[1, 64, 64, 64], image[..], slices[..] or mask[..]{..}
