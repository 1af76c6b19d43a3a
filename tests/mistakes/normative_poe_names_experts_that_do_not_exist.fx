/// There is no such mixture.
// edit: experiments/normative_poe.fx
// - param experts: one_of(poe, moe, mopoe) = poe
// + param experts: one_of(poe, moe, mopoe) = mvtcae
// error[E0410] "mvtcae" x
