/// The second contrast is declared on another grid; their codes cannot meet.
// edit: experiments/voxel_fusion.fx
// - modality ndi: volume[1, 128, 128, 96] = hcp.image("dwi/*_NDI.nii.gz")
// + modality ndi: volume[1, 128, 128, 128] = hcp.image("dwi/*_NDI.nii.gz")
// error[E0302] "for m in pair { down[m].last |> reshape(1, -1) }" `concat`: value 1 is [1, 1536], value 2 is [1, 2048]: only axis 0 may differ
