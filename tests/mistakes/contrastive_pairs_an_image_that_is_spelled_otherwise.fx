/// The cohort pairs a modality that the file spells otherwise.
// edit: experiments/contrastive.fx
// - cohort oasis = bids(data) { pair t1, falff by nearest day }
// + cohort oasis = bids(data) { pair t1, falf by nearest day }
// error[E0702] "falf" `oasis` has no image `falf`
// hint: did you mean `falff`?
