/// Half of the people lack the functional map: the density of one modality's draws under the other's expert is theirs alone.
// edit: experiments/contrastive.fx
// - modality falff: volume[1, size, size, size] = oasis.image("func/*_fALFF.nii.gz")
// + modality falff: volume[1, size, size, size]? = oasis.image("func/*_fALFF.nii.gz")
// set: mixture=1
// error[E0501] "x" `-` cannot take a value that some people lack (those without `falff`)
// hint: x ?? zeros
// error[E0501] "q[e]" `log_density` cannot take a value that some people lack (those without `falff`)
// hint: fuse with `poe`
