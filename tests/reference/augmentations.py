"""Prints the numbers of src/data/transform/augmentation_tests.rs: what TorchIO and MONAI make of one small image when they are told what
to draw.

    python3 -m venv venv && venv/bin/pip install torchio==1.2.1 monai==1.6.1
    venv/bin/python tests/reference/augmentations.py
"""

import numpy as np
import torch
import torchio as tio
from monai.transforms import AdjustContrast

GRID = (9, 8, 7)
PLACES = [(4, 4, 3), (3, 3, 3), (5, 4, 2), (4, 2, 4), (3, 5, 3), (5, 3, 4)]
x, y, z = np.meshgrid(*map(np.arange, GRID), indexing="ij")
IMAGE = ((7 * x + 3 * y * y + 5 * z * x) % 11).astype(np.float32)
AFFINE = np.array([[1.0, 0, 0, 3], [0, 1.5, 0, -5], [0, 0, 2.0, 10], [0, 0, 0, 1]])


def scalar(values):
    return tio.ScalarImage(tensor=torch.tensor(values)[None], affine=AFFINE)


def show(name, values):
    values = np.asarray(values)
    print(f"{name:10}", [float(values[place]) for place in PLACES])


turn = tio.Affine(scales=(1.1, 0.95, 1.2), degrees=(10, -7, 15), translation=(0.5, -0.75, 1.0), center="image")
show("affine", turn(scalar(IMAGE)).data[0])
labels = tio.LabelMap(tensor=torch.tensor((IMAGE > 5).astype(np.float32))[None], affine=AFFINE)
show("labels", turn(labels).data[0])

# Displacements of control points in millimetres to the right, to the front and up; ITK's world counts to the left and to the back.
POINTS = 7
i, j, k = np.meshgrid(*[np.arange(POINTS)] * 3, indexing="ij")
parts = [(i * 3 + j * 5 + k * 7) % 9, (i * 2 + j * 7 + k * 3) % 9, (i * 5 + j + k * 2) % 9]
control = np.stack([(part - 4) / 4.0 * 0.6 for part in parts], -1)
inner = np.zeros((POINTS,) * 3 + (1,))
inner[2:-2, 2:-2, 2:-2] = 1
elastic = tio.ElasticDeformation(control_points=control * inner * [-1, -1, 1], max_displacement=(0.6,) * 3)
show("elastic", elastic(scalar(IMAGE)).data[0])

coefficients = [0.1 * (((3 * n) % 7) - 3) for n in range(20)]
field = tio.BiasField(coefficients=coefficients, order=3)(scalar(IMAGE)).data[0]
show("bias", field)
print("corners   ", float(field[8, 7, 6]), float(field[0, 1, 0]))
show("gamma", AdjustContrast(1.4)(torch.tensor(IMAGE - 3)[None])[0])
show("blur", tio.Blur(std=(1.5, 0.9, 2.2))(scalar(IMAGE)).data[0])
pairs = [((0, 0, 0), (4, 3, 2)), ((3, 3, 2), (1, 5, 5)), ((7, 6, 5), (4, 4, 3))]
show("swap", tio.Swap(patch_size=np.array((2, 2, 2)), locations=pairs)(scalar(IMAGE)).data[0])
