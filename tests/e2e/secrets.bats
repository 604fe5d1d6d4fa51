#!/usr/bin/env bats
# Secrets of every kind are in force, and in nothing that is printed, saved, recorded or seen in the process list. What
# every test printed is looked through once more by tests/e2e/audit.
load lib
setup() {
	common_setup
	# Of the environment and of the state file; BuildX inherits our environment, so that one's own is no leak.
	export DEPLOY_KEY=planted-Env-7qXw
	hash=$(printf %s tls-context | sha256sum | cut -d' ' -f1)
	mkdir -p "$DOCKER_CONFIG/contexts/meta/$hash" "$DOCKER_CONFIG/contexts/tls/$hash/docker"
	printf '{"Name":"tls-context","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://user:planted-Url-3mRt@127.0.0.1:1","SkipTLSVerify":false}}}' >"$DOCKER_CONFIG/contexts/meta/$hash/meta.json"
	printf -- '-----BEGIN PRIVATE KEY-----\nplanted-Tls-5hZc\n-----END PRIVATE KEY-----\n' >"$DOCKER_CONFIG/contexts/tls/$hash/docker/key.pem"
	printf '{"auths":{"registry.example.com":{"auth":"%s"}}}' "$(printf 'me:planted-Auth-8pLs' | base64 -w0)" >"$DOCKER_CONFIG/config.json"
	printf 'planted-Key-4nBg\n' >key.pem
	printf 'cert\n' >cert.pem
	write_state 1
	[[ -z ${RECONCILE_ARTIFACTS:-} ]] || { mkdir -p "$RECONCILE_ARTIFACTS/$B" && : >"$RECONCILE_ARTIFACTS/$B/planted-here"; }
}
teardown() {
	common_teardown
	docker rmi -f "reconcile-test-broken:$B" >/dev/null 2>&1 || true
}
write_state() { # a number that makes it differ; further driver options
	state_builder <<-Y
		driver-opts:
		  env.DEPLOY: !secret "\${DEPLOY_KEY}"
		  env.API_TOKEN: planted-File-9vKd
		  env.HTTP_PROXY: "http://user:planted-Url-3mRt@127.0.0.1:9"
		  env.NO_PROXY: "*"
		  env.ROUND: "$1"
		  ${2:-}
		buildkitd:
		  registry:
		    registry.example.com:
		      keypair: [{key: $PWD/key.pem, cert: $PWD/cert.pem}]
	Y
}
clean() { # the output of the last run
	local word
	while read -r word; do
		[[ $output$stderr != *"$word"* && $output$stderr != *"$(printf %s "$word" | base64 -w0 | cut -c1-12)"* ]] ||
			fail_with "\"$word\" is in: $output" "$stderr"
	done < <(planted)
}

@test "every mode and format keeps them, before, after and when it fails" {
	local format mode
	for format in text json markdown github; do
		run -0 --separate-stderr reconcile --plan -v -f state.yaml --format "$format"
		clean
	done
	run -0 --separate-stderr reconcile --plan -f state.yaml -o plan.json
	run -0 --separate-stderr reconcile --apply --yes -v plan.json
	clean
	run -0 docker inspect -f '{{json .Config.Env}}' "buildx_buildkit_${B}0"
	[[ $output == *planted-Env-7qXw* && $output == *planted-File-9vKd* ]] # they are in force
	write_state 2
	run -0 --separate-stderr reconcile --apply --yes -v -f state.yaml --format json
	clean
	for mode in --snapshot --doctor --history --show --status --import "--show --format json" "--show --format markdown"; do
		# shellcheck disable=SC2086
		run --separate-stderr reconcile $mode
		clean
	done
	run -0 --separate-stderr reconcile --rollback --yes -v
	clean
	# The Engine and BuildX put the request into what they say.
	cp "$RECONCILE_BUSYBOX" busybox
	tar -c busybox | docker import -c 'ENTRYPOINT ["/busybox", "env"]' - "reconcile-test-broken:$B" >/dev/null
	write_state 3 "image: reconcile-test-broken:$B"
	run --separate-stderr reconcile --apply --yes -v --override-hold -f state.yaml
	[[ $status -ne 0 ]]
	clean
	write_state 4 'memory: "1"'
	run --separate-stderr reconcile --apply --yes -v --override-hold -f state.yaml
	clean
	run -0 git --git-dir="$RECONCILE_HISTORY" log -p --exclude='refs/reconcile/private/*' --all
	clean
}

@test "no child has them on its command line, nor in an environment that is not ours" {
	cat >watch.py <<-'P'
		import glob, os, sys, time
		mark, words = sys.argv[1].encode(), [word.encode() for word in sys.argv[2:]]
		children = 0
		open("watching", "w").close()
		while not os.path.exists("done"):
		    for folder in glob.glob("/proc/[0-9]*"):
		        try:
		            environ = open(folder + "/environ", "rb").read()
		            command = open(folder + "/cmdline", "rb").read()
		        except OSError:
		            continue
		        if mark not in environ or b"watch.py" in command or b"bats" in command:
		            continue
		        children += b"buildx" in command
		        for word in words:
		            # Our own environment is handed on; what comes from a file is not.
		            if word in command or (word in environ and word != b"planted-Env-7qXw"):
		                open("leaks", "ab").write(command.replace(b"\0", b" ") + b"\n")
		    time.sleep(0.001)
		open("children", "w").write(str(children))
	P
	local -a words
	mapfile -t words < <(planted)
	python3 watch.py "BUILDX_CONFIG=$BUILDX_CONFIG" "${words[@]}" >/dev/null 2>&1 3>&- &
	local watcher=$!
	wait_until 300 test -e watching
	run -0 --separate-stderr reconcile --apply --yes -f state.yaml
	: >done
	wait "$watcher"
	[[ ! -e leaks ]] || fail_with "$(sort -u leaks)"
	[[ $(<children) -gt 0 ]] || fail_with "the boot by BuildX was not seen"
}
