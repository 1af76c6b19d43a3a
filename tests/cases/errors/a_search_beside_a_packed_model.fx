/// What is packed has its settings.
use model draw from "draw.fascicle"
param k: int = 2
cohort clinic = bids("clinic")
score draw on clinic: psnr
search s: k in [1, 2] { choose psnr of draw, trials 2 }
// packed: draw.fascicle: draw of spring.fx
// error[E0860] 6:8 `search s` cannot stand beside `use model draw`
// also 2:11
// hint:
// file spring.fx:
//| cohort heads = bids("heads")
//| modality t1: volume[1, 8, 8, 8] = heads.image("anat/*_T1w.nii.gz") |> zscore
//| target t2: volume[1, 8, 8, 8] = heads.image("anat/*_T2w.nii.gz") |> zscore
//| model draw(t1) -> t2 { t1 |> Conv3d(1) }
//| train draw { minimize mse(draw, t2) }
//| score draw: mse
