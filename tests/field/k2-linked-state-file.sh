#!/usr/bin/env bash
# An audit: a state file that is a link to /etc/shadow or ~/.docker/config.json printed lines of it in the excerpts of errors
# Right: a link out of the repository is refused without a word of what it leads to; one that stays in it is read
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
mkdir -p outside repo/.git repo/states
printf '{"auths":{"registry.example":{"auth":"planted-1"}}}' >outside/config.json
# shellcheck disable=SC2016
printf 'root:$6$planted-2:20000:0:99999:7:::\nme:planted-3:1::::::\n' >outside/shadow
printf 'https://user:planted-4@github.example\n' >outside/git-credentials
for secret in config.json shadow git-credentials; do
	ln -sf "../../outside/$secret" repo/states/a.yaml
	for file in repo/states repo/states/a.yaml; do
		for format in text github json; do
			run --plan --no-probe -f "$file" --format "$format"
			[[ $code == 65 ]] || wrong "$secret, $format: exit $code: $(<out)"
			lacks planted out
		done
	done
done
state <<<'{version: 1, builders: {r: {driver: remote, bootstrap: false, endpoint: "tcp://127.0.0.1:9"}}}'
mv state.yaml repo/real.yaml
ln -sf ../real.yaml repo/states/a.yaml
run --validate -f repo/states/a.yaml
[[ $code == 0 ]] || wrong "a link within the repository: exit $code: $(<out)"
