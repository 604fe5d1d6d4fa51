# The life of a builder, step by step, and what an Engine cannot do. Sourced by tests/engines/run, which takes each step in
# a shell that ends where anything fails, in the folder $life.
# shellcheck shell=bash disable=SC2154,SC2034,SC2317,SC2030,SC2031,SC2016

# "step|function|column of the table|short: of the short life too; first: nothing after it makes sense without it"
steps() {
	cat <<-'ROWS'
		plan|step_plan|create|short first
		create|step_create|create|short first
		no changes|settled|create|short first
		the Engine's own builder|step_own_builder|create|
		a real build|step_build|create|short
		status|step_status|create|
		doctor|step_doctor|create|short
		import|step_import|create|
		drift: instance file|drift_instance|drift|short
		drift: image|drift_image|drift|
		drift: command|drift_command|drift|
		drift: environment|drift_environment|drift|short
		drift: memory limit|drift_memory|drift|
		drift: limit of the running container|drift_update|drift|
		drift: network|drift_network|drift|
		drift: restart policy|drift_restart|drift|
		drift: volume|drift_volume|drift|
		drift: buildkitd.toml inside|drift_toml|drift|
		drift: container removed|drift_removed|drift|short
		drift: container stopped|drift_stopped|drift|
		drift: container paused|drift_paused|drift|
		check|step_check|replace|
		replace, the cache kept|step_replace|replace|short
		rollback|step_rollback|rollback|
		heal|step_heal|heal|
		reset|step_reset|reset|
		gc|step_gc|reset|
		remove|step_remove|remove|short
		nothing is left|step_left|remove|short
	ROWS
}
COLUMNS_OF_TABLE=(create drift replace rollback heal reset remove)

# "kind|capability|words of whoever says so": what an Engine of that kind cannot do; a step that meets it asks `cannot`.
lacks() {
	cat <<-'ROWS'
		rootless|change limits of a running container|the Engine: cgroup
		rootless|pause|the Engine: cgroup
		podman-4|change limits of a running container|Not Found
	ROWS
}
# cannot CAPABILITY: where this kind lacks it, notes that for the table, sets `said` to the words, and succeeds.
cannot() {
	local words
	words=$(lacks | awk -F'|' -v kind="$kind" -v what="$1" '{ sub(/^[ \t]+/, "") } $1 == kind && $2 == what { print $3 }')
	[[ -n $words ]] || return 1
	echo "cannot $1" >"$work/cannot"
	said=${words#*: }
}
# refused COMMAND…: the Engine refuses it with those words, and nothing is otherwise than before.
refused() {
	local code=0
	output=$("$@" 2>&1) || code=$?
	[[ $code -ne 0 ]] || wrong "$* is not refused:" "$output"
	has "$said"
	settled
}

begin() { # KIND: a home of its own, a builder's name
	kind=$1 life=$work/$1 B=rt$$x
	rm -rf "$life"
	mkdir -p "$life/home" "$life/docker/cli-plugins" "$life/store"
	export DOCKER_CONFIG=$life/docker BUILDX_CONFIG=$life/store RECONCILE_HISTORY=$life/history.git
	export NO_COLOR=1 COLUMNS=0 LC_ALL=C.UTF-8
	ln -s "$RECONCILE_BUILDX_NEW" "$DOCKER_CONFIG/cli-plugins/docker-buildx"
	image_a=moby/buildkit:buildx-stable-1 image_b=$RECONCILE_BUILDKIT_IMAGE_OTHER
	node=buildx_buildkit_${B}0
}

wrong() { printf '%s\n' "$@" >&2; exit 1; }
has() { local want; for want; do [[ $output == *"$want"* ]] || wrong "no \"$want\" in:" "$output"; done; }
lacks_words() { local want; for want; do [[ $output != *"$want"* ]] || wrong "\"$want\" in:" "$output"; done; }
# told CODE ARGUMENT…: what reconcile prints is in $output, and it ends with CODE.
told() {
	local want=$1 code=0
	shift
	output=$("$reconcile" "$@" 2>&1 </dev/null) || code=$?
	[[ $code -eq $want ]] || wrong "reconcile $*: exit $code instead of $want" "$output"
	printf '%s\n' "$output"
}
# The state file: the options of B, as lines.
state() {
	{
		printf 'version: 1\nselected: %s\nbuilders:\n  %s:\n    buildkitd: {debug: true}\n' "$B" "$B"
		sed 's/^/    /'
	} >state.yaml
}
usual() { state <<<"driver-opts: {image: \"$image_a\", env.GREETING: hello, restart-policy: unless-stopped}"; }
apply() { told 0 --apply --yes -f state.yaml "$@"; }
settled() { told 0 --check -f state.yaml; has "No changes."; }
differs() { told 2 --check -f state.yaml; has "$@"; }
id_of() { docker inspect -f '{{.Id}}' "$node"; }
build() { # prints BuildKit's plain progress
	mkdir -p context
	cp "$RECONCILE_BUSYBOX" context/busybox
	printf 'FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "touch", "/made"]\n' >context/Dockerfile
	docker buildx build --builder "$B" --progress plain --output type=cacheonly context 2>&1
}
cached() { output=$(build); has CACHED; }
mended() { apply; settled; cached; }

step_plan() {
	usual
	told 0 --plan -f state.yaml
	has "+ builder.$B"
	[[ ! -e $BUILDX_CONFIG/instances/$B ]]
	! docker inspect "$node" >/dev/null 2>&1
}
step_create() {
	apply
	[[ $(docker inspect -f '{{.State.Status}}' "$node") == running ]]
	output=$(docker buildx inspect "$B")
	has "running"
}
# What it tells is a fact of the Engine, for the table.
step_own_builder() {
	local query='.builders[] | select(.name == "default") | .nodes[0].daemon | ["disk use", (select(.version) | "version"),
		(select(.builds_known) | "builds"), (select(any(.workers[]; .rules | length > 0)) | "gc rules")] | join(", ")'
	printf 'version: 1\nbuilders: {default: {driver: docker}}\n' >own.yaml
	told 0 --check -f own.yaml
	has "No changes."
	told 0 --status -f own.yaml
	has "in sync" "running"
	case $output in *" v"[0-9]*.*) ;; *) has "not told" ;; esac
	"$reconcile" --snapshot -f own.yaml >own.json
	fact own "$(jq -er "$query" own.json)"
}
step_build() {
	output=$(build)
	lacks_words CACHED
	cached
}
step_status() {
	told 0 --status -f state.yaml
	has "* $B " "${B}0 " v0. "in sync" running
	told 0 --status
	has "$B"
}
step_doctor() {
	told 0 --doctor -f state.yaml
	has "No faults"
}
step_import() {
	"$reconcile" --import "$B" >imported.yaml
	told 0 --check -f imported.yaml
	has "No changes."
	told 0 --import
}

# Makes the node's container anew by hand, as it is but for what the arguments say: options of docker create, or, in
# these variables, its image and what its daemon is told besides.
recreate() {
	local image=${new_image:-$image_a} parent restart=unless-stopped network=${new_network:-} argument
	for argument; do [[ $argument != --restart=* ]] || restart=${argument#*=}; done
	parent=$(docker inspect -f '{{.HostConfig.CgroupParent}}' "$node")
	rm -rf etc-buildkit
	docker cp "$node:/etc/buildkit" etc-buildkit
	docker rm -f "$node" >/dev/null
	docker create --name "$node" --privileged --init --restart "$restart" ${parent:+--cgroup-parent "$parent"} \
		-v "${new_volume:-${node}_state}:/var/lib/buildkit" ${network:+--network "$network"} -e "GREETING=${new_greeting:-hello}" "$@" "$image" \
		--config /etc/buildkit/buildkitd.toml --allow-insecure-entitlement=network.host ${new_flags:+"$new_flags"} >/dev/null
	docker cp etc-buildkit/. "$node:/etc/buildkit"
	docker start "$node" >/dev/null
}
drift_instance() {
	local id
	id=$(id_of)
	jq -c '.Nodes[0].DriverOpts["env.GREETING"] = "goodbye"' "$BUILDX_CONFIG/instances/$B" >edited
	cp edited "$BUILDX_CONFIG/instances/$B"
	differs GREETING goodbye
	mended
	[[ $(id_of) == "$id" ]] # the container was right all along
}
drift_image() {
	new_image=$image_b recreate
	differs container.image "$image_b" "forces replacement"
	mended
}
drift_command() {
	new_flags=--trace recreate
	differs container.command --trace
	mended
}
drift_environment() {
	new_greeting=goodbye recreate -e EXTRA=1
	differs GREETING goodbye EXTRA
	mended
}
drift_memory() {
	recreate -m 256m
	differs container.memory 256MiB
	mended
}
drift_update() {
	local limits=(docker update --memory 300m --memory-swap 600m "$node")
	! cannot "change limits of a running container" || { refused "${limits[@]}"; return; }
	"${limits[@]}" >/dev/null
	differs container.memory 300MiB
	mended
}
drift_network() {
	docker network create "$B-net" >/dev/null
	new_network=$B-net recreate
	differs container.network "$B-net"
	mended
	docker network rm "$B-net" >/dev/null
}
drift_restart() {
	recreate --restart=no
	differs container.restart-policy
	mended
}
drift_volume() {
	docker volume create "$B-other" >/dev/null
	new_volume=$B-other recreate
	differs volume "$B-other"
	mended
	docker volume rm "$B-other" >/dev/null
}
drift_toml() {
	printf 'debug = false\n' >changed.toml
	docker cp changed.toml "$node:/etc/buildkit/buildkitd.toml"
	differs buildkitd.toml debug
	mended
}
drift_removed() {
	docker rm -f "$node" >/dev/null
	differs "container of node ${B}0 is gone"
	mended
}
drift_stopped() {
	docker stop -t 1 "$node" >/dev/null
	differs exited
	mended
}
drift_paused() {
	! cannot pause || { refused docker pause "$node"; return; }
	docker pause "$node" >/dev/null
	differs paused
	mended
}

step_check() {
	local id
	id=$(id_of)
	state <<<"driver-opts: {image: \"$image_a\", env.GREETING: other, restart-policy: unless-stopped}"
	differs "-/+ builder.$B" GREETING
	[[ $(id_of) == "$id" ]]
	usual
	settled
}
step_replace() {
	local id
	id=$(id_of)
	state <<<"driver-opts: {image: \"$image_b\", env.GREETING: hello, restart-policy: unless-stopped}"
	differs "-/+ builder.$B" "$image_a → $image_b" "cache: kept"
	mended
	[[ $(id_of) != "$id" && $(docker inspect -f '{{.Config.Image}}' "$node") == *"$image_b" ]]
}
step_rollback() {
	told 0 --rollback --yes
	[[ $(docker inspect -f '{{.Config.Image}}' "$node") == *"$image_a" ]]
	cached
	usual
	apply
	settled
}
# Ended by a signal that nobody sends to stop it, and not started again.
step_heal() {
	state <<<"driver-opts: {image: \"$image_a\", env.GREETING: hello, restart-policy: \"no\"}"
	apply
	local id
	id=$(id_of)
	docker exec "$node" sh -c 'kill -ABRT $(pidof buildkitd)' || true
	ended() { [[ $(docker inspect -f '{{.State.Status}}' "$node") == exited ]]; }
	wait_until 300 ended
	differs "! builder.$B" "node ${B}0 ended with exit code"
	apply
	has "restart ${B}0: it answers and builds"
	[[ $(id_of) == "$id" ]]
	cached
	settled
}
step_reset() {
	told 0 --reset --yes -f state.yaml --retain 1s "$B"
	has "! builder.$B"
	node=$(docker ps -a --format '{{.Names}}' | grep -F "buildx_buildkit_${B}0")
	echo "$node" >node
	settled
	output=$(build)
	lacks_words CACHED
}
step_gc() {
	local _ code
	for _ in {1..600}; do # until its second is over
		code=0
		output=$("$reconcile" --gc --yes --max-remove 0 2>&1) || code=$?
		[[ $code -eq 0 ]] || break
		sleep 0.1
	done
	[[ $code -eq 5 ]] || wrong "exit $code" "$output"
	has "volume.buildx_buildkit_${B}0_state" "kept until 2"
	told 0 --gc --yes
	[[ $(docker volume ls -q | grep -c "^buildx_buildkit_$B") == 1 ]]
	settled
}
step_remove() {
	printf 'version: 1\nbuilders: {%s: {state: absent}}\n' "$B" >state.yaml
	differs "- builder.$B"
	apply --no-retain
	settled
}
step_left() {
	output=$(docker ps -a --format '{{.Names}}'; docker volume ls -q; ls "$BUILDX_CONFIG/instances")
	lacks_words "$B"
	told 0 --doctor -f state.yaml
	has "No faults"
}

# Facts of the Engine, beside what the steps show.
fact() { printf '%s|%s|%s\n' "$kind" "$1" "$2" >>"$work/facts"; }
facts() {
	fact engine "$(docker version -f '{{.Server.Version}}' | sed 's/[+~].*//')"
	fact api "$(docker version -f '{{.Server.APIVersion}}')"
}

# The rows of the table, for those kinds whose whole life was played: yes, or how much of it where something cannot be done.
write_rows() {
	local name columns=${COLUMNS_OF_TABLE[*]}
	kinds | while IFS='|' read -r name _; do
		grep -q "^$name|" "$work/results" || continue
		awk -F'|' -v kind="$name" -v columns="$columns" '
			$1 != kind { next }
			FILENAME ~ /facts$/ { fact[$2] = $3; next }
			{ all[$3]++ }
			$4 == "yes" { can[$3]++; next }
			{ note = note (note ? "; " : "") $4 }
			END {
				row = "| `" kind "` | " fact["engine"] " | " fact["api"] " |"
				count = split(columns, column, " ")
				for (i = 1; i <= count; i++)
					row = row " " (all[column[i]] == can[column[i]] ? "yes" : can[column[i]] + 0 " of " all[column[i]]) " |"
				print row " " fact["own"] " | " note " |"
			}' "$work/facts" "$work/results"
	done
}
# The page's rows of the kinds that were run: but for versions (of the Engine all after the first number) they are what was seen.
compare_page() { # PAGE ROWS
	local name row
	plain() { sed -E 's/^(\| `[^`]*` \| [v0-9]+)[^|]*\|[^|]*\|/\1 |/'; }
	while IFS= read -r row; do
		name=${row#*'`'} name=${name%%'`'*}
		diff -u --label "$1" --label "$name, as it was seen" <(grep -F "| \`$name\` |" "$1" | plain) <(plain <<<"$row") || return
	done <"$2"
}
update_page() { # PAGE ROWS
	local name row
	while IFS= read -r row; do
		name=${row#*'`'} name=${name%%'`'*}
		ROW=$row awk -v begins="| \`$name\` |" 'index($0, begins) == 1 { $0 = ENVIRON["ROW"] } { print }' "$1" >"$work/page" && cat "$work/page" >"$1"
	done <"$2"
}
