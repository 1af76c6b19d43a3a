/// A way of fusing that the parameter does not have.
// edit: experiments/hyperfusion_age.fx
// - if fusion == hyper { HyperHead()(image, sex) } else { DenseHead()(image, sex) }
// + if fusion == hypernet { HyperHead()(image, sex) } else { DenseHead()(image, sex) }
// error[E0410] "hypernet" is not an option of `fusion`
// hint: image_only, concat, hyper
