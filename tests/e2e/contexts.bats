#!/usr/bin/env bats
# Docker contexts as the state file says: made, repointed, selected and removed, with their TLS files, so that the docker
# command line agrees; config.json keeps every byte that is not ours; a rollback brings all of it back.
load lib
load ../certificates.sh
setup() {
	common_setup
	engine_url=$DOCKER_HOST
	unset DOCKER_HOST DOCKER_CONTEXT
	ctx=ctx$BATS_TEST_NUMBER
}
teardown() {
	export DOCKER_HOST=$engine_url
	common_teardown
}

tls_engine() { # authority: the engine behind mutual TLS; sets $port
	port=$(free_port)
	timeout 3600 socat "OPENSSL-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork,cert=$1-both.pem,cafile=$1.pem,verify=1" \
		"UNIX-CONNECT:$RECONCILE_ENGINE_SOCK" 3>&- 2>/dev/null &
	helpers+=($!)
	listening "$port"
}
tls_state() { # authority, more lines on stdin
	{
		printf 'version: 1\ncontexts:\n  %s: {endpoint: "tcp://127.0.0.1:%s", ca: %s.pem, cert: %s-client.pem, key: %s-client-key.pem}\n' \
			"$ctx" "$port" "$1" "$1" "$1"
		cat
	} >state.yaml
}
meta() { printf '%s/contexts/meta/%s' "$DOCKER_CONFIG" "$(printf %s "$1" | sha256sum | cut -d' ' -f1)"; }
tls() { printf '%s/contexts/tls/%s' "$DOCKER_CONFIG" "$(printf %s "$1" | sha256sum | cut -d' ' -f1)"; }
tree() { # every file below the contexts, with mode and digest
	(cd "$DOCKER_CONFIG" && find contexts -type f -printf '%m %p ' -exec sha256sum {} \; 2>/dev/null | cut -d' ' -f1-3 | sort)
}
roll_back() {
	run --separate-stderr reconcile --rollback --yes
	((status == 0)) || fail_with "$output" "$stderr"
}
no_key_in_public() { # key file: its bytes are in the private ref alone
	local line
	line=$(sed -n 2p "$1")
	for commit in $(git --git-dir="$RECONCILE_HISTORY" rev-list main); do
		! git --git-dir="$RECONCILE_HISTORY" grep -qF "$line" "$commit" || return 1
	done
}

@test "a context with TLS files is made, and docker uses it" {
	authority a
	tls_engine a
	tls_state a </dev/null
	run -2 --separate-stderr reconcile --check -v -f state.yaml
	[[ $output == *"+ context.$ctx"* && $output == *"+ ca "*"sha256:"* && $output == *"+ key "*"(sensitive)"* ]] || fail_with "$output"
	apply
	run -0 docker --context "$ctx" version --format '{{.Server.Version}}'
	run -0 docker context inspect "$ctx" --format '{{json .TLSMaterial}} {{.Endpoints.docker.Host}}'
	[[ $output == *'["ca.pem","cert.pem","key.pem"]'*"tcp://127.0.0.1:$port" ]] || fail_with "$output"
	cmp a-client-key.pem "$(tls "$ctx")/docker/key.pem"
	[[ $(stat -c %a "$(tls "$ctx")/docker" "$(tls "$ctx")"/docker/*) == $'700\n600\n600\n600' ]]
	settled
	no_key_in_public a-client-key.pem
	roll_back
	[[ ! -e $(meta "$ctx") && ! -e $(tls "$ctx") ]]
	run -1 docker context inspect "$ctx"
}

@test "one plan makes the context and the builder that lives in it, and one removes both" {
	authority a
	tls_engine a
	tls_state a <<-Y
		builders:
		  $B: {endpoint: $ctx}
	Y
	apply
	settled
	run -0 build "$B"
	state <<-Y
		version: 1
		contexts: {$ctx: {state: absent}}
		builders: {$B: {state: absent}}
	Y
	apply
	export DOCKER_HOST=$engine_url
	[[ -z $(container_id "${B}0") && ! -e $(meta "$ctx") && ! -e $(tls "$ctx") ]]
	unset DOCKER_HOST
	settled
}

@test "renewed certificates are a difference; what is there is replaced, other files go; rolled back byte for byte" {
	authority a
	tls_engine a
	docker context create "$ctx" --docker "host=tcp://127.0.0.1:$port,ca=a.pem,cert=a-client.pem,key=a-client-key.pem" --description mine >/dev/null
	echo odd >"$(tls "$ctx")/docker/extra.pem"
	chmod 640 "$(tls "$ctx")/docker/ca.pem"
	tree >before
	authority b
	tls_engine b
	tls_state b </dev/null
	differs "~ endpoint" "~ ca " "~ cert " "~ key " "→ (sensitive)" "- tls/docker/extra.pem"
	apply
	run -0 docker --context "$ctx" version --format '{{.Server.Version}}'
	[[ ! -e $(tls "$ctx")/docker/extra.pem ]]
	settled
	cp b-client-key.pem b-saved.pem
	cp a-client.pem b-client.pem
	cp a-client-key.pem b-client-key.pem
	differs "~ cert " "~ key "
	roll_back
	tree >after
	diff before after
	[[ $(docker context inspect "$ctx" | jq -r '.[0].Metadata.Description') == mine ]]
}

@test "a state file that names no TLS files leaves them alone" {
	authority a
	tls_engine a
	docker context create "$ctx" --docker "host=tcp://127.0.0.1:1,ca=a.pem,cert=a-client.pem,key=a-client-key.pem" >/dev/null
	state <<-Y
		version: 1
		contexts: {$ctx: {endpoint: "tcp://127.0.0.1:$port"}}
		builders: {$B: {endpoint: $ctx}}
	Y
	apply
	run -0 docker --context "$ctx" version --format '{{.Server.Version}}'
	settled
}

@test "removal takes TLS files and currentContext with it; rolled back byte for byte" {
	authority a
	tls_engine a
	docker context create "$ctx" --docker "host=tcp://127.0.0.1:$port,ca=a.pem,cert=a-client.pem,key=a-client-key.pem" >/dev/null
	docker context use "$ctx" >/dev/null 2>&1
	mkdir -p "$(tls "$ctx")/kubernetes"
	echo k8s >"$(tls "$ctx")/kubernetes/ca.pem"
	tree >before
	cp "$DOCKER_CONFIG/config.json" config.before
	state <<-Y
		version: 1
		contexts: {$ctx: {state: absent}}
	Y
	differs "- context.$ctx" "~ current-context  $ctx → default" "which is current, is removed"
	apply
	[[ ! -e $(meta "$ctx") && ! -e $(tls "$ctx") ]]
	run -0 docker context show
	[[ $output == default ]]
	settled
	roll_back
	tree >after
	diff before after
	cmp config.before "$DOCKER_CONFIG/config.json"
	run -0 docker version --format '{{.Server.Version}}'
	no_key_in_public a-client-key.pem
}

@test "the current context is selected after it is made; config.json keeps every other byte, its mode and its link" {
	mkdir dotfiles
	printf '{\r\n  "auths" : {"reg.example.com": {"auth":"dTpw"} },\r\n\t"credHelpers":{"eu.gcr.io":"gcloud"},\r\n  "HttpHeaders":{"X":"\\u00fc é \\/ </script>"}, "n":1.50e+2\r\n}\r\n\r\n' >dotfiles/config.json
	chmod 640 dotfiles/config.json
	rm -f "$DOCKER_CONFIG/config.json"
	ln -s "$PWD/dotfiles/config.json" "$DOCKER_CONFIG/config.json"
	cp -p dotfiles/config.json before.json
	state <<-Y
		version: 1
		current-context: $ctx
		contexts: {$ctx: {endpoint: "$engine_url"}}
	Y
	differs "+ context.$ctx" "~ current-context  default → $ctx"
	apply
	[[ -L $DOCKER_CONFIG/config.json && $(stat -c %a dotfiles/config.json) == 640 ]]
	sed "s|1.50e+2|1.50e+2,\r\n  \"currentContext\" : \"$ctx\"|" before.json | cmp - dotfiles/config.json
	run -0 docker context show
	[[ $output == "$ctx" ]]
	run -0 docker version --format '{{.Server.Version}}'
	settled
	# What somebody else wrote meanwhile stays.
	sed -i 's|"reg.example.com"|"new.example.com": {}, "reg.example.com"|' dotfiles/config.json
	sed 's|"reg.example.com"|"new.example.com": {}, "reg.example.com"|' before.json >edited.json
	roll_back
	cmp edited.json dotfiles/config.json
	[[ -L $DOCKER_CONFIG/config.json && ! -e $(meta "$ctx") ]]
}

@test "docker context use and reconcile agree, in both directions" {
	docker context create "$ctx" --docker "host=$engine_url" >/dev/null
	docker context create "$ctx-2" --docker "host=$engine_url" >/dev/null
	docker context use "$ctx-2" >/dev/null 2>&1
	cp "$DOCKER_CONFIG/config.json" used.json
	state <<<"{version: 1, current-context: $ctx-2}"
	settled
	docker context use default >/dev/null 2>&1
	differs "default → $ctx-2"
	apply
	cmp used.json "$DOCKER_CONFIG/config.json"
	state <<<"{version: 1, current-context: default}"
	differs "$ctx-2 → default"
	apply
	run -0 docker context show
	[[ $output == default ]]
	run -0 docker context ls --format '{{.Name}} {{.Current}}'
	[[ $output == *"default true"* && $output == *"$ctx false"* ]] || fail_with "$output"
	settled
}

# From context $ctx-old to one that is yet to be made, and the selection with it.
moves_to_context() { # builder $B, as YAML
	docker context create "$ctx-old" --docker "host=$engine_url" >/dev/null
	docker context use "$ctx-old" >/dev/null 2>&1
	state <<-Y
		version: 1
		current-context: $ctx
		selected: $B
		contexts: {$ctx: {endpoint: "$engine_url"}}
		builders: {$B: $1}
	Y
}

@test "the selection is that of the context which becomes current" {
	moves_to_context "{}"
	apply
	settled
	run -0 docker buildx inspect
	[[ $output == *"Name: "*"$B"* ]] || fail_with "$output"
	jq -e --arg ctx "$ctx" --arg name "$B" '.Key == $ctx and .Name == $name' "$BUILDX_CONFIG/current"
	# A node without an endpoint lives where it will be looked for.
	run -0 jq -r '.Nodes[0].Endpoint' "$BUILDX_CONFIG/instances/$B"
	[[ $output == "$ctx" ]]
	# On the old context it is the context's own, as ever.
	run -0 docker --context "$ctx-old" buildx inspect
	[[ $output == *"$ctx-old"* ]] || fail_with "$output"
	roll_back
	run -0 docker context show
	[[ $output == "$ctx-old" && ! -e $BUILDX_CONFIG/instances/$B && ! -e $(meta "$ctx") ]]
	[[ -z $(ls "$BUILDX_CONFIG/defaults" 2>/dev/null) && ! -e $BUILDX_CONFIG/current ]]
	run -0 docker buildx ls
}

@test "selected back and forth, and a context's own builder" {
	docker context create "$ctx" --docker "host=$engine_url" >/dev/null
	state <<-Y
		version: 1
		current-context: $ctx
		selected: $ctx
		contexts: {$ctx: {endpoint: "$engine_url"}}
	Y
	apply
	settled
	state <<-Y
		version: 1
		current-context: default
		selected: default
		contexts: {$ctx: {state: absent}}
	Y
	apply
	settled
	run -0 docker context show
	[[ $output == default && ! -e $(meta "$ctx") ]]
}

@test "a current context that is gone stops docker; one line mends it" {
	docker context create "$ctx" --docker "host=$engine_url" >/dev/null
	docker context use "$ctx" >/dev/null 2>&1
	rm -r "$(meta "$ctx")"
	run ! docker ps
	state <<<"{version: 1, current-context: default}"
	run -0 --separate-stderr reconcile --doctor -f state.yaml
	[[ $output == *context-missing*"reconcile --apply -f state.yaml"* ]] || fail_with "$output"
	apply
	run -0 docker context show
	settled
}

@test "what cannot be is refused, and nothing is changed" {
	docker context create "$ctx" --docker "host=$engine_url" >/dev/null
	state <<<"{version: 1, current-context: $ctx}"
	refuses() { # exit, words
		run "-$1" --separate-stderr reconcile --apply --yes -f state.yaml
		# shellcheck disable=SC2154 # bats sets stderr
		[[ $stderr == *"$2"* ]] || fail_with "$stderr"
	}
	DOCKER_HOST=$engine_url refuses 5 "DOCKER_HOST=$engine_url overrides the current context: unset it"
	DOCKER_CONTEXT=default refuses 5 "DOCKER_CONTEXT=default overrides the current context: unset it"
	printf '{"auths": {},' >"$DOCKER_CONFIG/config.json"
	refuses 1 "config.json cannot be understood"
	[[ $(<"$DOCKER_CONFIG/config.json") == '{"auths": {},' ]]
	echo '{}' >"$DOCKER_CONFIG/config.json"
	state <<<"{version: 1, current-context: nowhere}"
	refuses 5 'there is no context "nowhere"'
	[[ $(<"$DOCKER_CONFIG/config.json") == '{}' && ! -e $RECONCILE_HISTORY ]]
}

@test "TLS files that Docker could not use are told at their line" {
	authority a
	openssl pkey -in a-client-key.pem -aes128 -passout pass:secret -out locked.pem
	state <<-Y
		version: 1
		contexts:
		  one: {endpoint: "tcp://h:1", ca: nothing.pem}
		  two: {endpoint: "tcp://h:1", cert: a-client.pem}
		  three:
		    endpoint: "tcp://h:1"
		    cert: a-client.pem
		    key: a-server-key.pem
		  four: {endpoint: "tcp://h:1", cert: a-client.pem, key: locked.pem}
		  five: {endpoint: "unix:///s", ca: a.pem}
		  six: {endpoint: "tcp://h:1", ca: state.yaml}
	Y
	run -65 --separate-stderr reconcile --validate -f state.yaml
	local want
	for want in 'state.yaml:3:32: context one: `ca`: cannot read' 'context two: `cert` and `key` go together' \
		'state.yaml:8:5: context three: `key` is not the key of the certificate in `cert`' 'context four: `key` '*'pass phrase'*'openssl pkey' \
		'context five: `ca` goes with a tcp:// endpoint' 'context six: `ca` holds no certificate in PEM'; do
		# shellcheck disable=SC2053 # a pattern
		[[ $stderr == *$want* ]] || fail_with "no $want in: $stderr"
	done
}

@test "TLS files missing and unreadable are faults; an unreadable key is not lost" {
	authority a
	docker context create "$ctx" --docker "host=tcp://127.0.0.1:1,ca=a.pem,cert=a-client.pem,key=a-client-key.pem" >/dev/null
	rm "$(tls "$ctx")/docker/key.pem"
	state <<<"{version: 1}"
	run -0 --separate-stderr reconcile --doctor -f state.yaml
	[[ $output == *context-tls-missing*key.pem* ]] || fail_with "$output"
	mkdir "$(tls "$ctx")/docker/key.pem" # no file at all
	rm "$(tls "$ctx")/docker/ca.pem"
	mkfifo "$(tls "$ctx")/docker/ca.pem"
	run -0 --separate-stderr reconcile --doctor -f state.yaml
	[[ $output == *context-tls-unreadable*ca.pem* ]] || fail_with "$output"
	state <<<"{version: 1, contexts: {$ctx: {state: absent}}}"
	run -1 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $stderr == *"cannot be read, so it could not be brought back"* && -e $(meta "$ctx") ]] || fail_with "$stderr"
}

@test "killed at every rename and removal, the next apply converges" {
	command -v strace >/dev/null || skip "no strace here"
	authority a
	tls_engine a
	local call number points=0 paths=() name
	# strace knows a path that a call names, and a folder that it is beneath.
	for name in "$DOCKER_CONFIG"{,/config.json,/contexts,/contexts/meta,/contexts/tls} {"$(meta "$ctx")","$(meta "$ctx-old")"}{,/meta.json} \
		{"$(tls "$ctx")","$(tls "$ctx-old")"}{,/docker,/docker/ca.pem,/docker/cert.pem,/docker/key.pem}; do
		paths+=(-P "$name")
	done
	for call in rename,renameat,renameat2 unlink,unlinkat,rmdir mkdir,mkdirat; do
		for ((number = 1; number <= 40; number++)); do
			rm -rf "$DOCKER_CONFIG/contexts" "$DOCKER_CONFIG/config.json" "$RECONCILE_HISTORY"
			docker context create "$ctx-old" --docker "host=tcp://127.0.0.1:$port,ca=a.pem,cert=a-client.pem,key=a-client-key.pem" >/dev/null
			docker context use "$ctx-old" >/dev/null 2>&1
			tls_state a <<-Y
				  $ctx-old: {state: absent}
				current-context: $ctx
			Y
			rc=0
			# LeakSanitizer does not work under ptrace.
			ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null "${paths[@]}" -e trace="$call" -e inject="$call:signal=SIGKILL:when=$number" \
				"$reconcile" --apply --yes -f state.yaml >/dev/null 2>&1 || rc=$?
			((rc == 0)) && break
			points=$((points + 1))
			# docker works on one of the two meanwhile, whichever is current.
			run -0 docker version --format '{{.Server.Version}}'
			run --separate-stderr reconcile --apply --yes -f state.yaml
			((status == 0)) || fail_with "$call $number: $output" "$stderr"
			settled
			run -0 docker version --format '{{.Server.Version}}'
			[[ $(docker context show) == "$ctx" && ! -e $(meta "$ctx-old") && ! -e $(tls "$ctx-old") ]]
			[[ -z $(find "$DOCKER_CONFIG/contexts" -name '.tmp-*') ]]
		done
	done
	echo "# killed at $points points" >&3
	((points > 10))
}

@test "a builder that fails is rolled back, the context that became current stays, and nothing is selected on it" {
	moves_to_context "{driver-opts: {image: $B.invalid/none:1}}"
	run -6 --separate-stderr reconcile --apply --yes -f state.yaml
	[[ $output == *"What failed was rolled back, verified"* || $output == *"failed before anything was changed"* ]] || fail_with "$output" "$stderr"
	run -0 docker context show
	[[ $output == "$ctx" && ! -e $BUILDX_CONFIG/instances/$B ]]
	run -0 docker buildx inspect
	[[ $output == *"$ctx"* ]] || fail_with "$output"
}

@test "a saved plan is stale when a certificate is another by then, and applied when it is not" {
	authority a
	tls_engine a
	tls_state a </dev/null
	run -0 --separate-stderr reconcile --plan -o plan.json -f state.yaml
	run ! grep -F "$(sed -n 2p a-client-key.pem)" plan.json
	cp a.pem kept.pem
	cp a-server.pem a.pem
	run -3 --separate-stderr reconcile --apply plan.json --yes
	[[ ! -e $(meta "$ctx") ]]
	cp kept.pem a.pem
	run -0 --separate-stderr reconcile --apply plan.json --yes
	run -0 docker --context "$ctx" version --format '{{.Server.Version}}'
	settled
	run -0 --separate-stderr reconcile --snapshot -f state.yaml
	[[ $output == *"/docker/key.pem"* && $output != *"$(sed -n 2p a-client-key.pem)"* ]]
}

@test "--only leaves contexts alone, so a builder in one that is not there yet is not made" {
	state <<-Y
		version: 1
		current-context: $ctx
		contexts: {$ctx: {endpoint: "$engine_url"}}
		builders: {$B: {endpoint: $ctx}}
	Y
	run -8 --separate-stderr reconcile --apply --yes --only "$B" -f state.yaml
	[[ $output == *"? builder.$B"*"$ctx"* && $output != *"context.$ctx:"* && ! -e $(meta "$ctx") ]] || fail_with "$output"
	apply
	run -0 --separate-stderr reconcile --check --only "$B" -f state.yaml
}
