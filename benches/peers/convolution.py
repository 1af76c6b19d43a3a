"""The convolutions of `cargo bench --bench convolution` in PyTorch: forward with the mean of the squared output, and all gradients.

    python benches/peers/convolution.py [REPEATS]

Two threads, both memory layouts, the least of the repeats of each.
"""

import sys
import time

import torch

BATCH, EXTENT = 4, (32, 40, 32)
LAYERS = [
    ("8 -> 16, kernel 3", 8, 16, 1, (3, 3, 3)),
    ("1 -> 16, kernel 3", 1, 16, 1, (3, 3, 3)),
    ("16 -> 16 depthwise, kernel 3", 16, 16, 16, (3, 3, 3)),
    ("4 -> 4 depthwise, kernel 5 x 6 x 5", 4, 4, 4, (5, 6, 5)),
    ("4 -> 20, five filters a channel, kernel 5 x 6 x 5", 4, 20, 4, (5, 6, 5)),
    ("2 -> 2, kernel 5 x 6 x 5", 2, 2, 1, (5, 6, 5)),
    ("16 -> 16, kernel 1", 16, 16, 1, (1, 1, 1)),
    ("32 -> 32, kernel 3", 32, 32, 1, (3, 3, 3)),
]


def seconds(inputs, outputs, groups, kernel, layout, repeats):
    x = torch.randn(BATCH, inputs, *EXTENT).to(memory_format=layout)
    w = (torch.randn(outputs, inputs // groups, *kernel) * 0.1).to(memory_format=layout)
    # As many places as there were; of an even kernel the further side is padded more.
    padding = [side for k in reversed(kernel) for side in ((k - 1) // 2, k // 2)]
    even = any(k % 2 == 0 for k in kernel)
    best = [float("inf")] * 2
    for _ in range(repeats):
        x, w = x.detach().requires_grad_(), w.detach().requires_grad_()
        start = time.perf_counter()
        if even:
            y = torch.nn.functional.conv3d(torch.nn.functional.pad(x, padding), w, groups=groups)
        else:
            y = torch.nn.functional.conv3d(x, w, padding=tuple(k // 2 for k in kernel), groups=groups)
        loss = y.square().mean()
        there = time.perf_counter()
        loss.backward()
        best = [min(best[0], there - start), min(best[1], time.perf_counter() - there)]
    return best


def main():
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    torch.set_num_threads(2)
    for name, *layer in LAYERS:
        for layout in (torch.contiguous_format, torch.channels_last_3d):
            forward, backward = seconds(*layer, layout, repeats)
            print(f"[{BATCH}, {layer[0]}, 32, 40, 32], {name}, {str(layout)[6:]}: forward {forward:.4f} s, backward {backward:.4f} s", flush=True)


main()
