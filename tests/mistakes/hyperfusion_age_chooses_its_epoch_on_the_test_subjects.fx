/// The epoch is chosen by what is to be predicted.
// edit: experiments/hyperfusion_age.fx
// - keep best mae on validation
// + keep best mae on test
// error[E0601] "test" the epoch is chosen on the validation subjects
// hint: on validation
