#!/usr/bin/env bats
# A builder made by BuildX, with each option of the driver, is what the state file says: no changes.
# shellcheck disable=SC2154 # lib.bash sets namespace, B; options.bash makes the builders

load lib
load options

setup() { kubernetes_setup; }
teardown() { kubernetes_teardown; }

# By hand, and as an import says it.
no_changes() { # BuildX
	make_option_sets "$1"
	run --separate-stderr reconcile --check -f state.yaml
	[[ $status == 0 ]] || fail_with "$output" "$stderr"
	[[ $output == *"No changes."* ]] || fail_with "$output" "$stderr"
	mkdir imported
	reconcile --import -o imported/state.yaml
	run -0 --separate-stderr reconcile --check -f imported/state.yaml
	[[ $output == *"No changes."* ]] || fail_with "$output" "$(<imported/state.yaml)"
	# It is seen when one of them is changed.
	kube scale "deployment/$B-plain0" --replicas 2
	differs "$B-plain" "replicas" "2 → 1"
}

@test "no changes: each option, as the newest BuildX made it" { no_changes new; }

@test "no changes: each option, as BuildX 0.13 made it" { no_changes old; }
