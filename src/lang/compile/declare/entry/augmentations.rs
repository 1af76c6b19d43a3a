//! Random changes of training images: first what moves voxels, then what changes their values.

use super::{Chapter, Entry, Parameter, Takes};

const fn share(share: f64) -> Parameter {
    Parameter::named(
        "p",
        Takes::number(0.0, 1.0, share),
        "",
        "with which probability it happens to a subject; 0: never",
    )
}

const ALWAYS: Parameter = share(1.0);

const fn augmentation(
    name: &'static str,
    doc: &'static str,
    source: &'static str,
    parameters: &'static [Parameter],
    example: &'static str,
) -> Entry {
    Entry { name, chapter: Chapter::Augmentation, doc, source, parameters, example }
}

const ANGLE: Takes = Takes::required("an angle up to 180deg, or one an axis: `15deg`, `[5deg, 0deg, 20deg]`");
const FACTORS: Takes = Takes::said("a range of factors above 0", "1..1");

/// The entries of this chapter.
pub(super) const ENTRIES: &[Entry] = &[
    augmentation(
        "flip",
        "Mirrors, in half of all looks. All images and masks of a subject are mirrored alike.",
        "TorchIO `RandomFlip`",
        &[
            Parameter::positional(
                "axis",
                Takes::Word(&["sagittal", "coronal", "axial"]),
                "",
                "across which plane: `sagittal` swaps left and right",
            ),
            share(0.5),
        ],
        "train dx { minimize cross_entropy(dx, diagnosis), augment flip(axis: sagittal) }",
    ),
    augmentation(
        "shift",
        "Moves along each axis by a whole number of voxels; what comes in has the border's value. All images and masks of a \
         subject move alike.",
        "MONAI `RandAffine(translate_range=.., mode=\"nearest\", padding_mode=\"border\")`, by whole voxels",
        &[Parameter::positional("voxels", Takes::count(1, 2), "voxels", "the largest move"), ALWAYS],
        "train dx { minimize cross_entropy(dx, diagnosis), augment shift(2) }",
    ),
    augmentation(
        "crop",
        "A random crop of the padded image, which is a `shift` under its common name.",
        "torchvision `RandomCrop(padding=.., padding_mode=\"edge\")`",
        &[Parameter::positional("jitter", Takes::count(1, 4), "voxels", "the largest move"), ALWAYS],
        "train dx { minimize cross_entropy(dx, diagnosis), augment crop(jitter: 4) }",
    ),
    augmentation(
        "rotate",
        "Turns about the centre of the field of view by an angle about each axis, evenly between minus and plus the largest. Of slices and \
         2D images only the third turns anything.\n\n\
         As `affine(rotate: ..)`, which says what all moves between voxels have in common.",
        "TorchIO `RandomAffine(scales=0, degrees=..)`",
        &[
            Parameter::positional(
                "angle",
                ANGLE,
                "degrees",
                "the largest about the axes to the right, to the front and up",
            ),
            ALWAYS,
        ],
        "train spots { minimize cross_entropy(spots, lesion), augment rotate(15deg) }",
    ),
    augmentation(
        "zoom",
        "Makes what is seen larger (above 1) or smaller about the centre of the field of view, by a factor drawn evenly from a range.\n\n\
         As `affine(zoom: ..)`. Intensities are multiplied by `scale`.",
        "TorchIO `RandomAffine(degrees=0, isotropic=True)`",
        &[
            Parameter::positional(
                "factors",
                Takes::required("a range of factors above 0"),
                "",
                "where the factor is drawn from",
            ),
            Parameter::named("apart", Takes::Flag(false), "", "whether each axis has a factor of its own"),
            ALWAYS,
        ],
        "train spots { minimize cross_entropy(spots, lesion), augment zoom(0.9..1.1) }",
    ),
    augmentation(
        "affine",
        "Turns, moves, and makes larger or smaller, in this order and by one draw. All images and masks of a subject move alike.\n\n\
         Moves of a subject (`flip`, `shift`, `rotate`, `zoom`, `affine`, `elastic`) are composed in the order of the file, and every image \
         is interpolated once, linearly, and every mask takes the nearest voxel; what changes values comes behind them. Outside \
         the field of view the border's value holds. Lengths are those of the image's voxels, so that voxels of 1 x 1 x 5 mm turn as \
         the head does.",
        "TorchIO `RandomAffine`; outside MONAI's `padding_mode=\"border\"`",
        &[
            Parameter::positional(
                "rotate",
                ANGLE,
                "degrees",
                "the largest angle about the axes to the right, to the front and up",
            ),
            Parameter::named(
                "zoom",
                FACTORS,
                "",
                "where the factor of size is drawn from; above 1 what is seen becomes larger",
            ),
            Parameter::named(
                "shift",
                Takes::said("a length, or one an axis: `5mm`, `[5mm, 5mm, 0mm]`", "0"),
                "mm",
                "the largest move along each axis",
            ),
            Parameter::named("apart", Takes::Flag(false), "", "whether each axis has a factor of its own"),
            ALWAYS,
        ],
        "train spots { minimize cross_entropy(spots, lesion), augment affine(rotate: 10deg, zoom: 0.9..1.1, shift: 5mm, p: 0.5) }",
    ),
    augmentation(
        "elastic",
        "Deforms smoothly: control points on a grid over the field of view are displaced at random, and what lies between them follows a \
         cubic B-spline; the two outermost layers stay. All images and masks of a subject are deformed alike.\n\n\
         A displacement of more than half the distance of control points may fold the image, and is an error that says how much is \
         possible.",
        "TorchIO `RandomElasticDeformation`; Rueckert et al. 1999",
        &[
            Parameter::positional(
                "most",
                Takes::Number { low: 0.0, high: 1e3, default: None },
                "mm",
                "the largest displacement of a control point along each axis",
            ),
            Parameter::named(
                "points",
                Takes::Count { least: 5, most: 32, default: Some(7) },
                "control points",
                "how many along each axis",
            ),
            ALWAYS,
        ],
        "train spots { minimize cross_entropy(spots, lesion), augment elastic(1mm, p: 0.5) }",
    ),
    augmentation(
        "noise",
        "Adds Gaussian noise to images, not to masks and labels.",
        "MONAI `RandGaussianNoise(prob=1, sample_std=False)`",
        &[
            Parameter::positional(
                "sd",
                Takes::number(0.0, 1e6, 0.1),
                "intensity",
                "its standard deviation, after the steps of the image",
            ),
            ALWAYS,
        ],
        "train dx { minimize cross_entropy(dx, diagnosis), augment noise(0.05) }",
    ),
    augmentation(
        "scale",
        "Multiplies intensities by a factor between `1 - by` and `1 + by`, one an image; not masks and labels. Sizes are changed by `zoom`.",
        "MONAI `RandScaleIntensity(prob=1)`",
        &[Parameter::positional("by", Takes::number(0.0, 1.0, 0.1), "", "the largest relative change"), ALWAYS],
        "train dx { minimize cross_entropy(dx, diagnosis), augment scale(0.1) }",
    ),
    augmentation(
        "gamma",
        "Raises intensities to a power, drawn evenly from a range, between each image's own smallest and largest, which stay; not masks \
         and labels.",
        "MONAI `RandAdjustContrast`",
        &[
            Parameter::positional(
                "exponent",
                Takes::required("a range of numbers above 0"),
                "",
                "where it is drawn from",
            ),
            ALWAYS,
        ],
        "train dx { minimize cross_entropy(dx, diagnosis), augment gamma(0.7..1.5) }",
    ),
    augmentation(
        "bias_field",
        "Multiplies images by a smooth field as coils make it: the exponential of a polynomial of the place, -1 to 1 along each axis, whose \
         coefficients are drawn evenly between minus and plus the largest; not masks and labels.",
        "TorchIO `RandomBiasField`; Van Leemput et al. 1999",
        &[
            Parameter::positional("most", Takes::number(0.0, 10.0, 0.5), "", "the largest coefficient"),
            Parameter::named(
                "order",
                Takes::Count { least: 0, most: 6, default: Some(3) },
                "",
                "degree of the polynomial",
            ),
            ALWAYS,
        ],
        "train dx { minimize cross_entropy(dx, diagnosis), augment bias_field(0.3) }",
    ),
    augmentation(
        "blur",
        "Smooths images by a Gaussian whose standard deviation is drawn for each axis between 0 and the largest; not masks and labels.",
        "TorchIO `RandomBlur`",
        &[Parameter::positional("sd", Takes::number(0.0, 100.0, 2.0), "mm", "the largest standard deviation"), ALWAYS],
        "train dx { minimize cross_entropy(dx, diagnosis), augment blur(1mm, p: 0.2) }",
    ),
    augmentation(
        "swap",
        "Lets pairs of boxes of an image change places, one pair after the other; not masks and labels. Boxes do not overlap; of an image that \
         has no room for two, nothing changes.",
        "TorchIO `RandomSwap`; Chen et al. 2019",
        &[
            Parameter::positional(
                "voxels",
                Takes::count(1, 15),
                "voxels",
                "extent of a box along each axis; of an axis of one voxel, 1",
            ),
            Parameter::named("times", Takes::Count { least: 1, most: 10_000, default: Some(100) }, "pairs", "how many"),
            ALWAYS,
        ],
        "train dx { minimize cross_entropy(dx, diagnosis), augment swap(4, times: 20) }",
    ),
];
