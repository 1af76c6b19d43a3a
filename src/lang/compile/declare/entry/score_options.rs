//! What a score says besides its metrics: what is compared with what, on whom, apart by what.

use super::{Chapter, Entry, Parameter, Takes};

const fn option(
    name: &'static str,
    doc: &'static str,
    parameters: &'static [Parameter],
    example: &'static str,
) -> Entry {
    Entry { name, chapter: Chapter::ScoreOption, doc, source: "", parameters, example }
}

const fn value(accepts: &'static str, default: &'static str, doc: &'static str) -> Parameter {
    Parameter::positional("value", Takes::said(accepts, default), "", doc)
}

/// The entries of this chapter.
pub(super) const ENTRIES: &[Entry] = &[
    option(
        "against",
        "What the output is compared with.\n\nWithout it that is the input that the output, or the key of its family, is called \
         after; else what the model predicts.",
        &[value("an input", "", "of the output's shape")],
        "score back.t1: mse, against: t1",
    ),
    option(
        "without",
        "Judges once more as if nobody had an input: what it was worth. The lines are called `without t1`, with their mean.",
        &[value("an input that may be absent, a list of them, or `each of GROUP`", "", "one after the other")],
        "modality t2: volume[1, 16, 16, 16]? = people.image(\"anat/*_T2w.nii.gz\") |> zscore\n\
         group scans = [t1, t2]\n\
         model either(scans) -> age { mean(for s in scans { s |> Conv3d(4, stride: 4) |> global_avg_pool }) |> Linear(1) }\n\
         train either { minimize mse(either, age) }\n\
         score either: mae, without: t2",
    ),
    option(
        "within",
        "Judges groups of people apart: each level of a column, or those who meet a condition.",
        &[value("a column with levels, or a condition", "", "may stand there several times")],
        "score years: mae, within: education > 12",
    ),
    option(
        "each",
        "Judges every class by itself, one against the rest; of a mask every label but the background.",
        &[value("`class`", "", "with metrics that there are of one class")],
        "score dx: recall, each: class",
    ),
    option(
        "probabilities",
        "Writes a map of each class's probability beside the predicted label map.",
        &[value("`true` or `false`", "false", "of a mask")],
        "score spots: dice, probabilities: true",
    ),
];
