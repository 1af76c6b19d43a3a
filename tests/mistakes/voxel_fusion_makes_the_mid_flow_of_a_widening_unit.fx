/// A mid-flow adds its input back, which a block that halves the extent cannot be part of.
// edit: experiments/voxel_fusion.fx
// - param unit: block = SepConv  // of the mid-flows; ConvBlock is the dense twin
// + param unit: block = FuseDown
// error[E0302] "x + (x |> unit(c) |> unit(c) |> unit(c)" `+` of [2, 128, 128, 96] and [2, 16, 16, 12]
