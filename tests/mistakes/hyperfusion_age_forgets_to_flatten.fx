/// The linear layers get an image.
// edit: experiments/hyperfusion_age.fx
// - let image = t1 |> Vgg3d(width) |> ChannelDropout(0.2) |> flatten
// + let image = t1 |> Vgg3d(width) |> ChannelDropout(0.2)
// error[E0306] "image" `x` of `HyperHead` has 1 axes, found 4 of [64, 7, 11, 8]
// also "t1 |> Vgg3d(width) |> ChannelDropout(0.2)"
