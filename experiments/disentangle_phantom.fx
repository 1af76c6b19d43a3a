/// Does the margin keep anatomy and appearance apart? The disentangled representation on synthetic heads.
///
/// The same networks, small, on one axial slice a head of the phantom, whose contrasts show one anatomy in different
/// ways. What the margin is for can be asked there: the nearest neighbour of an appearance code should be of its own
/// contrast, whoever it is of, and that of an anatomy of its own person, in whatever contrast.
///
/// fascicle run experiments/disentangle_phantom.fx
extends "disentangle.fx"

param slab: int = 1
param anatomy_width: int = 8
param appearance_width: int = 8
param painter_width: int = 16
param segment_width: int = 8
param passes: int = 20
param rate: real = 1e-3

// Without noise air is exactly 0, as around a skull-stripped brain. PET stands in for the fourth contrast, and two
// tissues and the ventricles for the parts of a tumour.
cohort brats = phantom(subjects: 120, seed: 5, shape: [64, 64, 16], noise: 0, missing_scan: 0.15)

modality t1: slices[slab, 64, 64]? = brats.image("anat/*_T1w.nii.gz")
  |> zscore(mask: nonzero)
  |> crop(at: [0, 0, 7], size: [64, 64, 1])
  |> adjacent(slab)
modality t1gd: slices[slab, 64, 64]? = brats.image("pet/*_pet.nii.gz")
  |> zscore(mask: nonzero)
  |> crop(at: [0, 0, 7], size: [64, 64, 1])
  |> adjacent(slab)
modality t2: slices[slab, 64, 64]? = brats.image("anat/*_T2w.nii.gz")
  |> zscore(mask: nonzero)
  |> crop(at: [0, 0, 7], size: [64, 64, 1])
  |> adjacent(slab)
modality flair: slices[slab, 64, 64]? = brats.image("anat/*_FLAIR.nii.gz")
  |> zscore(mask: nonzero)
  |> crop(at: [0, 0, 7], size: [64, 64, 1])
  |> adjacent(slab)
target tumour: mask[64, 64]{rest, NCR, ED, ET} = brats.image("derivatives/truth/anat/*_dseg.nii.gz")
  |> crop(at: [0, 0, 7], size: [64, 64, 1])
  |> labels(6, 5, 7)

protocol cv = holdout(train: 0.6, validation: 0.15, test: 0.25, seeds: [1, 2, 3])

analysis appearance = retrieval(parts.z by modality)
analysis whose_appearance = retrieval(parts.z by subject)
analysis anatomy = retrieval(parts.s by subject)
analysis contrast_of_anatomy = retrieval(parts.s by modality)

sweep methods: regulariser {
  compare psnr, ssim, dice, appearance.share, anatomy.share, contrast_of_anatomy.share
}
sweep filling: fill { compare dice }
