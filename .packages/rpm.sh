#!/usr/bin/env bash
# An RPM package from the tarball of `make dist`:  rpm.sh TARBALL FOLDER
# FOLDER gets the package and its source package, whose times are the commit's. Where rpm does not know what is installed
# (Debian), the libraries are looked for by the build itself.
set -euo pipefail
tarball=$1 folder=$2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
SOURCE_DATE_EPOCH=$(tar -xzf "$tarball" -O --wildcards '*/.packages/commit' | sed -nE 's/^[0-9a-f]+ ([0-9]+)$/\1/p')
export SOURCE_DATE_EPOCH
options=(--define "_topdir $work/rpm" --define '_buildhost localhost' --define 'use_source_date_epoch_as_buildtime 1'
	--define 'clamp_mtime_to_source_date_epoch 1')
# Distributions with rpm have flags of their own, which leave the folder of the build out of what is compiled.
rpm -q rpm >/dev/null 2>&1 || {
	options+=(--nodeps)
	export CFLAGS="-O2 -g -ffile-prefix-map=$work=."
}
mkdir "$work/rpm"
umask 022
rpmbuild -ta "${options[@]}" "$tarball" >"$work/build.log" 2>&1 </dev/null || {
	tail -n 40 "$work/build.log" >&2
	exit 1
}
rm -rf "$folder"
mkdir -p "$folder"
find "$work/rpm" -name '*.rpm' ! -name '*-debug*' -exec mv -t "$folder" {} +
find "$folder" -name '*.rpm' ! -name '*.src.rpm'
