#!/usr/bin/env bash
# kubernetes/minikube#16393, docker/for-linux#1451: `sudo -E` in a user's home leaves files of root's, and `docker build` of the user fails
# Right: what root's run makes in a user's home is the user's, the history too, also when it is killed; two users share one Engine
# shellcheck disable=SC2154
[[ -n ${OWNER_INSIDE:-} || $(id -u) != 0 ]] || OWNER_INSIDE=1 exec unshare --mount --propagation private bash "$0" "$@"
. "$(dirname "$0")/lib.sh" "$@"
need_engine
[[ $(id -u) == 0 ]] || skip "needs root, to become another user"
# Others may not look into the engine's folder; here its socket is where they may.
if [[ $RECONCILE_ENGINE_SOCK != /run/* && $RECONCILE_ENGINE_SOCK != /var/run/* ]]; then
	{ mount -t tmpfs owner /run && touch /run/docker.sock && mount --bind "$RECONCILE_ENGINE_SOCK" /run/docker.sock; } || skip "cannot mount"
	export DOCKER_HOST=unix:///run/docker.sock
fi
points=0 user=12345 group=$(stat -c %g /run/docker.sock)
chmod 755 .
mkdir bin && cp "$(readlink -f "$(command -v docker)")" bin/docker && cp "$RECONCILE_BUILDX_NEW" bin/docker-buildx && cp "$reconcile" bin/reconcile && chmod -R go+rX bin
unset DOCKER_CONFIG BUILDX_CONFIG RECONCILE_HISTORY
u=$work/u
mkdir "$u" && chown $user:$user "$u"
command=(env -i "PATH=$work/bin:/usr/local/bin:/usr/bin:/bin" "DOCKER_HOST=$DOCKER_HOST" NO_COLOR=1 "HOME=$u" LC_ALL=C.UTF-8)
as_user() { timeout 600 setpriv --reuid $user --regid $user --groups "$group" "${command[@]}" "$@" >out 2>&1 </dev/null; }
as_root() { timeout 600 "${command[@]}" "$@" >out 2>&1 </dev/null; }
ok() { "$@" || wrong "$*: exit $?: $(<out)"; points=$((points + 1)); }
all_users() { # nothing in the home is anybody else's
	local others
	others=$(find "$u" ! -user $user)
	[[ -z $others ]] || wrong "$1: not the user's: $others"
	points=$((points + 1))
}
plugin() { mkdir -p "$u/.docker/cli-plugins" && ln -sf "$work/bin/docker-buildx" "$u/.docker/cli-plugins/docker-buildx" && chown -hR $user:$user "$u/.docker"; }
state_of() { printf 'version: 1\nselected: %s\ncontexts: {%sctx: {endpoint: "unix:///run/x.sock"}}\nbuilders:\n  %s: {%s}\n' "$B" "$B" "$B" "$1" >state.yaml && chmod 644 state.yaml; }

# Root's first run, in a home where nothing is but BuildX.
plugin
state_of ''
ok as_root reconcile --apply --yes -f state.yaml
all_users "after root's first apply"
ok as_user reconcile --check -f state.yaml
for said in "ls" "inspect $B" "create --name ${B}mine" "use ${B}mine" "use --default $B" "rm -f ${B}mine" "du" "ls"; do
	# shellcheck disable=SC2086
	ok as_user docker buildx $said
	lacks 'permission denied' out
done
ok as_user docker context ls
ok as_user reconcile --history
has applied out
history=$(echo "$u"/.local/state/reconcile/*.git)
ok as_user git -C "$history" fsck --strict
ok as_user git -C "$history" gc --quiet

# By turns.
state_of 'driver-opts: {memory: 512m}'
ok as_user reconcile --apply --yes -f state.yaml
ok as_root reconcile --rollback --yes
all_users "after root's rollback of the user's apply"
ok as_root reconcile --apply --yes --override-hold -f state.yaml
ok as_user reconcile --rollback --yes
ok as_root reconcile --reset --yes -f state.yaml "$B"
all_users "after root's reset"
ok as_user docker buildx inspect --bootstrap "$B"

# What `sudo docker buildx` left.
rm "$u/.docker/buildx/.lock" && touch "$u/.docker/buildx/.lock" && chmod 600 "$u/.docker/buildx/.lock"
! as_user docker buildx ls || wrong "the user can use a lock of root's"
state_of 'bootstrap: false'
ok as_root reconcile --apply --yes --override-hold -f state.yaml
all_users "after root's apply over a lock of root's"
ok as_user docker buildx ls

# Root's run is killed between two steps: the user goes on.
command -v "${CC:-cc}" >/dev/null || skip "needs a compiler"
"${CC:-cc}" -shared -fPIC -o fail.so "$here/../fault/fail.c" -ldl || wrong "tests/fault/fail.c does not compile"
printf 'version: 1\nbuilders:\n  %sk: {bootstrap: false}\n' "$B" >killed.yaml && chmod 644 killed.yaml
"${command[@]}" LD_PRELOAD="$work/fail.so" FAULT="fdatasync $history/reconcile.journal 0 3600000" FAULT_HIT="$work/held" reconcile --apply --yes --only "${B}k" -f killed.yaml >killed.out 2>&1 </dev/null &
run_of_root=$!
helpers+=("$run_of_root")
wait_beside "$run_of_root" 120 test -e held || wrong "root's run does not come to its first step: $(<killed.out)"
as_user reconcile --apply --yes --lock-timeout 0 -f killed.yaml
[[ $? == 4 ]] || wrong "the user's run beside root's: $(<out)"
end_ours -KILL "$run_of_root"
all_users "after root's run was killed"
ok as_user reconcile --apply --yes -f killed.yaml
has 'did not end' out

# Two users, one Engine: root's own store has a builder of that name, and one of another.
r=$work/r
mkdir -p "$r/.docker/cli-plugins" && ln -s "$work/bin/docker-buildx" "$r/.docker/cli-plugins/docker-buildx"
for name in "${B}two" "${B}root"; do printf 'version: 1\nbuilders: {%s: {}}\n' "$name" >"$name.yaml" && chmod 644 "$name.yaml"; done
of_root() { timeout 600 "${command[@]}" HOME="$r" "$@" >out 2>&1 </dev/null; }
ok of_root reconcile --apply --yes -f "${B}two.yaml"
ok of_root reconcile --apply --yes -f "${B}root.yaml"
ids() { docker inspect -f '{{.Id}} {{.State.Running}}' "buildx_buildkit_${B}two0" "buildx_buildkit_${B}root0"; }
before=$(ids)
as_user reconcile --apply --yes -f "${B}two.yaml"
[[ $? == 5 ]] || wrong "the user takes root's container: $(<out)"
has "in use" out
ok as_user reconcile --apply --yes -f killed.yaml
ok as_user reconcile --gc --yes
as_user reconcile --doctor -f killed.yaml
lacks "docker rm.*buildx_buildkit_${B}(two|root)0" out
printf 'version: 1\nunmanaged: remove\nbuilders: {}\n' >empty.yaml && chmod 644 empty.yaml
ok as_user reconcile --apply --yes -f empty.yaml
[[ $(ids) == "$before" ]] || wrong "the user's runs changed root's containers: $before; now $(ids)"
ok of_root reconcile --check -f "${B}two.yaml"
all_users "after it all"
[[ -z $(ls /run/reconcile/* 2>/dev/null) ]] || wrong "left behind: $(find /run/reconcile)"
echo "$points points"
