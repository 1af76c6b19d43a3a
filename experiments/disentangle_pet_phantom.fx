/// Does the anatomy that contrasts share tell PET when one of them is missing? The synthesis on synthetic heads.
///
/// The networks of disentangle_phantom.fx on the same slice of the phantom, whose PET shows atrophy and hypometabolism
/// in its own way. Fused anatomies are to lose less than filled contrasts where a contrast is withheld.
///
/// fascicle run experiments/disentangle_pet_phantom.fx
extends "disentangle_pet.fx" without t1gd, asl

param slab: int = 1
param anatomy_width: int = 8
param appearance_width: int = 8
param painter_width: int = 16
param segment_width: int = 8
param passes: int = 20
param rate: real = 1e-3

cohort zerodose = phantom(subjects: 120, seed: 5, shape: [64, 64, 16], noise: 0, missing_scan: 0.15)

modality t1: slices[slab, 64, 64]? = zerodose.image("anat/*_T1w.nii.gz")
  |> zscore(mask: nonzero)
  |> crop(at: [0, 0, 7], size: [64, 64, 1])
  |> adjacent(slab)
modality t2: slices[slab, 64, 64]? = zerodose.image("anat/*_T2w.nii.gz")
  |> zscore(mask: nonzero)
  |> crop(at: [0, 0, 7], size: [64, 64, 1])
  |> adjacent(slab)
modality flair: slices[slab, 64, 64]? = zerodose.image("anat/*_FLAIR.nii.gz")
  |> zscore(mask: nonzero)
  |> crop(at: [0, 0, 7], size: [64, 64, 1])
  |> adjacent(slab)
target pet: slices[1, 64, 64] = zerodose.image("pet/*_pet.nii.gz")
  |> zscore(mask: nonzero)
  |> crop(at: [0, 0, 7], size: [64, 64, 1])
  |> adjacent(1)

group mri = [t1, t2, flair]

protocol cv = holdout(train: 0.6, validation: 0.15, test: 0.25, seed: 1)

sweep methods: regulariser {
  compare psnr, ssim
}
sweep filling: fill {
  compare psnr, ssim
}
