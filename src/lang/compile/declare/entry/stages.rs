//! What the clauses of a stage are written with: optimizers, schedules, how subjects are drawn, when it stops.

use super::{Chapter, Entry, Parameter, Takes};

const LR: Parameter = Parameter::positional("lr", Takes::number(0.0, 1e3, 1e-3), "", "the learning rate");
const BETAS: Parameter = Parameter::named(
    "betas",
    Takes::said("two numbers from 0 to 1", "[0.9, 0.999]"),
    "",
    "what each of the two moments keeps from one step to the next",
);
const EPS: Parameter = Parameter::named("eps", Takes::number(0.0, 1.0, 1e-8), "", "added to the denominator");
const L2: Parameter = Parameter::named(
    "weight_decay",
    Takes::number(0.0, 1e3, 0.0),
    "",
    "share of the weights that is added to their gradient",
);
const FACTOR: &str = "what the learning rate is multiplied by";

/// The entries of this chapter.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "Adam",
        chapter: Chapter::Optimizer,
        doc: "Steps along the mean of past gradients, scaled by the root of the mean of their squares. The default.",
        source: "Kingma and Ba 2015; PyTorch `torch.optim.Adam`",
        parameters: &[LR, BETAS, EPS, L2],
        example: "train dx { minimize cross_entropy(dx, diagnosis), optimizer Adam(lr: 3e-4) }",
    },
    Entry {
        name: "AdamW",
        chapter: Chapter::Optimizer,
        doc: "Adam whose weight decay does not go through the gradient.",
        source: "Loshchilov and Hutter 2019; PyTorch `torch.optim.AdamW`",
        parameters: &[
            LR,
            BETAS,
            EPS,
            Parameter::named(
                "weight_decay",
                Takes::number(0.0, 1e3, 1e-2),
                "",
                "share of the weights that goes at every step, times `lr`",
            ),
        ],
        example: "train dx { minimize cross_entropy(dx, diagnosis), optimizer AdamW(lr: 1e-3, weight_decay: 1e-2) }",
    },
    Entry {
        name: "SGD",
        chapter: Chapter::Optimizer,
        doc: "Stochastic gradient descent, with momentum where it is given.",
        source: "PyTorch `torch.optim.SGD`",
        parameters: &[
            LR,
            Parameter::named("momentum", Takes::number(0.0, 1.0, 0.0), "", "what a step keeps of the one before"),
            Parameter::named(
                "nesterov",
                Takes::Flag(false),
                "",
                "whether the gradient is looked at where the momentum leads",
            ),
            L2,
        ],
        example: "train dx { minimize cross_entropy(dx, diagnosis), optimizer SGD(lr: 0.1, momentum: 0.9) }",
    },
    Entry {
        name: "RAdam",
        chapter: Chapter::Optimizer,
        doc: "Adam whose first steps are held back until the second moment can be trusted.",
        source: "Liu et al. 2020; PyTorch `torch.optim.RAdam`",
        parameters: &[LR, BETAS, EPS, L2],
        example: "train dx { minimize cross_entropy(dx, diagnosis), optimizer RAdam(lr: 1e-3) }",
    },
    Entry {
        name: "Constant",
        chapter: Chapter::Schedule,
        doc: "The learning rate stays. The default.",
        source: "PyTorch `ConstantLR` with `factor=1`",
        parameters: &[],
        example: "train dx { minimize cross_entropy(dx, diagnosis), schedule Constant() }",
    },
    Entry {
        name: "Step",
        chapter: Chapter::Schedule,
        doc: "The learning rate falls by a factor every so many epochs.",
        source: "PyTorch `StepLR`",
        parameters: &[
            Parameter::positional("every", Takes::count(1, 30), "epochs", "how long it stays"),
            Parameter::positional("factor", Takes::number(0.0, 1.0, 0.1), "", FACTOR),
        ],
        example: "train dx { minimize cross_entropy(dx, diagnosis), schedule Step(every: 20, factor: 0.5) }",
    },
    Entry {
        name: "Exponential",
        chapter: Chapter::Schedule,
        doc: "The learning rate falls by a factor every epoch.",
        source: "PyTorch `ExponentialLR`",
        parameters: &[Parameter::positional("factor", Takes::number(0.0, 1.0, 0.95), "", FACTOR)],
        example: "train dx { minimize cross_entropy(dx, diagnosis), schedule Exponential(0.98) }",
    },
    Entry {
        name: "Cosine",
        chapter: Chapter::Schedule,
        doc: "The learning rate falls along half a cosine over all epochs, after a linear rise.",
        source: "Loshchilov and Hutter 2017; PyTorch `CosineAnnealingLR`",
        parameters: &[
            Parameter::named("min_lr", Takes::number(0.0, 1e3, 0.0), "", "the learning rate at the end"),
            Parameter::named("warmup", Takes::count(0, 0), "epochs", "how long it rises first"),
        ],
        example: "train dx { minimize cross_entropy(dx, diagnosis), schedule Cosine(warmup: 5) }",
    },
    Entry {
        name: "Plateau",
        chapter: Chapter::Schedule,
        doc: "The learning rate falls by a factor when the validation loss has not fallen for so many epochs.",
        source: "PyTorch `ReduceLROnPlateau`",
        parameters: &[
            Parameter::named("factor", Takes::number(0.0, 1.0, 0.1), "", FACTOR),
            Parameter::named("patience", Takes::count(0, 10), "epochs", "how long is waited"),
        ],
        example: "train dx { minimize cross_entropy(dx, diagnosis), schedule Plateau(patience: 5) }",
    },
    Entry {
        name: "OneCycle",
        chapter: Chapter::Schedule,
        doc: "The learning rate rises to a maximum and falls far below its start, along cosines, by step.",
        source: "Smith and Topin 2019; PyTorch `OneCycleLR`",
        parameters: &[
            Parameter::positional(
                "max_lr",
                Takes::Number { low: 0.0, high: 1e3, default: None },
                "",
                "the highest learning rate",
            ),
            Parameter::named("rise", Takes::number(0.0, 1.0, 0.3), "", "share of the steps in which it rises"),
            Parameter::named(
                "start_divisor",
                Takes::number(1.0, 1e9, 25.0),
                "",
                "`max_lr` over the first learning rate",
            ),
            Parameter::named("end_divisor", Takes::number(1.0, 1e9, 1e4), "", "the first learning rate over the last"),
            Parameter::named(
                "cycle_momentum",
                Takes::Flag(true),
                "",
                "whether momentum goes the other way, 0.95 to 0.85 and back",
            ),
        ],
        example: "train dx { minimize cross_entropy(dx, diagnosis), schedule OneCycle(max_lr: 0.01) }",
    },
    Entry {
        name: "shuffled",
        chapter: Chapter::Sampling,
        doc: "Everybody once an epoch, in random order. The default.",
        source: "PyTorch `RandomSampler`",
        parameters: &[],
        example: "train dx { minimize cross_entropy(dx, diagnosis), sample shuffled }",
    },
    Entry {
        name: "balanced",
        chapter: Chapter::Sampling,
        doc: "With replacement, each class equally often.",
        source: "PyTorch `WeightedRandomSampler` with weights of 1 / count",
        parameters: &[Parameter::positional(
            "by",
            Takes::required("a class: a target or a condition"),
            "",
            "whose levels are drawn alike",
        )],
        example: "train dx { minimize cross_entropy(dx, diagnosis), sample balanced(by: diagnosis) }",
    },
    Entry {
        name: "balanced",
        chapter: Chapter::Patch,
        doc: "Each class of a mask is as likely as any other to hold the centre of a patch, the background among them; of a class that a \
              subject lacks, the others. Of a mask of two classes, half of the patches are about the foreground. Without it, a patch lies \
              anywhere with the same chance. A centre too near to the border is moved, so that the patch lies within the image.",
        source: "MONAI `RandCropByLabelClasses(ratios=None)`; of two classes `RandCropByPosNegLabel(pos=1, neg=1)`",
        parameters: &[Parameter::positional(
            "by",
            Takes::required("a mask: a target or a condition"),
            "",
            "whose classes are drawn alike",
        )],
        example: "modality head: volume[1, 32, 32, 32] = people.image(\"anat/*_T1w.nii.gz\") |> zscore\n\
                  target spot: mask[32, 32, 32]{rest, lesion} = people.image(\"anat/*_lesion.nii.gz\")\n\
                  model find(head) -> spot { head |> Conv3d(2) }\n\
                  train find { minimize cross_entropy(find, spot), patches [8, 8, 8], balanced(by: spot) }",
    },
    Entry {
        name: "each",
        chapter: Chapter::Patch,
        doc: "So many patches of every subject in an epoch, drawn one apart from the other; a batch counts patches.",
        source: "TorchIO `Queue(samples_per_volume=..)`",
        parameters: &[Parameter::positional(
            "count",
            Takes::Count { least: 1, most: 10_000, default: Some(1) },
            "patches",
            "how many",
        )],
        example: "modality head: volume[1, 32, 32, 32] = people.image(\"anat/*_T1w.nii.gz\") |> zscore\n\
                  target spot: mask[32, 32, 32]{rest, lesion} = people.image(\"anat/*_lesion.nii.gz\")\n\
                  model find(head) -> spot { head |> Conv3d(2) }\n\
                  train find { minimize cross_entropy(find, spot), patches [8, 8, 8], each(4) }",
    },
    Entry {
        name: "overlap",
        chapter: Chapter::Patch,
        doc: "How much of a window its neighbour sees, too, when a whole image is predicted.",
        source: "MONAI `sliding_window_inference(overlap=..)`; nnU-Net takes 0.5",
        parameters: &[Parameter::positional(
            "share",
            Takes::number(0.0, 0.95, 0.25),
            "",
            "of a window's extent along each axis",
        )],
        example: "modality head: volume[1, 32, 32, 32] = people.image(\"anat/*_T1w.nii.gz\") |> zscore\n\
                  target spot: mask[32, 32, 32]{rest, lesion} = people.image(\"anat/*_lesion.nii.gz\")\n\
                  model find(head) -> spot { head |> Conv3d(2) }\n\
                  train find { minimize cross_entropy(find, spot), patches [8, 8, 8], overlap(0.5) }",
    },
    Entry {
        name: "early",
        chapter: Chapter::Stop,
        doc: "Ends the stage when what `keep` goes by on the validation subjects, the loss or its metric, has not been better for so many \
              epochs.",
        source: "Keras `EarlyStopping`",
        parameters: &[
            Parameter::positional("patience", Takes::count(1, 10), "epochs", "how long is waited"),
            Parameter::positional(
                "min_delta",
                Takes::Number { low: 0.0, high: f64::INFINITY, default: Some(0.0) },
                "",
                "by how much it must be better to count",
            ),
        ],
        example: "train dx { minimize cross_entropy(dx, diagnosis), stop early(patience: 10) }",
    },
];
