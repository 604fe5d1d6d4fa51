#!/usr/bin/env bash
# dotnet/cli#1749, fish-shell#2149: homes on NFS without a lock manager, where flock(2) fails
# Right: the doctor says so, and an apply says what to do
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
command -v strace >/dev/null || skip "needs strace"
printf 'version: 1\nbuilders: {nf: {bootstrap: false}}\n' >state.yaml
without() { strace -f -qq -e trace=flock -e inject=flock:error=ENOLCK -o /dev/null "$reconcile" "$@" >out 2>&1; }
without --doctor
has 'locks available|cannot be locked|cannot lock' out
without --apply --yes -f state.yaml
has 'BUILDX_CONFIG' out
