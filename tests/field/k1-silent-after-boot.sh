#!/usr/bin/env bash
# A daemon that gives no answer while the apply verifies it: the apply failed and took everything back
# Right: a silence is no proof: nothing is undone, it is said that it is not verified, exit 8
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
state <<<"{version: 1, builders: {$B: {}}}"
# The daemon, below the container's init, is stopped as soon as it is booted: nothing answers, and the container is well.
mkdir bin
docker=$(command -v docker)
cat >bin/docker <<END
#!/bin/sh
$docker "\$@" || exit
case "\$*" in *--bootstrap*) ;; *) exit 0 ;; esac
daemon=\$(ps -o pid= --ppid "\$($docker inspect -f '{{.State.Pid}}' buildx_buildkit_${B}0)" | tr -d ' ')
kill -STOP "\$daemon" # kill: found just now
# On a busy machine its threads run on for a while.
while grep -h '^State:' /proc/"\$daemon"/task/*/status | grep -qv 'T (stopped)'; do sleep 0.05; done
END
chmod +x bin/docker
PATH=$PWD/bin:$PATH run --apply --yes --timeout 5 --boot-timeout 20 -f state.yaml # in which a busy machine boots it
cp out first
id=$(docker inspect -f '{{.Id}}' "buildx_buildkit_${B}0")
# shellcheck disable=SC2046
kill -CONT $(ps -o pid= --ppid "$(docker inspect -f '{{.State.Pid}}' "buildx_buildkit_${B}0")")
[[ $code == 8 ]] || wrong "exit $code: $(<first)"
has "builder\.$B created, not verified" first
has 'Nothing was undone' first
[[ -e $BUILDX_CONFIG/instances/$B ]] || wrong "the builder was taken back"
run --history
has ' unverified ' out
run --check --timeout 60 -f state.yaml
[[ $code == 0 ]] || wrong "check: exit $code: $(<out)"
[[ $(docker inspect -f '{{.Id}}' "buildx_buildkit_${B}0") == "$id" ]] || wrong "its container is another"
