/// A PET scan without a tracer, from the anatomy that the MRI contrasts of a patient share.
///
/// The other downstream task of Ouyang et al. 2021: FDG PET is painted from the fused anatomy of T1, contrast-enhanced T1,
/// FLAIR and arterial spin labelling, whichever of them a patient has. The representation, its regularisers and its rivals
/// are those of disentangle.fx; `tuned`, `fuse` and `fill` say the same here as there.
///
/// As in the authors' code (`src/data_preprocessing_ZeroDose.py`, `src/model.py`; github.com/ouyangjiahong/representation-disentanglement
/// at commit 87b81f3): all scans, PET too, are standardised within the brain, and PET is judged by its mean absolute difference on
/// the middle slice. What their shipped configuration holds in comments adds the answer of each contrast by itself, at half
/// the weight; here the fused answer alone is trained.
///
/// Data: scans of a PET/MR machine as a BIDS tree, skull-stripped, on one grid of at least 160 x 192 voxels. Then:
/// fascicle run disentangle_pet.fx --set data=FOLDER
extends "disentangle.fx" without brats, t2, tumour, segment

param data: text = "data/zerodose"

cohort zerodose = bids(data)

modality t1: slices[slab, 160, 192]? = zerodose.image("anat/*_T1w.nii.gz")
  |> zscore(mask: brain)
  |> adjacent(slab)
modality t1gd: slices[slab, 160, 192]? = zerodose.image("anat/*_ce-gd_T1w.nii.gz")
  |> zscore(mask: brain)
  |> adjacent(slab)
modality flair: slices[slab, 160, 192]? = zerodose.image("anat/*_FLAIR.nii.gz")
  |> zscore(mask: brain)
  |> adjacent(slab)
modality asl: slices[slab, 160, 192]? = zerodose.image("perf/*_asl.nii.gz")
  |> zscore(mask: brain)
  |> adjacent(slab)
target pet: slices[1, 160, 192] = zerodose.image("pet/*_pet.nii.gz") |> zscore(mask: brain) |> adjacent(1)

group mri = [t1, t1gd, flair, asl]

/// From the anatomy in whatever contrasts a patient has.
model synthesise(parts.s) -> pet {
  let known = match fuse {
    mean => mean(parts.s)
    mean_max_min => concat(mean(parts.s), max(parts.s), min(parts.s))
  }
  known |> AttentionUnet(1, width: segment_width)
}

train synthesise {
  freeze if tuned { none } else { parts }
  minimize l1(synthesise, pet)
  optimizer Adam(lr: rate, weight_decay: 1e-5)
  epochs passes
  batch 8
}

/// From the contrasts themselves, those that are missing filled in.
model filled(mri) -> pet {
  let complete = for i in mri { if fill == zeros { i ?? zeros } else { i ?? mean } }
  concat(complete) |> AttentionUnet(1, width: segment_width)
}

train filled {
  minimize l1(filled, pet)
  optimizer Adam(lr: rate, weight_decay: 1e-5)
  epochs passes
  batch 8
}

score synthesise: psnr, ssim, without: each of mri
score filled: psnr, ssim, without: each of mri

sweep methods: encoder, regulariser {
  compare psnr, ssim
}
sweep filling: fill {
  compare psnr, ssim
}
