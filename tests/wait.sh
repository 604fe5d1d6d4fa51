# shellcheck shell=bash
# For the scripts and the tests that wait for something to become true, listen somewhere, or end what they started. Sourced.

# wait_until SECONDS COMMAND…: polls; fails when SECONDS have passed.
wait_until() {
	local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	shift
	until "$@"; do
		((${EPOCHREALTIME/[.,]/} < end)) || return 1
		sleep 0.02
	done
}
# wait_beside PID SECONDS COMMAND…: as wait_until; what PID, one of ours, was to bring about does not come once that has ended.
wait_beside() {
	local beside=$1 so='' seconds=$2
	shift 2
	so_or_alone() { if "$@"; then so=yes; else ! is_ours "$beside"; fi; }
	wait_until "$seconds" so_or_alone "$@" || true
	[[ -n $so ]] || "$@"
}

# Below the ports that connections are given by themselves, which may take one between its choice and its use.
free_port() { python3 -c 'import random, socket
while True:
    port = random.randrange(10000, 32000)
    try:
        socket.socket().bind(("127.0.0.1", port)); print(port); break
    except OSError: pass'; }

# is_ours PID: it lives, and is below this script ($$). What has ended and was waited for has no pid any more: that may by
# now be another's, or a thread's of somebody's dockerd, all of which such a signal would end; and the shell's kill does not
# look. So tests signal by the two below, and else only what they see to be what they mean (tests/e2e/harness.bats).
is_ours() {
	local pid=$1 status lines=$'\nState:.([^ZX]).*\nTgid:.([0-9]+).*\nPPid:.([0-9]+)'
	while [[ $pid != "$$" ]]; do
		status=''
		# At once: from line to line it may have changed.
		read -r -d '' status 2>/dev/null <"/proc/$pid/status" || true
		[[ $status =~ $lines && ${BASH_REMATCH[2]} == "$pid" ]] || return 1
		pid=${BASH_REMATCH[3]}
	done
}
# signal_ours -SIGNAL PID…: false where one of them is not there any more.
signal_ours() {
	local signal=$1 pid code=0
	shift
	for pid; do
		{ is_ours "$pid" && kill "$signal" "$pid"; } || code=1 # kill: ours, as was just seen
	done
	return "$code"
}
# end_ours [-SIGNAL] PID…: ends those that are still there, and waits for them.
end_ours() {
	local signal=-TERM pid
	[[ ${1:-} != -* ]] || { signal=$1; shift; }
	signal_ours "$signal" "$@" || true
	for pid; do wait "$pid" || true; done 2>/dev/null
}
