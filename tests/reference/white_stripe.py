"""Numbers of intensity-normalization that the test of `white_stripe` holds: src/data/transform/white_stripe.rs.

    python white_stripe.py

Needs intensity-normalization (3.0.1 here) and numpy.
"""

import numpy as np
from intensity_normalization.normalizers.individual.whitestripe import WhiteStripeNormalizer


class Image:
    """An image of the package's protocol that keeps double precision: its own adapter rounds to single."""

    def __init__(self, data):
        self.data = data

    def get_data(self):
        return self.data

    def with_data(self, data):
        return Image(data)


def head():
    """Air, and two tissues whose intensities vary a little, the brighter one the smaller."""
    x, y, z = np.meshgrid(range(20), range(18), range(16), indexing="ij")
    noise = (x * 37 + y * 61 + z * 89 + x * y * 7 + y * z * 13) % 101 / 100
    noise = noise + (x * 53 + y * 29 + z * 71 + x * z * 11) % 103 / 102 - 1
    far = (x - 9.5) ** 2 / 81 + (y - 8.5) ** 2 / 64 + (z - 7.5) ** 2 / 49
    tissue = np.where(far < 0.35, 110 + 9 * noise, 70 + 12 * noise)
    return np.where(far < 1, tissue, 0).astype(np.float32)


for name, width in [("0.05", 0.05), ("0.1", 0.1)]:
    normaliser = WhiteStripeNormalizer(width=width)
    data = head().astype(np.float64)
    out = normaliser.fit_transform(Image(data)).get_data()
    mode = normaliser._get_tissue_mode(data[data > 0])
    print(name, "mode", mode, "mean", normaliser.mean, "sd", normaliser.std, "voxels", int(normaliser.whitestripe_mask.sum()))
    print("  values", [float(out[at]) for at in [(0, 0, 0), (9, 8, 7), (4, 5, 6), (12, 10, 9)]], out.dtype)
