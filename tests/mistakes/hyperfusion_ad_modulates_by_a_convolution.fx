/// A block that makes a convolution stands where one that modulates belongs.
// edit: experiments/hyperfusion_ad.fx
// - film => ModulatedPreactRes(filters, stride: 2, dropout: 0.3, momentum: momentum, modulate: Film)(
// + film => ModulatedPreactRes(filters, stride: 2, dropout: 0.3, momentum: momentum, modulate: HyperPreactRes)(
// set: fusion=film
// error[E0203] "modulate()" `HyperPreactRes` needs `filters`
// also "ModulatedPreactRes(filters, stride: 2, dropout: 0.3, momentum: momentum, modulate: HyperPreactRes)("
