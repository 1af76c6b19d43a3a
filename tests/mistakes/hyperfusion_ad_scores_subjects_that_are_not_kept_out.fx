/// The protocol keeps nobody out.
// edit: experiments/hyperfusion_ad.fx
// - protocol cv = kfold(5, holdout: one fold, stratify: [diagnosis, age, sex], seeds: [1, 2, 3], repeats: 3)
// + protocol cv = kfold(5, stratify: [diagnosis, age, sex], seeds: [1, 2, 3], repeats: 3)
// error[E0602] "holdout" the protocol makes no `holdout` subjects
