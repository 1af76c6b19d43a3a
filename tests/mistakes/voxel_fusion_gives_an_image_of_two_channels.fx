/// The last convolution has a filter for each contrast.
// edit: experiments/voxel_fusion.fx
// -     back[m] |> upsample(2) |> ConvBlock(1) |> MidFlow(unit) |> Conv3d(1, kernel: 1) |> sigmoid
// +     back[m] |> upsample(2) |> ConvBlock(1) |> MidFlow(unit) |> Conv3d(2, kernel: 1) |> sigmoid
// error[E0302] "m" `binary_cross_entropy`: the prediction is [2, 128, 128, 96], the target [1, 128, 128, 96]
// error[E0302] "fused.image" the output is [2, 128, 128, 96], its truth `jac` is [1, 128, 128, 96]
