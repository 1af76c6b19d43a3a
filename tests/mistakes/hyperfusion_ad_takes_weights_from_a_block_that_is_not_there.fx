/// The name of the block is misspelled.
// edit: experiments/hyperfusion_ad.fx
// - init ad.Embed from table.Embed
// + init ad.Embed from table.Embedding
// error[E0206] "table.Embedding" no module has the path `table.Embedding`
// hint: there is table, table.Embed
