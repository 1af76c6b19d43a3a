use model draw from "draw.fascicle"
cohort clinic = bids("clinic")
score draw on clinic: psnr, skill
// packed: draw.fascicle: draw of spring.fx
// error[E0407] 3:29 `skill` is relative to the mean training image
// also 1:11
// hint: psnr, ssim
// file spring.fx:
//| cohort heads = bids("heads")
//| modality t1: volume[1, 8, 8, 8] = heads.image("anat/*_T1w.nii.gz") |> zscore
//| target t2: volume[1, 8, 8, 8] = heads.image("anat/*_T2w.nii.gz") |> zscore
//| model draw(t1) -> t2 { t1 |> Conv3d(1) }
//| train draw { minimize mse(draw, t2) }
//| score draw: mse
