/// A slice has as many neighbours on either side.
// edit: experiments/disentangle.fx
// - param slab: int = 3
// + param slab: int = 4
// error[E0204] "adjacent(slab)" `adjacent` takes an odd number of slices
// hint: adjacent(3)
// error[E0204] "adjacent(slab)" `adjacent` takes an odd number of slices
// hint: adjacent(3)
// error[E0204] "adjacent(slab)" `adjacent` takes an odd number of slices
// hint: adjacent(3)
// error[E0204] "adjacent(slab)" `adjacent` takes an odd number of slices
// hint: adjacent(3)
