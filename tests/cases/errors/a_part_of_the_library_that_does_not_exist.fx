use std.block.ConvBlock
use std.blocks.ConvBlok
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) { t1 |> Conv3d(4) }

// error[E0102] 1:9 the standard library has no part `block`
// hint: did you mean `std.blocks`?
// error[E0201] 2:16 `std/blocks.fx` has no `ConvBlok`
// hint: did you mean `ConvBlock`?
