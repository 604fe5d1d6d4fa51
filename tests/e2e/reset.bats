#!/usr/bin/env bats
# A clean reinstallation: fresh nodes beside the old, switched over in one rename, the old ones drained and retired, their
# caches retained for a rollback. Whoever builds meanwhile does not notice.
load lib
setup() {
	common_setup
	state_builder <<<"fallback: default"
}
teardown() {
	[[ -z ${build_pid:-} ]] || wait "$build_pid" || true
	common_teardown
}

reset() { run -0 --separate-stderr reconcile --reset --yes -f state.yaml "$@"; }
names() { docker ps -a --format '{{.Names}}' | grep "^buildx_buildkit_$B" | sort | tr '\n' ' '; }
volumes() { docker volume ls -q | grep "^buildx_buildkit_$B" | sort | tr '\n' ' '; }
selected() { docker buildx inspect | sed -n 's/^Name: *//p' | head -1; }

@test "a reset: new node, fresh cache, the old cache retained; a rollback brings it back, and a rollback of that the new one" {
	apply
	build "$B"
	before=$(<"$BUILDX_CONFIG/instances/$B")
	run -0 reconcile --reset "$B" --yes -f state.yaml
	[[ $output == *"! builder.$B"*"a fresh BuildKit is booted and tried beside the old one"*"retained for 24h in volume buildx_buildkit_${B}0_state"* ]] || fail_with "$output"
	[[ $(names) == "buildx_buildkit_${B}0.g2 " && $(volumes) == "buildx_buildkit_${B}0.g2_state buildx_buildkit_${B}0_state " ]]
	[[ $(selected) == "$B" ]]
	settled
	run -0 reconcile --status -f state.yaml
	[[ $output == *"retained: volume buildx_buildkit_${B}0_state, "*" left, until 2"*"(reset $B)"* ]]
	run -0 build "$B"
	[[ $output != *CACHED* ]] || fail_with "the cache is not fresh" "$output"
	run -0 --separate-stderr reconcile --rollback --yes
	[[ $(<"$BUILDX_CONFIG/instances/$B") == "$before" && $(names) == "buildx_buildkit_${B}0 " ]]
	run -0 build "$B"
	[[ $output == *CACHED* ]] || fail_with "the cache did not come back" "$output"
	run -0 --separate-stderr reconcile --rollback --yes
	[[ $(names) == "buildx_buildkit_${B}0.g2 " ]]
	run -0 build "$B"
	[[ $output == *CACHED* ]]
	settled
}

@test "--no-retain removes the old cache at once, and --gc has nothing to do" {
	apply
	reset --all --no-retain
	[[ $(volumes) == "buildx_buildkit_${B}0.g2_state " && ! -e $RECONCILE_HISTORY/reconcile.leftovers ]]
	run -0 reconcile --gc --yes
	[[ $output == *"No changes."* ]]
	settled
}

@test "--gc removes a retained cache when its time is past, not before, and says its size" {
	apply
	reset "$B"
	run -0 reconcile --gc --yes
	[[ $output == *"No changes."* ]]
	reset --retain 1s "$B"
	local _
	for _ in {1..100}; do # until its second is over
		run reconcile --gc --yes --max-remove 0
		[[ $status -eq 0 ]] || break
		sleep 0.1
	done
	[[ $status -eq 5 && $output == *"volume.buildx_buildkit_${B}0.g2_state"*"kept until 2"*KiB* ]] || fail_with "$output"
	run -0 --separate-stderr reconcile --gc --yes
	[[ $(volumes) == "buildx_buildkit_${B}0.g3_state buildx_buildkit_${B}0_state " ]]
	run -0 --separate-stderr reconcile --gc --yes --no-retain
	[[ $(volumes) == "buildx_buildkit_${B}0.g3_state " ]]
	settled
}

@test "what somebody else made under a retained volume's name is not ours to remove" {
	apply
	reset --retain 1s "$B"
	docker volume rm "buildx_buildkit_${B}0_state"
	sed -i 's/"volume_created": ".*"/"volume_created": "2020-01-01T00:00:00Z"/' "$RECONCILE_HISTORY/reconcile.leftovers"
	docker volume create "buildx_buildkit_${B}0_state"
	run -0 --separate-stderr reconcile --gc --yes --no-retain
	[[ $output == *"No changes."* && $(volumes) == *"buildx_buildkit_${B}0_state"* ]]
}

@test "a removed builder's cache is retained, comes back with a rollback, and is taken over by a builder of that name" {
	apply
	build "$B"
	state <<<"{version: 1, builders: {$B: {state: absent}}}"
	apply
	[[ $output == *"retained for 24h"* && -z $(names) && $(volumes) == "buildx_buildkit_${B}0_state " ]]
	run -0 --separate-stderr reconcile --doctor -f state.yaml
	[[ $output != *"volume.buildx_buildkit_${B}0_state"* ]]
	run -0 --separate-stderr reconcile --rollback --yes
	run -0 build "$B"
	[[ $output == *CACHED* ]]
	apply --override-hold
	state_builder </dev/null
	apply
	run -0 build "$B"
	[[ $output == *CACHED* ]]
	[[ ! -e $RECONCILE_HISTORY/reconcile.leftovers ]]
	apply --no-retain
	state <<<"{version: 1, builders: {$B: {state: absent}}}"
	apply --no-retain
	[[ -z $(volumes) ]]
}

@test "unmanaged: remove retains too, and --max-remove bounds it" {
	docker buildx create --name "$B-stray" --driver docker-container --bootstrap
	printf 'unmanaged: remove\n' >>state.yaml
	run -5 --separate-stderr reconcile --apply --yes --max-remove 0 -f state.yaml
	[[ -n $(container_id "$B-stray0") ]]
	apply --max-remove 1
	[[ $(names) == "buildx_buildkit_${B}0 " && $(volumes) == *"$B-stray0_state"* ]]
	settled
	run -0 --separate-stderr reconcile --rollback --yes
	[[ -n $(container_id "$B-stray0") ]]
}

@test "a reset whose new node does not boot leaves the old one as it was: exit 7, nothing left over" {
	apply
	build "$B"
	before=$(container_id "${B}0")
	broken=reconcile-test-broken:$B
	cp "$RECONCILE_BUSYBOX" busybox
	tar -c busybox | docker import -c 'ENTRYPOINT ["/busybox", "false"]' - "$broken" >/dev/null
	state_builder <<<"driver-opts: {image: \"$broken\", restart-policy: \"no\"}"
	run -7 --separate-stderr reconcile --reset "$B" --yes -f state.yaml
	docker rmi -f "$broken" >/dev/null
	[[ $(container_id "${B}0") == "$before" && $(names) == "buildx_buildkit_${B}0 " && $(volumes) == "buildx_buildkit_${B}0_state " ]] || fail_with "$(names) $(volumes)" "$output" "$stderr"
	[[ ! -e $RECONCILE_HISTORY/reconcile.leftovers && $(selected) == "$B" ]]
	run -0 build "$B"
	[[ $output == *CACHED* ]]
}

@test "builds on the old node are waited for; one that takes too long keeps its node, which a later apply retires" {
	apply
	slow_build
	reset --drain-timeout 1 "$B"
	[[ $output == *"node ${B}0 still has 1 build"* ]] || fail_with "$output"
	[[ $(names) == "buildx_buildkit_${B}0 buildx_buildkit_${B}0.g2 " ]]
	differs "container.buildx_buildkit_${B}0" "left by: reset $B"
	end_build
	build_ends_well
	apply
	[[ $(names) == "buildx_buildkit_${B}0.g2 " ]]
	settled
}

@test "an exec that was made and never started is nobody who is connected" {
	apply
	local body='{"Cmd":["true"]}'
	# As a client leaves it that dies between the two; the command line does both at once.
	run -0 bash -c "printf 'POST /containers/buildx_buildkit_${B}0/exec HTTP/1.0\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: ${#body}\r\n\r\n%s' '$body' |
		socat STDIO,ignoreeof UNIX-CONNECT:$RECONCILE_ENGINE_SOCK"
	[[ $output == *'"Id":'* && $(docker inspect -f '{{len .ExecIDs}}' "buildx_buildkit_${B}0") == 1 ]]
	reset --drain-timeout 5 "$B"
	[[ $(names) == "buildx_buildkit_${B}0.g2 " && $output != *"still has"* ]] || fail_with "$output"
}

@test "killed while the new node boots: the next run says so, removes what it left, and the old node builds on" {
	apply
	mkdir bin
	cat >bin/docker <<-S
		#!/bin/sh
		case "\$*" in *--bootstrap*) "$(command -v docker)" "\$@"; : >"$PWD/booted"; until [ -e "$PWD/go-on" ]; do sleep 0.05; done ;; esac
		exec "$(command -v docker)" "\$@"
	S
	chmod +x bin/docker
	PATH=$PWD/bin:$PATH "$reconcile" --reset "$B" --yes -f state.yaml >/dev/null 2>&1 3>&- &
	local killed=$!
	wait_beside "$killed" 300 test -e booted
	signal_ours -KILL "$killed"
	[[ $(names) == "buildx_buildkit_${B}0 buildx_buildkit_${B}0.g2 " && $(selected) == "$B" ]] || fail_with "$(names) $(selected)"
	touch go-on
	run -0 --separate-stderr reconcile --apply --yes --lock-timeout 600 -f state.yaml
	[[ $stderr == *"\"reset $B\", begun at 2"*"builder.$B was cut off in step "*"boot-beside $B"* ]] || fail_with "$stderr"
	[[ $(names) == "buildx_buildkit_${B}0 " && $(volumes) == "buildx_buildkit_${B}0_state " && $(selected) == "$B" ]] || fail_with "$(names) $(volumes) $(selected)" "$output"
	settled
	[[ ! -e $RECONCILE_HISTORY/reconcile.leftovers ]]
	run -0 reconcile --history
	[[ $output == *"interrupted  reset $B"* ]]
	run -0 git --git-dir="$RECONCILE_HISTORY" show main~1:result.json
	[[ $output == *"cut off"* ]]
}

@test "an instance file lost after a reset: its node of whatever generation is taken over, cache included" {
	apply
	reset "$B"
	build "$B"
	: >"$BUILDX_CONFIG/instances/$B"
	apply
	[[ $(names) == "buildx_buildkit_${B}0.g2 " ]]
	run -0 build "$B"
	[[ $output == *CACHED* ]]
	reset --no-retain "$B"
	[[ $(names) == "buildx_buildkit_${B}0.g3 " ]]
}

@test "a replacement after a reset keeps the generation; --import does not show it" {
	apply
	reset "$B"
	state_builder <<<"driver-opts: {memory: 300m}"
	apply
	[[ $(names) == "buildx_buildkit_${B}0.g2 " ]]
	settled
	reconcile --import "$B" >imported.yaml
	run -1 grep "g2" imported.yaml
	run -0 --separate-stderr reconcile --check -f imported.yaml
	reconcile --plan -v -f state.yaml
}

@test "several nodes, two builders, at once: --reset --all" {
	docker context create "$B-ctx" --docker "host=$DOCKER_HOST" >/dev/null
	state <<-Y
		version: 1
		builders:
		  $B:
		    nodes: {$B-x: {platforms: [linux/amd64]}, $B-y: {endpoint: $B-ctx, platforms: [linux/386]}}
		  $B-two: {}
		  $B-never: {bootstrap: false}
	Y
	apply
	reset --all --no-retain
	[[ $(names) == "buildx_buildkit_$B-two0.g2 buildx_buildkit_$B-x.g2 buildx_buildkit_$B-y.g2 " ]] || fail_with "$(names)"
	settled
}
