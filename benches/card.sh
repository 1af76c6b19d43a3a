#!/usr/bin/env bash
# A lent card in one command of under 12 minutes.
#
#   benches/card.sh pack           builds, strips and compresses what is needed into target/card (to be carried; under 64 MiB)
#   benches/card.sh run [DEVICE]   there: self-test, golden cases, quickstart, a training step of each system beside PyTorch's
#
# What it prints goes into docs/performance.md with the date, the card and this command.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=target/card

pack() {
    mkdir -p "$folder"
    cargo build --release
    cargo bench --no-run --bench card
    local bench
    bench=$(ls -t target/release/deps/card-* | grep -v '\.d$' | head -1)
    for pair in "target/release/fascicle:fascicle" "$bench:card"; do
        strip -o "$folder/${pair##*:}" "${pair%%:*}"
        xz -T0 -f "$folder/${pair##*:}"
    done
    # The golden cases that fit: weights, inputs and outputs of the networks without tables of formulas.
    if [ -d ../shared/peerbench ]; then cp ../shared/peerbench/peer_step.py "$folder/"; fi
    du -sh "$folder"
}

# Runs something with a limit of its own, so that one that hangs does not take the rest's time; says how long it took.
part() {
    local limit=$1 title=$2
    shift 2
    printf '\n== %s\n' "$title"
    local begun=$SECONDS
    timeout "$limit" "$@" || echo "-- ended with status $?"
    echo "-- $((SECONDS - begun)) s"
}

# The most memory that the card has had in use while something runs, in MiB.
watched() {
    local peak=0 now
    "$@" &
    local pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        now=$(nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits 2>/dev/null | head -1 || echo 0)
        if [ "${now:-0}" -gt "$peak" ]; then peak=$now; fi
        sleep 0.2
    done
    wait "$pid" || true
    echo "-- most memory in use: $peak MiB"
}

run() {
    local device=${1:-cuda} python
    python=$(command -v python3 || true)
    export FASCICLE_TEST_DEVICE=$device FASCICLE_BENCH_DEVICE=$device FASCICLE_ROOT=$PWD XDG_CACHE_HOME=$PWD/$folder/cache
    for binary in fascicle card; do xz -dkf "$folder/$binary.xz"; chmod +x "$folder/$binary"; done
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv 2>/dev/null || true
    part 120 "self-test of every operator" "$folder/fascicle" device
    part 150 "operators, convolutions, a training of each system" "$folder/card" parity
    part 120 "golden cases" "$folder/card" golden
    part 60 "quickstart on the card" "$folder/fascicle" run experiments/quickstart.fx --device "$device" --out "$folder/runs"
    # The first round compiles and tunes; the second is what counts.
    for precision in float32 tf32 bf16; do
        export FASCICLE_BENCH_PRECISION=$precision
        for system in voxel_fusion hyperfusion_age hyperfusion_ad disentangle contrastive normative_poe; do
            part 60 "$system, $precision, with compiling and tuning" "$folder/card" step "$system"
            part 30 "$system, $precision" watched "$folder/card" step "$system"
        done
    done
    if [ -n "$python" ] && [ -f "$folder/peer_step.py" ] && "$python" -c 'import torch' 2>/dev/null; then
        for model in dimitri_ae hyper_brainage hyper_ad disentangle dim_contrastive mm_vae; do
            part 30 "PyTorch: $model, channels-last" watched "$python" "$folder/peer_step.py" --model "$model" --device cuda --channels-last
        done
    fi
}

case "${1:-}" in
    pack) pack ;;
    run) run "${2:-cuda}" ;;
    *) sed -n '2,8p' "$0" ;;
esac
