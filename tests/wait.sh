# shellcheck shell=bash
# For the scripts and the tests that wait for something to become true. Sourced.

# wait_until SECONDS COMMAND…: polls; fails when SECONDS have passed.
wait_until() {
	local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	shift
	until "$@"; do
		((${EPOCHREALTIME/[.,]/} < end)) || return 1
		sleep 0.02
	done
}
