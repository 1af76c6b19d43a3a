/// Without any contrast there is nothing to go by.
// edit: experiments/disentangle.fx
// - score segment: dice, without: each of mri
// + score segment: dice, without: mri
// error[E0204] "mri" without a whole group there is nothing to go by
// hint: without: each of mri
