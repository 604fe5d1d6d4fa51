# shellcheck shell=bash source-path=SCRIPTDIR
# What the fault tests share: TAP, a world of their own for every worker on the test engine, and the audit that says
# whether a run that was cut off left anything behind. Sourced by bash scripts under `set -uo pipefail`.
# shellcheck disable=SC2034  # most names here are for those who source it

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
reconcile=$root/${RECONCILE_BINARY:-build/reconcile}
# shellcheck source=../wait.sh
. "$here/../wait.sh"
export NO_COLOR=1 GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null

# --- TAP -------------------------------------------------------------------------------------------------------------

tap_failed=0
ok() { printf 'ok - %s\n' "$*"; }
not_ok() { # what; the details come on stdin
	printf 'not ok - %s\n' "$*"
	sed 's/^/# /'
	tap_failed=$((tap_failed + 1))
}
skip_all() { # name, why
	printf 'ok - %s # SKIP %s\n' "$1" "$2"
	exit 0
}
need_engine() { # name
	[[ -n ${RECONCILE_ENGINE_SOCK:-} ]] || skip_all "$1" "no engine: run through tests/run, or eval what tests/engine/up prints"
}
need_strace() { # name: what is needed of strace must work here, not only be there
	[[ $(strace -f -b execve -qq -e trace=write,execve -e inject=write:error=ENOSPC:when=1 \
		sh -c 'echo x' 2>&1) == *INJECTED* ]] || skip_all "$1" "strace cannot trace here, or is older than 5.3"
}

# --- worlds ----------------------------------------------------------------------------------------------------------

# A store, a Docker configuration and a history below the folder W, a prefix P that no other builder has, and a folder O
# beside W for what the test itself writes.
world() { # folder prefix
	W=$1 P=$2 O=$1.out
	mkdir -p "$W" "$O"
	world_made
	mkdir -p "$W"/docker/cli-plugins "$W"/store
	ln -sf "$RECONCILE_BUILDX_NEW" "$W"/docker/cli-plugins/docker-buildx
	export DOCKER_CONFIG=$W/docker BUILDX_CONFIG=$W/store RECONCILE_HISTORY=$W/history.git
	unset BUILDX_BUILDER
	cd "$W" || exit
}

world_made() { :; } # the folder $W is there, and empty: another file system may be mounted on it

# Everything on the engine that bears the prefix goes.
world_clear() { # prefix
	local names
	mapfile -t names < <(containers_of "$1")
	[[ ${#names[@]} -eq 0 ]] || docker -H "unix://$RECONCILE_ENGINE_SOCK" rm -fv "${names[@]}" >/dev/null
	mapfile -t names < <(volumes_of "$1")
	[[ ${#names[@]} -eq 0 ]] || docker -H "unix://$RECONCILE_ENGINE_SOCK" volume rm -f "${names[@]}" >/dev/null
}

# Straight from the Engine, a few milliseconds; the docker command line takes fifty. The Engine drops a request whose
# sender has closed its half of the connection, so that stays open until the Engine closes it (HTTP/1.0).
engine_get() { # path
	printf 'GET %s HTTP/1.0\r\nHost: docker\r\n\r\n' "$1" | socat STDIO,ignoreeof "UNIX-CONNECT:$RECONCILE_ENGINE_SOCK" | sed '1,/^\r$/d'
}
containers_of() { engine_get '/containers/json?all=1' | jq -r --arg p "/buildx_buildkit_$1" '.[].Names[0] | select(startswith($p)) | .[1:]' | sort; }
volumes_of() { engine_get /volumes | jq -r --arg p "buildx_buildkit_$1" '(.Volumes // [])[].Name | select(startswith($p))' | sort; }

# --- history ---------------------------------------------------------------------------------------------------------

# Reads main and the refs: how many records there are, how many of them are of interrupted runs, how many pending refs no
# record names yet (those that the next run has to conclude), and which private refs the records and the refs name.
history_read() {
	local status pending private commit ref recorded=' '
	records=0 interrupted=0 unfinished=0 private_named='' private_refs='' pending_refs=''
	while IFS='|' read -r status pending private; do
		[[ -n $status ]] || continue
		records=$((records + 1))
		[[ $status != interrupted ]] || interrupted=$((interrupted + 1))
		recorded+="$pending " private_named+="$private"$'\n'
	done < <(git --git-dir=history.git log --format='%(trailers:key=Status,valueonly,separator=)|%(trailers:key=Pending,valueonly,separator=)|%(trailers:key=Private-Ref,valueonly,separator=)' main 2>/dev/null)
	while read -r commit ref; do
		case $ref in
		refs/reconcile/private/*) private_refs+="$ref"$'\n' ;;
		refs/reconcile/pending/*)
			pending_refs+="$ref "
			[[ $recorded == *" $commit "* ]] || unfinished=$((unfinished + 1))
			;;
		esac
	done < <(git --git-dir=history.git for-each-ref --format='%(objectname) %(refname)' refs/reconcile 2>/dev/null)
}

# --- audit -----------------------------------------------------------------------------------------------------------

# Volumes of nodes that went, kept on purpose for a while: the ledger in the history's folder.
retained_volumes() {
	[[ ! -e history.git/reconcile.leftovers ]] || jq -r '.nodes[] | select(.until > 0) | "buildx_buildkit_\(.node)_state"' history.git/reconcile.leftovers
}
expected_volumes() { # have, the store's nodes: theirs must be there; those retained may be
	local have=$1 want
	want=$(sed 's/$/_state/' <<<"$2")
	comm -3 <(sort -u <<<"$want") <(sort -u <<<"$have") | tr -d '\t' | grep -vxF -f <(retained_volumes; echo) | grep .
}
store_nodes() {
	find store/instances -type f -exec jq -r 'select(.Driver == "docker-container") | .Nodes[] | "buildx_buildkit_" + .Name' {} + 2>/dev/null | sort
}

# Prints what is wrong, a line each; nothing when all is well. history_read() comes before. Arguments: `builder:status` of every builder wanted.
audit() {
	audit_store "$@"
	audit_leftovers
	audit_history
	audit_engine "$@"
}
audit_store() {
	local file listed
	while read -r file; do
		echo "damaged: $file: $(head -c 200 "$file")"
	done < <(comm -3 <(find store/instances -type f | sort) <(find store/instances -type f -exec jq -r 'select("store/instances/" + .Name == input_filename) | input_filename' {} + 2>/dev/null | sort) | tr -d '\t')
	listed=$(docker buildx ls --format '{{json .}}' 2>&1 | jq -r 'select(.Driver != "docker") | .Name as $n | .Nodes[] | "\($n):\(.Status)"' 2>&1 | sort -u | tr '\n' ' ')
	[[ $listed == "$(printf '%s\n' "$@" | sort | tr '\n' ' ')" ]] || echo "docker buildx ls lists: $listed, wanted: $*; $(docker buildx ls 2>&1 | tail -3)"
	for file in store/.lock store/.reconcile.lock; do
		flock -n "$file" true || echo "still locked: $file"
	done
	[[ ! -s store/.reconcile.lock ]] || echo "an owner is left in .reconcile.lock: $(cat store/.reconcile.lock)"
}
audit_leftovers() {
	find . -path ./store/.lock -o -path ./store/.reconcile.lock -o \
		\( -name '.tmp-*' -o -name 'tmp_*' -o -name '*.lock' -o -name '*.tmp-*' -o -name 'reconcile.key.*' -o -name '.reconcile-*' -o -name 'reconcile.journal' \) -print |
		sed 's/^/left behind: /'
}
audit_history() {
	local out
	out=$(git --git-dir=history.git fsck --strict --no-dangling 2>&1) || echo "git fsck: $out"
	[[ -z $pending_refs ]] || echo "still pending: $pending_refs"
	out=$(comm -3 <(sort <<<"$private_refs") <(sort <<<"$private_named"))
	[[ -z $out ]] || echo "private refs and records differ: $out"
}
audit_engine() {
	local have nodes=''
	[[ $* != *:running* ]] || nodes=$(store_nodes) # a builder that was never booted has no container
	have=$(comm -3 <(grep . <<<"$nodes") <(containers_of "$P"))
	[[ -z $have ]] || echo "containers and store differ: $have"
	[[ -n $nodes ]] || return 0
	have=$(expected_volumes "$(volumes_of "$P")" "$nodes")
	[[ -z $have ]] || echo "volumes and store differ: $have"
}
