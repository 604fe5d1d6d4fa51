#!/usr/bin/env bats
# The way back over several records: to the state before the first of them, with what cannot come back said beforehand.
load lib
setup() { common_setup; }
teardown() { common_teardown; }

rollback() { run -0 --separate-stderr reconcile --rollback --yes "$@"; }
rev() { git --git-dir="$RECONCILE_HISTORY" rev-parse "main~$1"; }
store_sum() { (cd "$BUILDX_CONFIG" && find instances current defaults -type f -exec sha256sum {} + | sort); }

@test "three records back: what each of them touched is as it was before the first, and none of their states is applied again" {
	docker buildx create --name "$B-old" --driver docker-container --bootstrap --use
	printf '{"Name":' >"$BUILDX_CONFIG/instances/broken"
	before=$(store_sum)
	state_builder <<<"driver-opts: {memory: 300m}"
	cp state.yaml one.yaml
	apply
	first=$(rev 0)
	state <<<"{version: 1, builders: {$B: {driver-opts: {memory: 400m}}, $B-old: {state: absent}}}"
	apply
	run -0 --separate-stderr reconcile --reset --yes -f state.yaml "$B"
	rollback "$first"
	[[ $output == *"roll back ${first:0:7} and 2 later records"* ]] || fail_with "$output"
	[[ $(store_sum) == "$before" ]] || fail_with "$(diff <(echo "$before") <(store_sum))"
	[[ -n $(container_id "$B-old0") && -z $(container_id "${B}0.g2") ]]
	rm "$BUILDX_CONFIG/instances/broken" # as damaged as it was
	for held in one state; do
		run -5 --separate-stderr reconcile --apply --yes -f "$held.yaml"
		[[ $stderr == *"--override-hold"* ]]
	done
}

@test "--only brings back one builder, and what later records did to others stays" {
	state <<<"{version: 1, builders: {$B: {driver-opts: {memory: 300m}}}}"
	apply
	state <<<"{version: 1, builders: {$B: {driver-opts: {memory: 400m}}}}"
	apply
	second=$(rev 0)
	state <<<"{version: 1, builders: {$B: {driver-opts: {memory: 400m}}, $B-other: {}}}"
	apply
	rollback "$second" --only "$B"
	[[ $(docker inspect -f '{{.HostConfig.Memory}}' "buildx_buildkit_${B}0") == 314572800 && -n $(container_id "$B-other0") ]]
	run -64 --separate-stderr reconcile --rollback "$second" --only "${B}x" --yes
	[[ $stderr == *"no record since ${second:0:7} changed a builder \"${B}x\""* ]]
}

@test "a cache that is gone is said to be gone before it is missed" {
	state_builder </dev/null
	apply
	state <<<"{version: 1, builders: {$B: {state: absent}}}"
	apply --no-retain
	run reconcile --rollback </dev/null
	[[ $output == *"cannot come back: volume buildx_buildkit_${B}0_state is gone, so it begins empty"* ]] || fail_with "$output"
	rollback
	[[ -n $(container_id "${B}0") ]]
}

@test "a rollback of a rollback of a rollback" {
	state_builder <<<"driver-opts: {memory: 300m}"
	apply
	state_builder <<<"driver-opts: {memory: 400m}"
	apply
	local bytes
	for bytes in 314572800 419430400 314572800; do
		rollback
		[[ $(docker inspect -f '{{.HostConfig.Memory}}' "buildx_buildkit_${B}0") == "$bytes" ]]
	done
}

# A docker that never ends booting; `booting` is there when it has begun.
endless_boot() {
	mkdir -p bin
	cat >bin/docker <<-S
		#!/bin/sh
		case "\$*" in *--bootstrap*) : >"$PWD/booting"; exec sleep 3000 ;; esac
		exec "$(command -v docker)" "\$@"
	S
	chmod +x bin/docker
	rm -f booting
}
interrupted() { # a reconcile that is sent SIGINT while it boots; prints what it said
	PATH=$PWD/bin:$PATH "$reconcile" "$@" >printed 2>&1 3>&- &
	wait_beside $! 300 test -e booting
	signal_ours -INT $!
	wait $!
	local code=$?
	cat printed
	return "$code"
}

@test "a rollback that is interrupted says how to go on with that rollback, and that does" {
	state_builder </dev/null
	apply
	state_builder <<<"driver-opts: {env.A: x}"
	apply
	local record
	record=$(git --git-dir="$RECONCILE_HISTORY" rev-parse --short=7 main)
	endless_boot
	run -130 interrupted --rollback --yes
	[[ $output == *"To go on: reconcile --rollback --yes $record" ]] || fail_with "$output"
	run -0 --separate-stderr reconcile --rollback --yes "$record"
	run -1 grep -q env.A "$BUILDX_CONFIG/instances/$B"
	[[ $(docker inspect -f '{{.State.Status}}' "buildx_buildkit_${B}0") == running ]]
}

@test "what is selected while a builder is away is put back when that is interrupted" {
	state_builder <<<"fallback: default"
	apply
	cp "$BUILDX_CONFIG/current" current
	printf '    fallback: default\n    driver-opts: {env.A: x}\n' | sed 's/^    //' | state_builder
	endless_boot
	run -130 interrupted --apply --yes -f state.yaml
	[[ $output == *"select meanwhile"*"$B is selected again"* ]] || fail_with "$output"
	cmp current "$BUILDX_CONFIG/current"
	apply
	settled
}

@test "where builds went while the selected builder was made anew, they go while it is made as it was" {
	state_builder <<<"fallback: default"
	apply
	docker buildx use --default "$B"
	before=$(store_sum)
	printf '    fallback: default\n    driver-opts: {env.A: x}\n' | sed 's/^    //' | state_builder
	apply
	run reconcile --rollback -v </dev/null
	[[ $output == *"select meanwhile the context's own builder"*"select $B"* ]] || fail_with "$output"
	rollback
	[[ $(store_sum) == "$before" ]] || fail_with "$(diff <(echo "$before") <(store_sum))"
	run -0 docker buildx inspect
	[[ $output == *"$B"* ]]
}
