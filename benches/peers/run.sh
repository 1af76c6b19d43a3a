#!/usr/bin/env bash
# A training step of each published system at the paper's size, here and in PyTorch, in turn: the same network, written by
# `fascicle export`. Prints a table. Needs a Python with torch (for `torch.compile` also a C++ compiler) and nothing else running.
#
#   benches/peers/run.sh [PYTHON] [--avx2] [--modes default,channels_last,compile] [SYSTEM ..]
#
# GFLOP/s count two operations for each multiply-add of convolutions and products, forward and backward, as the graph has them:
# `fascicle check --json` says how many. The peak is measured (src/kernels/peak.rs): a block of a product that stays in registers and
# the first cache, every thread, single precision.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${1:-python3}
shift || true

cargo build --release --bin fascicle 2>/dev/null
step=$(cargo bench --bench step --no-run --message-format=json 2>/dev/null |
    "$python" -c 'import json, sys; print([a["executable"] for a in map(json.loads, sys.stdin) if a.get("executable")][-1])')
exec "$python" benches/peers/table.py "${CARGO_TARGET_DIR:-target}/release/fascicle" "$step" "$@"
