#!/usr/bin/env bash
# clang-tidy over the given files, with the flags that the build uses.
set -euo pipefail
read -r -a flags < <(pkg-config --cflags libcurl libnghttp2 libcjson libgit2 yaml-0.1 libcrypto libprotobuf-c)
clang-tidy --quiet "$@" -- -std=c17 -D_GNU_SOURCE '-DRECONCILE_VERSION="lint"' '-DRECONCILE_RELEASED="lint"' '-DRECONCILE_COMMIT="lint"' -Ireconciler -isystem build/gen "${flags[@]}" 2>/dev/null
