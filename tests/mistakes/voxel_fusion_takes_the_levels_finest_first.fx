/// The way up meets the levels in the order of the way down.
// edit: experiments/voxel_fusion.fx
// -     fold skip in reverse(down[m].init) from code |> reshape_as(down[m].last) { x =>
// +     fold skip in down[m].init from code |> reshape_as(down[m].last) { x =>
// error[E0303] "skip" `skip` needs 2*d = 8 here, found 64
