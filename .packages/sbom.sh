#!/usr/bin/env bash
# What is in a static program, as SPDX 2.3:  sbom.sh VERSION SECONDS REPOSITORY PROGRAM
# SECONDS since 1970 are the commit's; REPOSITORY is the address of the project, or empty.
set -euo pipefail
version=$1 seconds=$2 repository=$3 program=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sum=$(sha256sum "$program" | cut -d ' ' -f 1)

"$here/materials.sh" | jq --arg version "$version" --arg repository "$repository" --arg name "$(basename "$program")" --arg sum "$sum" \
	--arg created "$(date -u -d "@$seconds" +%Y-%m-%dT%H:%M:%SZ)" '
	def id: "SPDXRef-" + gsub("[^a-zA-Z0-9.-]"; "-");
	def package: {
	  name, SPDXID: (.name | id), versionInfo: .version, filesAnalyzed: false, downloadLocation: .location,
	  licenseConcluded: "NOASSERTION", licenseDeclared: .licence, copyrightText: "NOASSERTION",
	  primaryPackagePurpose: (if .compiler then "APPLICATION" else "LIBRARY" end),
	  checksums: [{algorithm: "SHA256", checksumValue: .sha256}],
	  externalRefs: [{referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: .purl}]};
	. as $materials |
	("program" | id) as $program |
	{
	  spdxVersion: "SPDX-2.3", dataLicense: "CC0-1.0", SPDXID: "SPDXRef-DOCUMENT", name: "\($name)-\($version)",
	  documentNamespace: "https://spdx.org/spdxdocs/\($name)-\($version)-\($sum)",
	  creationInfo: {created: $created, creators: ["Tool: reconcile-sbom.sh-\($version)"]},
	  packages: ([{
	      name: "reconcile", SPDXID: $program, versionInfo: $version, packageFileName: $name, filesAnalyzed: false,
	      downloadLocation: (if $repository == "" then "NOASSERTION" else "\($repository)/releases/download/v\($version)/\($name)" end),
	      licenseConcluded: "NOASSERTION", licenseDeclared: "Apache-2.0", copyrightText: "NOASSERTION",
	      primaryPackagePurpose: "APPLICATION", checksums: [{algorithm: "SHA256", checksumValue: $sum}]
	    }, {
	      name: "musl", SPDXID: ("musl" | id), filesAnalyzed: false, downloadLocation: ($materials[] | select(.compiler).location),
	      licenseConcluded: "NOASSERTION", licenseDeclared: "MIT", copyrightText: "NOASSERTION", primaryPackagePurpose: "LIBRARY",
	      comment: "The C library, as \($materials[] | select(.compiler) | "\(.name) \(.version)") brings and compiles it."
	    }] + ($materials | map(package))),
	  relationships: ([{spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: $program},
	      {spdxElementId: $program, relationshipType: "STATIC_LINK", relatedSpdxElement: ("musl" | id)}] +
	    ($materials | map(if .compiler
	      then {spdxElementId: (.name | id), relationshipType: "BUILD_TOOL_OF", relatedSpdxElement: $program}
	      else {spdxElementId: $program, relationshipType: "STATIC_LINK", relatedSpdxElement: (.name | id)} end)))
	}'
