# What the field cases share: a home of their own with a store, a Docker configuration and a history; nothing of this
# machine's. A case ends with 0 when the program does right, 77 when it cannot be run here, else it says what is wrong.
# shellcheck shell=bash disable=SC2034
set -u
reconcile=$(readlink -f "${1:?usage: $0 /path/of/reconcile}")
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
. "$here/../wait.sh"
work=$(mktemp -d) || exit 99
B=rf$$x # a name for this case's builders that ends in a letter: none is the beginning of another's
helpers=()
clean_up() {
	local name
	end_ours "${helpers[@]}"
	if [[ -n ${engine_used:-} ]]; then
		for name in $(docker ps -a --format '{{.Names}}' | grep "$B"); do docker rm -fv "$name" >/dev/null 2>&1; done
		for name in $(docker volume ls -q | grep "$B"); do docker volume rm -f "$name" >/dev/null 2>&1; done
		for name in $(docker network ls --format '{{.Name}}' | grep "$B"); do docker network rm "$name" >/dev/null 2>&1; done
	fi
	chmod -R u+rwX "$work" 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
cd "$work" || exit 99
chmod 700 .
unset BUILDX_BUILDER DOCKER_CONTEXT XDG_STATE_HOME GITHUB_ACTIONS
export HOME=$work/home DOCKER_CONFIG=$work/home/.docker BUILDX_CONFIG=$work/home/.docker/buildx RECONCILE_HISTORY=$work/history.git
export NO_COLOR=1 COLUMNS=0 LC_ALL=C.UTF-8
mkdir -p "$HOME" "$DOCKER_CONFIG/cli-plugins" "$BUILDX_CONFIG/instances"
chmod -R go-w "$HOME"
export DOCKER_HOST=${DOCKER_HOST:-unix://$work/no-engine.sock}

wrong() {
	printf 'WRONG: %s\n' "$*"
	exit 1
}
skip() {
	printf 'SKIP: %s\n' "$*"
	exit 77
}
has() { grep -Eq -- "$1" "$2" || wrong "no \"$1\" in: $(head -c 1500 "$2")"; }
lacks() { ! grep -Eq -- "$1" "$2" || wrong "\"$1\" in: $(grep -E -- "$1" "$2" | head -c 1500)"; }
# The engine that tests/engine/up gave, with its newest BuildX; docker and BuildX use this case's home.
need_engine() {
	[[ -n ${RECONCILE_ENGINE_SOCK:-} ]] || skip "needs a test engine"
	export DOCKER_HOST=unix://$RECONCILE_ENGINE_SOCK
	engine_used=1
	ln -s "$RECONCILE_BUILDX_NEW" "$DOCKER_CONFIG/cli-plugins/docker-buildx"
}
need_no_engine() { export DOCKER_HOST=unix://$work/no-engine.sock; }
# An instance file: NAME DRIVER NODES-AS-JSON
instance() { printf '{"Name":"%s","Driver":"%s","Nodes":[%s],"Dynamic":false}' "$1" "$2" "$3" >"$BUILDX_CONFIG/instances/$1"; }
state() { cat >state.yaml; }
run() { # what it prints goes to `out`, its exit code is `code`
	timeout 1200 "$reconcile" "$@" >out 2>&1 </dev/null
	code=$?
}
