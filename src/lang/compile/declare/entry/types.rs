//! Types of inputs: what the axes are. Shapes leave the batch out.

use super::{Chapter, Entry};

const fn ty(name: &'static str, doc: &'static str, source: &'static str, example: &'static str) -> Entry {
    Entry { name, chapter: Chapter::InputType, doc, source, parameters: &[], example }
}

/// The entries of this chapter.
pub(super) const ENTRIES: &[Entry] = &[
    ty(
        "volume",
        "`[channels, x, y, z]`: an image in space, its axes right, front and up.",
        "MONAI, channels first",
        "modality head: volume[1, 16, 16, 16] = people.image(\"anat/*_T1w.nii.gz\")",
    ),
    ty(
        "image",
        "`[channels, height, width]`: an image in the plane.",
        "PyTorch, channels first",
        "modality plane: image[1, 16, 16] = people.image(\"anat/*_photo.nii.gz\")",
    ),
    ty(
        "slices",
        "`[channels, height, width]`: the axial slices of a volume, one item a slice; channels are its neighbours (`adjacent`).",
        "",
        "modality slab: slices[3, 16, 16] = people.image(\"anat/*_T1w.nii.gz\") |> adjacent(3)",
    ),
    ty(
        "vector",
        "`[n]`: columns of a table. `vector[_]` takes as many as the selection gives.",
        "",
        "modality about: vector[_] = people.columns(age, sex |> onehot)",
    ),
    ty(
        "class",
        "One of the levels in the braces, of a column.",
        "",
        "condition sex: class{F, M} = people.column(\"sex\")",
    ),
    ty("real", "One number, of a column.", "", "target education: real = people.column(\"education\")"),
    ty(
        "mask",
        "`[x, y, z]{levels}`: a level at each voxel, the first of them the background; `[height, width]{levels}` of slices.",
        "",
        "target spot: mask[16, 16, 16]{rest, lesion} = people.image(\"anat/*_lesion.nii.gz\")",
    ),
    ty(
        "tensor",
        "Numbers of any number of axes: only of what is `given()`.",
        "",
        "modality features: tensor[8, 6, 7, 5] = given()\nmodel head(features) { features |> global_avg_pool |> Linear(2) }",
    ),
];
