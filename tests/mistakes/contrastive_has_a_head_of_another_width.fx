/// The head of the maps gives 32 features, the code has 64.
// edit: experiments/contrastive.fx
// - output c = for m in mods { encode[m].layer |> ConvHead(latent) }
// + output c = for m in mods { encode[m].layer |> ConvHead(latent / 2) }
// set: local=1
// error[E0302] "v" [32, 8, 8, 8] has 32 where [64] has 64
// hint: Conv3d(64, kernel: 1)
