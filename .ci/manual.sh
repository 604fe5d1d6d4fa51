#!/usr/bin/env bash
# Fills the generated pages of reconciler/manual/ from the tables of the program, and .packages/completion/ from it.
#   .ci/manual.sh [--check]     --check: only says whether they are up to date, and clean as man pages
set -euo pipefail
cd "$(dirname "$0")/.."
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

for page in reconcile.1 reconcile.yaml.5 reconcile-faults.7; do build/reconcile --schema "$page" >"$fresh/$page"; done
for page in command reference faults; do build/reconcile --schema "$page" >"$fresh/$page.md"; done
mkdir "$fresh/completion"
for shell in bash:reconcile.bash zsh:_reconcile fish:reconcile.fish; do
	build/reconcile --completion "${shell%:*}" >"$fresh/completion/${shell#*:}"
done
if [[ ${1:-} == --check ]]; then
	diff -ur .packages/completion "$fresh/completion"
	for page in "$fresh"/*.*; do diff -u "reconciler/manual/${page##*/}" "$page"; done
	mandoc -Tlint -Wstyle "$fresh"/*.[157]
else
	cp "$fresh"/*.* reconciler/manual/
	cp "$fresh"/completion/* .packages/completion/
fi
