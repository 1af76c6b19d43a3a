/// DCGAN halves cubes of 64 or 32 voxels to 4 and then to one place.
// edit: experiments/contrastive.fx
// - param size: int = 64  // voxels in each direction: 64 or 32
// + param size: int = 48
// error[E0304] "m" 48 is not a multiple of 32
// hint: pad or crop the input
