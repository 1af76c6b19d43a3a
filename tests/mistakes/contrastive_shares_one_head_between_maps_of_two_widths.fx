/// One head is to serve two encoders of different width.
// edit: experiments/contrastive.fx
// - let encode = for m in mods { m |> Dcgan(latent: latent, width: width) }
// + let wide = t1 |> Dcgan(latent: latent, width: 2 * width)
// + let narrow = falff |> Dcgan(latent: latent, width: width)
// + let encode = for m in mods { if m == t1 { wide } else { narrow } }
// + let head = ConvHead(latent)
// - output c = for m in mods { encode[m].layer |> ConvHead(latent) }
// + output c = for m in mods { encode[m].layer |> head }
// set: local=1
// error[E0307] "encode[m].layer |> head" first applied
