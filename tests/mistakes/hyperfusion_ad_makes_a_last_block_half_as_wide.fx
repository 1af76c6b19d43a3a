/// The block that the record conditions has half the filters that its signature promises.
// edit: experiments/hyperfusion_ad.fx
// - let filters = 16 * width
// + let filters = 8 * width
// error[E0305] "top |> global_avg_pool |> Dropout(0.6)" `Deep` promises [256] and gives [128]
// also "[16*width]"
