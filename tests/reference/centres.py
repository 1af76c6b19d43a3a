"""Numbers of scipy that the tests of crops around a centre of mass hold: src/data/transform/centre.rs.

    python centres.py

Needs scipy (1.17.1 here).
"""

import numpy as np
from scipy.ndimage import center_of_mass


def image():
    x, y, z = np.meshgrid(range(11), range(9), range(7), indexing="ij")
    return ((7 * x + 3 * y * y + 5 * z * x) % 11 + x + 2 * (z > 4) * z).astype(np.float32)


for name, values in [("above 0", image()), ("with negatives", np.maximum(image() - 9, 0))]:
    centre = np.array(center_of_mass(values.astype(np.float64)))
    for size in [(4, 5, 3), (9, 2, 6)]:
        # The box whose middle is nearest, upwards where two are as near, shifted inside.
        start = np.floor(centre - (np.array(size) - 1) / 2 + 0.5).astype(int)
        start = np.clip(start, 0, np.array(values.shape) - size)
        print(name, centre.tolist(), size, start.tolist())
