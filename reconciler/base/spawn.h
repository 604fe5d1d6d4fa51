/* Child processes: posix_spawn with an argv, no shell, bounded in time and in output.
 *
 * The child gets its own session (and so process group, without a terminal), stdin from /dev/null unless given, and
 * every other fd but keep_fd closed (all of ours are O_CLOEXEC). When the deadline passes the group gets SIGTERM, two
 * seconds later SIGKILL. What the child leaves running behind its back is not waited for. */
#ifndef RECONCILE_BASE_SPAWN_H
#define RECONCILE_BASE_SPAWN_H

#include "base/error.h"
#include "base/interrupt.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct spawn_request {
	const char *const *argv; /* argv[0] is looked up on PATH */
	const char *const *env;	 /* NULL: ours; else "NAME=VALUE"s that are added to ours or replace one of ours */
	const char *input;	 /* fed to stdin; NULL: /dev/null */
	int keep_fd;		 /* a lock's, which the child then holds too, whatever becomes of us; 0: none */
	int timeout_ms;		 /* 0: no deadline */
	size_t output_cap;	 /* per stream; the rest is read and dropped. 0: 1 MiB */
	/* Called for each complete line of stderr or stdout as it comes; may be NULL. Runs on the calling thread. */
	void (*on_line)(void *context, bool is_stderr, const char *line);
	void *context;
	const struct interrupt *interrupt; /* ends the child as a deadline does; may be NULL */
};

struct spawn_result {
	int exit_code;	 /* -1 when a signal ended it */
	int term_signal; /* 0 when it exited */
	bool timed_out, was_interrupted;
	char *out, *err; /* NUL-terminated, owned: spawn_result_done() */
};

/* -1 only when it could not be started (NOT_FOUND when argv[0] is not on PATH). */
int spawn_run(const struct spawn_request *request, struct spawn_result *ret_result, struct error *err);
void spawn_result_done(struct spawn_result *result);

/* A child that is heard by somebody's event loop: stdin is /dev/null, out and err are pipes that do not block; -1 once
 * they are closed, which is the caller's. */
struct spawn_child {
	pid_t pid; /* 0: none, or reaped */
	int out, err;
};

/* `env` as in struct spawn_request; does not wait. */
int spawn_start(const char *const *argv, const char *const *env, struct spawn_child *ret_child, struct error *err);
/* Whether it has ended; its exit code then, or minus the number of the signal that ended it. */
bool spawn_ended(struct spawn_child *child, int *ret_status);
/* Ends its group, by SIGTERM and soon by SIGKILL, and closes what is open. One that has ended is allowed. */
void spawn_end(struct spawn_child *child);

/* Starts a child in a session of its own, with stdin and stdout on `fd` (for a transport such as ssh) and stderr on
 * stderr_fd (-1: /dev/null); does not wait. */
int spawn_on_fd(const char *const *argv, int fd, int stderr_fd, pid_t *ret_pid, struct error *err);

#endif
