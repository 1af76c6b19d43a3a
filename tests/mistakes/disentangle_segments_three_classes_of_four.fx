/// The background is a class, too.
// edit: experiments/disentangle.fx
// - known |> AttentionUnet(4, width: segment_width)
// + known |> AttentionUnet(3, width: segment_width)
// error[E0310] "fine |> relu |> upsample(2, mode: linear, align_corners: true) |> Conv2d(channels)" needs 4 channels on [160, 192]; it gives [3, 160, 192]
// also "tumour"
