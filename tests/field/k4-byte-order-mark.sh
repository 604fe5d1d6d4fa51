#!/usr/bin/env bash
# docker/for-win#1135: a UTF-8 byte order mark before config.json (Notepad, PowerShell)
# Right: docker cannot read the file, and the doctor says why
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh" "$@"
printf '\xef\xbb\xbf{"auths":{}}' >"$DOCKER_CONFIG/config.json"
run --doctor
has 'config\.json' out
has 'byte order mark' out
