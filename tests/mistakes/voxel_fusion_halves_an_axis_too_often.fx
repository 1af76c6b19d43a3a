/// 96 voxels can be halved five times.
// edit: experiments/voxel_fusion.fx
// - param steps: int = 5  // every step halves each axis and doubles the filters
// + param steps: int = 6
// error[E0304] "w/2" `w/2`: 3 cannot be divided by 2 without a remainder
// hint: multiple of 2
