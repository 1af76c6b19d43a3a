#!/usr/bin/env bash
# Builds the wheel that `pip install` takes, and tries it:
#
#   packaging/build.sh             dist/fascicle-VERSION-py3-none-manylinux_2_28_x86_64.whl
#   packaging/build.sh --try       ... and runs the quickstart from it in an empty virtual environment
#
# Needs Python 3.8 or newer and a Rust toolchain. The linker and the C compiler are zig's, which link against glibc 2.28
# whatever this machine has; they come from PyPI as maturin does.
set -euo pipefail
cd "$(dirname "$0")/.."
glibc=2.28
target=$(rustc -vV | sed -n 's/^host: //p')
tools=target/wheel/tools
data=packaging/data/data/share

[ -x "$tools/bin/maturin" ] || { python3 -m venv "$tools" && "$tools/bin/pip" install -q 'maturin>=1.9,<2' 'ziglang>=0.13'; }
export PATH="$PWD/$tools/bin:$PATH"

build() { (cd packaging && maturin build --release --zig --target "$target" --out ../dist); }

# Once for the program, and, when that has written what belongs beside it, once more, which compiles nothing.
rm -rf packaging/data
mkdir -p "$data/man/man1" "$data/bash-completion/completions" "$data/zsh/site-functions" "$data/fish/vendor_completions.d"
build
program=target/$target/release/fascicle
"$program" man --out "$data/man/man1"
"$program" completions bash > "$data/bash-completion/completions/fascicle"
"$program" completions zsh > "$data/zsh/site-functions/_fascicle"
"$program" completions fish > "$data/fish/vendor_completions.d/fascicle.fish"
build
wheel=$(ls -t dist/fascicle-*.whl | head -1)

# What is in it asks nothing newer of a machine than it says.
empty=target/wheel/empty
rm -rf "$empty"
python3 -m venv "$empty"
"$empty/bin/pip" install -q --no-index "$wheel"
newest=$(objdump -T "$empty/bin/fascicle" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -1)
if [ "$(printf '%s\n' "$newest" "$glibc" | sort -V | tail -1)" != "$glibc" ]; then
    echo "error: the program asks for glibc $newest, the wheel says $glibc" >&2
    exit 1
fi
"$empty/bin/fascicle" run --help > /dev/null
printf '%s: %s, needs glibc %s (%s)\n' "$wheel" "$(du -h "$wheel" | cut -f1)" "$newest" \
    "$(objdump -p "$empty/bin/fascicle" | sed -n 's/ *NEEDED *//p' | paste -sd' ')"

if [ "${1:-}" = --try ]; then
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    cp experiments/quickstart.fx "$scratch"
    (cd "$scratch" && "$OLDPWD/$empty/bin/fascicle" run quickstart.fx --device cpu)
fi
