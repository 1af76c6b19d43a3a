/// The levels themselves are joined, not the last of each.
// edit: experiments/voxel_fusion.fx
// -   let code = concat(for m in pair { down[m].last |> reshape(1, -1) }) |> Conv1d(1, kernel: 1)
// +   let code = concat(for m in pair { down[m] |> reshape(1, -1) }) |> Conv1d(1, kernel: 1)
// error[E0203] "down[m] |> reshape(1, -1)" `reshape` reads 1 value (x), 5 were given
// hint: .last
