#!/usr/bin/env bash
# jupyterhub/repo2docker#1422, actions/runner#2952: "mkdir ~/.docker/buildx: read-only file system" (a mount, mode 0555, a home without one)
# Right: plans and looks as ever; the doctor names it; an apply refuses before it writes anything, with what to do
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
[[ $(id -u) == 0 ]] || skip "needs root, to become another user"
points=0 user=12345
chmod 755 .
cp "$reconcile" tool && chmod 755 tool
cat >state.yaml <<'Y'
version: 1
builders: {r: {driver: remote, bootstrap: false, nodes: {n: {endpoint: "tcp://127.0.0.1:1"}}}}
Y
sed 's/^builders.*/contexts: {ctx: {endpoint: "unix:\/\/\/var\/run\/x.sock"}}/' state.yaml >contexts.yaml
chmod 644 ./*.yaml
as_user() { # of $home; more variables in $more
	# shellcheck disable=SC2086
	timeout 60 setpriv --reuid $user --regid $user --clear-groups env -i PATH="$PATH" HOME="$work/$home" DOCKER_HOST="$DOCKER_HOST" $more ./tool "$@" >out 2>&1 </dev/null
	code=$?
}
exits() { [[ $code == "$1" ]] || wrong "$what: exit $code, and not $1: $(<out)"; points=$((points + 1)); }
tells() { # what there is no way round, as every mode tells it
	local before
	before=$(find "$home" -printf '%p %m %U %s %T@\n' | sort)
	as_user --plan -f state.yaml
	exits 0
	has '\+ builder.r' out
	as_user --check -f state.yaml
	exits 2
	as_user --history
	exits 0
	as_user --doctor
	has 'store-read-only' out
	has "$1" out
	as_user --apply --yes -f state.yaml
	exits 5
	has "$1" out
	has 'hint:' out
	as_user --rollback --yes
	exits 5
	[[ $(find "$home" -printf '%p %m %U %s %T@\n' | sort) == "$before" ]] || wrong "$what: something was written"
	points=$((points + 1))
}
fresh() {
	home=$1 more='' what=$1
	mkdir -p "$home/.docker/buildx/"{instances,activity,defaults}
	chmod -R go-w "$home"
	chown -R $user:$user "$home"
}

fresh closed-store
chmod 555 "$home/.docker/buildx"
tells "chmod u\+w .*closed-store/.docker/buildx"
chmod 755 "$home/.docker/buildx"
as_user --apply --yes -f state.yaml
exits 0

fresh closed-instances
chmod 555 "$home/.docker/buildx/instances"
tells "chmod u\+w .*/instances"

fresh closed-all
chmod -R a-w "$home"
tells "mode 0555"
# The same user with a folder of their own elsewhere: what the hint says works.
mkdir elsewhere && chown $user:$user elsewhere
more="BUILDX_CONFIG=$work/elsewhere/buildx RECONCILE_HISTORY=$work/elsewhere/history.git"
as_user --apply --yes -f state.yaml
exits 0
as_user --apply --yes -f contexts.yaml
exits 5
has 'Docker configuration' out
as_user --doctor
lacks 'store-read-only' out

fresh no-docker-folder
rm -r "$home/.docker"
chmod 555 "$home"
tells "it is not there"

fresh of-root
chown -R 0:0 "$home/.docker"
as_user --apply --yes -f state.yaml
exits 5

fresh closed-history
mkdir -p "$home/.local" && chmod 555 "$home/.local"
as_user --apply --yes -f state.yaml
[[ $code != 0 ]] || wrong "$what: exit 0: $(<out)"
has 'history-dir' out
[[ -z $(ls "$home/.docker/buildx/instances") ]] || wrong "$what: an instance file was written"
points=$((points + 1))

fresh mounted
cat >mounted.sh <<'S'
mount --bind "$1/.docker" "$1/.docker" && mount -o remount,bind,ro "$1/.docker" || exit 77
shift
exec "$@"
S
export -f as_user tells exits wrong has lacks
export work user more what home points DOCKER_HOST
if unshare --mount true 2>/dev/null; then
	unshare --mount bash mounted.sh "$work/$home" bash -c 'tells "mounted read-only"' || { [[ $? == 77 ]] || exit 1; }
	points=$((points + 5))
fi
echo "$points points"
