/// The image itself, not its features, is joined with the record.
// edit: experiments/hyperfusion_ad.fx
// - concat => concat(image, record) |> Head()
// + concat => concat(mri, record) |> Head()
// set: fusion=concat
// error[E0302] "record" value 1 is [1, 64, 96, 64], value 2 is [16]
// hint: global_avg_pool
