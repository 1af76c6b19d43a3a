/// Every decoder has the width of the cortex.
// edit: experiments/normative_poe.fx
// -   output recon = for m in parts { Decoder(size(m))(z, covariates) }
// +   output recon = for m in parts { Decoder(size(cortical))(z, covariates) }
// error[E0302] "m" `squared_error`: the prediction is [64], the target [35]
// error[E0302] "norm.recon" the output is [64], its truth `subcortical` is [35]?
