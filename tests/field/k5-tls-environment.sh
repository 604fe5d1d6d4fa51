#!/usr/bin/env bash
# docker/buildx#413, setup-buildx-action#105, GitLab's docker-in-docker: "could not create a builder instance with TLS data loaded from environment"
# Right: DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH as docker reads them; the plan makes the context that BuildX wants,
# a build works, the next apply does nothing, a rollback takes the context away; what is wrong with the files is named
# shellcheck disable=SC2154
[[ -n ${in_network:-} || -z ${RECONCILE_ENGINE_TLS:-} ]] || in_network=1 exec nsenter -n -t "$RECONCILE_ENGINE_PID" bash "$0" "$@"
. "$(dirname "$0")/lib.sh" "$@"
need_engine
[[ -n ${RECONCILE_ENGINE_TLS:-} ]] || skip "this engine does not listen with TLS"
# shellcheck source=../certificates.sh
. "$here/../certificates.sh"
certificates() { # AUTHORITY: into certs/, as docker:dind leaves them
	rm -rf certs
	mkdir certs
	cp "$1.pem" certs/ca.pem
	cp "$1-client.pem" certs/cert.pem
	cp "$1-client-key.pem" certs/key.pem
}
a=$RECONCILE_ENGINE_TLS/a
certificates "$a"
export DOCKER_HOST=tcp://127.0.0.1:2376 DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=$work/certs
printf 'version: 1\nselected: %s\nbuilders:\n  %s: {}\n' "$B" "$B" >state.yaml
mkdir context
cp "$RECONCILE_BUSYBOX" context/busybox
printf 'FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "true"]\n' >context/Dockerfile
docker buildx create --name refused >out 2>&1 && wrong "this BuildX needs no context"
has 'TLS data loaded from environment' out
run --doctor
has 'No faults' out
for buildx in "$RECONCILE_BUILDX_OLD" "$RECONCILE_BUILDX_NEW"; do
	ln -sfn "$buildx" "$DOCKER_CONFIG/cli-plugins/docker-buildx"
	run --check -f state.yaml
	[[ $code == 2 ]] || wrong "exit $code: $(<out)"
	has '\+ context.tls-environment' out
	has 'nodes.*endpoint +tls-environment' out
	lacks 'engine tcp://' out
	run --apply --yes -f state.yaml
	[[ $code == 0 ]] || wrong "exit $code: $(<out)"
	docker buildx build --output type=cacheonly context >out 2>&1 || wrong "no build: $(<out)"
	[[ $(docker context inspect tls-environment --format '{{.Endpoints.docker.Host}} {{.TLSMaterial}}') == "$DOCKER_HOST map[docker:[ca.pem cert.pem key.pem]]" ]] || wrong "docker sees another context"
	[[ $(stat -c %a "$DOCKER_CONFIG"/contexts/tls/*/docker/key.pem) == 600 ]] || wrong "others may read the key"
	run --check -f state.yaml
	[[ $code == 0 ]] || wrong "exit $code: $(<out)"
	run --apply --yes -f state.yaml
	has 'No changes' out
	run --import
	lacks endpoint out
	[[ $("$reconcile" --snapshot | jq '[.engines[] | select(.same_as == null)] | length') == 1 ]] || wrong "the Engine is told twice"
	run --rollback --yes
	[[ $code == 0 ]] || wrong "exit $code: $(<out)"
	docker context inspect tls-environment >/dev/null 2>&1 && wrong "the rollback leaves the context"
	rm -rf "$RECONCILE_HISTORY" # where that state is held
done

# One that holds the same is used, whatever it is called; one that is elsewhere is left alone.
docker context create theirs >/dev/null 2>&1
docker context create tls-environment --docker host=tcp://other:2376 >/dev/null 2>&1
run --check -f state.yaml
has 'endpoint +theirs' out
lacks 'context\.' out
docker context rm -f theirs >/dev/null
run --check -f state.yaml
has '\+ context.tls-environment-[0-9a-f]{8}' out
docker context rm -f tls-environment >/dev/null

# Renewed certificates go into the context, and an authority that the Engine is not of does not.
run --apply --yes -f state.yaml
authority b
cp b.pem certs/ca.pem
run --check -f state.yaml
[[ $code == 8 ]] || wrong "exit $code: $(<out)"
lacks '~ context' out
cat "$a.pem" b.pem >certs/ca.pem
run --apply --yes -f state.yaml
has '~ context.tls-environment' out
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
cmp -s certs/ca.pem "$DOCKER_CONFIG"/contexts/tls/*/docker/ca.pem || wrong "the context has the old authority"
docker buildx rm "$B" >/dev/null 2>&1
certificates "$a"
rm -rf "$DOCKER_CONFIG/contexts"

# What is wrong: what the doctor or the plan says of it, and what to do. Nothing is written.
authority expired -1
before=$(find home -type f -exec sha256sum {} + | sort)
rows=0
told() { # WHAT WORDS MEND [VARIABLE=VALUE…]: and the exit code of an apply is 8
	local what=$1 words=$2 mend=$3
	shift 3
	env "$@" "$reconcile" --doctor >out 2>&1
	has "$words" out
	has "$mend" out
	env "$@" "$reconcile" --apply --yes -f state.yaml >out 2>&1 </dev/null
	code=$?
	[[ $code == 8 ]] || wrong "$what: exit $code: $(<out)"
	has "$words" out
	env "$@" "$reconcile" --validate -f state.yaml >out 2>&1 || wrong "$what: validate: $(<out)"
	[[ $(find home -type f -exec sha256sum {} + | sort) == "$before" ]] || wrong "$what: something was written"
	certificates "$a"
	rows=$((rows + 1))
}
told "no folder" "docker-tls-missing|/nowhere has no ca.pem" "correct DOCKER_CERT_PATH" DOCKER_CERT_PATH=/nowhere
rm certs/ca.pem
told "no authority" "certs has no ca.pem" "certs/ca.pem"
rm certs/key.pem
told "no key" "certs has no key.pem|client certificate" "certs/key.pem"
rm certs/cert.pem certs/key.pem
told "no client certificate" "wants a client certificate" "DOCKER_CERT_PATH wants cert.pem and key.pem"
echo nonsense >certs/ca.pem
told "no PEM" "ca.pem holds no certificate" "PEM file"
rm certs/key.pem
mkdir certs/key.pem
told "a folder" "key.pem" "PEM file"
cp b-client-key.pem certs/key.pem
told "another's key" "key.pem is not the key of the certificate" "PEM file"
cp expired-client.pem certs/cert.pem
cp expired-client-key.pem certs/key.pem
told "an expired certificate" "client certificate .* has expired on 20|TLS: " "renew .*cert.pem|DOCKER_CERT_PATH"
cp b-client.pem certs/cert.pem
cp b-client-key.pem certs/key.pem
told "a certificate of another authority" "TLS: the server does not|TLS: the client" "a client certificate that the Engine trusts|signed by the authority"
cp b.pem certs/ca.pem
told "another authority" "signed by an unknown authority" "ca.pem the authority"
told "another name" "certificate is for another name" "DOCKER_TLS_SAN" DOCKER_HOST=tcp://localhost:2376
told "no verification asked for, no TLS at all" "Engine wants TLS" "DOCKER_TLS_VERIFY" DOCKER_TLS_VERIFY= DOCKER_TLS=
[[ $rows == 12 ]] || wrong "$rows rows"
env DOCKER_TLS_VERIFY= DOCKER_TLS=1 DOCKER_HOST=tcp://localhost:2376 "$reconcile" --check -f state.yaml >out 2>&1
has '\+ context.tls-environment' out
env DOCKER_HOST="unix://$RECONCILE_ENGINE_SOCK" "$reconcile" --doctor >out 2>&1
has 'docker-tls-unusable' out
has 'unset DOCKER_TLS_VERIFY' out
