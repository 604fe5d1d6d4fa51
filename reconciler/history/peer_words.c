/* What ssh, git and a remote's hooks say, and what is to be done about it. Pure. */
#include "history/peer.h"

#include "base/count.h"
#include "base/text.h"

#include <string.h>

enum { LINE_MAX_SHOWN = 300 };

/* A row per thing that is said; the first that is found is the reason. */
static const struct {
	const char *text, *hint;
} sayings[] = {
	{"REMOTE HOST IDENTIFICATION HAS CHANGED", "the host's key is another one than in ~/.ssh/known_hosts: when the "
						   "machine was made anew, take the old key out "
						   "with ssh-keygen -R; else somebody may be in between"},
	{"Host key verification failed",
	 "connect once by hand with ssh and compare the key, or correct ~/.ssh/known_hosts"},
	{"Permission denied (",
	 "load the key into an agent (ssh-add), or name it in ~/.ssh/config; nothing is asked here"},
	{"Too many authentication failures", "name the right key in ~/.ssh/config, with IdentitiesOnly yes"},
	{"Could not resolve hostname", "check the host's name in the address and in ~/.ssh/config, and DNS"},
	{"Connection refused", "is sshd running there, on this port?"},
	{"Connection timed out", "check the host's name and the network: no sshd was reached"},
	{"No route to host", "check the host's name and the network: no sshd was reached"},
	{"Network is unreachable", "check the host's name and the network: no sshd was reached"},
	{"Connection closed by", "the sshd there ended it: look into its log"},
	{"dubious ownership",
	 "git trusts a folder of another user's only when git config --global safe.directory names it"},
	{"does not appear to be a git repository",
	 "make it there first: git init --bare PATH; or is the path another one?"},
	{"epository not found", "is the address right, and may this key see it? Somebody has to make it first"},
	{"not found", "git must be installed there, on the PATH of a shell without a terminal"},
	{"ermission denied", "whoever is logged in as there must be allowed to write to the repository"},
};

/* The line around this place, without what it is always led in by. */
static const char *line_around(struct arena *arena, const char *said, const char *at)
{
	static const char *const leads[] = {"ssh: ", "fatal: ", "remote: ", "ERROR: "};

	while (at > said && at[-1] != '\n' && at[-1] != '\r')
		at--;
	at += strspn(at, "@ \t");
	for (size_t i = 0; i < COUNT(leads); i++)
		if (text_starts(at, leads[i]))
			at += strlen(leads[i]);
	size_t length = strcspn(at, "\r\n");
	while (length > 0 && strchr("@. \t", at[length - 1]))
		length--;
	return text_shortened(arena, text_printable(arena, arena_strndup(arena, at, length), false), LINE_MAX_SHOWN);
}

const char *peer_words(struct arena *arena, const char *said, const struct address *address, const char **ret_hint)
{
	const char *prefix = address->kind == ADDRESS_SSH ? "ssh: " : "", *last = NULL;

	*ret_hint = NULL;
	for (size_t i = 0; i < COUNT(sayings); i++) {
		const char *found = strstr(said, sayings[i].text);

		if (!found)
			continue;
		*ret_hint = sayings[i].hint;
		return arena_printf(arena, "%s%s", prefix, line_around(arena, said, found));
	}
	for (const char *line = said; *line;) {
		size_t length = strcspn(line, "\r\n");

		if (strspn(line, " \t@") < length && !text_starts(line, "Warning:"))
			last = line;
		line += length + (line[length] != '\0');
	}
	return last ? arena_printf(arena, "%s%s", prefix, line_around(arena, said, last)) : NULL;
}
