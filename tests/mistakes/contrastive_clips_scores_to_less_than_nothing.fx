/// The clip bounds the size of the scores on both sides.
// edit: experiments/contrastive.fx
// - loss nce(u, v) = info_nce(u, v, clip: 20, penalty: 4e-2, critic: critic)
// + loss nce(u, v) = info_nce(u, v, clip: -20, penalty: 4e-2, critic: critic)
// error[E0204] "-20" `clip` of `info_nce` takes a number above 0, found -20
// hint: scores are bounded by it
