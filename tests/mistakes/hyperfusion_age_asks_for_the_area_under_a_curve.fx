/// Age is a number and has no area under the ROC curve.
// edit: experiments/hyperfusion_age.fx
// - score brain: mae, mse, pearson
// + score brain: mae, auc
// error[E0407] "auc" does not measure numbers
