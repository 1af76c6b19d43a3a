/// Voxel-wise fusion of two 3D contrasts into one embedding, then strata of people.
///
/// Dimitri, Spasov, Duggento, Passamonti, Lio and Toschi 2022, Multimodal and multicontrast image fusion via deep
/// generative models (Information Fusion 88): two U-Nets of separable convolutions that meet at a 1,536-long embedding and
/// nowhere else, trained to give back a Jacobian and a neurite density map of the Human Connectome Project.
///
/// The paper has no published code. Blocks are those of the reference cases (convolution 5x6x5, normalisation, ELU; a
/// separable one has 150 cin + cin cout + 3 cout parameters); where the paper puts its biases was not checked.
///
/// It has 1,152,781 parameters in all. The mid-flows have 64,632 a contrast, their dense twins (`--set unit=ConvBlock`)
/// 1,227,357: 19 times as many; the paper says about 20.
use std.blocks.{ConvBlock, FuseDown, FuseUp, MidFlow, SepConv}

param data: text = "data/hcp"
param steps: int = 5  // every step halves each axis and doubles the filters
param unit: block = SepConv  // of the mid-flows; ConvBlock is the dense twin
param rounds: int = 200
param skips: bool = true  // whether a level is told what its mirror saw

cohort hcp = bids(data) { join "phenotypes.tsv" }

modality jac: volume[1, 128, 128, 96] = hcp.image("dwi/*_JAC.nii.gz")
  |> rescale(0..1, percentiles: [0.1, 99.9])  // fitted on the training subjects only
modality ndi: volume[1, 128, 128, 96] = hcp.image("dwi/*_NDI.nii.gz")
  |> rescale(0..1, percentiles: [0.1, 99.9])

group pair = [jac, ndi]

/// One level up without the mirror: what is left of the network when its skips are cut.
block Blind(filters: int)(x: [c, d, h, w]) -> [filters, 2*d, 2*h, 2*w] {
  x |> upsample(2) |> ConvBlock(filters) |> MidFlow(unit) |> ConvBlock(filters)
}

model fused(pair) {
  let down = for m in pair { scan i in 1..=steps from m { x => FuseDown(2 ^ i, unit)(x) } }  // every level, finest first
  let code = concat(for m in pair { down[m].last |> reshape(1, -1) }) |> Conv1d(1, kernel: 1)
  let back = for m in pair {
    fold skip in reverse(down[m].init) from code |> reshape_as(down[m].last) { x =>
      if skips { FuseUp(unit)(x, skip) } else { x |> Blind(size(skip)[0]) }
    }
  }

  output z = code |> flatten  // [1536]
  output image = for m in pair {
    back[m] |> upsample(2) |> ConvBlock(1) |> MidFlow(unit) |> Conv3d(1, kernel: 1) |> sigmoid
  }
}

train fused {
  minimize sum(for m in pair { binary_cross_entropy(fused.image[m], m) })
  optimizer Adam(lr: 1e-3)
  epochs rounds
  batch 1
  keep last
}

protocol cv = kfold(10, seed: 1)

// The paper's forms: medians, of ratios with their sign, and of regions of a grid over the standard deviation of both.
score fused.image: mse,
  norm_diff(over: median, signed: true),
  skill,
  cnr(roi: [4, 4, 3], pairs: 1000, on: grid, noise: joint, over: median),
  cnr(roi: [4, 4, 3], pairs: 1000, on: grid, noise: joint, over: median, of: truth),
  cnr(roi: [4, 4, 3], pairs: 1000, on: grid, noise: joint, over: median, of: difference)

// Strata of people by their embeddings; do they differ in what the embedding was never told? Preferences are tried by value:
// a thousand, evenly spaced from the 1st to the 99th percentile of the similarities.
analysis strata = affinity_propagation(
  fused.z,
  damping: 10 in 0.5..1,
  preference: 1000 in values(1..99),
  keep: best silhouette,
)
// Cognition, motor function, personality, emotion and senses, under HCP's names; the paper's own list was not checked.
analysis factors = factor_analysis(
  hcp.columns(
    PicSeq_AgeAdj,
    CardSort_AgeAdj,
    Flanker_AgeAdj,
    ReadEng_AgeAdj,
    PicVocab_AgeAdj,
    ProcSpeed_AgeAdj,
    ListSort_AgeAdj,
    PMAT24_A_CR,
    VSPLOT_TC,
    SCPT_TP,
    IWRD_TOT,
    Endurance_AgeAdj,
    GaitSpeed_Comp,
    Dexterity_AgeAdj,
    Strength_AgeAdj,
    NEOFAC_A,
    NEOFAC_O,
    NEOFAC_C,
    NEOFAC_N,
    NEOFAC_E,
    AngAffect_Unadj,
    FearAffect_Unadj,
    Sadness_Unadj,
    LifeSatisf_Unadj,
    MeanPurp_Unadj,
    PosAffect_Unadj,
    Friendship_Unadj,
    Loneliness_Unadj,
    PercStress_Unadj,
    SelfEff_Unadj,
    Odor_AgeAdj,
    Taste_AgeAdj,
    PainInterf_Tscore,
    Mars_Final,
  ),
  rotate: varimax,
  keep: eigenvalue > 1,
)
analysis differ = kruskal_wallis(factors.scores by strata, correct: fdr)
analysis chance = permutation(differ, times: 10000)
analysis profile = quantiles(median(factors.scores by strata), within: factors.scores)

// The paper's ablations: each contrast alone, and the network without its skips; and the dense twin.
sweep contrasts: pair in [[jac], [ndi], [jac, ndi]] { compare mse, norm_diff_signed_median }
sweep mirrored: skips { compare mse, norm_diff_signed_median }
sweep separable: unit in [SepConv, ConvBlock] { compare mse, norm_diff_signed_median }
