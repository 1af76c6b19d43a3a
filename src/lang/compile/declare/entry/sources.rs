//! Where people come from, and how an input of them is read.

use super::{Chapter, Entry, Parameter, Takes};

const fn clause(
    name: &'static str,
    doc: &'static str,
    parameters: &'static [Parameter],
    example: &'static str,
) -> Entry {
    Entry { name, chapter: Chapter::CohortClause, doc, source: "", parameters, example }
}

/// The entries of this chapter.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "bids",
        chapter: Chapter::CohortSource,
        doc: "The people of a BIDS folder: their images, `participants.tsv`, and the tables of sessions.",
        source: "BIDS 1.10",
        parameters: &[Parameter::positional(
            "path",
            Takes::required("a text"),
            "",
            "the folder, relative to that in which the command runs",
        )],
        example: "cohort others = bids(\"data/others\")",
    },
    Entry {
        name: "table",
        chapter: Chapter::CohortSource,
        doc: "The people of a table, a row each: CSV or TSV, with names in the first line.",
        source: "RFC 4180",
        parameters: &[Parameter::positional(
            "path",
            Takes::required("a text"),
            "",
            "the file, relative to the folder in which the command runs",
        )],
        example: "cohort others = table(\"data/others.csv\")",
    },
    Entry {
        name: "phantom",
        chapter: Chapter::CohortSource,
        doc: "Made-up heads with scans, tables and hidden truth, so that an answer can be checked.",
        source: "",
        parameters: &[
            Parameter::positional(
                "shape",
                Takes::said("three whole numbers from 16 to 256", "[48, 56, 48]"),
                "voxels",
                "extent of a scan",
            ),
            Parameter::positional(
                "subjects",
                Takes::Count { least: 4, most: 100_000, default: Some(120) },
                "",
                "how many",
            ),
            Parameter::positional("seed", Takes::count(0, 1), "", "what decides who they are"),
            Parameter::positional(
                "missing_scan",
                Takes::number(0.0, 1.0, 0.0),
                "",
                "probability that a scan is missing",
            ),
            Parameter::positional(
                "missing_cell",
                Takes::number(0.0, 1.0, 0.0),
                "",
                "probability that a cell is missing",
            ),
            Parameter::positional("sites", Takes::count(1, 1), "", "scanners, each with contrasts of its own"),
            Parameter::positional(
                "noise",
                Takes::number(0.0, 1.0, 0.03),
                "",
                "standard deviation of the noise in scans, relative to white matter",
            ),
        ],
        example: "cohort heads = phantom(subjects: 60, seed: 2)",
    },
    clause(
        "subject",
        "The column that identifies people.",
        &[Parameter::positional(
            "column",
            Takes::said("a column", "participant_id"),
            "",
            "or the first, where there is none of that name",
        )],
        "cohort others = table(\"data/others.csv\") { subject eid }",
    ),
    clause(
        "keep",
        "Who stays: comparisons of columns with values, `in [..]`, `and`, `or`, `not`; `session == first` picks a session.",
        &[Parameter::positional(
            "condition",
            Takes::said("a condition on columns", ""),
            "",
            "everybody where there is no clause",
        )],
        "cohort others = table(\"data/others.csv\") { keep age < 45 and site in [A, B] }",
    ),
    clause(
        "rename",
        "The name that the file uses for a column.",
        &[Parameter::positional("new", Takes::said("`NEW from \"OLD\"`", ""), "", "one behind the other")],
        "cohort others = table(\"data/others.csv\") { rename icv from \"Estimated Total ICV\" }",
    ),
    clause(
        "join",
        "A further table, joined by the subject column; `freesurfer/*/stats/aseg.stats` is one of FreeSurfer's files, one a person.",
        &[Parameter::positional("file", Takes::said("a text", ""), "", "CSV or TSV")],
        "cohort others = table(\"data/others.csv\") { join \"data/genes.tsv\" }",
    ),
    clause(
        "complete",
        "The least share of the people who are kept that must have all that is required; with fewer the run ends and says who lacks what.",
        &[Parameter::positional("share", Takes::number(0.0, 1.0, 0.5), "", "of 1")],
        "cohort others = table(\"data/others.csv\") { complete 0.2 }",
    ),
    clause(
        "pair",
        "Sessions brought together: the session of the one image, and for the other the nearest in time; nobody stands in two pairs.",
        &[Parameter::positional(
            "images",
            Takes::said("`a, b by nearest day`", ""),
            "",
            "or another column in the place of `day`",
        )],
        "cohort others = bids(\"data/others\") { pair one, other by nearest day }\n\
         modality one: volume[1, 16, 16, 16] = others.image(\"anat/*_T1w.nii.gz\")\n\
         modality other: volume[1, 16, 16, 16] = others.image(\"func/*_fALFF.nii.gz\")",
    ),
    Entry {
        name: "image",
        chapter: Chapter::InputSource,
        doc: "One image a subject (and session); steps follow behind `|>`, and the result is cropped or padded to the declared shape.",
        source: "NIfTI-1 and NIfTI-2; FreeSurfer's MGH with the affine of nibabel",
        parameters: &[
            Parameter::positional(
                "pattern",
                Takes::required("a text"),
                "",
                "the file, relative to the subject's folder, with `*`; `derivatives/NAME/..` looks below that derivative",
            ),
            Parameter::named(
                "spacing",
                Takes::said("`any`", ""),
                "",
                "that voxels of different sizes and grids of different extents are meant, which is else a warning",
            ),
        ],
        example: "modality head: volume[1, 16, 16, 16] = people.image(\"anat/*_T1w.nii.gz\") |> zscore(mask: nonzero)",
    },
    Entry {
        name: "columns",
        chapter: Chapter::InputSource,
        doc: "Columns of the table as a vector: names, regular expressions or lists of them, each with steps of its own.",
        source: "scikit-learn `ColumnTransformer`",
        parameters: &[
            Parameter::positional(
                "columns",
                Takes::required("columns with their steps, one behind the other"),
                "",
                "which",
            ),
            Parameter::named(
                "missing",
                Takes::said("`absent`, `mean(..)`, `iterative(..)`", "absent"),
                "",
                "what is done about missing cells",
            ),
        ],
        example: "modality about: vector[_] = people.columns([age, education] |> standardize, sex |> onehot, missing: mean)",
    },
    Entry {
        name: "column",
        chapter: Chapter::InputSource,
        doc: "One column, as a `class{..}` or a `real`, as it stands there.",
        source: "",
        parameters: &[Parameter::positional("column", Takes::required("a name, or a text"), "", "which")],
        example: "condition sex: class{F, M} = people.column(\"sex\")",
    },
    Entry {
        name: "given",
        chapter: Chapter::InputSource,
        doc: "In no cohort: `fascicle apply` is handed the values, in any shape.",
        source: "",
        parameters: &[],
        example: "modality features: tensor[8, 6, 7, 5] = given()\nmodel head(features) { features |> global_avg_pool |> Linear(2) }",
    },
];
