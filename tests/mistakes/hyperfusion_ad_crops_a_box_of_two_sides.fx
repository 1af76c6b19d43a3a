/// A box of a volume has three extents.
// edit: experiments/hyperfusion_ad.fx
// - left: crop(at: [21, 55, 25], size: [64, 96, 64]),
// + left: crop(at: [21, 55, 25], size: [64, 96]),
// error[E0204] "[64, 96]" as many numbers as the image has axes
// also "[21, 55, 25]"
// hint: crop(at: [20, 30, 20], size: [64, 96, 64])
