#!/usr/bin/env bash
# actions/runner src/Runner.Common/ActionCommand.cs (TryParse): "##[command]" is a command for GitHub's runner anywhere in a line
# Right: nothing foreign prints one in a job of Actions, neither a value nor a message about one
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
export GITHUB_ACTIONS=true
foreign() { grep -v '^::' out >foreign || true; }
state <<<'{version: 1, builders: {r: {driver: remote, bootstrap: false, endpoint: "tcp://127.0.0.1:9", driver-opts: {cacert: "/##[set-output name=ok]true", servername: "##[stop-commands]x"}}}}'
for format in text markdown github; do
	run --plan -v --no-probe -f state.yaml --format "$format"
	[[ $code == 0 ]] || wrong "$format: exit $code: $(<out)"
	foreign
	lacks '##\[' foreign
	[[ $format == github ]] || has 'stop-commands' foreign # it is told, broken up
done
printf 'version: 1\n"##[add-mask]No changes": 1\n' >state.yaml
run --validate -f state.yaml
[[ $code == 65 ]] || wrong "exit $code: $(<out)"
foreign
lacks '##\[' foreign
