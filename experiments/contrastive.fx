/// Every way to relate two modalities by mutual information, and what each is worth downstream.
///
/// Fedorov et al. 2023 (NeuroImage 285, 120485) and their code (github.com/Entodi/fusion): structural MRI and the amplitude of
/// low-frequency fluctuations of OASIS-3, an encoder for each, and between encoders the edges of a scheme: local (L: the map of
/// a modality with its own code), cross-local (CL: with the other's code), cross-spatial (CS: map with map), similarity
/// (S: code with code), and reconstruction (AE). A weight of 0 removes an edge and every parameter that only it uses. Beside them
/// stand what they are compared with: DCCAE, L-CCA, MMVAE and the supervised model.
///
/// Where the authors' code departs from the paper, the paper is followed: XX (CL) is weighted once, not twice; the cosine critic divides by
/// the norms of the rows it compares; the total correlation is the sum of the canonical correlations (`norm: frobenius`
/// reproduces the code). The penalty is weighted with its edge; the paper's weights are 0 and 1, where that makes no difference.
///
/// Weights start as there, uniform after Glorot and Bengio (2010) with the gain of the activation that follows: leaky ReLU in the
/// encoders, ReLU in decoders and heads, the sigmoid at the decoders' end; `DcganEncoder`, `DcganDecoder`, `ConvHead`, `LatentHead` and
/// `Supervised` of the code at commit a88e0b8. Their classifier's bias starts at 1/2 for both classes, which is the same to a softmax as 0.
///
/// With reconstruction and similarity alone (S-AE, as the file stands) the two encoders and decoders have 15,216,256 parameters in all.
///
/// Data: OASIS-3 as a BIDS tree, maps of 64 voxels in each direction. Then: fascicle run contrastive.fx --set data=FOLDER
use std.encoders.{Dcgan, DcganDecoder}
use std.heads.{ConvHead, IdentityHead, LatentHead}
use std.losses.iwae

param data: text = "data/oasis3"

// The edges.
param local: real = 0
param cross_local: real = 0
param cross_space: real = 0
param similar: real = 1
param autoencode: real = 1

// What they are compared with.
param correlate: real = 0  // canonical correlation: DCCAE with AE, L-CCA with L
param mixture: real = 0  // the looser bound of MMVAE
param supervise: real = 0  // a classifier of each modality by itself

param size: int = 64  // voxels in each direction: 64 or 32
param width: int = 32
param latent: int = 64
param code_head: one_of(identity, linear) = identity  // the configurations of the code have `linear`
param critic: one_of(scaled, dot, cosine) = scaled
param correlation: one_of(trace, frobenius) = trace
param draws: int = 10
param rate: real = 4e-4
param peak: real = 0.01
param length: int = 200
param together: int = 64

// Sessions of the two modalities that lie nearest to each other in time make one record.
cohort oasis = bids(data) { pair t1, falff by nearest day }

// The last layer of the decoder is a sigmoid: intensities are brought to 0..1 after they have been standardised.
modality t1: volume[1, size, size, size] = oasis.image("anat/*_T1w.nii.gz")
  |> histogram_standardize
  |> rescale(0..1)
modality falff: volume[1, size, size, size] = oasis.image("func/*_fALFF.nii.gz")
  |> histogram_standardize
  |> rescale(0..1)
target diagnosis: class{HC, AD} = oasis.column("diagnosis")  // others take part in pretraining only

group mods = [t1, falff]

model dim(mods) {
  let encode = for m in mods { m |> Dcgan(latent: latent, width: width) }
  output z = encode.latent

  // One head for the maps of a modality and one for its codes, whatever they are compared with.
  output c = for m in mods { encode[m].layer |> ConvHead(latent) }
  output u = for m in mods {
    z[m] |> (match code_head { identity => IdentityHead(latent), linear => LatentHead(latent) })
  }
  // Of a map of 512 places that meets another, one place is drawn for each person and step.
  output place = for m in mods { c[m] |> random_place }

  let decode = for m in mods { DcganDecoder(size: size, width: width) }
  output recon = for m in mods { decode[m](z[m]) }

  // MMVAE: the code is the mean of a Gaussian, and each decoder draws its modality from every draw of every code.
  let q = for m in mods { normal(mean: z[m], log_var: z[m] |> Linear(latent)) }
  let times = if mixture > 0 { draws } else { 1 }
  let drawn = for m in mods { for k in 0..times { q[m] |> sample } }
  let decoded = for m in mods { for k in 0..times { for x in mods { decode[x](drawn[m][k]) } } }
  output bound = iwae(mods, q, drawn, decoded, draws: times)

  output logits = for m in mods { z[m] |> Linear(2, std: (2 / (latent + 2)) ^ 0.5, bias_init: zeros) }
}

loss nce(u, v) = info_nce(u, v, clip: 20, penalty: 4e-2, critic: critic)

train dim {
  minimize local * sum(for m in mods { nce(dim.c[m], dim.u[m]) })
    + cross_local * sum(for i, j in mods if i != j { nce(dim.c[i], dim.u[j]) })
    + cross_space * sum(for i, j in mods if i != j { nce(dim.c[i], dim.place[j]) })
    + similar * sum(for i, j in mods if i != j { nce(dim.u[i], dim.u[j]) })
    + autoencode * sum(for m in mods { mse(dim.recon[m], m) })
    + correlate * sum(for i, j in mods if i != j { cca(dim.u[i], dim.u[j], norm: correlation) })
    + mixture * dim.bound
    + supervise * sum(for m in mods { cross_entropy(dim.logits[m], diagnosis) })
  optimizer RAdam(lr: rate)
  schedule OneCycle(max_lr: peak)
  epochs length
  batch together
  augment flip(axis: sagittal), flip(axis: coronal), flip(axis: axial), crop(jitter: 8)
  sample balanced(by: diagnosis)
}

// All pairs of sessions of a person train; one pair of each is judged.
protocol cv = kfold(5, stratify: [diagnosis], holdout: one fold, once: subject, seed: 1)

// The code of each modality is read by logistic regression, and the two are compared within each class.
analysis probe = for m in mods {
  logistic_probe(dim.z[m], diagnosis, search: 500, penalty: [l1, l2, elastic], score: auc, on: holdout)
}
analysis alike = for d in diagnosis {
  similarity(dim.z[t1], dim.z[falff], measures: [cka, svcca], within: diagnosis == d)
}

// Where in its image each code looks, and where it looks elsewhere in patients.
analysis saliency = for m in mods { smooth_grad(dim.z[m], of: m, noise: 0.05, times: 5, smooth: 1.5mm) }
analysis group_map = for m in mods { mann_whitney(saliency[m], HC vs AD, effect: rank_biserial) }

sweep objectives: [local, cross_local, cross_space, similar, autoencode] in subsets([0, 1]) {
  compare probe.auc
}

// S-AE, AE, DCCAE, L-CCA, MMVAE, supervised.
sweep methods: [local, similar, autoencode, correlate, mixture, supervise] in [
  [0, 1, 1, 0, 0, 0],
  [0, 0, 1, 0, 0, 0],
  [0, 0, 1, 1, 0, 0],
  [1, 0, 0, 1, 0, 0],
  [0, 0, 0, 0, 1, 0],
  [0, 0, 0, 0, 0, 1],
] { compare probe.auc }
