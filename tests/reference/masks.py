"""Prints the numbers of src/analysis/metrics/surface.rs and lesion.rs: metrics of masks as MONAI and SimpleITK have them.

    python3 -m venv venv && venv/bin/pip install monai==1.6.1 SimpleITK==2.5.7
    venv/bin/python tests/reference/masks.py
"""

import numpy as np
import SimpleITK as sitk
import torch
from monai.metrics import compute_average_surface_distance, compute_hausdorff_distance, compute_surface_dice

x, y, z = np.meshgrid(np.arange(14), np.arange(12), np.arange(10), indexing="ij")


def ball(centre, radius):
    return sum((axis - c) ** 2 for axis, c in zip((x, y, z), centre)) <= radius * radius


def image(mask):
    return sitk.GetImageFromArray(mask.astype(np.uint8))


def levels(mask):
    return torch.tensor(np.stack([~mask, mask])[None].astype(np.float32))


truth, drawn = ball((6, 5, 4), 4.2), ball((7, 6, 5), 3.4)
drawn[0, 0, 0] = True
for spacing in [(1.0, 1.0, 1.0), (1.0, 1.5, 2.25)]:
    given = levels(drawn), levels(truth)
    print(spacing, "mean", compute_average_surface_distance(*given, symmetric=True, spacing=spacing).item())
    print(spacing, "95%", compute_hausdorff_distance(*given, percentile=95, spacing=spacing).item())
    for tolerance in (0.5, 1.0, 1.5, 2.0):
        print(spacing, tolerance, compute_surface_dice(*given, [tolerance], spacing=spacing).item())
overlap = sitk.LabelOverlapMeasuresImageFilter()
overlap.Execute(image(truth), image(drawn))
print("volume similarity", overlap.GetVolumeSimilarity(1))


def components(mask):
    return sitk.GetArrayFromImage(sitk.ConnectedComponent(image(mask), True))


first = (5 * x + 3 * y + 7 * z + x * y * z) % 29 < 1
second = (5 * x + 3 * y + 7 * z + x * y * z + (x % 5 == 0) * 3 + (z % 4 == 1) * 5) % 29 < 1
a, b = components(first), components(second)
found, real = len(set(a[second & first])) / a.max(), len(set(b[first & second])) / b.max()
print("lesions", a.max(), b.max(), "f1", 2 * found * real / (found + real))
print("dense", components((5 * x + 3 * y + 7 * z + x * y * z) % 13 < 2).max())
