#!/usr/bin/env bash
# Writes what a linker for macOS wants to know of the libraries: for each of ours a text stub (.tbd) with the functions
# that this machine's has. Against these and the system's own a program links when it calls nothing that macOS lacks; to
# run it takes the real ones.
#   .packages/stubs.sh FOLDER [LIBRARY…]     the libraries as pkg-config calls them
set -euo pipefail
folder=$1
shift
read -r -a cc <<<"${CC:-cc}"
rm -rf "$folder.new"
mkdir -p "$folder.new"
read -r -a links <<<"$(pkg-config --libs-only-l "$@")"
for link in "${links[@]}"; do
	name=${link#-l}
	library=$("${cc[@]}" -print-file-name="lib$name.so")
	[[ -f $library ]] || { echo "lib$name.so: no such library; run 'make deps'" >&2; exit 1; }
	{
		echo '--- !tapi-tbd'
		echo 'tbd-version: 4'
		echo 'targets: [ x86_64-macos, arm64-macos ]'
		echo "install-name: '@rpath/lib$name.dylib'"
		echo 'exports:'
		echo '  - targets: [ x86_64-macos, arm64-macos ]'
		nm --dynamic --defined-only --format=posix "$library" |
			awk '$2 ~ /[TWDBRVi]/ { sub(/@.*/, "", $1); if (!seen[$1]++) print $1 }' |
			sed '1s/^/    symbols: [ _/; 1!s/^/               _/; $!s/$/,/; $s/$/ ]/'
		echo '...'
	} >"$folder.new/lib$name.tbd"
done
rm -rf "$folder"
mv "$folder.new" "$folder"
