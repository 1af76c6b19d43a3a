"""Whole heads at 1 mm, painted from label maps, as the data of experiments/whole_head.fx.

    python heads.py FOLDER_OF_LABEL_MAPS OUT

FOLDER_OF_LABEL_MAPS holds sub-*_dseg.nii.gz with the codes of FreeSurfer and, outside of the brain, of SynthSeg's training maps (Billot et
al. 2023). OUT becomes a BIDS tree: anat/*_T1w.nii.gz, painted by the intensities that the built-in generator gives each tissue
(src/data/phantom/contrast.rs) with noise of each voxel, a smooth field and an unsharpness of 1 mm; and derivatives/labels/anat/*_dseg.nii.gz
with 0 all else, 1 grey matter, 2 white matter, 3 fluid within and around the brain. The same seed, the same images.
Needs nibabel, numpy, scipy.
"""

import sys
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy.ndimage import gaussian_filter

# Codes of the label maps by tissue, with the intensity of a T1-weighted scan.
TISSUES = {
    "white": (1.00, [2, 41, 7, 46, 85]),
    "grey": (0.63, [3, 42, 17, 53, 18, 54]),
    "cerebellum": (0.66, [8, 47]),
    "deep grey": (0.76, [10, 11, 12, 13, 26, 28, 49, 50, 51, 52, 58, 60, 136, 137, 163, 164]),
    "brainstem": (0.92, [16]),
    "ventricle": (0.13, [4, 5, 14, 15, 43, 44, 30, 62, 72]),
    "fluid": (0.17, [24]),
    "lesion": (0.60, [25, 57]),
    "eye": (0.22, [508, 509, 530]),
    "skull": (0.27, [502, 506, 511, 512, 514, 515]),
    "soft": (0.48, [507, 516]),
}
CODES = 1024
CLASSES = {1: ["grey", "cerebellum", "deep grey"], 2: ["white", "brainstem", "lesion"], 3: ["ventricle", "fluid"]}


def painted(labels, rng):
    shown = np.zeros(CODES, np.float32)
    for value, codes in TISSUES.values():
        shown[codes] = value * (1 + 0.04 * rng.standard_normal())
    intensity = gaussian_filter(shown[labels], 1.0 / 2.355, truncate=3)
    axes = np.meshgrid(*[np.linspace(-1, 1, n, dtype=np.float32) for n in labels.shape], indexing="ij", sparse=True)
    slopes = 0.08 * rng.standard_normal((2, 3)).astype(np.float32)
    field = sum(slopes[0, i] * axes[i] + slopes[1, i] * axes[i] ** 2 for i in range(3))
    noisy = intensity * np.exp(field) + 0.04 * rng.standard_normal(labels.shape, dtype=np.float32)
    return np.clip(800 * np.abs(noisy), 0, 32767).astype(np.int16)


def main():
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    (out / "derivatives/labels").mkdir(parents=True, exist_ok=True)
    (out / "dataset_description.json").write_text('{"Name": "heads", "BIDSVersion": "1.9.0"}\n')
    for at, path in enumerate(sorted(source.glob("sub-*_dseg.nii.gz"))):
        subject, image = path.name.split("_")[0], nib.load(path)
        labels = np.asarray(image.dataobj).astype(np.int16)
        class_of = np.zeros(CODES, np.uint8)
        for value, tissues in CLASSES.items():
            class_of[[code for tissue in tissues for code in TISSUES[tissue][1]]] = value
        classes = class_of[labels]
        for folder, kind, data in [
            (out / subject / "anat", "T1w", painted(labels, np.random.default_rng(at))),
            (out / "derivatives/labels" / subject / "anat", "dseg", classes),
        ]:
            folder.mkdir(parents=True, exist_ok=True)
            nib.save(nib.Nifti1Image(data, image.affine), folder / f"{subject}_{kind}.nii.gz")
    rows = [path.name for path in sorted(out.glob("sub-*"))]
    (out / "participants.tsv").write_text("\n".join(["participant_id", *rows]) + "\n")


if __name__ == "__main__":
    main()
