/// The smallest of the reference networks (`tiny_ae`): two levels down, a mid-flow, two levels up.
use std.blocks.{MidFlow, SepConv}
cohort c = bids("data")
modality pair: volume[2, 8, 8, 8] = c.image("a.nii.gz") |> labels(1, 2)
model ae(pair) {
  pair
    |> SepConv(4)
    |> max_pool3d(2)
    |> SepConv(6)
    |> max_pool3d(2)
    |> MidFlow()
    |> upsample(2)
    |> SepConv(4)
    |> upsample(2)
    |> SepConv(4)
    |> Conv3d(2, kernel: 1)
}

// shape: ae = [2, 8, 8, 8]
// parameters: ae = 5398
