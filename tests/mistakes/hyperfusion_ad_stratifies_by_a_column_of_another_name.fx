/// The table calls the column `sex`.
// edit: experiments/hyperfusion_ad.fx
// - protocol cv = kfold(5, holdout: one fold, stratify: [diagnosis, age, sex], seeds: [1, 2, 3], repeats: 3)
// + protocol cv = kfold(5, holdout: one fold, stratify: [diagnosis, age, gender], seeds: [1, 2, 3], repeats: 3)
// error[E0704] "gender" the table of `adni` has no column `gender`
