cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
model m(t1) {
  let all = for i, j, k in 1..=100 { t1 |> Conv3d(1) }
  sum(all)
}

// error[E0857] 4:13 the loop has more than 10000 turns
// hint: everything is unrolled: go over fewer names, or over a smaller group
