#!/usr/bin/env bash
# The source tarball of HEAD:  dist.sh VERSION FILE
# Its bytes depend on the commit alone: the settings of who makes it (umask, line ends) are taken out.
set -euo pipefail
version=$1 file=$2
[[ $(git rev-parse --show-toplevel 2>/dev/null) == "$(pwd -P)" ]] || {
	echo "make dist: $PWD is no clone of git, and a tarball is made of a commit: run it in a clone" >&2
	exit 1
}
[[ -z $(git status --porcelain --untracked-files=no) ]] ||
	echo "make dist: what is not committed is not in the tarball, which is that of $(git rev-parse --short=12 HEAD)" >&2
mkdir -p "$(dirname "$file")"
git -c tar.umask=0022 -c core.autocrlf=false -c core.eol=lf archive --format=tar --prefix="reconcile-$version/" HEAD |
	gzip -9n >"$file.part"
mv "$file.part" "$file"
echo "$file"
