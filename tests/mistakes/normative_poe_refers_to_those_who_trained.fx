/// Deviations from people that the model has seen are too large.
// edit: experiments/normative_poe.fx
// - analysis deviation = normative_deviation(norm, reference: healthy.test, cases: patients)
// + analysis deviation = normative_deviation(norm, reference: healthy, cases: patients)
// error[E0601] "healthy" `healthy` holds people who trained the model
// hint: healthy.test
