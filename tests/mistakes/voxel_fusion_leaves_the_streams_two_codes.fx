/// Without the 1 x 1 convolution the streams still have a code each.
// edit: experiments/voxel_fusion.fx
// -   let code = concat(for m in pair { down[m].last |> reshape(1, -1) }) |> Conv1d(1, kernel: 1)
// +   let code = concat(for m in pair { down[m].last |> reshape(1, -1) })
// error[E0302] "down[m].last" `reshape_as`: [2, 1536] holds 3072 numbers, [32, 4, 4, 3] 1536
