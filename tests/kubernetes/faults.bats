#!/usr/bin/env bats
# What goes wrong with builders in a cluster is told apart, in the cluster's own words, and with what to do about it.
# shellcheck disable=SC2154 # lib.bash sets namespace, B

load lib
load plants

setup() { kubernetes_setup; }
teardown() {
	[[ -z ${namespace:-} ]] || kube delete namespace "$namespace-quota" "$namespace-guarded" --wait=false --ignore-not-found >/dev/null 2>&1
	kubernetes_teardown
}

# Of the row's builder, of the object that is left of it, or of the cluster that it is in.
found() { # NAME FAULT WORDS
	jq -e --arg code "$2" --arg of "$B-$1" --arg words "$3" '[.faults[] | select(.code == $code) | select((.subject + .message | contains($of)) or (.code | startswith("cluster-"))) |
		select($words == "" or (.subject + ": " + .message | test($words)))] != []' doctor.json >/dev/null
}

@test "each fault that tests/fault/rows.sh leaves to a cluster has a plant here" {
	local code codes
	codes=$(sed -n 's/^for code in \(.*\); do$/\1/p' "$root/tests/fault/rows.sh")
	[[ -n $codes ]]
	for code in $codes; do plants | cut -d '|' -f 2 | grep -qxF "$code" || fail_with "$code is not planted"; done
}

# A pod that was made within the last minute is not reported for not being ready yet: asked again until it is.
all_found() {
	local name fault words
	reconcile --doctor --format json >doctor.json || fail_with "--doctor ended with $?"
	missed=()
	while IFS='|' read -r name fault words _; do
		[[ -z $fault || $fault == drift ]] || found "$name" "$fault" "$words" || missed+=("$name ($fault: $words)")
	done <plants
	[[ ${#missed[@]} == 0 ]]
}

@test "each fault of a cluster is planted, found, and told in the cluster's words; each drift is in the plan" {
	local name fault words missed=()
	plant_all
	# BuildX keeps what it was told, whatever runs: that is the state file here.
	# shellcheck disable=SC2046 # words
	reconcile --import $(sed -n "s/^\([a-z]*\)|drift|.*/$B-\1/p" plants) >state.yaml
	reconcile --plan -f state.yaml >plan
	while IFS='|' read -r name fault words _; do
		[[ $fault != drift ]] || awk -v of="builder.$B-$name:" -v words="$words" 'BEGIN { RS = "" } index($0, of) && index($0, words) { ok = 1 } END { exit !ok }' plan ||
			fail_with "no drift of $name ($words) in" "$(<plan)"
	done <plants
	wait_until 180 all_found || fail_with "not found:" "${missed[@]}" "found:" "$(jq -r '.faults[] | .code + " " + .subject + ": " + .message' doctor.json)"
}
