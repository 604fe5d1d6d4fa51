# shellcheck shell=bash
# BuildKit and BuildX from the Go module proxy, built in place in the module cache.
# `go install module@version` refuses BuildKit: its go.mod has an exclude directive, which counts only in a main module.

GO_DEADLINE=3000

go_version() { "$1" env GOVERSION 2>/dev/null | sed 's/^go//; s/[^0-9.].*//'; }

# find_go: prints a Go that is new enough; an older one, or Debian's, is used to fetch the newer one as a module.
find_go() {
    local go kept=$CACHE/go-$GO_NEEDED-$ARCH
    go=$(command -v go || true)
    if [ -n "$go" ] && version_at_least "$(go_version "$go")" "$GO_NEEDED"; then
        printf '%s\n' "$go"
        return
    fi
    [ -d "$kept" ] || {
        if [ -z "$go" ]; then
            install_packages golang-go
            go=$(command -v go)
        fi
        cache_entry "$kept" fetch_go
    }
    printf '%s\n' "$kept/bin/go"
}

# fetch_go FOLDER: the Go tool chain is itself a module (what GOTOOLCHAIN=auto downloads; Go before 1.21 knows no such variable).
fetch_go() {
    local from
    say "fetching Go $GO_NEEDED as a module"
    from=$(module_folder go "golang.org/toolchain@v0.0.1-go$GO_NEEDED.$(go env GOOS)-$(go env GOARCH)")
    cp -r --no-preserve=mode "$from/." "$1"
    chmod -R a+x "$1/bin" "$1/pkg/tool"
}

# module_folder GO MODULE@VERSION: downloads it and prints where it lies.
module_folder() {
    local answer
    answer=$(cd / && GOFLAGS='' timeout "$GO_DEADLINE" "$1" mod download -json "$2" 2>/dev/null </dev/null) ||
        fail "the Go module $2 cannot be downloaded: $answer"
    sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p' <<<"$answer"
}

# go_build FOLDER MODULE VERSION PACKAGE...: static programs, with their version written in as their own makefiles do.
# go_flags: more for the compiler. go_variable: which of the module's variables has the version.
go_build() {
    local folder=$1 module=$2 version=$3 go from
    shift 3
    go=$(find_go)
    say "building $module $version with $("$go" env GOVERSION) (some minutes, once)"
    from=$(module_folder "$go" "$module@$version")
    (cd "$from" && CGO_ENABLED=0 GOFLAGS='' GOTOOLCHAIN=local GOWORK=off nice timeout "$GO_DEADLINE" "$go" build -mod=readonly -trimpath -buildvcs=false \
        "${go_flags[@]}" -ldflags "-s -w -X $module/${go_variable:-version.Version}=$version" -o "$folder/" "$@") >"$CACHE/build.log" 2>&1 </dev/null || {
        cat "$CACHE/build.log" >&2
        fail "building $module $version failed"
    }
}

build_buildkit() { buildkit_with_runc "$1" "$BUILDKIT_VERSION"; }
build_buildkit_old() { buildkit_with_runc "$1" "$BUILDKIT_OLD_VERSION"; }

# Without inlining it compiles in two thirds of the time, and nothing here measures the daemon.
buildkit_with_runc() {
    local go_flags=(-gcflags=all=-l)
    go_build "$1" github.com/moby/buildkit "$2" ./cmd/buildkitd ./cmd/buildctl
    cp -L "$(command -v runc)" "$1/runc"
}

build_buildx_new() {
    local go_flags=()
    go_build "$1" github.com/docker/buildx "$BUILDX_NEW_VERSION" ./cmd/buildx
    mv "$1/buildx" "$1/docker-buildx"
}

build_buildx_old() {
    local go_flags=()
    go_build "$1" github.com/docker/buildx "$BUILDX_OLD_VERSION" ./cmd/buildx
    mv "$1/buildx" "$1/docker-buildx"
}

# The Engine, without what needs a C compiler; its containerd comes from elsewhere.
build_engine_29() {
    local go_flags=(-tags "exclude_graphdriver_btrfs netgo osusergo") go_variable=dockerversion.Version
    go_build "$1" github.com/moby/moby/v2 "$ENGINE_29_VERSION" ./cmd/dockerd ./cmd/docker-proxy
}
