/// The network still gives the four classes of a segmentation.
// edit: experiments/disentangle_pet.fx
// - known |> AttentionUnet(1, width: segment_width)
// + known |> AttentionUnet(4, width: segment_width)
// error[E0310] "fine |> relu |> upsample(2, mode: linear, align_corners: true) |> Conv2d(channels)" [1, 160, 192]
