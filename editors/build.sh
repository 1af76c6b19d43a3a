#!/bin/sh
# Builds and tries what editors need: `editors/build.sh [FOLDER]`; what comes of it goes to FOLDER (default: dist/editors).
# Needs node 20 with npm, a C compiler, cargo; for the last step python3 (or $PYTHON) with Pygments and tree_sitter. The registries of npm and cargo must have been
# reached once; afterwards all works offline.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-"$here/../dist/editors"}
mkdir -p "$out"
out=$(cd "$out" && pwd)
size() { printf '%s: %s bytes\n' "$1" "$(wc -c <"$2" | tr -d ' ')"; }

echo "== Visual Studio Code"
cd "$here/vscode"
npm install --no-audit --no-fund --prefer-offline >/dev/null
npx vscode-tmgrammar-test 'tests/*.fx'
npx esbuild src/extension.js --bundle --platform=node --format=cjs --target=node18 --external:vscode --minify --outfile=dist/extension.js --log-level=warning
cp "$here/../LICENSE-MIT" LICENSE.txt
npx vsce package --no-dependencies --allow-missing-repository --out "$out/fascicle.vsix" >/dev/null
rm -f LICENSE.txt
size "extension" "$out/fascicle.vsix"

echo "== tree-sitter"
cd "$here/tree-sitter"
node grammar-json.js
cargo run --quiet --release --manifest-path generator/Cargo.toml -- grammar.json src
cc -O2 -fPIC -shared -I src -o "$out/fascicle.so" src/parser.c
size "parser.c" src/parser.c
size "parser" "$out/fascicle.so"

echo "== every experiment"
"${PYTHON:-python3}" "$here/examples.py" "$out/fascicle.so"
