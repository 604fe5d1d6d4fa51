#!/usr/bin/env bash
# An audit: one RECONCILE_HISTORY for all stores of a machine; a run of one concluded the living record of another
# Right: each store has its own records, holds and journal in it; runs side by side lose nothing; a run that lives is not another's to end
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
points=0
R='{driver: remote, bootstrap: false, nodes: {n: {endpoint: "tcp://127.0.0.1:1"}}}' # needs no engine
point() { points=$((points + 1)); }
in_store() { # STORE ARGUMENTS…: what it prints goes to out.STORE
	local name=$1
	shift
	mkdir -p "$work/$name/.docker"
	timeout 120 env HOME="$work/$name" DOCKER_CONFIG="$work/$name/.docker" BUILDX_CONFIG="$work/$name/buildx" "$reconcile" "$@" >"out.$name" 2>&1 </dev/null
}
ok() { in_store "$@" || wrong "$*: exit $?: $(<"out.$1")"; point; }
exits() { # CODE STORE ARGUMENTS…
	local want=$1 code=0
	shift
	in_store "$@" || code=$?
	[[ $code == "$want" ]] || wrong "$*: exit $code, and not $want: $(<"out.$1")"
	point
}
says() { has "$2" "out.$1"; point; }
is_there() { [[ -f $work/$1/buildx/instances/$2 ]] || wrong "$1 has no $2"; point; }
is_gone() { [[ ! -e $work/$1/buildx/instances/$2 ]] || wrong "$1 still has $2"; point; }
records() { git --git-dir="$RECONCILE_HISTORY" log --format=%s%n%b main | grep -c "^Store: $work/$1/buildx"; }
pending() { find "$RECONCILE_HISTORY/refs/reconcile/pending" -type f 2>/dev/null; }
echo "{version: 1, builders: {ci: $R}}" >state.yaml

# The same file in two stores: told apart in every mode.
ok a --apply --yes -f state.yaml
ok b --apply --yes -f state.yaml
[[ $(records a) == 1 && $(records b) == 1 ]] || wrong "records: $(records a) and $(records b)"
ok a --history
says a "of $work/b/buildx"
lacks "of $work/a/buildx" out.a
ok a --show
says a applied
last_of_b=$(git --git-dir="$RECONCILE_HISTORY" rev-parse main)
exits 5 a --rollback "$last_of_b" --yes
says a "BUILDX_CONFIG=$work/b/buildx reconcile --rollback"
is_there a ci
ok a --rollback --yes
is_gone a ci
is_there b ci
exits 5 a --apply --yes -f state.yaml
says a 'override-hold'
rm "$work/b/buildx/instances/ci"
ok b --apply --yes -f state.yaml
is_there b ci
ok a --apply --yes --override-hold -f state.yaml
ok b --rollback --yes
is_there a ci

# One is killed in the middle of its run, the other goes on all the while.
echo "{version: 1, builders: {ci: $R, more: $R}}" >more.yaml
ok b --apply --yes --override-hold -f state.yaml
command -v "${CC:-cc}" >/dev/null || skip "needs a compiler"
"${CC:-cc}" -shared -fPIC -o fail.so "$here/../fault/fail.c" -ldl || wrong "tests/fault/fail.c does not compile"
# Held at its first line of the journal. A process of its own, so that the kill meets it and not a shell.
env HOME="$work/a" DOCKER_CONFIG="$work/a/.docker" BUILDX_CONFIG="$work/a/buildx" LD_PRELOAD="$work/fail.so" FAULT="fdatasync $RECONCILE_HISTORY/reconcile.journal 0 3600000" FAULT_HIT="$work/held" "$reconcile" --apply --yes -f more.yaml >out.a 2>&1 </dev/null &
run_of_a=$!
helpers+=("$run_of_a")
wait_beside "$run_of_a" 120 test -e held || wrong "a does not come to its first step: $(<out.a)"
living=$(pending)
[[ -n $living ]] || wrong "a has no pending record: $(<out.a)"
ok b --apply --yes -f more.yaml
lacks 'did not end' out.b
[[ -f $living ]] || wrong "b concluded the record of a, which lives"
point
grep -q '"plan_id"' "$RECONCILE_HISTORY/reconcile.journal" || wrong "b took the journal of a"
point
end_ours -KILL "$run_of_a"
ok b --rollback --yes
lacks 'did not end' out.b
[[ -f $living ]] || wrong "b concluded the record of a"
is_gone b more
ok a --apply --yes -f more.yaml
says a 'an earlier run did not end'
[[ -z $(pending) ]] || wrong "still pending: $(pending)"
is_there a more
[[ $(git --git-dir="$RECONCILE_HISTORY" log --format=%b main | grep -c '^Status: interrupted') == 1 ]] || wrong "not one interrupted record"
point

# What one protects another may remove.
echo "{version: 1, builders: {ci: $R, more: $R, kept: {protect: true, ${R:1}}}" >kept.yaml
echo "{version: 1, unmanaged: remove, builders: {ci: $R, more: $R}}" >gone.yaml
sed 's/protect: true, //' kept.yaml >free.yaml
ok a --apply --yes -f kept.yaml
ok b --apply --yes --override-hold -f free.yaml
ok b --apply --yes -f gone.yaml
is_gone b kept
exits 5 a --apply --yes -f gone.yaml
is_there a kept

# Side by side: nothing is lost, and git likes what came of it.
before_a=$(records a) before_b=$(records b)
many() {
	local number
	for number in 1 2 3 4 5 6; do
		echo "{version: 1, builders: {ci: $R, more: $R, $1$number: $R}}" >"many.$1.yaml"
		in_store "$1" --apply --yes --override-hold -f "many.$1.yaml" || return 1
	done
}
many a &
many_a=$!
many b || wrong "b: $(<out.b)"
wait "$many_a" || wrong "a: $(<out.a)"
[[ $(($(records a) - before_a)) == 6 && $(($(records b) - before_b)) == 6 ]] || wrong "12 records were to come, $(records a) - $before_a and $(records b) - $before_b did"
points=$((points + 12))
git --git-dir="$RECONCILE_HISTORY" fsck --strict >said 2>&1 || wrong "git fsck: $(<said)"
point

# A history of one store, from before stores were told apart: it is that store's.
export RECONCILE_HISTORY=$work/old.git
rm -r "$work/a" "$work/b"
ok a --apply --yes -f state.yaml
rm "$RECONCILE_HISTORY/reconcile.store"
ok b --apply --yes -f state.yaml
has "$work/a/buildx" "$RECONCILE_HISTORY/reconcile.store"
point
ok a --rollback --yes
exits 5 a --apply --yes -f state.yaml
ok b --plan -f state.yaml
[[ -f $RECONCILE_HISTORY/reconcile.held ]] || wrong "the hold of a is not where it was"
point
echo "$points points"
