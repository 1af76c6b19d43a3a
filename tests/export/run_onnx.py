"""Runs ONNX files beside what fascicle computed: a folder a case, a line a case on standard output.

    python tests/export/run_onnx.py FOLDER

A case holds net.onnx, inputs.safetensors and expected.safetensors, whose names are those of `fascicle apply`.
"""

import json
import pathlib
import sys
import traceback

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file


def deviation(found, expected):
    """The largest difference, relative to the largest number expected (of numbers below 1: to 1)."""
    if not expected.size:
        return 0.0
    if (np.isnan(found) != np.isnan(expected)).any():
        return float("inf")
    there = ~np.isnan(expected)
    if not there.any():
        return 0.0
    found, expected = found[there].astype(np.float64), expected[there].astype(np.float64)
    same = found == expected
    off = np.abs(np.where(same, 0.0, found - expected))
    scale = max(1.0, np.abs(expected[np.isfinite(expected)]).max(initial=0.0))
    return float(off.max() / scale)


def outputs(session, given, rows=None):
    batch = {}
    for read in session.get_inputs():
        x = given[read.name] if rows is None else given[read.name][rows]
        if read.type == "tensor(bool)":
            x = x != 0
        elif read.type == "tensor(int64)":
            x = x.astype(np.int64)
        # Rows that somebody lacks hold what is no number, so that a value that reads them is found out.
        flags = given.get(read.name + "/present")
        if flags is not None and x.dtype == np.float32:
            held = (flags if rows is None else flags[rows]) != 0
            x = np.where(held.reshape(-1, *[1] * (x.ndim - 1)), x, np.float32("nan"))
        batch[read.name] = x
    return dict(zip([o.name for o in session.get_outputs()], session.run(None, batch)))


def run(folder):
    onnx.checker.check_model(str(folder / "net.onnx"), full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(folder / "net.onnx"), options, providers=["CPUExecutionProvider"])
    given, expected = load_file(folder / "inputs.safetensors"), load_file(folder / "expected.safetensors")
    for name in [read.name for read in session.get_inputs() if read.name not in given]:
        given[name] = np.ones(len(next(iter(given.values()))), np.float32)
    worst, of = 0.0, ""
    for name, found in outputs(session, given).items():
        off = deviation(found.reshape(expected[name].shape), expected[name])
        if not off <= worst:
            worst, of = off, name
    # Any number of rows: what one alone gives has the same shape behind them.
    for name, found in outputs(session, given, slice(0, 1)).items():
        if found.shape[1:] != outputs_shape(expected[name], found):
            worst, of = float("inf"), f"{name} of one row"
    return worst, of


def outputs_shape(expected, found):
    return expected.shape[1:] if expected.ndim == found.ndim else found.shape[1:]


for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        worst, of = run(folder)
        print(json.dumps({"case": folder.name, "worst": worst, "of": of}), flush=True)
    except Exception:
        print(json.dumps({"case": folder.name, "error": traceback.format_exc()[-600:]}), flush=True)
