#!/usr/bin/env bash
# Prints the folder that has the sources of the static program's libraries, one folder each, by the names in `sources`; the
# first time they are fetched from their registries, by checksum, into the cache.
#   sources.sh
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../../tests/engine/lib.sh
. "$here/../../tests/engine/lib.sh"
# shellcheck source=../../tests/engine/packages.sh
. "$here/../../tests/engine/packages.sh"

FETCH_DEADLINE=900
SUITES="trixie sid" # Debian releases whose sources are looked through for a checksum
entry=$CACHE/static-sources-r1-$(grep -v '^#' "$here/sources" | sha256sum | cut -c 1-12)

rows() { # registry: "library|package|version|checksum|folder", one a line
    sed -E '/^(#|$)/d; s/ *\| */|/g' "$here/sources" | awk -F '|' -v registry="$1" '$3 == registry { print $1 "|" $4 "|" $5 "|" $6 "|" $7 }'
}

# keep FOLDER LIBRARY ARCHIVE CHECKSUM INNER: unpacks what has the checksum, and of that the inner folder.
keep() {
    local folder=$1 library=$2 archive=$3 checksum=$4 inner=$5
    printf '%s  %s\n' "$checksum" "$archive" | sha256sum --check --status || fail "${archive##*/} has not the checksum that .packages/static/sources names"
    mkdir "$folder/unpacked"
    tar -xf "$archive" -C "$folder/unpacked" --strip-components=1 --no-same-owner
    mv "$(realpath "$folder/unpacked/$inner")" "$folder/$library"
    rm -rf "$folder/unpacked"
}

# cargo checks each crate against its registry's index, too. What the crates need to be compiled comes along, unused.
fetch_crates() {
    local folder=$1 project=$1/crates library package version checksum inner archive
    command -v cargo >/dev/null || skip "cargo (1.70 or newer) is needed to fetch the sources of libraries from crates"
    mkdir -p "$project/src"
    : >"$project/src/lib.rs"
    {
        printf '[package]\nname = "sources"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n'
        while IFS='|' read -r _ package version _; do printf '%s = "=%s"\n' "$package" "${version%+*}"; done < <(rows crate)
    } >"$project/Cargo.toml"
    (cd "$project" && timeout "$FETCH_DEADLINE" cargo fetch --quiet --target "$ARCH-unknown-linux-gnu") >"$folder/log" 2>&1 </dev/null || {
        cat "$folder/log" >&2
        fail "cannot fetch the crates of .packages/static/sources"
    }
    while IFS='|' read -r library package version checksum inner; do
        archive=$(find "${CARGO_HOME:-$HOME/.cargo}/registry/cache" -name "$package-$version.crate" -print -quit)
        [ -n "$archive" ] || fail "cargo has not kept $package-$version.crate"
        keep "$folder" "$library" "$archive" "$checksum" "$inner"
    done < <(rows crate)
    rm -rf "$project" "$folder/log"
}

# source_version PACKAGE CHECKSUM: the version whose upstream tarball has that checksum, by the lists that apt_options name.
source_version() {
    apt-cache "${apt_options[@]}" showsrc "$1" 2>/dev/null | awk -v checksum="$2" '
        /^Version: / { version = $2 }
        $1 == checksum { print version; exit }'
}

fetch_debian_from() { # FOLDER MIRROR KEYRING SUITE: what is not there yet
    local folder=$1 lists=$1/lists-$4 library package version checksum inner
    mkdir -p "$lists/lists/partial" "$lists/cache/archives/partial" "$lists/tarballs"
    printf 'deb-src %s%s %s main\n' "${3:+[signed-by=$3] }" "$2" "$4" >"$lists/sources.list"
    : >"$lists/status"
    local apt_options=(-q -o APT::Sandbox::User=root -o Acquire::Retries=3 -o Acquire::Check-Valid-Until=false
        -o Dir::Etc::SourceList="$lists/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o Dir::Etc::PreferencesParts=/dev/null -o Dir::State::Status="$lists/status"
        -o Dir::State::Lists="$lists/lists" -o Dir::Cache="$lists/cache" -o Acquire::Languages=none)
    timeout "$FETCH_DEADLINE" apt-get "${apt_options[@]}" update >"$folder/log" 2>&1 </dev/null || {
        cat "$folder/log" >&2
        fail "cannot read the list of Debian $4's sources"
    }
    while IFS='|' read -r library package _ checksum inner; do
        [ ! -d "$folder/$library" ] || continue
        version=$(source_version "$package" "$checksum")
        [ -n "$version" ] || continue
        (cd "$lists/tarballs" && timeout "$FETCH_DEADLINE" apt-get "${apt_options[@]}" source --download-only --tar-only "$package=$version") >"$folder/log" 2>&1 </dev/null || {
            cat "$folder/log" >&2
            fail "cannot fetch Debian's source of $package $version"
        }
        keep "$folder" "$library" "$(find "$lists/tarballs" -name "${package}_*.orig.tar.*" ! -name '*.asc' -print -quit)" "$checksum" "$inner"
    done < <(rows debian)
    rm -rf "$lists" "$folder/log"
}

fetch_debian() {
    local folder=$1 mirror='' keyring='' suite library package
    command -v apt-get >/dev/null || skip "apt-get is needed to fetch the sources of libraries from Debian"
    read -r mirror keyring < <(debian_mirror) || true
    [ -n "$mirror" ] || skip "this machine knows no mirror of Debian to fetch the sources of libraries from"
    for suite in $SUITES; do
        while IFS='|' read -r library _; do
            [ -d "$folder/$library" ] || { fetch_debian_from "$folder" "$mirror" "$keyring" "$suite"; break; }
        done < <(rows debian)
    done
    while IFS='|' read -r library package _; do
        [ -d "$folder/$library" ] || fail "no source of $package with the checksum in .packages/static/sources is in Debian $SUITES any more: pin a newer one"
    done < <(rows debian)
}

fetch_sources() {
    command -v perl >/dev/null || skip "perl is needed to configure OpenSSL with"
    say "fetching the sources of the static program's libraries (20 MB, once)"
    fetch_crates "$1"
    fetch_debian "$1"
}

[ -d "$entry" ] || {
    mkdir -p "$CACHE"
    exec 9>"$CACHE/static-sources.lock"
    flock --timeout "$FETCH_DEADLINE" 9 || fail "another run has been fetching sources for $FETCH_DEADLINE seconds"
    cache_entry "$entry" fetch_sources
    exec 9>&-
}
printf '%s\n' "$entry"
