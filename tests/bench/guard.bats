#!/usr/bin/env bats
# What a run costs, held: instructions and memory as the processor and the kernel count them, system calls, requests and
# turns as they are made. Numbers are this program's with one running builder and its history, and a seventh more; where
# one is passed on purpose, say what for and raise it here. `make bench` measures times.

setup_file() {
	bats_require_minimum_version 1.5.0
	# An Engine of its own: what others leave in one is asked about, too.
	local lines
	unset RECONCILE_ENGINE_DIR
	lines=$("$BATS_TEST_DIRNAME/../engine/up" --owner $$) || { [[ $? -eq 77 ]] && skip "no engine can be had here"; }
	eval "$lines"
}
teardown_file() { [[ -z ${RECONCILE_ENGINE_DIR:-} ]] || "$BATS_TEST_DIRNAME/../engine/down" "$RECONCILE_ENGINE_DIR"; }

setup() {
	load ../e2e/lib
	common_setup
	printf 'version: 1\nselected: %s\nbuilders:\n  %s: {}\n' "$B" "$B" >reconcile.yaml
	"$reconcile" --apply --yes -q
}
teardown() { common_teardown; }

# Of which loading libraries is the most, and not ours: that is what --version costs.
instructions() { # options…
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$reconcile" "$@" 2>&1 >/dev/null | sed -n 's/.*Collected *: *//p'
}
own() { echo "$(($(instructions "$@") - $(instructions --version)))"; }
at_most() { # number, bound, of what
	echo "$3: $1, at most $2"
	[[ $1 -le $2 ]]
}
calls() { strace -f -qq -e signal=none "$@" 2>&1 >/dev/null; }

@test "instructions: the start, a plan, and an apply that has nothing to do" {
	at_most "$(instructions --version)" 5000000 "--version, libraries included"
	at_most "$(own --plan --no-probe)" 2060000 "--plan --no-probe, libraries aside"
	at_most "$(own --plan)" 2500000 "--plan, libraries aside"
	at_most "$(own --apply --yes)" 2870000 "--apply, libraries aside"
}

@test "libraries: none of libcurl's and libgit2's is loaded for what is here" {
	local options
	for options in --version --validate "--plan --no-probe" --plan --check --snapshot --import "--apply --yes"; do
		# shellcheck disable=SC2086
		calls -e trace=openat "$reconcile" $options | grep '\.so' >opened
		cat opened
		grep -q libcrypto opened
		run ! grep -E 'libcurl|libgit2' opened
	done
}

@test "system calls: a plan, and an apply that has nothing to do" {
	at_most "$(calls "$reconcile" --plan | wc -l)" 690 "--plan, libraries included"
	at_most "$(calls "$reconcile" --apply --yes | wc -l)" 990 "--apply, libraries included"
}

# Containers and volumes, then the container and its image, then the daemon's three calls: what can be asked at once is,
# so that there are as many turns as answers come apart.
@test "requests: a plan asks the Engine four times, and the daemon over one connection" {
	calls -e trace=connect,sendto,recvfrom "$reconcile" --plan >wire
	cat wire
	[[ $(grep -c 'sendto([0-9]*, "GET ' wire) -eq 4 ]]
	[[ $(grep -c 'sendto([0-9]*, "P[OU]' wire) -eq 0 ]]
	[[ $(grep -c 'sendto([0-9]*, "PRI ' wire) -eq 1 ]]
	at_most "$(grep -c '^connect.*= 0' wire)" 4 "connections"
	local turns
	turns=$(awk '/^sendto/ { asked = 1 } /^recvfrom.*= [1-9]/ { turns += asked; asked = 0 } END { print turns }' wire)
	at_most "$turns" 8 "turns"
}

# Each connects and asks all it has to ask at once, whatever the others do: a relay counts by what was heard before.
@test "round trips: two to daemons that are far, without libcurl, and no more for ten" {
	local pid far=far.yaml ports port tries count
	pid=$(docker inspect -f '{{.State.Pid}}' "buildx_buildkit_${B}0")
	[[ -S /proc/$pid/root/run/buildkit/buildkitd.sock ]] || skip "the daemon's socket cannot be seen from here"
	for count in 1 10; do
		coproc RELAY { exec python3 "$BATS_TEST_DIRNAME/relay.py" "/proc/$pid/root/run/buildkit/buildkitd.sock" 20 "$count" 0 \
			"$PWD/trips" 2>/dev/null 3>&-; }
		helpers+=("$RELAY_PID")
		read -r -a ports <&"${RELAY[0]}"
		export BUILDX_CONFIG=$PWD/far-$count RECONCILE_HISTORY=$PWD/far-$count.git
		mkdir "$BUILDX_CONFIG"
		printf 'version: 1\nbuilders:\n' >"$far"
		for port in "${ports[@]}"; do
			printf '  far%d: {driver: remote, bootstrap: false, endpoint: "tcp://127.0.0.1:%d"}\n' "$port" "$port" >>"$far"
		done
		"$reconcile" --apply --yes -q --no-probe -f "$far"
		: >trips
		calls -e trace=openat "$reconcile" --plan -f "$far" | tee opened | grep '\.so' >/dev/null
		run ! grep -E 'libcurl|libgit2' opened
		for ((tries = 0; tries < 600 && $(wc -l <trips) < count; tries++)); do sleep 0.1; done
		cat trips
		[[ $(wc -l <trips) -eq $count ]]
		at_most "$(awk '{ if ($2 > most) most = $2 } END { print most }' trips)" 2 "round trips to the farthest of $count"
		end_ours "$RELAY_PID"
	done
}

# The store says which containers to ask for, so that they are asked for together with the lists.
@test "round trips: two to an Engine that is far, whose node is in the store" {
	local ports tries
	coproc RELAY { exec python3 "$BATS_TEST_DIRNAME/relay.py" "${DOCKER_HOST#unix://}" 20 1 0 "$PWD/trips" 2>/dev/null 3>&-; }
	helpers+=("$RELAY_PID")
	read -r -a ports <&"${RELAY[0]}"
	: >trips
	mkdir -p far/instances
	sed -E "s|\"Endpoint\":\"[^\"]*|\"Endpoint\":\"tcp://127.0.0.1:${ports[0]}|" "$BUILDX_CONFIG/instances/$B" >"far/instances/$B"
	printf 'version: 1\nbuilders:\n  %s: {}\n' "$B" >far.yaml
	BUILDX_CONFIG=$PWD/far RECONCILE_HISTORY=$PWD/far.git "$reconcile" --plan --no-probe -f far.yaml | tee plan
	grep -q 'No changes' plan
	for ((tries = 0; tries < 600 && $(wc -l <trips) < 1; tries++)); do sleep 0.1; done
	cat trips
	at_most "$(awk '{ if ($2 > most) most = $2 } END { print most }' trips)" 2 "round trips"
}

@test "memory: a plan of one running builder stays under 8 MB" {
	local peak
	# A process begins with the peak of the one that starts it: a small one, here.
	peak=$(command time -f %M "$reconcile" --plan 2>&1 >/dev/null | tail -n 1)
	at_most "$peak" 8192 "KiB at the peak"
}
