#!/usr/bin/env bash
# Puts the text of REPORT under the pull request: in place of the comment that has the same first line, a marker that
# nobody sees, and the same author; else as a new one. Where this may not be, as for a pull request from a fork, it says
# so: the plan is in the job's summary. It never fails.
#
# Facts: docs.github.com/rest/issues/comments; a workflow's own token is of a Bot, and may not ask who it is.
set -euo pipefail

give_up() { # level, what
	echo "::$1 title=reconcile::no comment: $2. The plan is in the summary of this job."
	exit 0
}
for program in curl jq; do command -v "$program" >/dev/null || give_up warning "this runner has no $program"; done
[[ -n ${REPORT:-} && -s $REPORT ]] || give_up notice "there was nothing to say but what is in the log"
number=$(jq -r '.pull_request.number // (.issue | select(.pull_request) | .number) // ""' "$GITHUB_EVENT_PATH")
[[ $number =~ ^[0-9]+$ ]] || give_up notice "this run is of no pull request"
[[ -n ${TOKEN:-} ]] || give_up notice "there is no token"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
repository=${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY
api() { # method, URL [body]: its status in $status, the answer in $work/answer
	local again=0
	[[ $1 != GET ]] || again=2
	status=$(curl --silent --show-error --max-time 60 --retry "$again" --retry-delay 1 --output "$work/answer" --write-out '%{http_code}' --request "$1" \
		--header @<(printf 'Authorization: Bearer %s\n' "$TOKEN") --header 'Accept: application/vnd.github+json' \
		--header 'X-GitHub-Api-Version: 2022-11-28' ${3:+--data-binary "@$3"} -- "$2") || status=000
}
why() { jq -r '.message // "no reason was given"' "$work/answer" 2>/dev/null | tr -sc '[:print:]' ' ' | head -c 200 | sed 's/ $//' || true; }

api GET "${GITHUB_API_URL:-https://api.github.com}/user"
me=''
[[ $status != 200 ]] || me=$(jq -r '.login // ""' "$work/answer")
id='' same=''
for ((page = 1; page <= 50; page++)); do
	api GET "$repository/issues/$number/comments?per_page=100&page=$page"
	[[ $status == 200 ]] || break
	jq --rawfile report "$REPORT" --arg me "$me" '
		map(select((.body // "" | split("\n")[0] | rtrimstr("\r")) == ($report | split("\n")[0])))
		| map(select(if $me != "" then .user.login == $me else .user.type == "Bot" end))
		| .[0] // empty | {id, html_url, same: ((.body | gsub("\r"; "") | rtrimstr("\n")) == ($report | rtrimstr("\n")))}' "$work/answer" >"$work/found"
	[[ -s $work/found ]] && { id=$(jq -r .id "$work/found") same=$(jq -r .same "$work/found"); break; }
	[[ $(jq length "$work/answer") -eq 100 ]] || break
done

url() { jq -r '.html_url // "" | gsub("[[:cntrl:]]"; "")' "$1"; }
said() { # what was done, the answer with its address
	echo "comment $1: $(url "$2")"
	echo "url=$(url "$2")" >>"$GITHUB_OUTPUT"
	exit 0
}
[[ $same != true ]] || said "stands as it is" "$work/found"
[[ -n $id || ${COMMENT:-always} != changes || ${CHANGES:-0} != 0 || ${CODE:-0} != [02] ]] || { echo "no comment: nothing to do"; exit 0; }
jq -n --rawfile body "$REPORT" '{$body}' >"$work/body"
if [[ $id =~ ^[0-9]+$ ]]; then
	api PATCH "$repository/issues/comments/$id" "$work/body"
	[[ $status != 200 ]] || said replaced "$work/answer"
fi
api POST "$repository/issues/$number/comments" "$work/body"
case $status in
201) said written "$work/answer" ;;
401 | 403 | 404) give_up notice "this token may not write one ($status: $(why)), as in a pull request from a fork; a workflow of one's own repository gives it permissions: {pull-requests: write}" ;;
000) give_up warning "${GITHUB_API_URL:-https://api.github.com} did not answer" ;;
*) give_up warning "it was refused ($status: $(why))" ;;
esac
