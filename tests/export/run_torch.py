"""Runs exported models beside what fascicle computed: a folder a case, a line a case on standard output.

    python tests/export/run_torch.py FOLDER

A case holds net.py, weights.safetensors, inputs.safetensors and expected.safetensors, whose names are those of `fascicle apply`.
"""

import importlib.util
import json
import pathlib
import sys
import traceback

import torch
from safetensors.torch import load_file


def deviation(found, expected):
    """The largest difference, relative to the largest number expected (of numbers below 1: to 1)."""
    expected = expected.reshape(found.shape)
    if not found.numel():
        return 0.0
    scale = max(1.0, expected.abs().max().item())
    return ((found - expected).abs().max() / scale).item()


def run(folder):
    about = json.loads((folder / "about.json").read_text())
    spec = importlib.util.spec_from_file_location("net", folder / "net.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    net = getattr(module, about["class"])().load_weights(folder / "weights.safetensors")
    net.train(about["training"])
    given, expected = load_file(folder / "inputs.safetensors"), load_file(folder / "expected.safetensors")
    # Rows that somebody lacks hold what is no number, so that a value that reads them is found out.
    has = {name[: -len("/present")]: flags != 0 for name, flags in given.items() if name.endswith("/present")}
    batch = {name: x.double() for name, x in given.items() if not name.endswith("/present")}
    for name, flags in has.items():
        if name in batch:
            batch[name] = torch.where(flags.reshape(-1, *[1] * (batch[name].dim() - 1)), batch[name], torch.nan)
    leaves = {name: x.requires_grad_() for name, x in batch.items() if name not in about["classes"]}
    worst, of = 0.0, ""

    def compare(name, found, wanted):
        nonlocal worst, of
        off = deviation(found.detach(), wanted)
        if not off <= worst:
            worst, of = off, name

    with torch.no_grad():
        for name, found in net(batch, has).items():
            wanted = expected[name]
            wanted = wanted.reshape(1) if wanted.dim() == 0 else wanted
            rows = ~wanted.reshape(len(wanted), -1).isnan().any(1)
            compare(name, found, wanted[rows] if len(found) != len(wanted) or rows.all() else wanted)
    for stage, method in about["losses"].items():
        # Running statistics have moved: each pass has its own.
        net.load_weights(folder / "weights.safetensors")
        net.zero_grad()
        for x in leaves.values():
            x.grad = None
        loss = getattr(net, method)(batch, has)
        compare(f"loss/{stage}", loss, expected[f"loss/{stage}"])
        if not loss.requires_grad:
            continue
        loss.sum().backward()
        own = {file: name for name, file in about["weights"].items()}
        parameters = dict(net.named_parameters())
        for name, wanted in expected.items():
            prefix = f"gradient/{stage}/"
            if not name.startswith(prefix):
                continue
            target = name[len(prefix) :]
            if target.startswith("input/"):
                x = leaves.get(target[len("input/") :])
                if x is None:
                    continue
                found = torch.zeros_like(x) if x.grad is None else torch.nan_to_num(x.grad)
            else:
                x = parameters[own[target]]
                found = torch.zeros_like(x) if x.grad is None else x.grad
            compare(name, found, wanted)
    return worst, of


torch.set_num_threads(2)
# What is left between the two is then the single precision of the one.
torch.set_default_dtype(torch.float64)
for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        worst, of = run(folder)
        print(json.dumps({"case": folder.name, "worst": worst, "of": of}), flush=True)
    except Exception:
        print(json.dumps({"case": folder.name, "error": traceback.format_exc()}), flush=True)
