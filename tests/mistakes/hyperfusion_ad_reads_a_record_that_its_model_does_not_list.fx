/// The model does not say that it reads the record.
// edit: experiments/hyperfusion_ad.fx
// - model ad(mri, record) -> diagnosis {
// + model ad(mri) -> diagnosis {
// error[E0209] "record" model `ad` reads `record` but does not list it
