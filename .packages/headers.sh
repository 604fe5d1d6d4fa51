#!/usr/bin/env bash
# Links the headers of the libraries, and nothing else of this machine's, into a folder: what is compiled for another
# system takes these, and the C library's from zig. They are the same on every architecture, but for two of OpenSSL's
# that say how it counts, which nothing of ours does.
#   .packages/headers.sh FOLDER
set -euo pipefail
folder=$1
read -r -a cc <<<"${CC:-cc}"
multiarch=$("${cc[@]}" -print-multiarch 2>/dev/null || true)
read -r -a flags <<<"$(pkg-config --cflags-only-I libcurl libnghttp2 libcjson libgit2 yaml-0.1 libcrypto libprotobuf-c zlib)"
roots=("${flags[@]#-I}" ${multiarch:+"/usr/include/$multiarch"} /usr/local/include /usr/include)

rm -rf "$folder.new"
mkdir -p "$folder.new/openssl"
for name in curl nghttp2 cjson git2 git2.h protobuf-c yaml.h zlib.h zconf.h; do
	for root in "${roots[@]}"; do
		[[ -e $root/$name ]] || continue
		ln -s "$root/$name" "$folder.new/$name"
		continue 2
	done
	echo "$name: no such header; run 'make deps'" >&2
	exit 1
done
# Debian has those two in the folder of its architecture.
for root in "${roots[@]}"; do
	[[ ! -d $root/openssl ]] || ln -sf "$root"/openssl/* "$folder.new/openssl/"
done
rm -rf "$folder"
mv "$folder.new" "$folder"
