/// A class that does not occur in the table.
// edit: experiments/hyperfusion_ad.fx
// - target diagnosis: class{CN, MCI, AD} = adni.column("diagnosis")
// + target diagnosis: class{CN, EMCI, AD} = adni.column("diagnosis")
// error[E0703] "class{CN, EMCI, AD}" nobody in `adni` has diagnosis = EMCI
