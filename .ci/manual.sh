#!/usr/bin/env bash
# Fills the generated pages of reconciler/manual/ from the tables of the program.
#   .ci/manual.sh [--check]     --check: only says whether they are up to date, and clean as man pages
set -euo pipefail
cd "$(dirname "$0")/.."
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

for page in reconcile.1 reconcile.yaml.5 reconcile-faults.7; do build/reconcile --schema "$page" >"$fresh/$page"; done
for page in command reference faults; do build/reconcile --schema "$page" >"$fresh/$page.md"; done
if [[ ${1:-} == --check ]]; then
	for page in "$fresh"/*; do diff -u "reconciler/manual/${page##*/}" "$page"; done
	mandoc -Tlint -Wstyle "$fresh"/*.[157]
else
	cp "$fresh"/* reconciler/manual/
fi
