/// A distribution is joined with numbers; it must be drawn from first.
// edit: experiments/normative_poe.fx
// -   output recon = for m in parts { Decoder(size(m))(z, covariates) }
// +   output recon = for m in parts { Decoder(size(m))(q, covariates) }
// error[E0401] "q" `z` needs numbers, found normal[10]
// hint: sample
