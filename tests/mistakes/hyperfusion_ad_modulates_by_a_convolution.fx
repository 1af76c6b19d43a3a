/// A block that makes a convolution stands where one that modulates belongs.
// edit: experiments/hyperfusion_ad.fx
// - modulate: Film,
// + modulate: HyperPreactRes,
// set: fusion=film
// error[E0203] "modulate()" `HyperPreactRes` needs `filters`
// also "ModulatedPreactRes("
