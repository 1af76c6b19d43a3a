use std.blocks.ConvBnRelu
param width: int = 8
param depth: int = 2
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
modality t2: volume[1, 32, 32, 32] = c.image("anat/*_T2w.nii.gz")
block Unused(x: [n]) -> [n] { x |> relu }
loss forgotten(a, b) = mse(a, b)
model m(t1) { t1 |> ConvBnRelu(width) |> Conv3d(1) }
train m { minimize mse(m, t1) }
score m: mse, against: t1

// warning[W0901] 3:7 nothing uses the parameter `depth`
// hint: remove it, or use it
// warning[W0902] 6:10 nothing reads the input `t2`
// hint: remove it, or use it
// warning[W0903] 7:7 nothing uses the block `Unused`
// hint: remove it, or use it
// warning[W0903] 8:6 nothing uses the loss `forgotten`
// hint: remove it, or use it
