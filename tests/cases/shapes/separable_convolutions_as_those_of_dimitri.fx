/// 150 cin + cin cout + 3 cout parameters; a mid-flow has three from c to c.
use std.blocks.{MidFlow, SepConv}
cohort c = bids("data")
modality t1: volume[1, 16, 16, 16] = c.image("anat/*_T1w.nii.gz")
modality few: volume[16, 8, 8, 8] = c.image("a.nii.gz")
  |> labels(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
model first(t1) { t1 |> SepConv(16) }
model second(few) { few |> SepConv(32) }
model third(few) { few |> MidFlow() }
model twin(few) { few |> MidFlow(ConvBlock) }
use std.blocks.ConvBlock

// shape: first = [16, 16, 16, 16]
// parameters: first = 214
// parameters: second = 3008
// parameters: third = 8112
// parameters: twin = 115344
