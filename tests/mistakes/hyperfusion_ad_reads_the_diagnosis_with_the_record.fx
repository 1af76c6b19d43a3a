/// The column that is to be predicted stands among those that are read.
// edit: experiments/hyperfusion_ad.fx
// - sex |> onehot([F, M]),
// + sex |> onehot([F, M]),
// + diagnosis |> onehot([CN, MCI, AD]),
// - condition record: vector[16] = adni.columns(
// + condition record: vector[19] = adni.columns(
// error[E0605] "record: vector[19]" holds the column `diagnosis`
