/* The program: standard streams, signals, the command line, and the mode that it names. */
#include "base/count.h"
#include "base/xalloc.h"
#include "cli/plugin.h"
#include "cli/publish.h"
#include "cli/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

extern char **environ;

/* The globals: a signal handler can reach nothing else. */
static volatile sig_atomic_t caught_signal;

static void remember_signal(int number)
{
	caught_signal = number;
}

static const int watched[] = {SIGINT, SIGTERM};
static struct sigaction unwatched[COUNT(watched)]; /* what they did before; all zero: SIG_DFL */

/* A second signal ends the program at once; the journal makes that safe. */
static void watch_signals(void)
{
	struct sigaction action = {.sa_handler = remember_signal, .sa_flags = (int)SA_RESETHAND};

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < COUNT(watched); i++)
		sigaction(watched[i], &action, &unwatched[i]);
}

static void unwatch_signals(void)
{
	for (size_t i = 0; i < COUNT(watched); i++)
		sigaction(watched[i], &unwatched[i], NULL);
}

static int signal_caught(void)
{
	return caught_signal;
}

/* A file opened while 0, 1 or 2 is closed would get that number, and our messages would go into it. Read-only, so that
 * writing to a stdout that was closed is an error. A root without /dev has a folder at least, which reads as nothing.
 */
static bool open_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0 && open("/", O_RDONLY) < 0)
			return false;
	return true;
}

static int run(struct session *session, const struct error *usage)
{
	if (usage)
		return session_fail(session, usage);
	return mode_get(session->options->mode)->run(session);
}

static int describe(void)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	plugin_describe(&text);
	return output_write(STDOUT_FILENO, &text, NULL) < 0 ? EXIT_OTHER : EXIT_DONE;
}

int main(int argc, char **argv)
{
	static const struct signals signals = {
		.watch = watch_signals, .unwatch = unwatch_signals, .caught = signal_caught};
	if (!open_streams())
		return EXIT_OTHER;
	xalloc_libraries();
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct invocation invocation;
	struct options options;
	struct session session;
	struct error err = ERROR_INIT;
	char **inherited = environ;
	int code, parsed;
	signal(SIGPIPE, SIG_IGN); /* a reader that is gone is an error of write() */
	parsed = plugin_read(arena, argc, argv, environ, &invocation, &err);
	if (invocation.describes)
		return describe();
	environ = invocation.environ; /* what we start sees it, too */
	if (options_parse(arena, invocation.argc, invocation.argv, &options, parsed < 0 ? NULL : &err) < 0)
		parsed = -1;
	session_init(&session, &options, (const char *const *)environ, &signals);
	code = publish_end(&session, run(&session, parsed < 0 ? &err : NULL));
	if (output_close(&err) < 0 && code == 0)
		code = session_fail(&session, &err);
	session_done(&session);
	environ = inherited; /* ours is in the arena */
	return code;
}
