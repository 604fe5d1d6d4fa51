#!/usr/bin/env bash
# Each mode into a reader that goes, a stdout that is closed, a disk that is full, and with nobody to tell on stderr
# Right: a reader that goes is no matter of ours, and the exit code is the mode's own; what could not be written is an error
# that says so
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
printf 'version: 1\nbuilders:\n  r: {driver: remote, bootstrap: false, endpoint: "tcp://127.0.0.1:1"}\n' >state.yaml
"$reconcile" --apply --yes -q -f state.yaml >out 2>&1 || wrong "cannot start: $(<out)"
points=0
is() { # what, code, wanted
	points=$((points + 1))
	[[ $2 == "$3" ]] || wrong "$arguments, $1: exit $2, not $3: $(<said)"
}
for arguments in "--plan -f state.yaml" "--plan --format json -f state.yaml" "--plan --format markdown -f state.yaml" \
	"--check -f state.yaml" "--status -f state.yaml" "--validate -f state.yaml" --doctor --history --show --import --snapshot \
	--schema --help --version "--gc --yes" "--apply --yes -f state.yaml"; do
	read -ra words <<<"$arguments"
	"$reconcile" "${words[@]}" >out 2>&1
	own=$?
	"$reconcile" "${words[@]}" 2>said | true
	is "a reader that goes" "${PIPESTATUS[0]}" "$own"
	lacks 'pipe|stdout' said
	"$reconcile" "${words[@]}" 2>said >&-
	is "a closed stdout" "$?" 1
	has 'writing to stdout' said
	"$reconcile" "${words[@]}" 2>said >/dev/full
	is "a full disk" "$?" 1
	has 'writing to stdout: No space left on device' said
	"$reconcile" "${words[@]}" >out 2>&-
	is "a closed stderr" "$?" "$own"
done
echo "$points points"
