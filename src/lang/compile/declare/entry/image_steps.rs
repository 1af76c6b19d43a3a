//! Steps behind `image(..)`, in the order in which they are mostly taken.

use super::{Chapter, Entry, Parameter, Takes};

const MASKS: &[&str] = &["all", "nonzero", "brain", "above_mean"];

const MASK: Parameter = Parameter::named(
    "mask",
    Takes::Word(MASKS),
    "",
    "voxels that count: all, those that are not 0 (`brain` is another word for it), those above the image's mean",
);
const RANGE: Takes = Takes::said("a range, negative from the end: `40..-40`", "");
const INTERPOLATION: Parameter =
    Parameter::named("interpolation", Takes::Word(&["linear", "nearest"]), "", "how values between voxels are made");

/// The entries of this chapter.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "resample",
        chapter: Chapter::ImageStep,
        doc: "Resamples to voxels of another size; the field of view stays.\n\n\
              Voxels are boxes; the centre of the field of view stays where it is, and outside the outermost centres the edge's value \
              holds. Nothing is smoothed before shrinking.",
        source: "linear interpolation as scipy `map_coordinates` of order 1 with `mode=\"nearest\"`",
        parameters: &[
            Parameter::positional(
                "voxel",
                Takes::required("a size, or one an axis: `1mm`, `[1mm, 1mm, 2mm]`"),
                "mm",
                "the size of a voxel",
            ),
            INTERPOLATION,
        ],
        example: "modality small: volume[1, 8, 8, 8] = people.image(\"anat/*_T1w.nii.gz\") |> resample(2mm) |> zscore",
    },
    Entry {
        name: "resize",
        chapter: Chapter::ImageStep,
        doc: "Resamples to exactly the declared shape, whatever size voxels then have.",
        source: "linear interpolation as scipy `map_coordinates` of order 1 with `mode=\"nearest\"`",
        parameters: &[INTERPOLATION],
        example: "modality small: volume[1, 8, 8, 8] = people.image(\"anat/*_T1w.nii.gz\") |> resize |> zscore",
    },
    Entry {
        name: "crop",
        chapter: Chapter::ImageStep,
        doc: "Cuts a box of voxels out: one of the same place and extent for everybody, one around the centre of mass, or what lies \
              between voxels that are counted from either end of an axis.\n\n\
              `crop(axial: 40..-40)` leaves out 40 slices at the bottom and 40 at the top, however many an image has; `..=-1` goes to the last. \
              Of `slices` it is the way to say which are items. A mask is cropped as its scan is, by the same step.\n\n\
              `crop(around: mass, size: [64, 96, 64])` cuts around the centre of mass of the image's file, whatever steps come before: the \
              mean place of its voxels, each weighed by its value, below 0 by 0. The box lies where its middle is nearest to that, upwards \
              where two are as near; where it would reach over an edge it is shifted inside. A mask has another centre than its \
              scan: `of: t1` cuts it around that of the file of `t1`, by millimetres, so that grids may differ. It comes before steps \
              that learn and before views.",
        source: "numpy slicing; the centre as scipy `ndimage.center_of_mass`",
        parameters: &[
            Parameter::positional(
                "at",
                Takes::said("a whole number an axis", ""),
                "voxels",
                "where the box begins: right, front, up",
            ),
            Parameter::positional("size", Takes::said("a whole number above 0 an axis", ""), "voxels", "its extent"),
            Parameter::named("sagittal", RANGE, "voxels", "from left to right; all where not given"),
            Parameter::named("coronal", RANGE, "voxels", "from back to front"),
            Parameter::named("axial", RANGE, "voxels", "from bottom to top"),
            Parameter::named(
                "around",
                Takes::said("`mass`", ""),
                "",
                "in the place of `at`: what the box is cut around",
            ),
            Parameter::named(
                "of",
                Takes::said("the name of another image of the person", ""),
                "",
                "whose centre it is; the image's own where not given",
            ),
        ],
        example: "modality part: volume[1, 8, 8, 8] = people.image(\"anat/*_T1w.nii.gz\") |> crop(at: [4, 4, 0], size: [8, 8, 8])",
    },
    Entry {
        name: "views",
        chapter: Chapter::ImageStep,
        doc: "Looks at one image in several ways: training draws one of them, prediction averages what comes of all.\n\n\
              Each view has a name and is a `crop`, which may have a `flip`: `sagittal`, `coronal` or `axial`. What is averaged are \
              the outputs of the model, of classes their logits; with `average: probabilities` the probabilities of classes, soft \
              decisions of each view.",
        source: "test-time averaging over crops (Krizhevsky et al. 2012, section 4.1)",
        parameters: &[
            Parameter::named(
                "NAME",
                Takes::required("`crop(at: .., size: .., flip: ..)`"),
                "",
                "a view of that name; at least two",
            ),
            Parameter::named(
                "average",
                Takes::Word(&["outputs", "probabilities"]),
                "",
                "what of the views is averaged in prediction; numbers are averaged as they are",
            ),
        ],
        example: "modality sides: volume[1, 8, 16, 16] = people.image(\"anat/*_T1w.nii.gz\")\n  \
                  |> views(left: crop(at: [0, 0, 0], size: [8, 16, 16]), right: crop(at: [8, 0, 0], size: [8, 16, 16], flip: sagittal))",
    },
    Entry {
        name: "smooth",
        chapter: Chapter::ImageStep,
        doc: "Smooths with a Gaussian.",
        source: "scipy `gaussian_filter` with its defaults",
        parameters: &[Parameter::positional(
            "fwhm",
            Takes::Number { low: 0.0, high: 1e3, default: None },
            "mm",
            "full width at half maximum, 2.35 standard deviations",
        )],
        example: "modality soft: volume[1, 16, 16, 16] = people.image(\"anat/*_T1w.nii.gz\") |> smooth(8mm)",
    },
    Entry {
        name: "zscore",
        chapter: Chapter::ImageStep,
        doc: "Subtracts each image's mean and divides by its standard deviation.\n\n\
              With `mask: nonzero` what is 0 stays 0, and the standard deviation is the population's; with the others it is unbiased.",
        source: "MONAI `NormalizeIntensity(nonzero=True)`; otherwise TorchIO `ZNormalization`",
        parameters: &[MASK],
        example: "modality head: volume[1, 16, 16, 16] = people.image(\"anat/*_T1w.nii.gz\") |> zscore(mask: nonzero)",
    },
    Entry {
        name: "rescale",
        chapter: Chapter::ImageStep,
        doc: "Maps two percentiles to the ends of a range; values outside are clipped.\n\n\
              The percentiles are those of the training subjects' voxels together; with `each: true`, of each image by itself.",
        source: "TorchIO `RescaleIntensity`; percentiles as numpy `percentile`",
        parameters: &[
            Parameter::positional("to", Takes::said("a range", "0..1"), "", "where the percentiles go"),
            Parameter::positional(
                "percentiles",
                Takes::said("two numbers from 0 to 100, the smaller first", "[0, 100]"),
                "%",
                "what goes there",
            ),
            MASK,
            Parameter::named("each", Takes::Flag(false), "", "whether each image has percentiles of its own"),
        ],
        example: "modality head: volume[1, 16, 16, 16] = people.image(\"anat/*_T1w.nii.gz\") |> rescale(0..1, percentiles: [0.1, 99.9])",
    },
    Entry {
        name: "white_stripe",
        chapter: Chapter::ImageStep,
        doc: "Subtracts the mean of normal-appearing white matter in a T1 image and divides by its standard deviation.\n\n\
              Of the voxels above 0 the brightest 4% are left out, and the last peak of the density of the others (a Gaussian kernel, \
              Scott's rule, looked at in 80 places) is white matter's. The stripe are the voxels whose quantile is less than `width` \
              from its own. The standard deviation is the population's, and what is 0 does not stay 0.",
        source: "Shinohara et al. 2014; intensity-normalization 3.0 `WhiteStripeNormalizer`",
        parameters: &[Parameter::positional(
            "width",
            Takes::Number { low: 1e-4, high: 0.5, default: Some(0.05) },
            "",
            "quantiles on either side of the peak that are in the stripe",
        )],
        example: "modality head: volume[1, 16, 16, 16] = people.image(\"anat/*_T1w.nii.gz\") |> white_stripe",
    },
    Entry {
        name: "histogram_standardize",
        chapter: Chapter::ImageStep,
        doc: "Brings landmarks of each image's intensities to their mean over the training subjects, linearly in between.",
        source: "Nyul, Udupa and Zhang 2000; TorchIO `HistogramStandardization`",
        parameters: &[Parameter::named(
            "mask",
            Takes::Word(&["above_mean", "all", "nonzero", "brain"]),
            "",
            "voxels whose percentiles are landmarks",
        )],
        example: "modality head: volume[1, 16, 16, 16] = people.image(\"anat/*_T1w.nii.gz\") |> histogram_standardize |> zscore",
    },
    Entry {
        name: "labels",
        chapter: Chapter::ImageStep,
        doc: "Makes a 0/1 channel of each of these labels of a label map.",
        source: "MONAI `AsDiscrete(to_onehot=..)`, for chosen labels",
        parameters: &[Parameter::positional(
            "values",
            Takes::required("whole numbers, one behind the other or in a list"),
            "",
            "the labels in the file, in the order of the channels",
        )],
        example: "modality tissue: volume[2, 16, 16, 16] = people.image(\"anat/*_dseg.nii.gz\") |> labels(1, 2)",
    },
    Entry {
        name: "adjacent",
        chapter: Chapter::ImageStep,
        doc: "Gives a slice its neighbours as channels; beyond the ends the last slice is repeated.",
        source: "the 2.5-dimensional input of Roth et al. 2014",
        parameters: &[Parameter::positional(
            "slices",
            Takes::Count { least: 1, most: 1_000_000_000, default: None },
            "slices",
            "how many in all, an odd number",
        )],
        example: "modality slab: slices[3, 16, 16] = people.image(\"anat/*_T1w.nii.gz\") |> adjacent(3)",
    },
];
