/// The skip goes through a convolution of its own, with one filter too few for what the block above promises.
// edit: experiments/voxel_fusion.fx
// -       if skips { FuseUp(unit)(x, skip) } else { x |> Blind(size(skip)[0]) }
// +       if skips { FuseUp(unit)(x, skip |> max_pool3d(2)) } else { x |> Blind(size(skip)[0]) }
// error[E0303] "skip |> max_pool3d(2)" `skip` needs 2*d = 8 here, found 4
