"""Times training steps of an exported model: forward, loss, backward, the optimizer's move; numbers made up, in memory.

    python benches/peers/step.py NET.py ROWS STEPS default|channels_last|compile

A line of JSON: seconds (median, least, most), parameters, and the peak of resident memory beyond what Python and torch hold.
"""

import importlib.util
import json
import pathlib
import statistics
import sys
import time

import torch

path, rows, steps, mode = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]


def resident(line):
    for text in pathlib.Path("/proc/self/status").read_text().splitlines():
        if text.startswith(line + ":"):
            return 1024 * int(text.split()[1])
    return 0


try:
    pathlib.Path("/proc/self/clear_refs").write_text("5")
except OSError:
    pass
before = resident("VmRSS")
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
more = {"class_weights": weights} if "class_weights" in loss_of.__code__.co_varnames else {}
if mode == "compile":
    loss_of = torch.compile(loss_of)

seconds = []
# A compiled model settles in its second step: what the first meets is compiled.
idle = 2 if mode == "compile" else 1
try:
    for step in range(steps + idle):
        began = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss_of(batch, **more).sum().backward()
        optimizer.step()
        if step >= idle:
            seconds.append(time.perf_counter() - began)
except Exception as problem:
    if mode != "compile":
        raise
    print(json.dumps({"mode": mode, "problem": f"{type(problem).__name__}: {str(problem).splitlines()[0][:200]}"}))
    sys.exit()
print(
    json.dumps(
        {
            "mode": mode,
            "parameters": sum(p.numel() for p in net.parameters()),
            "seconds": statistics.median(seconds),
            "least": min(seconds),
            "most": max(seconds),
            "steps": len(seconds),
            "peak_bytes": resident("VmHWM") - before,
        }
    )
)
