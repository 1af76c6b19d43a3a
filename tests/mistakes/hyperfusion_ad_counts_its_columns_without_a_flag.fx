/// Fifteen columns are declared, sixteen are read.
// edit: experiments/hyperfusion_ad.fx
// - condition record: vector[16] = adni.columns(
// + condition record: vector[15] = adni.columns(
// error[E0309] "vector[15]" declared with 15 columns, the selection gives 16
// hint: write vector[16]
