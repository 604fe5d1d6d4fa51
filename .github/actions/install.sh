#!/usr/bin/env bash
# Finds the reconcile that an action works with, or gets it; says where it is in the output `path`, and puts it on PATH.
#   BINARY=PATH install.sh       that one
#   VERSION=V install.sh         the release V, checked by its sum; source: this revision, compiled
#                                Releases are those of the action's repository, or at RECONCILE_RELEASES
#   install.sh                   the one that is on PATH, else the release that this revision belongs to
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

fail() {
	echo "::error title=reconcile::$*"
	exit 1
}
compiled() {
	"$root/.ci/deps.sh" build >&2 && make -s -C "$root" -j"$(nproc)" all >&2 || return
	echo "$root/build/reconcile"
}
# Releases stay where tools of runners do: one that keeps its folders has it the next time.
released() {
	local folder
	folder=${RUNNER_TOOL_CACHE:-${RUNNER_TEMP:-/tmp}}/reconcile/$1/$(uname -m)
	[[ -x $folder/bin/reconcile ]] || PREFIX=$folder RECONCILE_RELEASES=${RECONCILE_RELEASES:-${GITHUB_SERVER_URL:-https://github.com}/${REPOSITORY:-${GITHUB_REPOSITORY:-}}/releases} \
		sh "$root/.packages/install.sh" --version "$1" >&2 || return
	echo "$folder/bin/reconcile"
}

if [[ -n ${BINARY:-} ]]; then
	path=$(realpath -e -- "$BINARY" 2>/dev/null) || fail "there is no $BINARY (input binary)"
elif [[ ${VERSION:-} == source ]]; then
	path=$(compiled) || fail "this revision could not be compiled: why is above"
elif [[ -z ${VERSION:-} ]] && path=$(command -v reconcile); then
	:
else
	version=${VERSION:-$(sed -n 's/^VERSION *:= *//p' "$root/Makefile")}
	version=${version#v}
	[[ $version =~ ^[0-9]+(\.[0-9]+)*([-+~][0-9A-Za-z.]+)?$ ]] || fail "\"$version\" is no version (input version)"
	path=$(released "$version") || fail "reconcile $version could not be installed: why is above; another way is the input binary, or version: source"
fi
[[ -x $path && ! -d $path && $path != *$'\n'* ]] || fail "$path cannot be run"
said=$("$path" --version) || fail "$path does not run"
echo "${said%%$'\n'*}, $path"
echo "path=$path" >>"${GITHUB_OUTPUT:-/dev/null}"
dirname -- "$path" >>"${GITHUB_PATH:-/dev/null}"
