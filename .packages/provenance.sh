#!/usr/bin/env bash
# Where files come from, as an in-toto statement with SLSA's provenance, version 1:  provenance.sh VERSION COMMIT REPOSITORY FILE…
# BUILDER says who built (in a GitHub workflow the workflow itself), INVOCATION which run of it.
# It is not signed: what vouches for it is where it lies. The release workflow has GitHub sign one of its own as well.
set -euo pipefail
version=$1 commit=$2 repository=$3
shift 3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

sha256sum "$@" | jq -R -s --arg version "$version" --arg commit "$commit" --arg repository "$repository" \
	--arg builder "${BUILDER:-urn:reconcile:make-release}" --arg invocation "${INVOCATION:-}" --slurpfile materials <("$here/materials.sh") '
	{
	  _type: "https://in-toto.io/Statement/v1",
	  subject: [split("\n")[] | select(. != "") | capture("^(?<sha256>[0-9a-f]{64}) [ *](.*/)?(?<name>[^/]+)$") |
	    {name, digest: {sha256}}],
	  predicateType: "https://slsa.dev/provenance/v1",
	  predicate: {
	    buildDefinition: {
	      buildType: "urn:reconcile:make-release:v1",
	      externalParameters: ({target: "release", version: $version} + if $repository == "" then {} else {repository: $repository} end),
	      resolvedDependencies: ([{
	          uri: (if $repository == "" then "urn:reconcile:source" else "git+\($repository)@refs/tags/v\($version)" end),
	          digest: {gitCommit: $commit}}] +
	        ($materials[0] | map({name, uri: .purl, digest: {sha256}})))
	    },
	    runDetails: ({builder: {id: $builder}} + if $invocation == "" then {} else {metadata: {invocationId: $invocation}} end)
	  }
	}'
