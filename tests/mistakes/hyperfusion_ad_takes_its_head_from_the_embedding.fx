/// The weights of the embedding do not fit the head.
// edit: experiments/hyperfusion_ad.fx
// - init ad.Embed from table.Embed
// + init ad.Head from table.Embed
// error[E0855] "ad.Head from table.Embed" `ad.Head.Linear` holds [64, 256] and [64]
// hint: a module of the same shape
