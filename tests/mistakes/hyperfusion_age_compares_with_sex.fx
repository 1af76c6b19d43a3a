/// The loss compares age with the two columns of sex.
// edit: experiments/hyperfusion_age.fx
// - minimize mse(brain, age)
// + minimize mse(brain, sex)
// error[E0302] "sex" the prediction is [1], the target [2]
