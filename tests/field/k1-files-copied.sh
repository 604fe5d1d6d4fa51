#!/usr/bin/env bash
# docker/buildx#80, #306, moby/buildkit#1055: docker cp of a company's CA into buildx_buildkit_…, docker exec … cat >>
# Right: the plan of a replacement or a reset tells of what it will not bring back, and of nothing else
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_engine
node=buildx_buildkit_${B}0
builder() { printf 'version: 1\nbuilders:\n  %s:\n    driver-opts: {cpu-shares: %s}\n' "$B" "$1"; }
builder 512 >state.yaml
run --apply --yes -f state.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"

# What BuildKit and a restart leave behind is nobody's work.
mkdir build && cp "$RECONCILE_BUSYBOX" build/busybox
printf 'FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "true"]\n' >build/Dockerfile
docker buildx build --builder "$B" build >/dev/null 2>&1 || wrong "the build failed"
docker restart "$node" >/dev/null
docker buildx inspect --bootstrap "$B" >/dev/null 2>&1 || wrong "it does not start again"
builder 256 >other.yaml
run --plan -f other.yaml
has "^-/\+ builder.$B" out
lacks 'changed-files' out

printf 'an authority\n' >ca.pem
docker cp ca.pem "$node:/etc/ssl/certs/company.pem" >/dev/null 2>&1 || exit 2
docker exec -i "$node" sh -c 'cat >>/etc/ssl/certs/ca-certificates.crt' <ca.pem || exit 2
run --plan -f other.yaml
has 'changed-files +/etc/ssl/certs/ca-certificates.crt, /etc/ssl/certs/company.pem.*not brought back' out
run --plan -f state.yaml
lacks 'changed-files' out # nothing is given up, so nothing is said, and nothing asked

# A plan that was reviewed does not lose what came after it.
run --plan -o saved.json -f other.yaml
docker exec "$node" sh -c 'mkdir -p /opt/tool/lib && for i in 1 2 3 4 5 6; do echo x >/opt/tool/lib/$i; done' || exit 2
run --apply --yes saved.json
[[ $code == 3 ]] || wrong "exit $code: $(<out)"
has 'changed-files' out
run --plan -f other.yaml
has '/etc/ssl/certs/company.pem, /opt/tool/lib/1, .* and 4 more' out
run --reset "$B" --yes -f other.yaml
[[ $code == 0 ]] || wrong "exit $code: $(<out)"
has 'changed-files +/etc/ssl/certs/ca-certificates.crt.* and 4 more' out
run --plan -f state.yaml
lacks 'changed-files' out
