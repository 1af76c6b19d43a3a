"""Numbers of MONAI that the tests of windows and patches hold: src/nn/windows.rs, src/lang/program/patches.rs, src/data/dataset/parts.rs.

    python windows.py

Needs monai (1.6.1 here) and torch.
"""

import numpy as np
import torch
from monai.data.utils import compute_importance_map, dense_patch_slices
from monai.inferers import sliding_window_inference
from monai.inferers.utils import _get_scan_interval
from monai.transforms.utils import correct_crop_centers


def image():
    x, y, z = np.meshgrid(range(11), range(9), range(7), indexing="ij")
    return torch.tensor(((7 * x + 3 * y * y + 5 * z * x) % 11).astype(np.float32))[None, None]


def network(windows):
    """Two maps whose values depend on where a voxel lies within its window, so that windows disagree."""
    _, _, nx, ny, nz = windows.shape
    ramp = torch.arange(nx).view(1, 1, nx, 1, 1) - 0.5 * torch.arange(ny).view(1, 1, 1, ny, 1)
    depth = torch.arange(nz).view(1, 1, 1, 1, nz)
    return torch.cat([0.5 * windows + ramp, windows - depth], 1)


print("starts")
for n, size, overlap in [(256, 64, 0.25), (100, 64, 0.25), (160, 64, 0.5), (64, 64, 0.5), (11, 5, 0.25), (10, 3, 0.9)]:
    slices = dense_patch_slices((n,), (size,), _get_scan_interval((n,), (size,), 1, (overlap,)))
    print(n, size, overlap, [int(s[0].start) for s in slices])

weights = compute_importance_map((5, 4, 7), mode="gaussian", sigma_scale=0.125)
print("weights", [float(weights[at]) for at in [(0, 0, 0), (2, 1, 3), (1, 1, 2), (2, 2, 0), (4, 3, 3)]])

for overlap in (0.25, 0.5):
    out = sliding_window_inference(image(), (5, 4, 7), 3, network, overlap=overlap, mode="gaussian", sigma_scale=0.125)[0]
    places = [(0, 0, 0, 0), (0, 4, 4, 3), (0, 10, 8, 6), (1, 3, 3, 1), (1, 6, 7, 5), (1, 5, 2, 0)]
    print("whole", overlap, [float(out[at]) for at in places], "sum", float(out.double().sum()))

print("centres", [correct_crop_centers([c], [5], [11]) for c in (0, 1, 2, 3, 7, 8, 9, 10)], [correct_crop_centers([c], [4], [11]) for c in (0, 1, 2, 8, 9, 10)])
