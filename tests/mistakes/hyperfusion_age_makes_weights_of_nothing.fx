/// A layer whose weights are made gets no record to make them of.
// edit: experiments/hyperfusion_age.fx
// - HyperLinear(outputs, variance: 0.25)(x, e)
// + x |> HyperLinear(outputs, variance: 0.25)
// error[E0203] "x |> HyperLinear(outputs, variance: 0.25)" reads 2 values (x, e), 1 was given
// hint: HyperLinear(..)(x, e)
