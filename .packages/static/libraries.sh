#!/usr/bin/env bash
# Prints the folder that has the libraries of the static program for a machine: lib/, include/, and in bin/ the compiler
# that made them, static-cc. Made once, from .packages/static/sources by the recipes beside this script, and kept in the
# cache until one of these changes: some minutes each.
#   libraries.sh amd64|arm64
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../../tests/engine/lib.sh
. "$here/../../tests/engine/lib.sh"

LIBRARIES_DEADLINE=3600
arch=${1:-}
case $arch in
amd64) target=x86_64-linux-musl ;;
arm64) target=aarch64-linux-musl ;;
*) fail "usage: libraries.sh amd64|arm64" ;;
esac
zig=$("$here/../zig.sh")
sources=$("$here/sources.sh")
# Comments aside.
recipe=$(cat "$here"/{sources,Makefile,*.mk,libraries.sh} "$here/../zig.sh" | grep -v '^ *#' | sha256sum | cut -c 1-12)
entry=$CACHE/static-libraries-$recipe-$arch

# The compiler's name is in what OpenSSL says of itself: it must be the same everywhere.
tool() { # FOLDER NAME zig's arguments
    mkdir -p "$1/bin"
    # shellcheck disable=SC2016
    printf '#!/bin/sh\nexec %q %s "$@"\n' "$zig" "$3" >"$1/bin/$2"
    chmod a+x "$1/bin/$2"
}

make_libraries() {
    local folder=$1
    say "making the libraries of the static program for $arch: TLS, HTTP/2, git and what they need (some minutes, once)"
    tool "$folder" static-cc "cc --target=$target"
    tool "$folder" static-ar ar
    PATH=$folder/bin:$PATH SOURCE_DATE_EPOCH=0 timeout "$LIBRARIES_DEADLINE" nice make -s -j"$(nproc)" -f "$here/Makefile" \
        SOURCES="$sources" OUT="$folder" ARCH="$arch" </dev/null >&2 || fail "making the libraries for $arch failed"
    rm -rf "$folder/build"
}

[ -d "$entry" ] || {
    mkdir -p "$CACHE"
    exec 9>"$CACHE/static-libraries-$arch.lock"
    flock --timeout "$LIBRARIES_DEADLINE" 9 || fail "another run has been making libraries for $LIBRARIES_DEADLINE seconds"
    cache_entry "$entry" make_libraries
    exec 9>&-
}
printf '%s\n' "$entry"
