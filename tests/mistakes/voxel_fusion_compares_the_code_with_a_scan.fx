/// The embedding is scored as if it were an image.
// edit: experiments/voxel_fusion.fx
// - score fused.image: mse,
// -   norm_diff(over: median, signed: true),
// -   skill,
// -   cnr(roi: [4, 4, 3], pairs: 1000, on: grid, noise: joint, over: median),
// -   cnr(roi: [4, 4, 3], pairs: 1000, on: grid, noise: joint, over: median, of: truth),
// -   cnr(roi: [4, 4, 3], pairs: 1000, on: grid, noise: joint, over: median, of: difference)
// + score fused.z: mse, against: jac
// error[E0302] "fused.z" the output is [1536], its truth `jac` is [1, 128, 128, 96]
// hint: against: y
