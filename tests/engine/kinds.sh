# shellcheck shell=bash
# The kinds of engine that `up --kind` starts: one row a kind. A new kind is a row here; a row of prepare's table for each
# cache entry that it needs and that is not there; and, where no starter can start it, an executable `inside-NAME` beside this file.
# Sourced after lib.sh; README.md has the recipe.
# shellcheck disable=SC2034,SC2154 # what kind_row sets is for those who source this, who have `here`
kind_entries=() kind_starter='' kind_way='' kind_what=''

# "kind|entries|starter|way|what it is"
#   entries  names of prepare's table, "+" between them; their programs come first on the engine's PATH, in this order
#   starter  a program of this folder that becomes the engine, in the namespaces that `up` made for it
#   way      how tests reach it: way_NAME of ways.sh
kinds() {
    cat <<-'ROWS'
	installed||inside|socket|the machine's own Docker Engine
	docker-20.10|engine-20.10+runc|inside|socket|Docker Engine 20.10 and containerd 1.6 of Debian 12
	docker-26|engine|inside|socket|Docker Engine 26.1 and containerd 1.7 of Debian 13
	docker-28|engine-28|inside|socket|Docker Engine 28 and containerd 2 of Debian sid
	docker-29|engine-29+engine+runc|inside|socket|Docker Engine 29 from its Go module, containerd 1.7, the containerd image store
	rootless|rootless+engine|inside-rootless|socket|docker-26, run by a user in rootlesskit
	tcp|engine|inside|tcp|docker-26 at tcp://, without TLS
	tls|engine|inside|dind|docker-26 in a container of another, by TLS whose files the environment names (docker-in-docker)
	ssh|engine|inside|ssh|docker-26 at ssh://, by a real sshd
	podman-4|podman-4|inside-podman|socket|Podman 4.3 of Debian 12, as root
	podman-5|podman-5|inside-podman|socket|Podman 5.4 of Debian 13, as root
	ROWS
}

# What is started where no kind is named.
default_kind() { if system_engine; then echo installed; else echo docker-26; fi; }

# kind_row KIND: sets kind_entries (an array), kind_starter, kind_way and kind_what.
kind_row() {
    local name entries
    while IFS='|' read -r name entries kind_starter kind_way kind_what; do
        [ "$name" = "$1" ] || continue
        IFS=+ read -r -a kind_entries <<<"$entries"
        return
    done < <(kinds)
    fail "no kind of engine is \"$1\"; there are: $(kinds | cut -d '|' -f 1 | paste -sd ' ')"
}

# Where an entry lies; `runc` is a script of this folder.
entry_of() {
    case $1 in
    engine) echo "$ENGINE_ENTRY" ;;
    engine-29) echo "$ENGINE_29_ENTRY" ;;
    runc) echo "$here/runc" ;;
    *) echo "$CACHE/$1-r$RECIPE-$ARCH" ;;
    esac
}

# What goes before PATH, so that the kind's programs are found; empty, or ends in a colon.
kind_path() {
    local name folder entry
    for name in "${kind_entries[@]}"; do
        entry=$(entry_of "$name")
        for folder in "$entry" "$entry/usr/sbin" "$entry/usr/bin" "$entry/helpers"; do
            [ ! -d "$folder" ] || printf '%s:' "$folder"
        done
    done
}
