#!/usr/bin/env bash
# A training step of each published system at the paper's size, here and in PyTorch, in turn: the same network, written by
# `fascicle export`. Needs a Python with torch and nothing else running.
#
#   benches/peers/run.sh [PYTHON] [SYSTEM ..]
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${1:-python3}
shift || true
systems=("$@")
[ ${#systems[@]} -gt 0 ] || systems=(voxel_fusion hyperfusion_age hyperfusion_ad disentangle contrastive normative_poe)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cargo build --release --bin fascicle 2>/dev/null
cargo bench --bench step --no-run 2>/dev/null
fascicle=${CARGO_TARGET_DIR:-target}/release/fascicle
declare -A rows=([voxel_fusion]=1 [hyperfusion_age]=2 [hyperfusion_ad]=4 [disentangle]=4 [contrastive]=4 [normative_poe]=256)
declare -A steps=([voxel_fusion]=3 [hyperfusion_age]=6 [hyperfusion_ad]=8 [disentangle]=6 [contrastive]=6 [normative_poe]=200)
declare -A settings=([disentangle]="--set slab=3")

grep -m1 "model name" /proc/cpuinfo | cut -d: -f2-
"$python" -c "import torch; print('torch', torch.__version__, torch.backends.cpu.get_cpu_capability(), torch.get_num_threads(), 'threads')"
for system in "${systems[@]}"; do
    # The model of the most parameters, as the step of `benches/step.rs` takes it.
    largest=$("$fascicle" check "experiments/$system.fx" ${settings[$system]:-} --json 2>/dev/null |
        "$python" -c 'import json, sys; m = json.load(sys.stdin)["models"]; print(max(m, key=lambda m: m["parameters"])["name"])')
    "$fascicle" export "experiments/$system.fx" ${settings[$system]:-} --model "$largest" -o "$folder/$system.py" --overwrite
    cargo bench --bench step -- "$system" 2>/dev/null | grep "subjects a step"
    for mode in default channels_last; do
        # In PyTorch's default layout a step of depthwise convolutions takes 40 s, and says nothing of the other.
        [ "$system $mode" = "voxel_fusion default" ] && continue
        "$python" benches/peers/step.py "$folder/$system.py" "${rows[$system]}" "${steps[$system]}" "$mode"
    done
done
