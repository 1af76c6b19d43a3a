#!/usr/bin/env python3
"""TorchIO's transforms on an image of 64^3, one thread: milliseconds, best and median. Beside `benches/augment.rs`.

    python benches/peers/augment.py

Needs torch, torchio.
"""
import time
import warnings

import numpy as np
import SimpleITK as sitk
import torch
import torchio as tio

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
rng = np.random.default_rng(0)
image = torch.tensor(rng.normal(size=(1, 64, 64, 64)).astype(np.float32))
subject = tio.Subject(t1=tio.ScalarImage(tensor=image))
turn, zoom = {"scales": 0}, {"degrees": 0, "isotropic": True}
CASES = {
    "RandomFlip": tio.RandomFlip(0, flip_probability=1),
    "RandomAffine(degrees=15)": tio.RandomAffine(degrees=15, scales=0),
    "RandomAffine(degrees=10, scales, translation)": tio.RandomAffine(scales=0.1, degrees=10, translation=5, isotropic=True),
    "RandomElasticDeformation(7)": tio.RandomElasticDeformation(max_displacement=7),
    "RandomAffine, RandomElasticDeformation": tio.Compose(
        [tio.RandomAffine(scales=0.1, degrees=15, isotropic=True), tio.RandomElasticDeformation(max_displacement=7)]
    ),
    "RandomNoise": tio.RandomNoise(std=(0.1, 0.1)),
    "RandomGamma": tio.RandomGamma(),
    "RandomBiasField": tio.RandomBiasField(),
    "RandomBlur": tio.RandomBlur((0, 2)),
    "RandomSwap(15, 100)": tio.RandomSwap(15, 100),
}
for name, transform in CASES.items():
    times = []
    for _ in range(60):
        started = time.perf_counter()
        transform(subject)
        times.append((time.perf_counter() - started) * 1e3)
    times.sort()
    print(f"{name:52}{times[0]:>10.2f}{times[len(times) // 2]:>10.2f}", flush=True)
