# shellcheck shell=bash
# What every script of the test engine shares: where things are kept, which versions are wanted, how to speak, wait and fail.
# Sourced by bash scripts that run under `set -euo pipefail`.
# shellcheck disable=SC2034  # most names here are for those who source it

shopt -s inherit_errexit
PATH=$PATH:/usr/sbin:/sbin:/usr/local/go/bin
# shellcheck source=../wait.sh
. "$(dirname "${BASH_SOURCE[0]}")/../wait.sh"

# The one place where versions are pinned. The facts that the tests rely on were checked against these.
BUILDKIT_VERSION=${RECONCILE_BUILDKIT_VERSION:-v0.32.2}
BUILDKIT_OLD_VERSION=${RECONCILE_BUILDKIT_OLD_VERSION:-v0.13.2}
BUILDX_NEW_VERSION=${RECONCILE_BUILDX_NEW_VERSION:-v0.36.1}
BUILDX_OLD_VERSION=${RECONCILE_BUILDX_OLD_VERSION:-v0.13.1}
KUBERNETES_VERSION=${RECONCILE_KUBERNETES_VERSION:-v1.34.4}
GO_NEEDED=1.26.3            # `go` line in the go.mod of that BuildKit
ENGINE_NEEDED=24            # oldest major version of the Engine that the tests accept
ENGINE_SUITE=trixie         # Debian release whose Engine is unpacked where the machine's own is older
ENGINE_29_VERSION=v2.0.0-beta.24  # of the Go module github.com/moby/moby/v2: the Engine's 29
RECIPE=1                    # raise it when a cache entry is put together in another way

BUILDKIT_IMAGE=moby/buildkit:buildx-stable-1          # what BuildX boots when told nothing
BUILDKIT_IMAGE_OTHER=moby/buildkit:$BUILDKIT_VERSION  # the same program under another image id

EX_SKIP=77                  # "cannot be had here": the caller counts its tests as skipped

CACHE=${RECONCILE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/reconcile-engine}
ARCH=$(uname -m)
ENGINE_ENTRY=$CACHE/engine-$ENGINE_SUITE-r$RECIPE-$ARCH
ENGINE_29_ENTRY=$CACHE/engine-$ENGINE_29_VERSION-r$RECIPE-$ARCH
BUILDKIT_ENTRY=$CACHE/buildkit-$BUILDKIT_VERSION-r$RECIPE-$ARCH
BUILDKIT_OLD_ENTRY=$CACHE/buildkit-$BUILDKIT_OLD_VERSION-r$RECIPE-$ARCH
BUILDX_NEW_ENTRY=$CACHE/buildx-$BUILDX_NEW_VERSION-r$RECIPE-$ARCH
BUILDX_OLD_ENTRY=$CACHE/buildx-$BUILDX_OLD_VERSION-r$RECIPE-$ARCH
BUSYBOX_ENTRY=$CACHE/busybox-r$RECIPE-$ARCH
IMAGE_ENTRY=$CACHE/image-$BUILDKIT_VERSION-r$RECIPE-$ARCH
KUBERNETES_ENTRY=$CACHE/kubernetes-$KUBERNETES_VERSION-r$RECIPE-$ARCH
KUBERNETES_TOOLS_ENTRY=$CACHE/kubernetes-tools-$ENGINE_SUITE-r$RECIPE-$ARCH
RECORDS=$CACHE/engines      # one file per engine that was started and not yet taken down

say() { printf 'engine: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
skip() { say "$*"; exit "$EX_SKIP"; }

# version_at_least HAVE WANT: dotted numbers, a leading "v" allowed.
version_at_least() {
    [ "$(printf '%s\n%s\n' "${2#v}" "${1#v}" | sort -V | head -n 1)" = "${2#v}" ]
}

# cache_entry DIR FUNCTION: has FUNCTION fill a folder beside DIR and renames it, so that DIR is whole or absent.
cache_entry() {
    local entry=$1 build=$2 work
    [ ! -d "$entry" ] || return 0
    work=$entry.tmp.$$
    rm -rf -- "$entry".tmp.*
    mkdir -p -- "$work"
    "$build" "$work"
    mv -T -- "$work" "$entry"
}

# process_start PID: its start time in clock ticks since boot, which with the pid names a process for good.
process_start() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # The command's name may hold spaces and parentheses: count fields from the last one.
    stat=${stat##*) }
    # shellcheck disable=SC2086
    set -- $stat
    printf '%s\n' "${20}"
}

boot_id() { cat /proc/sys/kernel/random/boot_id; }
processes_seen() { readlink /proc/self/ns/pid; }
