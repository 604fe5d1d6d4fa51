# shellcheck shell=bash
# For the scripts and the tests that wait for something to become true, or listen somewhere. Sourced.

# wait_until SECONDS COMMAND…: polls; fails when SECONDS have passed.
wait_until() {
	local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	shift
	until "$@"; do
		((${EPOCHREALTIME/[.,]/} < end)) || return 1
		sleep 0.02
	done
}

# Below the ports that connections are given by themselves, which may take one between its choice and its use.
free_port() { python3 -c 'import random, socket
while True:
    port = random.randrange(10000, 32000)
    try:
        socket.socket().bind(("127.0.0.1", port)); print(port); break
    except OSError: pass'; }
