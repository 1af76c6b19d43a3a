/// Age is one number.
// edit: experiments/hyperfusion_age.fx
// - HyperDense(1)(third, record)
// + HyperDense(2)(third, record)
// error[E0305] "HyperDense(2)(third, record)" `HyperHead` promises [1] and gives [2]
// also "[1]"
// hint: change the promise or the body
