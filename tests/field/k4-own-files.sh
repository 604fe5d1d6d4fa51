#!/usr/bin/env bash
# A folder as .reconcile.lock.claim: every apply ends with 4, "another machine is taking the lock", for ever
# Right: each of our files in the store, as anything: either it is no hindrance, or it is named with what removes it (exit 5),
# the doctor finds it, and with that done the next apply goes on; never a wait
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
printf 'version: 1\nbuilders:\n  r: {driver: remote, bootstrap: false, endpoint: "tcp://127.0.0.1:1"}\n' >state.yaml
points=0 refused=0
as_folder() { mkdir "$1"; }
as_full_folder() { mkdir "$1" && : >"$1/x"; }
as_pipe() { mkfifo "$1"; }
as_empty() { : >"$1"; }
as_garbage() { head -c 4096 /dev/urandom >"$1"; }
as_unreadable() { : >"$1" && chmod 000 "$1"; }
as_link() { ln -s /nowhere "$1"; }
for name in .reconcile.lock .reconcile.lock.claim .reconcile-run; do
	for kind in folder full_folder pipe empty garbage unreadable link; do
		points=$((points + 1))
		at=$BUILDX_CONFIG/$name
		"as_$kind" "$at"
		# A link may be the claim of another machine, which is given three leases.
		patience=0
		[[ $name$kind != *claimlink ]] || patience=200
		run --apply --yes --lock-timeout "$patience" -f state.yaml
		case $code in
		0) ;;
		5)
			refused=$((refused + 1))
			has "$at is not a (file|folder) of ours but a.*" out
			has "rm -r $at" out
			run --doctor -f state.yaml
			has 'store-own-file' out
			rm -rf "$at"
			run --apply --yes --lock-timeout 0 -f state.yaml
			[[ $code == 0 ]] || wrong "$name as $kind: after the mend exit $code: $(<out)"
			;;
		*) wrong "$name as $kind: exit $code: $(<out)" ;;
		esac
		rm -rf "$at" "$BUILDX_CONFIG/instances/r" "$RECONCILE_HISTORY"
	done
done
((refused > 0)) || wrong "nothing was refused"
echo "$points points, $refused of them refused with a mend"
