#!/usr/bin/env bash
# An audit: ${GITHUB_TOKEN} in an endpoint was sent to any host, and in nine places of messages it was printed
# Right: the value of a credential's variable is in no plan and no message, wherever a state file puts it
# shellcheck disable=SC2154,SC2016
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
export GITHUB_TOKEN=ghp_planted1 AWS_SECRET_ACCESS_KEY=planted2/xyz INNOCENT=sh0wn
points=0
while IFS= read -r builders; do
	printf 'version: 1\n%s\n' "$builders" >state.yaml
	for format in text json markdown github; do
		run --plan -v --no-probe -f state.yaml --format "$format"
		[[ $code == 65 ]] || wrong "$format: exit $code: $builders: $(<out)"
		sed 's/&#95;/_/g' out >plain
		lacks 'planted[12]' plain
		points=$((points + 1))
	done
done <<'T'
builders: {ci: {driver-opts: {image: "evil/${GITHUB_TOKEN}"}}}
builders: {ci: {driver-opts: {network: "${AWS_SECRET_ACCESS_KEY}"}}}
builders: {ci: {driver-opts: {memory: "${AWS_SECRET_ACCESS_KEY}"}}}
builders: {ci: {endpoint: "tcp://127.0.0.1:9/${GITHUB_TOKEN}"}}
builders: {"${GITHUB_TOKEN}": {}, ci: {driver: "${GITHUB_TOKEN}"}}
selected: "${GITHUB_TOKEN}"
builders: {ci: {fallback: "${X:?${AWS_SECRET_ACCESS_KEY}}"}}
builders: {ci: {buildkitd-config: "/nowhere/${GITHUB_TOKEN}"}}
T
state <<<'{version: 1, builders: {ci: {driver-opts: {image: "${INNOCENT}/buildkit"}}}}'
run --plan -v --no-probe -f state.yaml
has sh0wn out # another variable is given
echo "$points points"
