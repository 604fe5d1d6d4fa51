#!/usr/bin/env bash
# docker/buildx create --platform linux/amd64,linux/amd64, --driver-opt network=, memory=1g
# Right: another spelling of the same is no difference
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
need_no_engine
instance pt docker-container '{"Name":"pt0","Endpoint":"unix:///nonexistent.sock","Platforms":[{"architecture":"amd64","os":"linux"},{"architecture":"amd64","os":"linux"}],"DriverOpts":{"network":"","memory":"1g"},"Flags":["--allow-insecure-entitlement=network.host"],"Files":null}'
state <<'Y'
version: 1
builders:
  pt: {endpoint: "unix:///nonexistent.sock", platforms: [linux/amd64], driver-opts: {memory: 1024m}, bootstrap: false}
Y
run --plan --no-probe -f state.yaml
lacks 'platforms|network|memory' out

# BuildKit reads the keys of its file in any case.
toml=$(printf '[Worker.OCI]\nMAX-PARALLELISM = 4\nGC = true\nMaxusedspace = "10GB"\n[registry."Docker.io"]\nMirrors = ["m"]\n[Frontend."Dockerfile.v0"]\nEnabled=true\n' | base64 -w0)
instance cs docker-container '{"Name":"cs0","Endpoint":"unix:///nonexistent.sock","Platforms":null,"DriverOpts":null,"Flags":["--allow-insecure-entitlement=network.host"],"Files":{"buildkitd.toml":"'"$toml"'"}}'
state <<'Y'
version: 1
builders:
  cs:
    endpoint: "unix:///nonexistent.sock"
    cache: {max-used-space: 10GB}
    buildkitd: {worker: {oci: {max-parallelism: 4}}, registry: {Docker.io: {mirrors: [m]}}, frontend: {dockerfile.v0: {enabled: true}}}
Y
run --plan --no-probe -f state.yaml
lacks 'buildkitd.toml' out
sed -i 's/Docker.io/docker.io/' state.yaml # a registry's name is no key of BuildKit's
run --plan --no-probe -f state.yaml
has 'registry.docker.io.mirrors' out
