//! The clauses of a stage, in the order in which they are mostly written, and what holds where one is left out.

use super::{Chapter, Entry, Parameter, Takes};

const fn clause(
    name: &'static str,
    doc: &'static str,
    source: &'static str,
    parameters: &'static [Parameter],
    example: &'static str,
) -> Entry {
    Entry { name, chapter: Chapter::Clause, doc, source, parameters, example }
}

/// The entries of this chapter.
pub(super) const ENTRIES: &[Entry] = &[
    clause(
        "minimize",
        "The loss: one number for the batch. Each term of a sum has its own learning curve.",
        "",
        &[Parameter::positional(
            "loss",
            Takes::required("an expression of losses"),
            "",
            "a value with one number a subject stands for its mean",
        )],
        "train dx { minimize cross_entropy(dx, diagnosis) + 0.1 * mse(back.t1, t1) }",
    ),
    clause(
        "optimizer",
        "How parameters move.",
        "",
        &[Parameter::positional("optimizer", Takes::said("an optimizer", "Adam(lr: 1e-3)"), "", "with its settings")],
        "train dx { minimize cross_entropy(dx, diagnosis), optimizer AdamW(lr: 1e-3) }",
    ),
    clause(
        "schedule",
        "How the learning rate changes.",
        "",
        &[Parameter::positional("schedule", Takes::said("a schedule", "Constant()"), "", "with its settings")],
        "train dx { minimize cross_entropy(dx, diagnosis), schedule Cosine(warmup: 2) }",
    ),
    clause(
        "epochs",
        "How long the stage trains, unless it stops early.",
        "",
        &[Parameter::positional(
            "n",
            Takes::count(1, 100),
            "passes over the training subjects",
            "how many at the most",
        )],
        "train dx { minimize cross_entropy(dx, diagnosis), epochs 50 }",
    ),
    clause(
        "batch",
        "How many subjects (of slices: slices) a step looks at.",
        "",
        &[Parameter::positional("n", Takes::count(1, 32), "subjects", "how many")],
        "train dx { minimize cross_entropy(dx, diagnosis), batch 16 }",
    ),
    clause(
        "accumulate",
        "Adds up the gradients of several batches before a step: a larger batch in the memory of a smaller one.",
        "Lightning `accumulate_grad_batches`",
        &[Parameter::positional("n", Takes::count(1, 1), "batches", "how many")],
        "train dx { minimize cross_entropy(dx, diagnosis), batch 4, accumulate 8 }",
    ),
    clause(
        "clip",
        "Scales the gradient of all parameters down to a norm that it must not exceed.",
        "PyTorch `clip_grad_norm_`",
        &[Parameter::positional(
            "norm",
            Takes::said("a number above 0", ""),
            "",
            "the largest norm; none where there is no clause",
        )],
        "train dx { minimize cross_entropy(dx, diagnosis), clip 1.0 }",
    ),
    clause(
        "stop",
        "Ends the stage before its last epoch.",
        "Keras `EarlyStopping`",
        &[Parameter::positional("when", Takes::said("`early(..)`", ""), "", "never where there is no clause")],
        "train dx { minimize cross_entropy(dx, diagnosis), stop early(patience: 10) }",
    ),
    clause(
        "keep",
        "Which epoch's weights stay: the best on the validation subjects, by the loss or by a metric, or the last.",
        "Keras `ModelCheckpoint(save_best_only=True)`",
        &[Parameter::positional(
            "which",
            Takes::said("`best`, `best METRIC`, `last`", "best"),
            "",
            "also `keep best METRIC on validation`",
        )],
        "train dx { minimize cross_entropy(dx, diagnosis), keep best balanced_accuracy }",
    ),
    clause(
        "init",
        "Starts with the weights of another stage's module of the same shape, or of a file.",
        "",
        &[Parameter::positional(
            "to",
            Takes::said("`PATH from PATH`, `PATH from \"weights.safetensors\"`", ""),
            "",
            "paths as `fascicle check` lists them; else at random, or as an earlier stage of the model left them",
        )],
        "train years { minimize mse(years, age), init years.Conv3d from dx.Conv3d }",
    ),
    clause(
        "freeze",
        "Uses these modules as they are.",
        "PyTorch `requires_grad_(False)`",
        &[Parameter::positional(
            "path",
            Takes::said("a path, or `if tuned { none } else { path }`", ""),
            "",
            "as `fascicle check` lists them",
        )],
        "model seen(t1) -> diagnosis {\n  output hidden = t1 |> Conv3d(4, stride: 4) |> relu |> global_avg_pool\n  hidden |> Linear(2)\n}\n\
         model late(seen.hidden) -> age { seen.hidden |> Linear(1) }\n\
         train seen { minimize cross_entropy(seen, diagnosis) }\n\
         train late { minimize mse(late, age), freeze seen }",
    ),
    clause(
        "augment",
        "Random changes of the training images, drawn anew each time a subject is seen; all images and masks of a subject move alike.",
        "",
        &[Parameter::positional(
            "changes",
            Takes::said("augmentations, one behind the other", ""),
            "",
            "none where there is no clause",
        )],
        "train dx { minimize cross_entropy(dx, diagnosis), augment flip(axis: sagittal), noise(0.1) }",
    ),
    clause(
        "sample",
        "How subjects are drawn.",
        "",
        &[Parameter::positional(
            "how",
            Takes::said("`shuffled`, `balanced(by: ..)`, or `if`, `match` and a parameter that choose one", "shuffled"),
            "",
            "everybody once an epoch, or each class equally often",
        )],
        "train dx { minimize cross_entropy(dx, diagnosis), sample balanced(by: diagnosis) }",
    ),
    clause(
        "patches",
        "Sees its images by parts: a step's row is a patch, cut alike from all images and masks that the stage reads and drawn anew each time. \
         What is drawn follows from the run's seed, the epoch and the subject. Wherever the model predicts, validation, scores, maps and new \
         people, it goes over whole images by windows of that size, whose outputs are averaged with Gaussian weights.",
        "MONAI `sliding_window_inference(mode=\"gaussian\", sigma_scale=0.125)`; Isensee et al. 2021",
        &[
            Parameter::positional(
                "extents",
                Takes::required("the voxels of a patch along each axis: `[64, 64, 64]`, or `64` of all"),
                "voxels",
                "within the shape of the images",
            ),
            Parameter::positional(
                "options",
                Takes::said("`balanced(by: ..)`, `each(..)`, `overlap(..)`", ""),
                "",
                "one behind the other",
            ),
        ],
        "modality head: volume[1, 32, 32, 32] = people.image(\"anat/*_T1w.nii.gz\") |> zscore\n\
         target spot: mask[32, 32, 32]{rest, lesion} = people.image(\"anat/*_lesion.nii.gz\")\n\
         model find(head) -> spot { head |> Conv3d(2) }\n\
         train find { minimize cross_entropy(find, spot), patches [8, 8, 8], balanced(by: spot) }",
    ),
    clause(
        "within",
        "Trains on those of the training subjects who meet a condition, and validates on those of the validation subjects who do. Who \
         is scored, and what the steps of inputs are fitted on, stays as it is. `if` and `match` ask a parameter: \
         `within if alone { sex == F } else { everybody }`.",
        "",
        &[Parameter::positional(
            "condition",
            Takes::said("a condition on columns, as `keep` of a cohort has, or `everybody`", ""),
            "",
            "everybody where there is no clause",
        )],
        "train dx { minimize cross_entropy(dx, diagnosis), within sex == F }",
    ),
    clause(
        "take",
        "Trains on so many people, spread over the columns that the protocol stratifies by; the division's seed and fold decide who. A \
         share is one of all who could train without `within`, so that stages on different people train on as many.",
        "",
        &[Parameter::positional(
            "n",
            Takes::said("a number of people, or a share above 0 and up to 1.0", ""),
            "",
            "all of them where there is no clause",
        )],
        "train dx { minimize cross_entropy(dx, diagnosis), within sex == F, take 0.4 }",
    ),
    clause(
        "precision",
        "How convolutions and products of matrices multiply on a card: to 24, 11 or 8 significant bits. All else stays in single \
         precision, and so does everything on the CPU and every prediction.",
        "",
        &[Parameter::positional(
            "word",
            Takes::Word(&["float32", "tf32", "bf16"]),
            "",
            "tf32 and bf16 are faster on a card",
        )],
        "train dx { minimize cross_entropy(dx, diagnosis), precision bf16 }",
    ),
    clause(
        "memory",
        "What of a forward pass is kept for the way back: all that it needs, or the values between segments of the network alone, so that \
         the values within are made again. Segments are chosen for the lowest peak, which `check` tells, with what is computed again; \
         weights come out the same to the byte.",
        "Chen et al. 2016, arXiv:1604.06174",
        &[Parameter::positional(
            "word",
            Takes::Word(&["keep", "recompute"]),
            "",
            "recompute takes less memory and up to a second forward pass",
        )],
        "train dx { minimize cross_entropy(dx, diagnosis), memory recompute }",
    ),
];
