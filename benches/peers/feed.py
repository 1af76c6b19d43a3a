#!/usr/bin/env python3
"""torchio's and MONAI's loaders on the files of `benches/feed.rs`: images a second, two workers, batches of 64.

    python benches/peers/feed.py FOLDER [EPOCHS]

Cold is the first epoch, decoding included, and for what caches also what it takes to fill the cache; warm is the best of those after it.
Needs torch, torchio, monai.
"""
import glob
import sys
import time
import warnings

import torch

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
folder = sys.argv[1]
epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 2
files = sorted(glob.glob(f"{folder}/sub-*/anat/*_T1w.nii.gz"))
BATCH, WORKERS = 64, 2


def timed(name, load):
    """`load` makes something to go through; made once, gone through once for cold and then for warm."""
    started = time.perf_counter()
    loader, pick = load()

    def epoch():
        seen = 0
        for batch in loader:
            seen += pick(batch).shape[0]
        return seen

    count = epoch()
    cold = count / (time.perf_counter() - started)
    warm = 0.0
    for _ in range(epochs):
        started = time.perf_counter()
        count = epoch()
        warm = max(warm, count / (time.perf_counter() - started))
    print(f"{name:44}{cold:>16.0f}{warm:>16.0f}", flush=True)


def torchio_loader(transforms):
    import torchio as tio

    def load():
        # A new subject each: torchio keeps what a subject has once loaded.
        subjects = [tio.Subject(t1=tio.ScalarImage(path)) for path in files]
        data = tio.SubjectsDataset(subjects, transform=tio.Compose(transforms(tio)))
        return tio.SubjectsLoader(data, batch_size=BATCH, num_workers=WORKERS), lambda batch: batch["t1"][tio.DATA]

    return load


def monai_loader(transforms, cached):
    import monai.data as data
    import monai.transforms as t

    def load():
        steps = t.Compose([t.LoadImage(image_only=True, ensure_channel_first=True), *transforms(t)])
        if cached:
            source = data.CacheDataset(files, steps, num_workers=WORKERS, progress=False)
        else:
            source = data.Dataset(files, steps)
        return data.DataLoader(source, batch_size=BATCH, num_workers=WORKERS), lambda batch: batch

    return load


def landmarks(tio):
    trained = tio.HistogramStandardization.train(files, progress=False)
    flips = tio.RandomFlip(axes=(0, 1, 2), flip_probability=0.5)
    return [tio.HistogramStandardization({"t1": trained}), tio.RescaleIntensity((0, 1)), flips]


def zscore(tio):
    return [tio.ZNormalization()]


def normalize(t):
    return [t.NormalizeIntensity()]


def flips(t):
    return [t.RandFlip(prob=0.5, spatial_axis=axis) for axis in range(3)]


print(f"{len(files)} images, batches of {BATCH}, {WORKERS} workers, torch {torch.__version__}")
print(f"{'images a second':44}{'cold':>16}{'warm':>16}")
timed("torchio: z-score", torchio_loader(zscore))
timed("torchio: z-score, flips", torchio_loader(lambda tio: zscore(tio) + [tio.RandomFlip(axes=(0, 1, 2), flip_probability=0.5)]))
timed(
    "torchio: z-score, flips, noise",
    torchio_loader(lambda tio: zscore(tio) + [tio.RandomFlip(axes=(0, 1, 2), flip_probability=0.5), tio.RandomNoise(mean=0, std=(0.05, 0.05))]),
)
timed("torchio: landmarks, rescale, flips", torchio_loader(landmarks))
for cached in (False, True):
    kept = "MONAI, CacheDataset" if cached else "MONAI"
    timed(f"{kept}: z-score", monai_loader(normalize, cached))
    timed(f"{kept}: z-score, flips", monai_loader(lambda t: normalize(t) + flips(t), cached))
    timed(
        f"{kept}: z-score, flips, noise",
        monai_loader(lambda t: normalize(t) + flips(t) + [t.RandGaussianNoise(prob=1.0, std=0.05, sample_std=False)], cached),
    )
