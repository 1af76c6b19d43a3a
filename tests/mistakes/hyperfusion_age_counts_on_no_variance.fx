/// A variance of 0 leaves nothing to start from.
// edit: experiments/hyperfusion_age.fx
// - HyperLinear(outputs, variance: 0.25)(x, e)
// + HyperLinear(outputs, variance: 0)(x, e)
// error[E0204] "0" takes a number above 0, found 0
// hint: variance of the numbers
