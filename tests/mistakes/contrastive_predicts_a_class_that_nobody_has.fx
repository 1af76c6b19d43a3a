/// The table calls the controls HC.
// edit: experiments/contrastive.fx
// - target diagnosis: class{HC, AD} = oasis.column("diagnosis")  // others take part in pretraining only
// + target diagnosis: class{CN, AD} = oasis.column("diagnosis")
// error[E0703] "class{CN, AD}" nobody in `oasis` has diagnosis = CN
// hint: AD, HC, other
