#!/usr/bin/env bash
# Runs reconcile with the state files and the options that the inputs of an action name, one a line; no shell reads them.
#   RECONCILE=PATH FILES=LINES ARGS=LINES run.sh OPTION…
set -euo pipefail

options=("$@")
while IFS= read -r file; do
	file=${file%$'\r'}
	[[ -z $file ]] || options+=("--file=$file")
done <<<"${FILES:-}"
while IFS= read -r argument; do
	argument=${argument%$'\r'}
	[[ -z $argument ]] || options+=("$argument")
done <<<"${ARGS:-}"
exec "${RECONCILE:-reconcile}" "${options[@]}"
