/// A region in millimetres, not voxels.
// edit: experiments/voxel_fusion.fx
// - score fused.image: mse,
// -   norm_diff(over: median, signed: true),
// -   skill,
// -   cnr(roi: [4, 4, 3], pairs: 1000, on: grid, noise: joint, over: median),
// -   cnr(roi: [4, 4, 3], pairs: 1000, on: grid, noise: joint, over: median, of: truth),
// -   cnr(roi: [4, 4, 3], pairs: 1000, on: grid, noise: joint, over: median, of: difference)
// + score fused.image: mse, norm_diff, skill, cnr(roi: [160, 160, 120], pairs: 1000)
// error[E0204] "cnr(roi: [160, 160, 120], pairs: 1000)" a region of [160, 160, 120] voxels does not lie in `jac`, which is [1, 128, 128, 96]
// hint: cnr(roi: [4, 4, 4])
