#!/usr/bin/env bash
# Fills the generated parts of README.md: the reference from the field table, the modes from the program's help.
#   .ci/readme.sh [--check]     --check: only says whether they are up to date
set -euo pipefail
cd "$(dirname "$0")/.."
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT

part() {
	case $1 in
	reference) build/reconcile --schema reference ;;
	faults) build/reconcile --schema faults ;;
	modes)
		printf '```\n'
		build/reconcile --help | sed -n '/^Modes:/,/^$/p' | sed -e '1d' -e '/^$/d' -e 's/^  //'
		printf '```\n'
		;;
	esac
}
skip=
while IFS= read -r line || [[ -n $line ]]; do
	case $line in
	'<!-- '*': end -->') skip= ;;
	esac
	[[ -n $skip ]] || printf '%s\n' "$line"
	if [[ $line =~ ^'<!-- '([a-z]+)': begin -->'$ ]]; then
		part "${BASH_REMATCH[1]}"
		skip=1
	fi
done <README.md >"$fresh"

if [[ ${1:-} == --check ]]; then
	diff -u README.md "$fresh"
else
	cat "$fresh" >README.md
fi
