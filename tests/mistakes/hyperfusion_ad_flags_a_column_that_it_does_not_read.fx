/// A flag for a column by another name.
// edit: experiments/hyperfusion_ad.fx
// - missing: iterative(flags: [apoe4, abeta, ptau, tau, fdg, av45]),
// + missing: iterative(flags: [apoe4, abeta42, ptau, tau, fdg, av45]),
// error[E0704] "abeta42" is not among the columns that are read here
// hint: did you mean `abeta`?
