/// A critic is chosen that the parameter does not offer.
// edit: experiments/contrastive.fx
// - param critic: one_of(scaled, dot, cosine) = scaled
// + param critic: one_of(scaled, dot, cosine) = bilinear
// error[E0410] "bilinear" bilinear
