#!/usr/bin/env bash
# docker/buildx#1193, two runner agents on one machine: another store on the same Engine has a builder of that name
# Right: it is a replacement, refused while it runs, and its container stays; --adopt takes it over; other names live side by side
# shellcheck disable=SC2154,SC2030,SC2031  # one life is in a subshell, with the other store
. "$(dirname "$0")/lib.sh" "$@"
need_engine
printf 'version: 1\nbuilders:\n  %s: {}\n' "$B" >state.yaml
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "first store: exit $code: $(<out)"
id=$(docker inspect -f '{{.Id}}' "buildx_buildkit_${B}0")
docker volume inspect -f '{{json .Labels}}' "buildx_buildkit_${B}0_state" >labels
has 'reconcile.store' labels
# Another user's home, on the same Engine.
cp -r "$HOME" "$work/other"
rm -rf "$work/other/.docker/buildx"
first_store=$BUILDX_CONFIG
export HOME=$work/other DOCKER_CONFIG=$work/other/.docker BUILDX_CONFIG=$work/other/.docker/buildx RECONCILE_HISTORY=$work/other.git
run --plan -f state.yaml
has '-/\+ builder' out
has 'in use' out
run --apply --yes -f state.yaml
[[ $code == 5 ]] || wrong "exit $code, and not 5: $(<out)"
has "--adopt $B" out
[[ $(docker inspect -f '{{.Id}}' "buildx_buildkit_${B}0") == "$id" ]] || wrong "the other store's container was made anew"
printf 'version: 1\nbuilders:\n  %so: {}\n' "$B" >other.yaml
run --apply --yes -f other.yaml
[[ $code == 0 ]] || wrong "another name: exit $code: $(<out)"
run --check -f other.yaml
[[ $code == 0 ]] || wrong "another name: check: exit $code: $(<out)"
# A whole life of each beside the other: whatever the one does, the other's container and volume are the same.
of_node() { docker inspect -f '{{.Id}} {{.State.StartedAt}}' "buildx_buildkit_$1" && docker volume inspect -f '{{.Name}} {{.CreatedAt}}' "buildx_buildkit_${1}_state"; }
beside() { # NODE WORDS…: of the other store, which stays
	local node=$1 before
	shift
	before=$(of_node "$node")
	run "$@"
	[[ $code == 0 ]] || wrong "$*: exit $code: $(<out)"
	[[ $(of_node "$node") == "$before" ]] || wrong "$*: node $node of the other store is another: $before, then $(of_node "$node")"
}
printf 'version: 1\nbuilders:\n  %so: {driver-opts: {memory: 256m}}\n' "$B" >other.yaml
beside "${B}0" --apply --yes -f other.yaml
beside "${B}0" --rollback --yes
printf 'version: 1\nbuilders:\n  %so: {}\n' "$B" >other.yaml
beside "${B}0" --reset "${B}o" --yes
beside "${B}0" --gc --yes
printf 'version: 1\nunmanaged: remove\nbuilders: {}\n' >none.yaml
beside "${B}0" --apply --yes -f none.yaml
beside "${B}0" --rollback --yes
(
	export BUILDX_CONFIG=$first_store RECONCILE_HISTORY=$work/history.git HOME=$work/home DOCKER_CONFIG=$work/home/.docker
	of_other=$(docker ps --format '{{.Names}}' | grep "^buildx_buildkit_${B}o" | head -n 1)
	beside "${of_other#buildx_buildkit_}" --reset "$B" --yes
	beside "${of_other#buildx_buildkit_}" --rollback --yes
	beside "${of_other#buildx_buildkit_}" --check -f state.yaml
) || exit 1
run --apply --yes -f state.yaml --adopt "$B"
[[ $code == 0 ]] || wrong "--adopt: exit $code: $(<out)"
[[ -f $first_store/instances/$B ]] || wrong "the first store lost its file"
# In the first store the instance file is lost: what bears its mark is its own.
export BUILDX_CONFIG=$first_store RECONCILE_HISTORY=$work/history.git HOME=$work/home DOCKER_CONFIG=$work/home/.docker
rm "$first_store/instances/$B"
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "file lost: exit $code: $(<out)"
