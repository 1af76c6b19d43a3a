cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) {
  let levels = scan i in 0..3 from t1 { x => x |> Conv3d(8) }
  levels |> relu
}

// error[E0203] 5:3 `relu` reads 1 value (x), 3 were given
// also 5:3
// hint: of a list take one: `levels.last`, `levels[0]`, or each in turn by `for`
