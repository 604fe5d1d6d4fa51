#!/usr/bin/env bash
# docker/buildx create --append --buildkitd-config: every node of a builder has a configuration of its own
# Right: it can be said, is imported so, and a change of one node's leaves the others alone, forth and back
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
docker context create "$B-ctx" --docker "host=$DOCKER_HOST" >/dev/null 2>&1 || exit 2
mirror() { printf '[registry."docker.io"]\n  mirrors = ["%s"]\n' "$1"; }
id() { docker inspect -f '{{.Id}}' "buildx_buildkit_$B$1"; }
inside() { docker cp "buildx_buildkit_$B$1:/etc/buildkit/buildkitd.toml" - | tar -xO; } # no stream of a process: Docker may lose those
mirror one.example.com >one.toml
mirror two.example.com >two.toml
docker buildx create --name "$B" --node "${B}a" --driver docker-container --buildkitd-config one.toml --bootstrap >/dev/null 2>&1 || exit 2
docker buildx create --name "$B" --append --node "${B}b" --buildkitd-config two.toml --bootstrap "$B-ctx" >/dev/null 2>&1 || exit 2

run --import -o states.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
has 'one.example.com' states.yaml
has 'two.example.com' states.yaml
lacks 'different|first' out
run --check -f states.yaml
[[ $code == 0 ]] || wrong "what was imported differs, exit $code: $(<out)"

a=$(id a)
sed 's/two\.example/three.example/' states.yaml >state.yaml
run --plan -f state.yaml
has "nodes.${B}b.buildkitd.toml.*two.*three" out
lacks "nodes.${B}a" out
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
[[ $(id a) == "$a" ]] || wrong "the other node was made anew"
[[ $(inside b) == *three.example.com* && $(inside a) == *one.example.com* ]] || wrong "$(inside a; inside b)"
run --check -f state.yaml
[[ $code == 0 ]] || wrong "exit $code after the apply: $(<out)"

run --rollback --yes
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
[[ $(id a) == "$a" && $(inside b) == *two.example.com* ]] || wrong "$(inside b)"

printf 'version: 1\nbuilders:\n  %s:\n    buildkitd-config: one.toml\n    nodes:\n      %sa: {}\n      %sb: {endpoint: %s-ctx, buildkitd-config: three.toml}\n' "$B" "$B" "$B" "$B" >state.yaml
mirror four.example.com >three.toml
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
[[ $(id a) == "$a" && $(inside b) == *four.example.com* ]] || wrong "$(inside b)"
mirror five.example.com >five.toml
docker buildx create --name "$B" --append --node "${B}b" --buildkitd-config five.toml "$B-ctx" >/dev/null 2>&1
run --check -f state.yaml
[[ $code == 2 ]] || wrong "exit $code: what BuildX changed behind our back is not seen: $(<out)"
has 'five.example.com.*four.example.com' out
