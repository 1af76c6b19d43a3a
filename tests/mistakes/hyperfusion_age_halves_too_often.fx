/// One level too many for the extent of the scan.
// edit: experiments/hyperfusion_age.fx
// - let image = t1 |> Vgg3d(width) |> ChannelDropout(0.2) |> flatten
// + let image = t1 |> Vgg3d(width, steps: 5) |> ChannelDropout(0.2) |> flatten
// error[E0301] "y" `Conv3d`: the kernel (3) is larger than the padded input (1) along axis 1
// also "t1 |> Vgg3d(width, steps: 5)"
// hint: padding: same
