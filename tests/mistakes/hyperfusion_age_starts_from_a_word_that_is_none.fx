/// A start that does not exist.
// edit: experiments/hyperfusion_age.fx
// - let e = record |> Linear(1, init: embedding, bias_init: zeros)
// + let e = record |> Linear(1, init: embedding, bias_init: zero)
// error[E0204] "zero" `bias_init` of `Linear` cannot be `zero`
// hint: did you mean `zeros`?
