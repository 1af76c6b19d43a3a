"""Times training steps of an exported model: forward, loss, backward, the optimizer's move; numbers made up, in memory.

    python benches/peers/step.py NET.py ROWS STEPS default|channels_last|compile
"""

import importlib.util
import pathlib
import resource
import statistics
import sys
import time

import torch

path, rows, steps, mode = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
spec = importlib.util.spec_from_file_location("net", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
torch.manual_seed(1)
# The model is the last class of the file.
net = [c for c in vars(module).values() if isinstance(c, type) and hasattr(c, "inputs")][-1]().train()
loss_of = next(getattr(net, name) for name in dir(net) if name.startswith("loss_"))
optimizer = next(getattr(net, name) for name in dir(net) if name.startswith("optimizer_"))()


def made_up(shape, levels):
    if levels:
        return torch.randint(levels, (rows, *shape))
    return torch.rand(rows, *shape)


batch = {name: made_up(shape, levels) for name, (shape, levels) in net.inputs.items()}
weights = {name: [1.0] * levels for name, (_, levels) in net.inputs.items() if levels}
if mode == "channels_last":
    formats = {4: torch.channels_last, 5: torch.channels_last_3d}
    # A convolution's weight and what it reads: `net.to` knows one format alone.
    for p in net.parameters():
        if p.dim() in formats:
            p.data = p.data.contiguous(memory_format=formats[p.dim()])
    batch = {n: x.contiguous(memory_format=formats[x.dim()]) if x.dim() in formats else x for n, x in batch.items()}
if mode == "compile":
    loss_of = torch.compile(loss_of)
more = {"class_weights": weights} if "class_weights" in loss_of.__code__.co_varnames else {}

seconds = []
for step in range(steps + 1):
    began = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    loss_of(batch, **more).sum().backward()
    optimizer.step()
    if step:
        seconds.append(time.perf_counter() - began)
parameters = sum(p.numel() for p in net.parameters())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(
    f"  torch {mode}: {parameters} parameters, {statistics.median(seconds):.4f} s "
    f"({min(seconds):.4f} to {max(seconds):.4f}), {len(seconds)} steps, peak {peak:.2f} GiB"
)
