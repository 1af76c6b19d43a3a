#!/bin/sh
# Runs fuzz targets for some minutes each and tells what came of it.
#
#   tests/fuzz/run.sh MINUTES [TARGET ..]     all targets where none is named, one after the other
#
# The search starts from the files of the tree, crafted ones and seeds/. Findings land in artifacts/TARGET: run
# `target/HOST/release/TARGET artifacts/TARGET/FILE` to see one again. Exits with 1 where there is a finding.
set -eu
cd "$(dirname "$0")"
minutes=${1:?"run.sh MINUTES [TARGET ..]"}
shift
[ $# -gt 0 ] || set -- parse compile nifti table checkpoint name_map
host=$(rustc -vV | sed -n 's/^host: //p')
# What `cargo fuzz` passes, short of the address sanitizer, which stable Rust has not: coverage of edges and comparisons.
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing"
RUSTFLAGS="$coverage" cargo build --release --quiet --target "$host" --bins
programs=target/$host/release
found=0
for target in "$@"; do
    mkdir -p "corpus/$target" "artifacts/$target"
    log=artifacts/$target.log
    # An input of `compile` is a list of changes, five bytes each: a dozen at the most.
    case $target in
    compile) lengths="-max_len=62 -len_control=0" ;;
    *) lengths=-max_len=8192 ;;
    esac
    started=$(date +%s)
    # A search ends with its first finding.
    FUZZ_SEEDS=corpus "$programs/$target" "corpus/$target" -artifact_prefix="artifacts/$target/" \
        -max_total_time=$((minutes * 60)) -timeout=10 -rss_limit_mb=4096 $lengths \
        -print_final_stats=1 -use_value_profile=1 >"$log" 2>&1 || found=1
    seconds=$(($(date +%s) - started))
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    findings=$(find "artifacts/$target" -type f | wc -l)
    echo "$target: ${executions:-0} executions in $seconds seconds, $findings findings"
done
exit $found
