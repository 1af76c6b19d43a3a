cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> ConvBnRelu(8) |> global_avg_pool }

// error[E0201] 3:21 nobody declared `ConvBnRelu`
// hint: add at the top of the file: use std.blocks.ConvBnRelu
