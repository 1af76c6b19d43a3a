/// The table calls the column `sex`.
// edit: experiments/hyperfusion_ad.fx
// -   stratify: [diagnosis, age, sex],
// +   stratify: [diagnosis, age, gender],
// error[E0704] "gender" the table of `adni` has no column `gender`
