#!/usr/bin/env bash
# docker/buildx#1193, two runner agents on one machine: another store on the same Engine has a builder of that name
# Right: it is a replacement, refused while it runs, and its container stays; --adopt takes it over; other names live side by side
# shellcheck disable=SC2154
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
run --apply --yes -f state.yaml --adopt "$B"
[[ $code == 0 ]] || wrong "--adopt: exit $code: $(<out)"
[[ -f $first_store/instances/$B ]] || wrong "the first store lost its file"
# In the first store the instance file is lost: what bears its mark is its own.
export BUILDX_CONFIG=$first_store RECONCILE_HISTORY=$work/history.git HOME=$work/home DOCKER_CONFIG=$work/home/.docker
rm "$first_store/instances/$B"
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "file lost: exit $code: $(<out)"
