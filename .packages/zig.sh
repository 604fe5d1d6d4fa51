#!/usr/bin/env bash
# Prints the path of zig, whose `zig cc` compiles for musl on Linux and for macOS from any Linux machine; the first time
# it is fetched from PyPI, by checksum, into the cache folder that the test engine has, too.
#   zig=$(.packages/zig.sh) && "$zig" cc --target=aarch64-linux-musl …
# What zig itself keeps (the C library that it compiles for a target) lies beside it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../tests/engine/lib.sh
. "$here/../tests/engine/lib.sh"

ZIG_VERSION=0.17.1
ZIG_DEADLINE=900
declare -A wheels=( # of ziglang, by machine
    [x86_64]=ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54
    [aarch64]=b7c5f02fccd40f89b999ee16a1f5ddced56e6182370f8affe494bcf8a28cf07e
)
entry=$CACHE/zig-$ZIG_VERSION-r1-$ARCH

fetch_zig() {
    local folder=$1 checksum=${wheels[$ARCH]:-}
    [ -n "$checksum" ] || skip "no zig for a machine of $ARCH"
    python3 -m pip --version >/dev/null 2>&1 || skip "python3 with pip is needed to fetch zig $ZIG_VERSION"
    say "fetching zig $ZIG_VERSION, which compiles for other machines (100 MB, once)"
    printf 'ziglang==%s --hash=sha256:%s\n' "$ZIG_VERSION" "$checksum" >"$folder/requirements"
    timeout "$ZIG_DEADLINE" python3 -m pip download --quiet --no-deps --only-binary :all: --require-hashes \
        --requirement "$folder/requirements" --dest "$folder/wheel" >"$folder/log" 2>&1 </dev/null || {
        cat "$folder/log" >&2
        fail "cannot fetch zig $ZIG_VERSION"
    }
    python3 -m zipfile -e "$folder"/wheel/*.whl "$folder"
    mv "$folder/ziglang" "$folder/bin"
    chmod a+x "$folder/bin/zig"
    rm -rf "${folder:?}"/{wheel,log,requirements,ziglang-*}
    # One that knows its cache: what it compiles for a target is shared by those who call it.
    cat >"$folder/zig" <<'END'
#!/bin/sh
here=$(dirname "$0")
ZIG_GLOBAL_CACHE_DIR=${ZIG_GLOBAL_CACHE_DIR:-$here/cache} exec "$here/bin/zig" "$@"
END
    chmod a+x "$folder/zig"
}

[ -d "$entry" ] || {
    mkdir -p "$CACHE"
    exec 9>"$CACHE/zig.lock"
    flock --timeout "$ZIG_DEADLINE" 9 || fail "another run has been fetching zig for $ZIG_DEADLINE seconds"
    cache_entry "$entry" fetch_zig
    exec 9>&-
}
printf '%s\n' "$entry/zig"
