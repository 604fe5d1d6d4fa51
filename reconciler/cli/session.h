/* What every mode does alike: read the state files, observe, open the history, plan, and print.
 *
 * Each session_…() step returns 0, or the exit code after saying on stderr what is wrong: a mode hands it on.
 *
 *     if ((code = session_desired(session)) || (code = session_live(session)) || (code = session_plan(session)))
 *             return code;
 */
#ifndef RECONCILE_CLI_SESSION_H
#define RECONCILE_CLI_SESSION_H

#include "base/interrupt.h"
#include "base/text_buffer.h"
#include "cli/exit.h"
#include "cli/options.h"
#include "model/plan.h"
#include "plan/plan.h"
#include "report/plans.h"
#include "report/report.h"

#include <sys/types.h>

/* SIGINT and SIGTERM, watched only while there is something to clear away: others that are asked, with the ssh and the
 * folders that this takes, or something that is being changed. At other times they end the program at once. */
struct signals {
	void (*watch)(void);
	void (*unwatch)(void);
	int (*caught)(void); /* the signal's number, 0: none */
};

struct history;
struct kube_keyring;
struct published;
struct run_lock;

struct session {
	struct arena *arena;
	const struct options *options;
	const char *const *environ;
	const struct signals *signals;
	bool watching; /* the signals, until the end */
	struct interrupt interrupt;
	struct kube_keyring *keyring;
	struct report_options out, err; /* for stdout and stderr: colour differs */
	struct published *published;	/* what was told so far: publish.h */
	struct strings default_files;	/* state files when -f names none: a saved plan's */
	struct state *desired;
	char desired_digest[65];
	bool standing; /* there is no state file: `desired` is what lives here, once that was observed */
	struct live *live;
	const char *store; /* located, or a snapshot's */
	const char *docker_config;
	char store_id[13];
	struct history *history; /* NULL: not opened, or none there */
	struct strings history_damages;
	struct plan *plan;		 /* with several machines, the last one's */
	struct machine_plans plans;	 /* of --plan and --check */
	const char *snapshot;		 /* what is looked at instead of the machine; NULL: what --live names */
	long patience;			 /* seconds that an endpoint has to answer; 0: --timeout */
	int run_lock_fd;		 /* 0: not held */
	const struct run_lock *run_lock; /* NULL: not held */
};

void session_init(struct session *session, const struct options *options, const char *const *environ,
		  const struct signals *signals);
void session_done(struct session *session);

/* From here on something is changed: a signal ends no more than the waits. */
void session_watch(struct session *session);

int session_desired(struct session *session);
/* The same, and where there is no state file what lives here will be what is wanted: to be repaired, or reset. */
int session_desired_or_standing(struct session *session);
/* The options that name the state files, as they were given: "", " -f states". */
const char *session_state_options(const struct session *session);
/* What the options say of the state files. */
struct desired_request;
void session_desired_request(const struct session *session, struct desired_request *ret_request);
void session_print_problems(const struct session *session, const struct diagnostics *problems); /* on stderr */
/* Whether the state has what --only names, or an earlier one (NULL: none). */
int session_check_only(const struct session *session, const struct state *old);
/* With --live SNAPSHOT reads that instead. */
int session_live(struct session *session);
/* For BuildX's lock of the store, which it holds for milliseconds. */
int session_lock_timeout_ms(const struct session *session);
/* Only names the store: for modes that need no more. */
int session_store(struct session *session);
int session_history(struct session *session, bool create);
/* For what only looks: opens the history if it can, and notes what is damaged; session_live() calls it. The damages
 * become faults of what lives here. */
void session_peek_history(struct session *session);
void session_add_damages(struct session *session);
/* For what changes something: the history must be well, or is begun anew with --new-history. */
int session_sound_history(struct session *session);
/* As session_fail(), and where the history is damaged says what to do. */
int session_fail_history(const struct session *session, struct error *err);
/* Where the history is or will be; NULL: neither HOME nor XDG_STATE_HOME says. */
const char *session_history_folder(const struct session *session);

/* Desired, live, history and plan: the whole pipeline of the planning modes. */
int session_plan(struct session *session);
/* Observes anew, and asks the Engines of `before`, too (NULL: none); the caller's: live_free(). */
int session_observe(const struct session *session, const struct state *desired, const struct live *before,
		    struct live **ret_live);

/* Reads a plan that -o saved; the caller's. */
int session_saved_plan(const struct session *session, const char *path, struct plan **ret_plan);

int session_fail(const struct session *session, const struct error *err); /* prints, gives its exit code */
/* To stdout; 0 or an exit code. A page for people is laid out for them; session_write() gives every byte as it is. */
int session_print(const struct session *session, const struct text *text);
int session_write(const struct session *session, const struct text *text);
int session_print_json(const struct session *session, const cJSON *json);
/* Into the file that -o names; says nothing when it is done. */
int session_save(const struct session *session, const char *path, const struct text *text, mode_t mode);
/* One line on stderr, unless -q. */
void session_say(const struct session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* EXIT_UNREACHABLE or EXIT_REFUSED when something that the plan should do cannot be done, else 0. */
int plan_obstacle(const struct plan *plan);

#endif
