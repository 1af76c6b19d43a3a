/// Does a network tell Alzheimer's disease better when the patient's record sets some of its weights?
///
/// A pre-activation ResNet reads the hippocampus; the record (demographics, genetics, cerebrospinal fluid, PET measures)
/// makes the kernel of the way around its last block, by an embedding that was first trained to tell the diagnosis from
/// the record alone (Duenias et al. 2025, HyperFusion, Medical Image Analysis 102:103503; section on Alzheimer's
/// disease). Against the image alone, the record alone, both joined, FiLM, DAFT, and late fusion.
///
/// Data: ADNI, T1-weighted heads stripped, aligned and resampled, as a BIDS tree; the columns of ADNIMERGE in
/// participants.tsv under the names below. Then: fascicle run hyperfusion_ad.fx --set data=FOLDER
use std.blocks.PreactRes
use std.fusion.{Daft, Film, HyperPreactRes, ModulatedPreactRes}

param data: text = "data/adni"
param fusion: one_of(image_only, table_only, concat, film, daft, late, hyper) = hyper
param width: int = 16

// The share of a batch in the running statistics. The published configuration has 0.05, the classes' default is 0.1.
param momentum: real = 0.05

// The variance of the record's numbers that the start of the generated weights counts on. The published code measures it
// on the training table, within each subject, before the embedding; its 16 columns gave about 0.7.
param spread: real = 0.7
param epochs: int = 250
param classes: int = 3

// Of the published dropout, this share: 0 switches it off.
param dropout: real = 1.0

// Against classes of unequal size: what a mistake costs in each, drawing each class as often, or nothing.
param remedy: one_of(weights, sampling, nothing) = weights

cohort adni = bids(data) { keep session == first }

// Both hippocampi lie in a box of 128 x 96 x 64 voxels. Training draws one side, prediction averages the soft decisions of both;
// the right is mirrored, so that the network sees one orientation. (The published code standardises each side by itself.)
modality mri: volume[1, 64, 96, 64] = adni.image("anat/*_T1w.nii.gz")
  |> views(
    left: crop(at: [21, 55, 25], size: [64, 96, 64]),
    right: crop(at: [85, 55, 25], size: [64, 96, 64], flip: sagittal),
    average: probabilities,
  )
  |> zscore(mask: nonzero)

// Ten columns and six flags of what was missing. The published code imputes and scales the whole table before it divides
// the subjects, and scales all columns but the flags and sex; here both are fitted on the training subjects of each fold.
condition record: vector[16] = adni.columns(
  [age, education, apoe4, abeta, ptau, tau, fdg, av45] |> standardize,
  sex |> onehot([F, M]),
  missing: iterative(flags: [apoe4, abeta, ptau, tau, fdg, av45]),
)

target diagnosis: class{CN, MCI, AD} = adni.column("diagnosis")

/// The record as eight numbers: what the hypernetwork reads, trained on the record alone and handed over.
block Embed(x: [n]) -> [8] { x |> Linear(8) |> BatchNorm() |> PRelu() }

/// The network of the image up to its last block.
block Trunk(x: [c, d, h, w]) -> [8*width, _, _, _] {
  x
    |> Conv3d(width)
    |> BatchNorm(momentum: momentum)
    |> relu
    |> max_pool3d(2)
    |> PreactRes(2 * width, dropout: 0.1 * dropout, momentum: momentum)
    |> PreactRes(4 * width, stride: 2, dropout: 0.2 * dropout, momentum: momentum)
    |> PreactRes(8 * width, stride: 2, dropout: 0.2 * dropout, momentum: momentum)
}

/// What the image says, 16 * width numbers: the last block is where the record comes in.
block Deep(x: [c, d, h, w], record: [k], e: [n]) -> [16*width] {
  let trunk = x |> Trunk()
  let filters = 16 * width
  let top = match fusion {
    hyper => HyperPreactRes(filters, stride: 2, dropout: 0.3 * dropout, momentum: momentum, variance: spread)(
      trunk,
      e,
    )
    film => ModulatedPreactRes(
      filters,
      stride: 2,
      dropout: 0.3 * dropout,
      momentum: momentum,
      modulate: Film,
    )(
      trunk,
      record,
    )
    daft => ModulatedPreactRes(
      filters,
      stride: 2,
      dropout: 0.3 * dropout,
      momentum: momentum,
      modulate: Daft,
    )(
      trunk,
      record,
    )
    else => trunk |> PreactRes(filters, stride: 2, dropout: 0.3 * dropout, momentum: momentum)
  }
  top |> global_avg_pool |> Dropout(0.6 * dropout)
}

/// A logit for each class.
block Head(x: [n]) -> [classes] {
  x |> Linear(4 * width) |> relu |> Dropout(0.5 * dropout) |> Linear(classes)
}

model table(record) -> diagnosis { record |> Embed() |> Linear(classes) }

model ad(mri, record) -> diagnosis {
  let e = record |> Embed()
  let image = Deep()(mri, record, e)
  match fusion {
    table_only => e |> Linear(classes)
    concat => concat(image, record) |> Head()
    // Each side makes up its own mind; what counts is the mean of their logits.
    late => 0.5 * (image |> Head()) + 0.5 * (e |> Linear(classes))
    else => image |> Head()
  }
}

train table {
  minimize cross_entropy(
    table,
    diagnosis,
    weight: if remedy == weights { inverse_frequency } else { equal },
  )
  optimizer Adam(lr: 1e-4, weight_decay: 1e-5)
  epochs epochs
  batch 32
  keep best balanced_accuracy on validation
  sample if remedy == sampling { balanced(by: diagnosis) } else { shuffled }
}

// The embedding is trained on with the rest. What a mistake in each class costs is the published configuration's: nearly
// the inverse frequencies of ADNI, 0.955, 0.6962 and 1.9361, which the table's own training has.
train ad {
  init ad.Embed from table.Embed
  minimize cross_entropy(
    ad,
    diagnosis,
    weight: if remedy == weights { [1.1, 0.6962, 1.4] } else { equal },
  )
  optimizer Adam(lr: 1e-4, weight_decay: 1e-5)
  epochs epochs
  batch 32
  keep best balanced_accuracy on validation
  sample if remedy == sampling { balanced(by: diagnosis) } else { shuffled }
}

// A fifth is kept out of everything and tests; four folds of the others validate in turn.
protocol cv = kfold(
  4,
  validation: fold,
  test: holdout,
  holdout: one fold,
  stratify: [diagnosis, age, sex],
  seeds: [1, 2, 3],
  repeats: 3,
)

ensemble ad over folds, weight: inverse_entropy

score ad on holdout: balanced_accuracy, precision, f1, auc, recall, confusion
// True positives of each class, by run.
score ad on holdout: recall, each: class

// Which layers are worth a kernel that is made from the record: those on which the loss depends most, layer by layer, where
// their weights are drawn anew. The paper asks it of the network of the image alone, `--set fusion=image_only`; in the others it
// tells on what they came to depend.
analysis where = layer_entropy(ad, draws: 1000)

sweep methods: fusion {
  compare balanced_accuracy, precision, f1, auc, recall against hyper with mann_whitney
}

// Over-sampling against a weighted loss.
sweep remedies: remedy { compare balanced_accuracy, recall against weights with mann_whitney }
