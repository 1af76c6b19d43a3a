/// What is left out must have something in its place.
// edit: experiments/disentangle.fx
// - let complete = for i in mri { if fill == zeros { i ?? zeros } else { i ?? mean } }
// + let complete = for i in mri { if fill == zeros { i ?? zeros } else { i } }
// set: fill=mean
// error[E0501] "complete" cannot take a value that some people lack (those without `t1`)
// hint: complete ?? zeros
