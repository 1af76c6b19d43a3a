/// What an extended file has is left out by the name that it has there.
// edit: experiments/disentangle_pet.fx
// - extends "disentangle.fx" without brats, t2, tumour, segment
// + extends "disentangle.fx" without brats, t2, tumor, segment
// error[E0201] "tumor" declares no `tumor` to be left out
// hint: did you mean `tumour`?
// error[E0201] "brats" there is no cohort `brats`
