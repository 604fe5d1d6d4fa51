# shellcheck shell=bash source-path=SCRIPTDIR
# What the fault tests share: TAP, a world of their own for every worker on the test engine, and the audit that says
# whether a run that was cut off left anything behind. Sourced by bash scripts under `set -uo pipefail`.
# shellcheck disable=SC2034  # most names here are for those who source it

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
reconcile=$root/${RECONCILE_BINARY:-build/reconcile}
# shellcheck source=../wait.sh
. "$here/../wait.sh"
export NO_COLOR=1 COLUMNS=0 LC_ALL=C.UTF-8 GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null

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
	local names host=unix://$RECONCILE_ENGINE_SOCK
	mapfile -t names < <(docker -H "$host" ps -aq --filter "name=^buildx_buildkit_$1")
	[[ ${#names[@]} -eq 0 ]] || docker -H "$host" rm -fv "${names[@]}" >/dev/null
	mapfile -t names < <(docker -H "$host" volume ls -q --filter "name=^buildx_buildkit_$1")
	[[ ${#names[@]} -eq 0 ]] || docker -H "$host" volume rm -f "${names[@]}" >/dev/null
}

# --- history ---------------------------------------------------------------------------------------------------------

# Reads main and the refs: how many records there are, how many of them are of interrupted runs, and how many pending refs
# no record names yet (those that the next run has to conclude).
history_read() {
	local status pending commit ref recorded=' '
	records=0 interrupted=0 unfinished=0 pending_refs=''
	while IFS='|' read -r status pending; do
		[[ -n $status ]] || continue
		records=$((records + 1))
		[[ $status != interrupted ]] || interrupted=$((interrupted + 1))
		recorded+="$pending "
	done < <(git --git-dir=history.git log --format='%(trailers:key=Status,valueonly,separator=)|%(trailers:key=Pending,valueonly,separator=)' main 2>/dev/null)
	while read -r commit ref; do
		pending_refs+="$ref "
		[[ $recorded == *" $commit "* ]] || unfinished=$((unfinished + 1))
	done < <(git --git-dir=history.git for-each-ref --format='%(objectname) %(refname)' refs/reconcile/pending 2>/dev/null)
}

# --- audit -----------------------------------------------------------------------------------------------------------

# The interpreter itself: what is on the path may be a script that looks for it, and takes longer than the audit.
python=$(python3 -c 'import sys; print(sys.executable)')
# Prints what is wrong, a line each; nothing when all is well. Arguments: BUILDER:STATUS of every builder wanted.
audit() { "$python" -IS "$here"/audit.py audit "$P" "$@" 2>&1; }
# What the next run finds, without the history: the store, and what the Engine has.
state_of_things() { "$python" -IS "$here"/audit.py state "$P" 2>&1; }
