/// Anatomy and appearance, kept apart by a margin.
///
/// Ouyang et al. 2021, Representation disentanglement for multi-modal brain MRI analysis. An anatomy encoder, shared by
/// all contrasts through convolutions conditioned on the contrast, gives maps `s`; an appearance encoder gives a code
/// `z`; a decoder paints a slice from the shapes of one contrast and the appearance of another. A patient's `s` is to be
/// more alike between contrasts than that of two patients, and the reverse for `z`. Downstream, the maps of whatever
/// contrasts a patient has are fused and segmented.
///
/// Where the authors' code departs from their paper the paper is followed: all levels of the U-Net have their
/// activations, cross reconstructions are painted by the head of the contrast they are compared with, the margin is
/// taken over all pairs of contrasts rather than one drawn by lot, and what is missing is nowhere filled with zeros.
///
/// Their shipped configuration (`--set slab=7 --set fuse=mean` here) counts 35,193,257 parameters. Of these 245,600 are
/// a stack of convolutions in the appearance encoder that nothing applies, and 10 belong to normalisations that two
/// output layers pass by (8 in the anatomy U-Net, 2 in the downstream network): neither exists here. `parts` counts the
/// other 20,180,730; the downstream network 14,766,917, and 3,459 more where it gives four classes in place of one map.
///
/// Data: BraTS 2020 as a BIDS tree, skull-stripped, on one grid of at least 160 x 192 voxels. Then:
/// fascicle run disentangle.fx --set data=FOLDER
use std.disentangle.{
  Anatomy,
  AnatomyCritic,
  Appearance,
  AttentionUnet,
  PainterHead,
  PainterTrunk,
  lesion_loss,
}

param data: text = "data/brats2020"
// Convolutions for each contrast, or one set that is mixed by the contrast (Conv, CondConv).
param encoder: one_of(separate, conditional) = conditional
// +NA, +Adv, +Sim
param regulariser: one_of(none, adversarial, similarity) = similarity
// The slice and its neighbours as channels.
param slab: int = 3
// What is known of a patient's anatomy from all contrasts that there are.
param fuse: one_of(mean, mean_max_min) = mean_max_min
// Whether the segmentation moves the anatomy encoder, too.
param tuned: bool = false
// What the rival without a representation sees where a contrast is missing.
param fill: one_of(zeros, mean) = zeros
param divergence: real = 0
param adversarial_weight: real = 1
param anatomy_width: int = 32
param appearance_width: int = 16
param painter_width: int = 128
param segment_width: int = 64
param passes: int = 50
param rate: real = 2e-4

cohort brats = bids(data)

modality t1: slices[slab, 160, 192]? = brats.image("anat/*_T1w.nii.gz")
  |> zscore(mask: brain)
  |> adjacent(slab)
modality t1gd: slices[slab, 160, 192]? = brats.image("anat/*_ce-gd_T1w.nii.gz")
  |> zscore(mask: brain)
  |> adjacent(slab)
modality t2: slices[slab, 160, 192]? = brats.image("anat/*_T2w.nii.gz")
  |> zscore(mask: brain)
  |> adjacent(slab)
modality flair: slices[slab, 160, 192]? = brats.image("anat/*_FLAIR.nii.gz")
  |> zscore(mask: brain)
  |> adjacent(slab)
target tumour: mask[160, 192]{rest, NCR, ED, ET} = brats.image("anat/*_dseg.nii.gz") |> labels(1, 2, 4)

group mri = [t1, t1gd, t2, flair]

model parts(mri) {
  let conditional = encoder == conditional
  // Which contrast: what conditional convolutions are conditioned on, as in the authors' code.
  let about = for i in mri { constant(position(i, mri)) }
  let one_anatomy = Anatomy(width: anatomy_width)
  let one_appearance = Appearance(width: appearance_width)
  let anatomy = for i in mri {
    if conditional { one_anatomy } else { Anatomy(width: anatomy_width, conditional: false) }
  }
  let appearance = for i in mri {
    if conditional { one_appearance } else { Appearance(width: appearance_width, conditional: false) }
  }
  let trunk = PainterTrunk(painter_width, conditional: conditional)
  let head = for i in mri { PainterHead(slab, conditional: conditional) }

  output s = for i in mri { anatomy[i](i, about[i]) }
  output posterior = for i in mri { appearance[i](i, about[i]) }
  output z = for i in mri { posterior[i] |> sample }
  // The shapes of the first in the contrast of the second.
  output drawn = for i, j in mri { head[j](s[i], trunk(s[i], z[j], about[j]), about[j]) }
}

train parts {
  minimize mean(for i in mri { l1(parts.drawn[i, i], i) })
    + 2 * mean(for i, j in mri if i != j { l1(parts.drawn[i, j], j) })
    + 0.1
      * mean(
        for i in mri {
          absolute_error(
            parts.appearance[i](parts.drawn[i, i], parts.about[i]) |> mean_of,
            parts.posterior[i].mean,
          )
        },
      )
    + divergence * mean(for i in mri { batch_mean(kl(parts.posterior[i], prior)) })
    + match regulariser {
      none => 0
      similarity => 10
        * margin(
          near: same subject,
          far: same modality,
          of: for i in mri { parts.s[i] |> max_pool2d(16) },
          by: 0.1,
        )
        + 2 * margin(near: same modality, far: same subject, of: parts.z, by: 0.1)
      adversarial => adversarial_weight * fool(AnatomyCritic(length(mri)), parts.s)
    }
  optimizer Adam(lr: rate, weight_decay: 1e-5)
  schedule Plateau(factor: 0.1, patience: 5)
  epochs passes
  batch 8
}

/// From the anatomy in whatever contrasts a patient has.
model segment(parts.s) -> tumour {
  let known = match fuse {
    mean => mean(parts.s)
    mean_max_min => concat(mean(parts.s), max(parts.s), min(parts.s))
  }
  known |> AttentionUnet(4, width: segment_width)
}

train segment {
  freeze if tuned { none } else { parts }
  minimize lesion_loss(segment, tumour)
  optimizer Adam(lr: rate, weight_decay: 1e-5)
  epochs passes
  batch 8
}

/// From the contrasts themselves, those that are missing filled in.
model filled(mri) -> tumour {
  let complete = for i in mri { if fill == zeros { i ?? zeros } else { i ?? mean } }
  concat(complete) |> AttentionUnet(4, width: segment_width)
}

train filled {
  minimize lesion_loss(filled, tumour)
  optimizer Adam(lr: rate, weight_decay: 1e-5)
  epochs passes
  batch 8
}

protocol cv = kfold(5, seed: 1)

score parts.drawn: psnr, ssim
score segment: dice, without: each of mri
score filled: dice, without: each of mri

sweep methods: encoder, regulariser {
  compare psnr, ssim, dice
}
sweep filling: fill {
  compare dice
}
