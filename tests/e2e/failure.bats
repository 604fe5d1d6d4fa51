#!/usr/bin/env bats
# A boot that fails: what was there before is there again, what worked stays, and the exit code tells which.
load lib
setup() {
	common_setup
	broken=reconcile-test-broken:$B
	cp "$RECONCILE_BUSYBOX" busybox
	tar -c busybox | docker import -c 'ENTRYPOINT ["/busybox", "false"]' - "$broken" >/dev/null
}
teardown() {
	common_teardown
	docker rmi -f "$broken" >/dev/null 2>&1 || true
}
# What it ends with, never what it prints: of a container that ends at once Docker may lose the streams.
on_volume() { docker run --rm -v "buildx_buildkit_${B}0_state:/v" --entrypoint /busybox "$broken" sh -c "$1"; }

@test "a creation that fails is rolled back, exit 7, and leaves the orphaned volume that it took over" {
	docker volume create "buildx_buildkit_${B}0_state"
	on_volume 'printf "a cache" >/v/cache'
	state_builder <<-Y
		driver-opts: {image: "$broken", restart-policy: "no"}
		protect: true
	Y
	run -7 --separate-stderr reconcile --apply --yes -f state.yaml
	# What was said last, the whole of it in the record, and why it failed once.
	[[ $(grep -c "^builder\.$B | " <<<"$stderr") -le 10 && $stderr == *"✗ builder.$B failed after "* ]] || fail_with "$stderr"
	[[ $output == *"✗ builder.$B not created: "* ]] || fail_with "$output"
	said=$(grep -o 'reconcile --show [0-9a-f]* --log' <<<"$stderr")
	read -r _ mode id log <<<"$said"
	run -0 reconcile "$mode" "$id" "$log"
	[[ $output == *"builder.$B | #1 "*boot* ]] || fail_with "$output"
	[[ ! -e $BUILDX_CONFIG/instances/$B ]]
	run -1 container_id "${B}0"
	on_volume '[ "$(/busybox cat /v/cache)" = "a cache" ]'
}

@test "what worked beside it stays, the selection too: exit 6" {
	state <<-Y
		version: 1
		selected: $B-good
		builders:
		  $B-good: {}
		  $B-bad: {driver-opts: {image: "$broken", restart-policy: "no"}}
	Y
	run -6 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output == *"✗ builder.$B-bad not created"* && $output == *"✓ selected"* ]]
	[[ ! -e $BUILDX_CONFIG/instances/$B-bad ]]
	run -0 docker buildx inspect
	[[ $output == *"$B-good"* ]]
}

@test "a selection of what fails is never made: exit 7, and the former one is there" {
	docker buildx create --name "$B-old" --use
	state_builder <<<"driver-opts: {image: \"$broken\", restart-policy: \"no\"}"
	run -7 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output == *"selected not begun"* ]]
	run -0 docker buildx inspect
	[[ $output == *"$B-old"* ]]
}

# A docker that does what is on stdin after each boot, and ends as the boot did.
after_boot() {
	mkdir -p bin
	{
		printf '#!/bin/sh\n"%s" "$@"\ncode=$?\ncase "$*" in *--bootstrap*)\n' "$(command -v docker)"
		cat
		printf '\n;; esac\nexit $code\n'
	} >bin/docker
	chmod +x bin/docker
}

@test "a failure that touched nothing is nothing to undo: the container stays, drift and all, exit 1" {
	state_builder </dev/null
	apply
	docker update --memory 1g --memory-swap 2g "buildx_buildkit_${B}0"
	local id instance
	id=$(container_id "${B}0") instance=$(<"$BUILDX_CONFIG/instances/$B")
	state_builder <<<'driver-opts: {image: "127.0.0.1:1/not/there:1"}'
	run -1 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output == *"cannot pull the image"*"Nothing was changed."* && $stderr != *Undoing* ]] || fail_with "$output" "$stderr"
	[[ $(container_id "${B}0") == "$id" && $(<"$BUILDX_CONFIG/instances/$B") == "$instance" ]]
	[[ $(docker inspect -f '{{.HostConfig.Memory}}' "buildx_buildkit_${B}0") == 1073741824 ]]
}

@test "limits that were set by hand on a container that had to go come back with it: exit 7" {
	state_builder </dev/null
	apply
	docker update --memory 1g --memory-swap 2g --cpu-shares 512 "buildx_buildkit_${B}0"
	state_builder <<<"driver-opts: {image: \"$broken\", restart-policy: \"no\"}"
	run -7 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output == *"was made anew"*"with the same settings"* ]] || fail_with "$output" "$stderr"
	[[ $(docker inspect -f '{{.State.Status}} {{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.CpuShares}}' "buildx_buildkit_${B}0") == "running 1073741824 2147483648 512" ]]
}

@test "what else was made by hand on it does not come back: the plan says so, and so does the outcome, exit 6" {
	state_builder </dev/null
	apply
	docker rm -f "buildx_buildkit_${B}0"
	docker run -d --privileged --init --restart unless-stopped --name "buildx_buildkit_${B}0" -v "buildx_buildkit_${B}0_state:/var/lib/buildkit" \
		-e BY=HAND "$image_a" --allow-insecure-entitlement=network.host
	state_builder <<<"driver-opts: {image: \"$broken\", restart-policy: \"no\"}"
	run -6 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output == *"container.env.BY"*"changed outside, and cannot be brought back"* ]] || fail_with "$output" "$stderr"
	[[ $output == *"could not be rolled back whole"*"its environment changed"* ]] || fail_with "$output" "$stderr"
	state_builder </dev/null
	settled
}

@test "a new builder whose file somebody damages before it is verified is undone: exit 7, and nothing is left" {
	state_builder </dev/null
	after_boot <<<"printf '{' >'$BUILDX_CONFIG/instances/$B'"
	PATH=$PWD/bin:$PATH run -7 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output == *"rolled back, verified by observing again (as before: "*file*container*volume* ]] || fail_with "$output" "$stderr"
	[[ ! -e $BUILDX_CONFIG/instances/$B && ! -e $BUILDX_CONFIG/activity/$B ]]
	run -1 container_id "${B}0"
	run -1 docker volume inspect "buildx_buildkit_${B}0_state"
}

@test "--on-failure stop and continue leave what failed as it is: exit 6, and a mended state file goes on from there" {
	for on_failure in stop continue; do
		state_builder <<<"driver-opts: {image: \"$broken\", restart-policy: \"no\"}"
		run -6 --separate-stderr reconcile --apply --yes --on-failure "$on_failure" -f state.yaml
		[[ -e $BUILDX_CONFIG/instances/$B && $output == *"To go on: "* ]]
		state_builder </dev/null
		apply
		settled
		state <<<"{version: 1, builders: {$B: {state: absent}}}"
		apply
	done
}

@test "killed while BuildX boots: the next run waits for that BuildX, then converges" {
	mkdir bin
	cat >bin/docker <<-S
		#!/bin/sh
		case "\$*" in *--bootstrap*)
			: >"$PWD/booting"
			until [ -e "$PWD/go-on" ]; do sleep 0.05; done ;;
		esac
		exec "$(command -v docker)" "\$@"
	S
	chmod +x bin/docker
	state_builder </dev/null
	PATH=$PWD/bin:$PATH "$reconcile" --apply --yes -f state.yaml >/dev/null 2>&1 3>&- &
	local killed=$!
	wait_beside "$killed" 300 test -e booting
	signal_ours -KILL "$killed"
	run -4 --separate-stderr reconcile --apply --yes --lock-timeout 0 -f state.yaml
	: >go-on
	run -0 --separate-stderr reconcile --apply --yes --lock-timeout 600 -f state.yaml
	settled
	run -0 reconcile --history
	[[ $output == *interrupted* ]]
}
