use "parts.fx".Half
cohort c = bids("data")
modality t1: volume[1, 16, 16, 16] = c.image("anat/*_T1w.nii.gz") |> zscore
model m(t1) { t1 |> Half() |> flatten |> Linear(2) }
//== parts.fx
block Half(x: [c, d, h, w]) -> [c, d/2, h/2, w/2] { x |> max_pool3d(4) }
//= 4 `t1` Error E0305
//=   `Half` promises [1, 8, 8, 8] and gives [1, 4, 4, 4] (applied here, with c = 1, d = 16, h = 16, w = 16)
//=   hint: change the promise or the body
//=   also elsewhere: this is [1, 4, 4, 4]
//=   also elsewhere: [1, 8, 8, 8] is promised here
