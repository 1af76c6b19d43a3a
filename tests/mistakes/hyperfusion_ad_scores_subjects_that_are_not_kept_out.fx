/// The protocol keeps nobody out.
// edit: experiments/hyperfusion_ad.fx
// -   validation: fold,
// -   test: holdout,
// -   holdout: one fold,
// +   validation: fold,
// error[E0602] "holdout" the protocol makes no `holdout` subjects
// error[E0602] "holdout" the protocol makes no `holdout` subjects
