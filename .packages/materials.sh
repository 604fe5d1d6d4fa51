#!/usr/bin/env bash
# What the static program is made of, as JSON, for those who write it down (sbom.sh, provenance.sh): a row for each of the
# libraries that .packages/static/sources pins, and one for the compiler, which brings the C library (.packages/zig.sh).
#   [{"name", "version", "purl", "sha256", "licence", "location", "compiler": bool}, …]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

libraries() { # name, version, registry, package, its version, sum, licence: those in the program, so without the tests' own
	sed -E '/^(#|$)/d; s/ *\| */|/g' "$here/static/sources" | awk -F '|' -v OFS='\t' '$1 != "cmocka" { print $1, $2, $3, $4, $5, $6, $8 }'
}
compiler() { # of the machine that compiles
	local version sum
	version=$(sed -n 's/^ZIG_VERSION=//p' "$here/zig.sh")
	sum=$(sed -n "s/^ *\[$(uname -m)\]=//p" "$here/zig.sh")
	printf 'zig\t%s\tpypi\tziglang\t%s\t%s\tMIT\n' "$version" "$version" "$sum"
}
{ libraries; compiler; } | jq -R -s '
	def place: {
	  crate: {purl: "pkg:cargo/\(.package)@\(.exact | @uri)",
	          location: "https://static.crates.io/crates/\(.package)/\(.package)-\(.exact).crate"},
	  debian: {purl: "pkg:deb/debian/\(.package)@\(.exact | @uri)?arch=source",
	           location: "https://snapshot.debian.org/package/\(.package)/"},
	  pypi: {purl: "pkg:pypi/\(.package)@\(.exact | @uri)", location: "https://pypi.org/project/\(.package)/\(.exact)/"}
	}[.registry] // error("no registry \"\(.registry)\"");
	[split("\n")[] | select(. != "") | split("\t") |
	 {name: .[0], version: .[1], registry: .[2], package: .[3], exact: .[4], sha256: .[5], licence: .[6]} |
	 . + place | {name, version, purl, sha256, licence, location, compiler: (.registry == "pypi")} |
	 if (.sha256 | test("^[0-9a-f]{64}$")) then . else error("no SHA-256 of \(.name)") end]'
