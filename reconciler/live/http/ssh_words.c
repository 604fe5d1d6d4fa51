/* Finds the words that decide. ssh is run with LogLevel=ERROR, which leaves out banners and "Permanently added"; what a
 * shell there prints at login comes on standard output, in front of the answer. */
#include "live/http/ssh_words.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/count.h"
#include "base/text.h"
#include "base/text_buffer.h"
#include "live/http/failure.h"

#include <string.h>

enum { NOT_FOUND_THERE = 127 }; /* what every shell ends with that does not find the command */

/* A row per thing that is said; the first that is found is the reason. In a mend %l is what ssh is called with, %k what
 * ssh-keygen calls the host, %p the program there. */
static const struct saying {
	const char *text, *mend;
} SAYINGS[] = {
	{"REMOTE HOST IDENTIFICATION HAS CHANGED", "the host's key is another one than in ~/.ssh/known_hosts: when the "
						   "machine was made anew, take the old key out "
						   "with `ssh-keygen -R %k`; else somebody may be in between"},
	{"Host key verification failed",
	 "connect once by hand (ssh %l) and compare the key, or correct ~/.ssh/known_hosts"},
	{"Permission denied (",
	 "load the key into an agent (ssh-add), or name it in ~/.ssh/config; nothing is asked here"},
	{"Too many authentication failures", "name the right key in ~/.ssh/config, with IdentitiesOnly yes"},
	{"Could not resolve hostname", "check the host's name in the endpoint and in ~/.ssh/config, and DNS"},
	{"Connection refused", "is sshd running there, on this port?"},
	{"Connection timed out", "check the host's name and the network: no sshd was reached"},
	{"Operation timed out", "check the host's name and the network: no sshd was reached"},
	{"No route to host", NULL},
	{"Network is unreachable", NULL},
	{"kex_exchange_identification", "what listens there is no sshd, or it takes no more connections: try `ssh %l`"},
	{"Bad configuration option", "correct ~/.ssh/config"},
	{"account is currently not available",
	 "give that user a shell that runs commands, or name another in the endpoint"},
	{"account is not available", "give that user a shell that runs commands, or name another in the endpoint"},
	{"buildkitd.sock", "is buildkitd running there, and may the remote user open its socket?"},
	{"permission denied while trying to connect", "add the remote user to the group docker there"},
	{"connect: permission denied", "add the remote user to the group docker there"},
	{"Cannot connect to the Docker daemon", "is the Docker Engine running there?"},
	{"failed to open the raw stream connection", "is the Docker Engine running there?"},
	{"unknown command: docker system",
	 "the docker CLI there has no `docker system dial-stdio`: install Docker 18.09 or newer"},
	{"docker system COMMAND",
	 "the docker CLI there has no `docker system dial-stdio`: install Docker 18.09 or newer"},
	{"is not a docker command",
	 "the docker CLI there has no `docker system dial-stdio`: install Docker 18.09 or newer"},
	{"closed by remote host", "the sshd there ended it: look into its log"},
	{"Connection closed by", "the sshd there ended it: look into its log"},
};

static const char MEND_SHELL[] =
	"a shell without a terminal must print nothing: `ssh %l true` shows what does, as a line of "
	"~/.bashrc there";
static const char MEND_INSTALL[] = "install %p there, on the PATH of a shell without a terminal";
static const char MEND_HANGS[] = "see by hand what `ssh %l %p version` waits for, or give it more time with --timeout";
static const char MEND_SILENT[] = "`ssh -v %l` shows why";

static void mend_login(struct text *text, const struct ssh_words *words)
{
	if (words->port)
		text_printf(text, "-p %s ", words->port);
	if (words->user)
		text_printf(text, "%s@", words->user);
	text_puts(text, words->host);
}

static void mend_key(struct text *text, const struct ssh_words *words)
{
	if (words->port && strcmp(words->port, "22") != 0)
		text_printf(text, "'[%s]:%s'", words->host, words->port);
	else
		text_puts(text, words->host);
}

static void set_mend(const struct ssh_words *words, const char *mend, struct error *err)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	for (const char *at = mend; at && *at != '\0'; at++)
		if (*at != '%')
			text_append(&text, at, 1);
		else if (*++at == 'l')
			mend_login(&text, words);
		else if (*at == 'k')
			mend_key(&text, words);
		else
			text_puts(&text, words->program);
	if (text.length > 0)
		error_hint(err, "%s", text_string(&text));
}

/* The line around this place, without ssh's frame of @ and its name. */
static void say_line(const struct ssh_words *words, const char *text, const char *at, const char *mend,
		     struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	while (at > text && at[-1] != '\n')
		at--;
	if (text_starts(at, "ssh: "))
		at += strlen("ssh: ");
	at += strspn(at, "@ \t");
	size_t length = strcspn(at, "\n");
	while (length > 0 && strchr("\r@. \t", at[length - 1]))
		length--;
	error_set(err, ERROR_UNREACHABLE, "ssh: %s",
		  text_printable(arena, arena_strndup(arena, at, length > 255 ? 255 : length), false));
	set_mend(words, mend, err);
}

static bool say_known(const struct ssh_words *words, const char *text, struct error *err)
{
	for (size_t i = 0; i < COUNT(SAYINGS); i++) {
		const char *found = strstr(text, SAYINGS[i].text);

		if (!found)
			continue;
		say_line(words, text, found, SAYINGS[i].mend, err);
		return true;
	}
	return false;
}

/* NULL: there is none with anything but blanks in it. */
static const char *last_line(const char *text)
{
	const char *last = NULL;

	for (const char *line = text; *line != '\0';) {
		size_t length = strcspn(line, "\n");
		if (strspn(line, " \r\t") < length && !text_starts(line, "Warning:"))
			last = line;
		line += length + (line[length] == '\n');
	}
	return last;
}

static void say_status(const struct ssh_words *words, struct error *err)
{
	const char *last = last_line(words->said);
	bool missing = words->status == NOT_FOUND_THERE;
	const char *mend = missing ? MEND_INSTALL : words->status == SSH_ITSELF ? MEND_SILENT : NULL;

	if (last) {
		say_line(words, words->said, last, mend, err);
		return;
	}
	if (words->status <= 0)
		return;
	if (missing)
		error_set(err, ERROR_UNREACHABLE, "ssh: %s is not found there", words->program);
	else
		error_set(err, ERROR_UNREACHABLE, "ssh: it ended without a word, with exit status %d", words->status);
	set_mend(words, mend, err);
}

void ssh_words_explain(const struct ssh_words *words, struct error *err)
{
	struct error how = *err;
	const char *garbled = strstr(how.message, FAILURE_NOT_HTTP ": ");

	if (say_known(words, words->said, err))
		return;
	if (strstr(how.message, FAILURE_LATE)) {
		set_mend(words, MEND_HANGS, err);
	} else if (garbled) {
		garbled += strlen(FAILURE_NOT_HTTP ": ");
		if (say_known(words, garbled, err))
			return;
		error_set(err, ERROR_UNREACHABLE, "ssh: in front of the answer came: %s", garbled);
		set_mend(words, MEND_SHELL, err);
	} else {
		say_status(words, err);
	}
}
