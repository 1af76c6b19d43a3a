"""Numbers that the tests of file formats compare with, from nibabel.

    python3 tests/reference/formats.py

needs nibabel (5.x) and numpy, and prints the values that stand in `src/data/nifti/mgh_tests.rs`.
"""

import nibabel
import numpy as np


def mgh(kind, affine):
    """A 3 x 4 x 2 volume of MGH, its bytes as nibabel writes them."""
    values = (np.arange(24).reshape(3, 4, 2) * 7 % 24).astype(kind)
    return values, nibabel.MGHImage(values, affine)


def main():
    print("nibabel", nibabel.__version__)
    # FreeSurfer's usual orientation (left, down, front), oblique, voxels of three sizes.
    turn = np.deg2rad(10.0)
    oblique = np.array([[-1, 0, 0], [0, np.sin(turn), np.cos(turn)], [0, -np.cos(turn), np.sin(turn)]])
    affine = np.eye(4)
    affine[:3, :3] = oblique * [1.0, 1.5, 2.0]
    affine[:3, 3] = [10.0, -20.0, 30.0]
    for kind in ("u1", ">i2", ">i4", ">f4"):
        values, image = mgh(kind, affine)
        data = image.to_bytes()
        again = nibabel.MGHImage.from_bytes(data)
        assert (np.asarray(again.dataobj) == values).all()
        closest = nibabel.as_closest_canonical(again)
        print(kind, "affine", again.affine.tolist())
        print("  RAS affine", closest.affine.tolist())
        print("  RAS values", np.asarray(closest.dataobj).astype(float).ravel().tolist())
        print("  header", data[:90].hex())
    unplaced = bytearray(data)
    unplaced[28:30] = b"\0\0"
    print("no place", nibabel.MGHImage.from_bytes(bytes(unplaced)).affine.tolist())


if __name__ == "__main__":
    main()
