# How each fault is planted: plant_CODE in the installation of the row, $S being its store and $F a name of its own. It
# may set what the rest of the row needs: touched (what may change, as an expression over paths), as_user (whose the
# installation is), mender (a function that does what --doctor says in words and not as a command), used (times of last
# use, which a rollback leaves), container_stays (a rollback brings the store back, and makes no container
# worse again), refused (with what words a rollback is refused).
# shellcheck shell=bash disable=SC2034,SC2154

# Faults that this engine and this user cannot be brought to show, and where they are tested instead.
declare -A cannot=(
	[daemon-unhealthy]="a BuildKit that answers, and answers with an error, cannot be had at will; what such an answer proves is held in tests/unit/model_evidence.c"
	[engine-without-buildkit]="this Engine has one; what Podman is said of is held in tests/unit/plan_daemon.c"
	[container-dead]="the Engine calls a container dead only when a removal fails half-way; judged in tests/unit/live_engine.c"
)

# Those that a cluster shows, and no Engine.
for code in cluster-forbids cluster-unreachable config-unmounted kubeconfig-list kubeconfig-relative namespace-missing orphan-claim orphan-config-map orphan-workload pods-crashing pods-image pods-not-ready pods-pending pods-refused workload-claimed workload-missing workload-strange workload-twin; do
	cannot[$code]="a cluster shows it: tests/kubernetes/faults.bats"
done

[[ -n ${RECONCILE_BUILDKIT_OLD_BIN:-} ]] || cannot[cache-policy-unknown]="no BuildKit before v0.17 here"

U=12345 # somebody who is not root
as_somebody() { # and what is his is his
	as_user=$U
	chown -Rh "$U:$U" "$D"
}
roots() { # this file is what `sudo docker …` left
	chown 0:0 "$1"
	chmod "${2:-600}" "$1"
}
broken() { # content, with escapes: the instance file of builder $F, to be made anew or moved away
	printf '%b' "$1" >"$S/instances/$F"
	touched="^store/(instances|activity)/$F "
}
stored() { # path, content
	printf '%s' "$2" >"$S/$1"
	touched="^store/${1//./\\.} "
}
state() { cat >"$D/state.yaml"; }
context() { # name, endpoint
	docker context create "$1" --docker "host=$2" >/dev/null
	meta=$(grep -l "\"$1\"" "$DOCKER_CONFIG"/contexts/meta/*/meta.json)
	touched="^docker/contexts"
}

# --- instance files
plant_instance_blank() { broken '{}'; }
plant_instance_driver_unknown() { instance "$F" podman; touched="^store/(instances|activity)/$F "; }
plant_instance_empty() { broken ''; }
plant_instance_folder() { mkdir "$S/instances/$F"; touched="^store/instances/$F "; }
plant_instance_invalid() { broken nonsense; }
plant_instance_link_dangling() { ln -s /nowhere "$S/instances/$F"; touched="^store/instances/$F "; }
plant_instance_name_case() { instance "$F" docker-container "" "${F^^}"; touched="^store/instances/${F^^} "; }
plant_instance_name_invalid() { stored instances/.DS_Store Bud1; }
plant_instance_name_mismatch() { instance other docker-container '{"Name":"other0","Endpoint":"x"}' "$F"; touched="^store/instances/$F "; }
plant_instance_no_driver() { broken "{\"Name\":\"$F\",\"Nodes\":[{\"Name\":\"${F}0\",\"Endpoint\":\"$engine\"}]}"; }
plant_instance_no_nodes() { broken "{\"Name\":\"$F\",\"Driver\":\"docker-container\",\"Nodes\":[]}"; }
plant_instance_not_a_file() { mkdir "$S/instances/$F"; echo x >"$S/instances/$F/file"; touched="^store/instances/${F}[ /]"; }
plant_instance_nul() { broken '\0000\0000\0000'; }
plant_instance_option_unknown() {
	instance "$F" docker-container "{\"Name\":\"${F}0\",\"Endpoint\":\"$engine\",\"DriverOpts\":{\"gpus\":\"all\"}}"
	touched="^store/(instances|activity)/$F "
	mender=take_import
}
take_import() { user "$work/bin/reconcile" --import "$F" >"$D/state.yaml" && apply; } # which leaves out what nobody knows
plant_instance_temporary() { stored "instances/.tmp-${F}123" '{}'; }
plant_instance_toml_invalid() {
	instance "$F" docker-container "{\"Name\":\"${F}0\",\"Endpoint\":\"$engine\",\"Files\":{\"buildkitd.toml\":\"W3dvcmtlcg==\"}}"
	touched="^store/(instances|activity)/$F "
}
plant_instance_too_large() { broken '{'; truncate -s 1100K "$S/instances/$F"; }
plant_instance_truncated() { broken "{\"Name\":\"$F\",\"Dri"; }
plant_instance_unreadable() { instance "$F"; as_somebody; roots "$S/instances/$F"; touched="^store/instances/$F "; }

# --- other files of the store
plant_activity_invalid() { stored "activity/$F-keep" ''; }
plant_activity_unreadable() { as_somebody; roots "$S/activity/$F-keep"; touched="^store/activity/$F-keep "; }
plant_builder_variable() { export BUILDX_BUILDER=$F; mender=unset_builder; }
unset_builder() { unset BUILDX_BUILDER; }
plant_current_invalid() { stored current '{"Key":'; }
plant_current_stale() { stored current "{\"Key\":\"$engine\",\"Name\":\"$F\",\"Global\":false}"; }
plant_current_unreadable() { stored current '{}'; as_somebody; roots "$S/current"; }
plant_default_config_invalid() { stored buildkitd.default.toml '[worker'; mender=correct_default_config; }
correct_default_config() { echo 'debug = true' >"$S/buildkitd.default.toml"; }
plant_default_config_unreadable() { stored buildkitd.default.toml 'debug = true'; as_somebody; roots "$S/buildkitd.default.toml"; }
plant_defaults_invalid() { stored defaults/0123456789abcdef0123 ''; }
plant_defaults_stale() { stored defaults/0123456789abcdef0123 "$F"; }
plant_defaults_unreadable() { stored defaults/0123456789abcdef0123 "$F-keep"; as_somebody; roots "$S/defaults/0123456789abcdef0123"; }
plant_disk_full() { # a disk of its own, with a file on it that nobody needs
	cp -a "$S" "$D/kept"
	mount -t tmpfs -o size=24m,mode=0700 faults "$S"
	cp -a "$D/kept/." "$S"
	head -c 16m /dev/zero >"$S/ballast"
	touched='^store/ballast |^store '
	mender=make_room
}
make_room() { rm "$S/ballast"; }
plant_history_damaged() { # the record of a file that was moved away
	local tip
	broken '' && apply
	tip=$(git --git-dir="$RECONCILE_HISTORY" rev-parse main)
	chmod u+w "$RECONCILE_HISTORY/objects/${tip:0:2}/${tip:2}"
	truncate -s 20 "$RECONCILE_HISTORY/objects/${tip:0:2}/${tip:2}"
	touched='^$'
}
plant_owner_wrong() { as_somebody; roots "$S/instances/$F-keep" 644; touched="^store/instances/$F-keep "; }
plant_refs_stale() { mkdir -p "$S/refs/$F/${F}0"; echo '{}' >"$S/refs/$F/${F}0/x"; touched="^store/refs[ /]"; }
plant_store_folder_invalid() { rmdir "$S/defaults"; stored defaults x; }
plant_store_lock_unreadable() { as_somebody; roots "$S/.lock"; }
plant_store_locked() {
	flock --no-fork "$S/.lock" sleep 3600 3>&- &
	processes+=("$!")
	wait_beside $! 300 is_locked
	doctor+=(--lock-timeout 0)
	mender=end_processes
}
is_locked() { ! flock -n "$S/.lock" true; }
plant_store_own_file() { mkdir "$S/.reconcile.lock.claim"; touched='^store/\.reconcile\.lock\.claim '; }
plant_store_read_only() { as_somebody; chmod 555 "$S"; touched='^store '; }
plant_store_temporary() { stored ".tmp-current123" '{"Key":'; }
plant_store_writable_by_others() { chmod o+w "$S"; touched='^store '; }

# --- contexts and Docker's configuration
plant_context_clash() {
	instance "$F"
	context "$F" "$engine"
	touched="^store/(instances|activity|refs)[ /]"
}
plant_context_invalid() { rollback_words="(left out, said so)"; context "$F" "$engine"; printf '{' >"$meta"; state <<<"{version: 1, contexts: {$F: {endpoint: \"$engine\"}}}"; }
plant_context_leftover() { # of a program that was never here
	context "colima-$F" "unix://$D/.colima/$F/docker.sock"
	state <<<"{version: 1, contexts: {colima-$F: {state: absent}}}"
}
plant_context_missing() {
	echo '{"currentContext": "'"$F"'"}' >"$DOCKER_CONFIG/config.json"
	unset DOCKER_HOST
	touched='^(docker/config.json|store/(current|defaults)[ /])'
	refused="there is no context" # what stops every docker command is not brought back
}
context_with_tls() { # a context with all that an Engine behind TLS takes; docker keeps it for a socket as well
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$D/key.pem" -subj /CN=engine -out "$D/cert.pem"
	docker context create "$F" --docker "host=$engine,ca=$D/cert.pem,cert=$D/cert.pem,key=$D/key.pem" >/dev/null
	tls=$(echo "$DOCKER_CONFIG"/contexts/tls/*/docker)
	touched="^docker/contexts"
}
plant_context_tls_missing() { context_with_tls; rm "$tls/key.pem"; mender=bring_key; }
bring_key() { cp "$D/key.pem" "$tls/key.pem"; }
plant_context_tls_unreadable() { context_with_tls; as_somebody; roots "$tls/key.pem"; }
plant_docker_config_writable_by_others() { chmod 777 "$DOCKER_CONFIG"; touched='^docker '; }
plant_context_name_mismatch() {
	context "$F" "$engine"
	mv "${meta%/meta.json}" "$DOCKER_CONFIG/contexts/meta/$(printf %s other | sha256sum | cut -d' ' -f1)"
	mender=make_context_anew
}
make_context_anew() { rm -r "$(jq -r .path <<<"$1" | xargs dirname)"; docker context create "$F" --docker "host=$engine"; }
plant_context_no_endpoint() { context "$F" "$engine"; printf '{"Name":"%s","Metadata":{},"Endpoints":{}}' "$F" >"$meta"; state <<<"{version: 1, contexts: {$F: {endpoint: \"$engine\"}}}"; }
plant_context_npipe() { context "$F" "$engine"; sed -i 's#unix://[^"]*#npipe:////./pipe/dockerDesktopLinuxEngine#' "$meta"; state <<<"{version: 1, contexts: {$F: {endpoint: \"$engine\"}}}"; }
plant_context_overridden() {
	ln -s "$RECONCILE_ENGINE_SOCK" "$D/other.sock"
	context "$F" "unix://$D/other.sock"
	echo '{"currentContext": "'"$F"'"}' >"$DOCKER_CONFIG/config.json"
	touched='^store/current '
	mender=unset_host
}
unset_host() { unset DOCKER_HOST; }
clear_context_overridden() { export DOCKER_HOST=$engine; }
plant_context_unreadable() { context "$F" "$engine"; as_somebody; roots "$meta"; }
plant_docker_config_invalid() { printf '{"auths":' >"$DOCKER_CONFIG/config.json"; touched='^docker/config.json '; mender=correct_config; }
correct_config() { echo '{}' >"$DOCKER_CONFIG/config.json"; }
plant_docker_config_type() { echo '{"features":{"buildkit":true}}' >"$DOCKER_CONFIG/config.json"; touched='^docker/config.json '; mender=correct_config; }
plant_docker_config_unreadable() { echo '{}' >"$DOCKER_CONFIG/config.json"; as_somebody; roots "$DOCKER_CONFIG/config.json"; touched='^docker/config.json '; }
plant_buildx_missing() { rm "$DOCKER_CONFIG/cli-plugins/docker-buildx"; mender=install_buildx; }
install_buildx() { run_command "$(jq -r .command <<<"$1" | sed "s#/path/of/#$work/bin/#")"; }
plant_buildx_old() {
	rm "$DOCKER_CONFIG/cli-plugins/docker-buildx"
	# shellcheck disable=SC2016  # for the shell in there
	printf '#!/bin/sh\n[ "$1" != version ] || exec echo github.com/docker/buildx v0.10.4 0\nexec %s "$@"\n' "$work/bin/docker-buildx" >"$DOCKER_CONFIG/cli-plugins/docker-buildx"
	chmod +x "$DOCKER_CONFIG/cli-plugins/docker-buildx"
	mender=install_newer
}
install_newer() { ln -sf "$work/bin/docker-buildx" "$DOCKER_CONFIG/cli-plugins/docker-buildx"; }
plant_docker_missing() { mv "$work/bin/docker" "$work/docker"; PATH_KEPT=$PATH; PATH=$work/bin:/usr/bin:/bin; mender=install_docker; }
install_docker() { mv "$work/docker" "$work/bin/docker"; PATH=$PATH_KEPT; }
clear_docker_missing() { [[ -e $work/bin/docker ]] || install_docker; }
plant_docker_tls_missing() { export DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=$D/certs; mender=unset_tls; }
plant_docker_tls_unusable() { mkdir "$D/certs"; echo nonsense >"$D/certs/ca.pem"; export DOCKER_TLS=1 DOCKER_CERT_PATH=$D/certs; mender=unset_tls; }
unset_tls() { unset DOCKER_TLS_VERIFY DOCKER_TLS DOCKER_CERT_PATH; }
clear_docker_tls_missing() { unset_tls; }
clear_docker_tls_unusable() { unset_tls; }
plant_endpoint_context_missing() { instance "$F" docker-container "{\"Name\":\"${F}0\",\"Endpoint\":\"desktop-linux\"}"; touched="^store/(instances|activity)/$F "; }
plant_endpoint_npipe() { instance "$F" docker-container "{\"Name\":\"${F}0\",\"Endpoint\":\"npipe:////./pipe/x\"}"; touched="^store/(instances|activity)/$F "; }

# --- daemons
made_by_apply() { # the builder, by its line in the state file
	state <<<"{version: 1, builders: {$F: {$1}}}"
	apply
}
plant_cache_over_limit() {
	made_by_apply 'cache: {max-used-space: 16MB}'
	mkdir "$D/build"
	cp "$RECONCILE_BUSYBOX" "$D/build/busybox"
	printf 'FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "dd", "if=/dev/urandom", "of=/f", "bs=1M", "count=40"]\n' >"$D/build/Dockerfile"
	touched='^store/(activity|refs)[ /]'
	again=overfill
	overfill
}
# BuildKit collects on its own a minute after a first use, whenever on a busy machine that is.
overfill() { docker buildx build --builder "$F" --progress quiet --output type=cacheonly "$D/build"; }
plant_cache_policy_unknown() { # an image with the old daemon in it
	local made
	made=$(docker create "$RECONCILE_BUILDKIT_IMAGE")
	docker cp -q "$RECONCILE_BUILDKIT_OLD_BIN/buildkitd" "$made:/usr/bin/buildkitd"
	docker cp -q "$RECONCILE_BUILDKIT_OLD_BIN/buildctl" "$made:/usr/bin/buildctl"
	docker commit "$made" "rf-image:$F"
	docker rm "$made"
	made_by_apply "driver-opts: {image: \"rf-image:$F\"}, cache: {max-used-space: 16MB}"
	touched="^store/(instances|activity)/$F "
	mender=take_newer
}
take_newer() { made_by_apply "driver-opts: {image: \"$RECONCILE_BUILDKIT_IMAGE\"}, cache: {max-used-space: 16MB}"; }
plant_platform_missing() {
	made_by_apply ''
	state <<<"{version: 1, builders: {$F: {platforms: [linux/mips64le]}}}"
	mender=take_platform_away
}
take_platform_away() { made_by_apply ''; }
running_node() { # options of docker run; its image and command are "$image"
	docker run -d --privileged --name "buildx_buildkit_${F}0" -v "buildx_buildkit_${F}0_state:/var/lib/buildkit" "$@"
}
node_row() { # a builder whose container is not as BuildX made it
	with_flags "\"DriverOpts\":{}"
	state <<<"{version: 1, builders: {$F: {}}}"
	touched="^store/(instances|activity|refs)[ /]" used="^store/activity/$F " container_stays=yes
}
entitled=--allow-insecure-entitlement=network.host # BuildX gives it to every node
with_flags() { instance "$F" docker-container "{\"Name\":\"${F}0\",\"Endpoint\":\"$engine\",\"Platforms\":null,$1,\"Flags\":[\"$entitled\"],\"Files\":null}"; }
plant_container_claimed() {
	instance "$F"
	instance "$F-other" docker-container "{\"Name\":\"${F}0\",\"Endpoint\":\"$engine\"}"
	touched="^store/((instances|activity)/$F-other |(instances|activity|refs) )"
}
plant_container_damaged() { node_row; docker create --name "buildx_buildkit_${F}0" -v "buildx_buildkit_${F}0_state:/var/lib/buildkit" "$RECONCILE_BUILDKIT_IMAGE"; }
plant_container_oom() {
	node_row
	running_node --memory 16m --entrypoint /bin/sh "$RECONCILE_BUILDKIT_IMAGE" -c 'exec tail /dev/zero'
}
plant_container_other_image() { node_row; running_node "$RECONCILE_BUILDKIT_IMAGE_OTHER"; }
plant_container_paused() { node_row; running_node "$RECONCILE_BUILDKIT_IMAGE" "$entitled"; docker pause "buildx_buildkit_${F}0"; }
plant_container_restarting() { node_row; running_node --restart unless-stopped "$RECONCILE_BUILDKIT_IMAGE" --no-such-flag; }
plant_daemon_corrupt() {
	made_by_apply ''
	docker stop -t 0 "buildx_buildkit_${F}0"
	# shellcheck disable=SC2016  # for the shell in there
	docker run --rm -v "buildx_buildkit_${F}0_state:/v" --entrypoint /bin/sh "$RECONCILE_BUILDKIT_IMAGE" \
		-c 'for f in $(find /v -name containerdmeta.db); do head -c 65536 /dev/urandom >"$f"; done'
	docker start "buildx_buildkit_${F}0"
	touched="^store/(instances|activity|refs)[ /]" used="^store/activity/$F " container_stays=yes
}
plant_daemon_unreachable() {
	instance "$F" remote "{\"Name\":\"${F}0\",\"Endpoint\":\"unix://$D/d.sock\"}"
	mender=start_daemon
}
start_daemon() {
	PATH=$RECONCILE_BUILDKIT_BIN:$PATH timeout 3600 "$RECONCILE_BUILDKIT_BIN/buildkitd" --root "$D/root" --addr "unix://$D/d.sock" \
		--oci-worker-snapshotter native --containerd-worker=false --otel-socket-path "$D/otel.sock" >"$D/daemon.log" 2>&1 3>&- &
	processes+=("$!")
}
plant_engine_unreachable() { instance "$F" docker-container "{\"Name\":\"${F}0\",\"Endpoint\":\"unix://$D/$F.sock\"}"; mender=start_engine; }
start_engine() { ln -s "$RECONCILE_ENGINE_SOCK" "$D/$F.sock"; }
plant_image_moved() {
	docker tag "$RECONCILE_BUILDKIT_IMAGE" "rf-image:$F"
	with_flags "\"DriverOpts\":{\"image\":\"rf-image:$F\"}"
	running_node "rf-image:$F" "$entitled"
	docker tag "$RECONCILE_BUILDKIT_IMAGE_OTHER" "rf-image:$F"
	state <<<"{version: 1, builders: {$F: {driver-opts: {image: \"rf-image:$F\"}}}}"
	touched="^store/(instances|activity|refs)[ /]" used="^store/activity/$F " container_stays=yes
}
plant_orphan_container() { docker create --privileged --name "buildx_buildkit_${F}0" "$RECONCILE_BUILDKIT_IMAGE"; }
plant_orphan_volume() { docker volume create "buildx_buildkit_${F}0_state"; }
remote_with_ca() { instance "$F" remote "{\"Name\":\"${F}0\",\"Endpoint\":\"tcp://127.0.0.1:1\",\"DriverOpts\":{\"cacert\":\"$D/$F-ca.pem\"}}"; }
plant_remote_tls_missing() { remote_with_ca; mender=bring_ca; }
bring_ca() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj /CN=ca -out "$D/$F-ca.pem"; chown "${as_user:-0}" "$D/$F-ca.pem"; }
plant_remote_tls_unreadable() { remote_with_ca; bring_ca; as_somebody; roots "$D/$F-ca.pem"; mender=bring_ca; }
plant_volume_held() { # under another name the container runs on, with the node's volume
	made_by_apply ''
	docker rename "buildx_buildkit_${F}0" "buildx_buildkit_${F}held"
	mender=rename_back
}
rename_back() { docker rename "buildx_buildkit_${F}held" "buildx_buildkit_${F}0"; }
plant_volume_missing() { node_row; docker run -d --privileged --tmpfs /var/lib/buildkit --name "buildx_buildkit_${F}0" "$RECONCILE_BUILDKIT_IMAGE"; }
