#!/usr/bin/env bash
# A Debian package of this release of Debian or Ubuntu, from the tarball of `make dist`:  deb.sh VERSION TARBALL FOLDER
# FOLDER gets the package and its source package. The version says what it was built on (0.1.0-1~debian12), as its
# libraries are that release's; all times in it are the commit's.
set -euo pipefail
version=$1 tarball=$2 folder=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# shellcheck source=/dev/null
full=$version-1~$(. /etc/os-release && echo "$ID${VERSION_ID:-}")
# Apart from any repository, as a builder of packages has it.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$tarball" "$work/reconcile_$version.orig.tar.gz"
tar -C "$work" -xzf "$tarball"
source=$work/reconcile-$version
cp -a "$source/.packages/deb" "$source/debian"
SOURCE_DATE_EPOCH=$(sed -nE 's/^[0-9a-f]+ ([0-9]+)$/\1/p' "$source/.packages/commit")
export SOURCE_DATE_EPOCH
printf 'reconcile (%s) unstable; urgency=medium\n\n  * Version %s.\n\n -- %s  %s\n' "$full" "$version" \
	"$(sed -n 's/^Maintainer: //p' "$here/deb/control")" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")" >"$source/debian/changelog"

DEB_BUILD_OPTIONS="noautodbgsym parallel=$(nproc) ${DEB_BUILD_OPTIONS:-}"
export DEB_BUILD_OPTIONS
(umask 022 && cd "$source" && dpkg-buildpackage -us -uc >"$work/build.log" 2>&1 </dev/null) || {
	tail -n 40 "$work/build.log" >&2
	exit 1
}
rm -rf "$folder"
mkdir -p "$folder"
mv "$work"/reconcile_* "$folder"
echo "$folder"/*.deb
