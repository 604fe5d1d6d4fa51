#!/usr/bin/env bash
# An audit: root works in a user's Docker configuration (`sudo -E`), and the user has put links there, to /etc/passwd for one
# Right: nothing outside is written, removed, given away or told of; what is refused names the path; what is made is the user's
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
[[ $(id -u) == 0 ]] || skip "needs root"
user=12345 points=0
chmod 711 .
sum() { printf %s "$1" | sha256sum | cut -d' ' -f1; }
meta=.docker/contexts/meta/$(sum ctx) tls=.docker/contexts/tls/$(sum ctx)/docker

# A home of the user's with one of every kind of file, and a folder of root's with what nobody else may read.
template() {
	local at=$1
	rm -rf "$at" && mkdir -p "$at/.docker/buildx/"{instances,activity,defaults,refs/r/r0} "$at/$meta" "$at/$tls" "$at/own"
	printf '{"Name":"r","Driver":"remote","Nodes":[{"Name":"r0","Endpoint":"tcp://127.0.0.1:1","Platforms":null,"DriverOpts":null,"Flags":null,"Files":null}],"Dynamic":false}' >"$at/.docker/buildx/instances/r"
	sed 's/"r"/"old"/; s/r0/old0/' "$at/.docker/buildx/instances/r" >"$at/.docker/buildx/instances/old"
	printf 2026-01-01T00:00:00Z | tee "$at/.docker/buildx/activity/r" >"$at/.docker/buildx/activity/old"
	printf '{"Key":"unix:///var/run/docker.sock","Name":"r","Global":false}' >"$at/.docker/buildx/current"
	printf r >"$at/.docker/buildx/defaults/$(sum "$DOCKER_HOST" | cut -c1-20)"
	echo '[worker.oci]' >"$at/.docker/buildx/buildkitd.default.toml"
	: >"$at/.docker/buildx/.lock"
	: >"$at/.docker/buildx/.reconcile.lock"
	echo '{"currentContext": "ctx"}' >"$at/.docker/config.json"
	printf '{"Name":"ctx","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://127.0.0.1:2","SkipTLSVerify":false}}}' >"$at/$meta/meta.json"
	echo KEY >"$at/$tls/key.pem"
	chmod -R go-rwx "$at/.docker"
	chown -R $user:$user "$at"
}
victim() {
	rm -rf victim && mkdir -m 700 victim victim/folder
	echo SECRET-OF-ROOT >victim/file
	echo SECRET-OF-ROOT >victim/folder/r
	echo SECRET-OF-ROOT >victim/folder/.tmp-x00000001abcdef01
	: >victim/empty
	chmod 600 victim/file victim/empty victim/folder/*
}
seen() { find victim -printf '%p %y %U:%G %m %s %T@\n' | sort; cat victim/file victim/folder/*; }
as_root() { # for the user of $1, as `sudo` does that keeps HOME
	local home=$1
	shift
	local host=(DOCKER_HOST="$DOCKER_HOST")
	[[ ${what:-} != *" at .docker/co"* ]] || host=(-u DOCKER_HOST) # it would override the current context
	timeout 60 env "${host[@]}" HOME="$work/$home" DOCKER_CONFIG="$work/$home/.docker" BUILDX_CONFIG="$work/$home/.docker/buildx" RECONCILE_HISTORY= "$reconcile" "$@" >out 2>&1 </dev/null
	code=$?
}
cat >state.yaml <<'Y'
version: 1
selected: n
current-context: default
contexts: {ctx: {endpoint: "unix:///var/run/other.sock"}}
builders:
  r: {driver: remote, bootstrap: false, nodes: {r0: {endpoint: "tcp://127.0.0.1:3"}}}
  n: {driver: remote, bootstrap: false, nodes: {n0: {endpoint: "tcp://127.0.0.1:3"}}}
  old: {state: absent}
Y
modes=(--plan --doctor "--apply --yes" "--rollback --yes")
[[ -z ${FAULT_ALL:-} ]] || modes=(--plan --check --doctor --status --snapshot "--apply --yes" --history --show "--rollback --yes" "--reset --yes --all" "--gc --yes" --import)
all_modes() { # what a mode does must hold in every one
	local mode
	for mode in "${modes[@]}"; do
		# shellcheck disable=SC2086
		case $mode in --plan | --check | --status | --apply*) as_root home $mode -f state.yaml ;; *) as_root home $mode ;; esac
		[[ -z ${SHOW:-} || $mode != --apply* ]] || { echo "== $what: $code"; grep -a "^reconcile:" out; }
		[[ $code != 124 ]] || wrong "$what: $mode hangs"
		[[ $code -lt 128 ]] || wrong "$what: $mode ends in $code: $(<out)"
		lacks SECRET-OF-ROOT out
		[[ $(seen) == "$before" ]] || wrong "$what: $mode changed what is outside: $(diff <(echo "$before") <(seen)); it said: $(<out)"
		! grep -q 'link' out || told=1
		[[ $mode != --apply* ]] || applied=$code
	done
}
history_is_clean() { # nothing that is root's alone is recorded for the user
	local git
	for git in home/.local/state/reconcile/*.git; do
		[[ -d $git ]] || continue
		! git -c safe.directory='*' --git-dir="$git" cat-file --batch-all-objects --batch | grep -q SECRET-OF-ROOT || wrong "$what: root's bytes are in the user's history"
	done
}
users_own() { # but for what stood there as root's: nothing that root made is root's
	local roots
	roots=$(find home ! -user $user ! -path "home/$1" ! -path "home/$1/*" ! -name '*.reconcile-aside*' -print | grep -v '\.reconcile-aside/' | head -n 5)
	[[ -z $roots ]] || wrong "$what: root's now: $roots; $(<out)"
}

victim
template template
rm -rf home && cp -a template home
what="nothing in the way"
before=$(seen) told='' applied=''
as_root home --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "$what: exit $code: $(<out)"
users_own nothing
as_root home --rollback --yes
[[ $code == 0 ]] || wrong "$what: rollback: exit $code: $(<out)"
users_own nothing
points=$((points + 2))

store=.docker/buildx
files=("$store/instances/r" "$store/instances/n" "$store/instances/old" "$store/activity/r" "$store/activity/n" "$store/current"
	"$store/defaults/$(sum "$DOCKER_HOST" | cut -c1-20)" "$store/buildkitd.default.toml" "$store/.lock" "$store/.reconcile.lock"
	.docker/config.json "$meta/meta.json" "$tls/key.pem")
folders=("$store/instances" "$store/activity" "$store/defaults" "$store/refs" "$store/refs/r" "$store/.reconcile-aside" "$store/.reconcile-run"
	.docker/contexts .docker/contexts/meta "$meta" "$tls" "$store" .docker .local .local/state .local/state/reconcile)
shape() { # SHAPE PATH: puts it there
	local at=home/$2
	rm -rf "$at" && mkdir -p "$(dirname "$at")"
	case $1 in
	foreign-link) ln -s "$work/victim/file" "$at" ;;
	new-link) ln -s "$work/victim/made" "$at" ;;
	folder-link) ln -s "$work/victim/folder" "$at" ;;
	own-link) echo '{"own": 1}' >home/own/file && ln -s "$work/home/own/file" "$at" ;;
	hard-link) ln victim/file "$at" ;;
	empty-hard-link) ln victim/empty "$at" ;;
	fifo) mkfifo "$at" ;;
	folder) mkdir -p "$at/in" ;;
	roots) echo '{"Name":"roots"}' >"$at" && chmod 600 "$at" ;;
	esac
	[[ $1 == roots || $1 == *hard-link ]] || chown -hR $user:$user "$at"
	chown -R $user:$user home/own
	find home -type d ! -user $user -exec chown $user:$user {} +
}
try() { # SHAPE PATH
	what="$1 at $2"
	rm -rf home && cp -a template home
	shape "$1" "$2"
	before=$(seen) told='' applied=''
	local own
	own=$(cat home/own/* 2>/dev/null)
	all_modes
	history_is_clean
	[[ $1 == roots || $1 == *hard-link ]] || users_own "$2"
	[[ $own == "$(cat home/own/* 2>/dev/null)" ]] || wrong "$what: root wrote through the user's own link"
	[[ $1 != *-link || $1 == *hard-link || -n $told || $applied == 0 ]] || wrong "$what: nobody says that it is a link: exit $applied"
	points=$((points + 1))
}
[[ -z ${FAULT_ALL:-} ]] || files+=("$store/.reconcile.lock.claim") # its waits are long, and what it may be is a case of its own
# What matters most for each, and one more in turn; FAULT_ALL=1: everything.
turn=0
others() { # HOW-MANY SHAPE…
	local keep=("${@:2:$1}") rest=("${@:$(($1 + 2))}")
	turn=$((turn + 1))
	if [[ -n ${FAULT_ALL:-} ]]; then echo "${keep[*]} ${rest[*]}"; else echo "${keep[*]} ${rest[$((turn % ${#rest[@]}))]}"; fi
}
for file in "${files[@]}"; do
	others 2 foreign-link hard-link own-link new-link folder-link empty-hard-link fifo folder roots >kinds
	turn=$((turn + 1))
	for kind in $(<kinds); do [[ $kind-$file == folder-*.claim ]] || try "$kind" "$file"; done
done
for folder in "${folders[@]}"; do
	others 1 folder-link new-link foreign-link fifo >kinds
	for kind in $(<kinds); do try "$kind" "$folder"; done
done
echo "$points points"
