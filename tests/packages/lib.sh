# shellcheck shell=bash disable=SC2034
# What the tests of packages share: a folder of their own, which goes at the end, and lines of TAP. Sourced by bash scripts.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
version=$(sed -n 's/^VERSION *:= *//p' "$root/Makefile")
work=$(mktemp -d)
number=0 failed=0 leaving=()
leave() {
	local command
	for command in "${leaving[@]}"; do eval "$command"; done
	rm -rf --one-file-system -- "$work"
}
trap leave EXIT
trap 'exit 130' INT TERM
unset PREFIX DESTDIR SOURCE_DATE_EPOCH MAKEFLAGS MAKELEVEL

check() { # what, command…: one line of TAP; what the command said, where it failed
	local what=$1 log=$work/check.log
	shift
	number=$((number + 1))
	if "$@" >"$log" 2>&1 </dev/null; then
		echo "ok $number - packages: $what"
	else
		failed=1
		echo "not ok $number - packages: $what"
		tail -n 30 "$log" | sed 's/^/# /'
	fi
}
skip() { # why, what…: each as a test that was left out
	local why=$1 what
	shift
	for what; do
		number=$((number + 1))
		echo "ok $number - packages: $what # SKIP $why"
	done
}
# A repository with what lies here as its commit, be it committed or not. This one is only read, whoever owns it.
clone() { # folder
	git init -q "$1" || return
	(
		cd "$root" && git -c safe.directory='*' ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
			[[ ! -e $file && ! -L $file ]] || printf '%s\0' "$file"
		done | tar --null -T - -cf -
	) | tar -C "$1" -xf - || return
	export GIT_AUTHOR_DATE='2026-11-26T00:00:00Z' GIT_COMMITTER_DATE='2026-11-26T00:00:00Z'
	git -C "$1" add -A && git -C "$1" -c user.name=t -c user.email=t@example.com -c commit.gpgsign=false commit -q -m "As it lies here"
}
