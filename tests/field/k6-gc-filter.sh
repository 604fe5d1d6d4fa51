#!/usr/bin/env bash
# moby/buildkit#3795: filters of gc rules with one =, the form of docker buildx prune
# Right: refused with the form that BuildKit reads, wherever it stands
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
for rule in 'cache: {rules: [{filters: ["type=source.local"], max-used-space: 1MB}]}' \
	'buildkitd: {worker: {oci: {gcpolicy: [{filters: ["type=source.local"], keep-duration: 1h}]}}}'; do
	printf 'version: 1\nbuilders:\n  ci:\n    %s\n' "$rule" >state.yaml
	run --validate -f state.yaml
	[[ $code == 65 ]] || wrong "accepted: $rule"
	has 'type==source.local' out
done
