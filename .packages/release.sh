#!/usr/bin/env bash
# Completes a release in a folder that has its programs and packages:  release.sh VERSION COMMIT SECONDS REPOSITORY FOLDER
# install.sh that knows its releases, what is in each program, where all of it comes from, and the sums of everything.
set -euo pipefail
version=$1 commit=$2 seconds=$3 repository=$4 folder=$5
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# A forge keeps no ~ in a file's name, and sums must name what can be downloaded.
for file in "$folder"/*~*; do
	[[ ! -e $file ]] || mv "$file" "$folder/$(basename "${file//\~/.}")"
done
rm -f "$folder"/{SHA256SUMS,install.sh,*.spdx.json,*.intoto.json}
[[ -n $repository ]] ||
	echo "make release: without REPOSITORY=https://github.com/… install.sh has to be told where its releases are" >&2
sed "s#@RELEASES@#${repository:+$repository/releases}#" "$here/install.sh" >"$folder/install.sh"
chmod 755 "$folder/install.sh"
for program in "$folder"/reconcile-linux-*; do
	"$here/sbom.sh" "$version" "$seconds" "$repository" "$program" >"$program.spdx.json"
done
"$here/provenance.sh" "$version" "$commit" "$repository" "$folder"/* >"$folder/.provenance"
mv "$folder/.provenance" "$folder/reconcile-$version.intoto.json"
(cd "$folder" && sha256sum -- * >.sums && mv .sums SHA256SUMS)
ls "$folder"
