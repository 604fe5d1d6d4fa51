#!/usr/bin/env bats
# Only what is proved leads to an act. A daemon that is slow, silent or lying, on each way to it, is `?`: a plan says so, an
# apply that had something to do there ends in 8, and the container, its volume and its bytes are what they were.
load lib
setup() { common_setup; }
teardown() { common_teardown; }

# What must stay: the container and since when it runs, its volume, and every byte of cache in that. (Its databases the
# daemon writes now and then by itself.)
standing() {
	docker inspect -f '{{.Id}} {{.State.StartedAt}} {{.RestartCount}}' "buildx_buildkit_${B}0"
	docker volume inspect -f '{{.Name}} {{.CreatedAt}}' "buildx_buildkit_${B}0_state"
	local looks="buildx_buildkit_$B-looks"
	docker run --name "$looks" -v "buildx_buildkit_${B}0_state:/v:ro" --entrypoint /bin/busybox "$image_a" sh -c \
		'cd /v && find . -type f -not -name "*.lock" -not -name "*.db" | sort | xargs /bin/busybox sha256sum >/sums'
	inside "$looks" /sums
	docker rm -fv "$looks" >/dev/null
	docker volume ls -q | grep "buildx_buildkit_$B"
}

# Nothing to do there: nothing is done. Something to do: nothing is done either, and that is exit 8.
proves_nothing() { # SECONDS words
	local before after timeout=$1
	shift
	before=$(standing)
	run -0 --separate-stderr reconcile --plan --timeout "$timeout" -f state.yaml
	[[ $output == *"? node ${B}0"*"$1"* && $output == *"No changes."* ]] || fail_with "$output" "$stderr"
	[[ $output != *unhealthy* ]]
	run -0 --separate-stderr reconcile --apply --yes --timeout "$timeout" -f state.yaml
	cp state.yaml idle.yaml
	sed -i 's/memory: 1g/memory: 2g/' state.yaml
	run -8 --separate-stderr reconcile --apply --yes --timeout "$timeout" -f state.yaml
	[[ $stderr == *"node ${B}0 does not say how it is, so nothing is done to it"*"$1"* ]] || fail_with "$output" "$stderr"
	[[ $stderr == *"Nothing was changed."* ]]
	cp idle.yaml state.yaml
	after=$(standing)
	unchanged "$before" "$after"
}

at() { # ENDPOINT: the builder lives there, and has something in its cache
	state_builder <<-Y
		endpoint: "$1"
		driver-opts: {memory: 1g}
	Y
}

ways_of_exec() { # --timeout, what the daemon takes, and what else is held against what stands
	run -0 build "$B"
	echo "slow $2" >mode
	run -0 --separate-stderr reconcile --check --timeout 300 -f state.yaml
	proves_nothing "$1" "slow or silent: timed out after $1 s"
	[[ $stderr == *"--timeout 30"* ]]
	echo silent >mode
	proves_nothing "$1" "slow or silent: timed out after $1 s"
	echo lying >mode
	proves_nothing "$1" ""
	"${3:-true}"
	echo plain >mode
	settled
	run -0 build "$B"
	[[ $output == *CACHED* ]]
}

@test "exec through TCP: slow, silent, lying" {
	local port
	port=$(free_port)
	way "127.0.0.1:$port"
	at "tcp://127.0.0.1:$port"
	echo "slow 3" >mode
	apply --timeout 1 # it takes as long as a boot may
	ways_of_exec 1 3
}

# --timeout 1, in which ssh has to connect as well: whichever is told to be late, nothing is done.
late_by_ssh() {
	local before after
	before=$(standing)
	echo "slow 3" >mode
	run --separate-stderr reconcile --plan --timeout 1 -f state.yaml
	[[ $output == *"? node ${B}0"* || $output == *"? engine ssh:"* ]] || fail_with "$output" "$stderr"
	[[ $output != *unhealthy* ]]
	sed 's/memory: 1g/memory: 2g/' state.yaml >more.yaml
	run -8 --separate-stderr reconcile --apply --yes --timeout 1 -f more.yaml
	[[ $stderr == *"Nothing was changed."* ]] || fail_with "$output" "$stderr"
	after=$(standing)
	unchanged "$before" "$after"
}

@test "exec through ssh: slow, silent, lying" {
	way "$BATS_TEST_TMPDIR/w"
	ssh_server "DOCKER_HOST=unix://$BATS_TEST_TMPDIR/w DOCKER_CONFIG=$DOCKER_CONFIG PATH=$PATH"
	at "ssh://$(id -un)@127.0.0.1:$ssh_port"
	apply # BuildX itself gives a boot 20 s to answer all it asks
	ways_of_exec 4 6 late_by_ssh # a connection of ssh takes its time too
}

@test "the daemon's own socket: one that stands still, and one that goes on after a while" {
	at "$DOCKER_HOST"
	apply
	run -0 build "$B"
	daemon_signal STOP
	still() {
		run --separate-stderr reconcile --plan --timeout 1 -f state.yaml
		[[ $output == *"? node ${B}0"* ]]
	}
	wait_until 300 still # for its first seconds it may be on its way up
	proves_nothing 1 "slow or silent: timed out after 1 s"
	daemon_signal CONT
	settled
	daemon_signal STOP
	run -0 --separate-stderr reconcile --plan --timeout 1 -f state.yaml
	[[ $output == *"? node ${B}0"* ]]
	(sleep 3 && daemon_signal CONT) 3>&- &
	run -0 --separate-stderr reconcile --check --timeout 300 -f state.yaml
	[[ $output == *"No changes."* && $output != *"? node"* ]]
}

@test "the Engine's own BuildKit, through /grpc: slow, silent, lying" {
	local port mode state timeout
	port=$(free_port)
	way "127.0.0.1:$port"
	docker context create "$B" --docker "host=tcp://127.0.0.1:$port" >/dev/null
	printf 'version: 1\nbuilders:\n  %s: {driver: docker}\n' "$B" >state.yaml
	for mode in plain "slow 3" silent lying; do
		echo "$mode" >mode
		timeout=1
		[[ $mode != plain ]] || timeout=300
		run -0 --separate-stderr reconcile --snapshot --timeout "$timeout" -f state.yaml
		state=$(jq -r --arg name "$B" '.builders[] | select(.name == $name) | .nodes[0].state' <<<"$output")
		[[ $state == "$([[ $mode == plain ]] && echo running || echo unknown)" ]] || fail_with "$mode: $state"
		run -0 --separate-stderr reconcile --apply --yes --timeout 1 -f state.yaml
	done
}

@test "the Engine's own BuildKit is reached by POST /grpc where what is in between speaks no HTTP/2" {
	local port
	port=$(free_port)
	way "127.0.0.1:$port"
	docker context create "$B" --docker "host=tcp://127.0.0.1:$port" >/dev/null
	printf 'version: 1\nbuilders:\n  %s: {driver: docker}\n' "$B" >state.yaml
	echo "announcing 1.99" >mode
	run -0 --separate-stderr reconcile --snapshot --timeout 300 -f state.yaml
	[[ $(jq -r --arg name "$B" '.builders[] | select(.name == $name) | .nodes[0].state' <<<"$output") == running ]] ||
		fail_with "$output"
}

@test "the Engine is asked in no way that its API calls deprecated" {
	local log=$RECONCILE_ENGINE_DIR/dockerd.log before api upgraded sizes
	case ${RECONCILE_ENGINE_KIND:-} in
	docker-* | installed) ;;
	*) skip "no log of a dockerd here" ;;
	esac
	state <<-Y
		version: 1
		builders:
		  default: {driver: docker}
		  $B: {driver: docker-container}
	Y
	apply
	echo '{"debug": true}' >"$RECONCILE_ENGINE_DIR/daemon.json"
	grep -qF "$RECONCILE_ENGINE_DIR/" "/proc/$RECONCILE_ENGINE_PID/cmdline"
	kill -HUP "$RECONCILE_ENGINE_PID" # kill: the Engine, as was just seen
	spoken() { docker version >/dev/null && grep -q 'level=debug.*/version' "$log"; }
	wait_until 300 spoken
	before=$(wc -l <"$log")
	run -0 --separate-stderr reconcile --status --timeout 300 -f state.yaml
	[[ $output =~ "└ default ".*" running"[[:space:]] ]] || fail_with "$output"
	run -0 --separate-stderr reconcile --doctor --timeout 300 -f state.yaml
	api=$(docker version -f '{{.Server.APIVersion}}')
	tail -n +$((before + 1)) "$log" >asked
	upgraded=$(grep -c 'level=debug.*[ =]/grpc' asked) || true
	sizes=$(grep -c '/system/df?type=volume&verbose=1' asked) || true
	# By its real log, so that what is counted is seen where there has to be some.
	((${api#1.} >= 53 ? upgraded == 0 : upgraded > 0)) || fail_with "API $api: $upgraded POST /grpc" "$(<asked)"
	((${api#1.} >= 52 ? sizes > 0 : sizes == 0)) || fail_with "API $api: $sizes with verbose" "$(<asked)"
	grep -q '/system/df?type=volume' asked
}

@test "a paused node that answers late is unpaused, and nothing more" {
	local port before
	port=$(free_port)
	way "127.0.0.1:$port"
	at "tcp://127.0.0.1:$port"
	apply
	run -0 build "$B"
	before=$(docker inspect -f '{{.Id}} {{.State.StartedAt}}' "buildx_buildkit_${B}0")
	docker pause "buildx_buildkit_${B}0"
	echo "slow 3" >mode
	apply --timeout 1
	[[ $output == *"unpause ${B}0: it answers and builds"* ]] || fail_with "$output" "$stderr"
	[[ $(docker inspect -f '{{.Id}} {{.State.StartedAt}}' "buildx_buildkit_${B}0") == "$before" ]]
	# Nor is one restarted that answers, and counts its cache for longer than a plan waits.
	docker pause "buildx_buildkit_${B}0"
	echo "counting 5" >mode
	mkdir bin # BuildX is not who asks for that
	printf '#!/bin/sh\necho plain >%s\n%s "$@"\ncode=$?\necho "counting 5" >%s\nexit $code\n' "$PWD/mode" "$(command -v docker)" "$PWD/mode" >bin/docker
	chmod +x bin/docker
	PATH=$PWD/bin:$PATH apply
	[[ $output == *"unpause ${B}0: it answers and builds"* ]] || fail_with "$output" "$stderr"
	[[ $(docker inspect -f '{{.Id}} {{.State.StartedAt}}' "buildx_buildkit_${B}0") == "$before" ]]
	run -0 --separate-stderr reconcile --check --timeout 300 -f state.yaml
	[[ $output == *"No changes."* && $output != *unhealthy* && $output != *"? node"* ]] || fail_with "$output"
	run -0 --separate-stderr reconcile --status --timeout 300 -f state.yaml --format json
	[[ $(jq -c ".builders[] | select(.name == \"$B\") | .nodes[0] | [.state, .cache.used]" <<<"$output") == '["running",null]' ]] || fail_with "$output"
	# One that stays silent is not restarted: nothing proves that it is sick.
	docker pause "buildx_buildkit_${B}0"
	echo silent >mode
	run --separate-stderr reconcile --apply --yes --timeout 1 --boot-timeout 6 -f state.yaml
	[[ $status -ne 0 && $output$stderr == *"a silence proves nothing"* ]] || fail_with "$status" "$output" "$stderr"
	[[ $output$stderr != *"restart "* ]]
	[[ $(docker inspect -f '{{.Id}} {{.State.StartedAt}}' "buildx_buildkit_${B}0") == "$before" ]]
	echo plain >mode
	settled
}

# A second daemon on the node's volume holds its lock; the node's own ends right after each start, or is gone.
held_by() { # container
	local bytes
	bytes=$(standing_volume)
	run -0 --separate-stderr reconcile --plan -f state.yaml
	[[ $output == *"buildx_buildkit_${B}0_state is in use by container $1"* ]] || fail_with "$output" "$stderr"
	local _
	for _ in 1 2; do # the second time nothing is given up either
		run -5 --separate-stderr reconcile --apply --yes -f state.yaml
		[[ $stderr == *"in use by container $1"*"Nothing was changed."* ]] || fail_with "$output" "$stderr"
	done
	[[ $(standing_volume) == "$bytes" ]]
	[[ $(docker inspect -f '{{.State.Status}}' "$1") == running ]]
}
standing_volume() { docker volume ls -q | grep "buildx_buildkit_$B"; docker volume inspect -f '{{.CreatedAt}}' "buildx_buildkit_${B}0_state"; }

@test "a container that was renamed holds its volume: named, refused, and nothing is given up" {
	at "$DOCKER_HOST"
	apply
	run -0 build "$B"
	docker rename "buildx_buildkit_${B}0" "$B-kept"
	held_by "$B-kept"
	# Nor is it taken over by a builder that is new to this store.
	mv "$BUILDX_CONFIG/instances/$B" kept.json
	run -8 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $stderr == *"is in use by container $B-kept"* ]] || fail_with "$output" "$stderr"
	mv kept.json "$BUILDX_CONFIG/instances/$B"
	docker rename "$B-kept" "buildx_buildkit_${B}0"
	settled
	run -0 build "$B"
	[[ $output == *CACHED* ]]
}

@test "a second container on the volume, the node's own ends right after each start: named, refused" {
	at "$DOCKER_HOST"
	apply
	docker stop -t 5 "buildx_buildkit_${B}0"
	docker run -d --privileged --name "buildx_buildkit_$B-second" -v "buildx_buildkit_${B}0_state:/var/lib/buildkit" "$image_a"
	docker start "buildx_buildkit_${B}0"
	ends() { [[ $(docker inspect -f '{{.RestartCount}}' "buildx_buildkit_${B}0") -gt 0 && $(docker inspect -f '{{.State.Status}}' "buildx_buildkit_${B}0") == restarting ]]; }
	wait_until 300 ends
	held_by "buildx_buildkit_$B-second"
	docker rm -f "buildx_buildkit_$B-second"
	apply
	settled
}
