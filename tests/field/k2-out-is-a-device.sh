#!/usr/bin/env bash
# An audit: `--plan -o /dev/null` as root put a file in the device's place, and `-o plan.json` went through a link of the pull request's
# Right: -o writes a regular file, or refuses and leaves what is there; no file is made where a link leads
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
state <<<'{version: 1, builders: {r: {driver: remote, bootstrap: false, endpoint: "tcp://127.0.0.1:9"}}}'
refused() {
	run --plan --no-probe -q -f state.yaml -o "$1"
	[[ $code == 64 ]] || wrong "$1: exit $code: $(<out)"
	has 'hint:' out
}
mkfifo pipe
refused pipe
[[ -p pipe ]] || wrong "the pipe was replaced by a file"
ln -s elsewhere.json plan.json
refused plan.json
[[ -L plan.json && ! -e elsewhere.json ]] || wrong "it went through the link, or replaced it"
if [[ $(id -u) == 0 ]] && mknod -m 666 null c 1 3 2>/dev/null; then # never the machine's own
	refused null
	[[ -c null ]] || wrong "the device was replaced by a file"
fi
rm plan.json
run --plan --no-probe -q -f state.yaml -o plan.json
[[ $code == 0 && -s plan.json ]] || wrong "a regular file: exit $code: $(<out)"
