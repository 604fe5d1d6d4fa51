/* The modes as a table: what `reconcile MODE` does, what it takes, and who runs it. */
#ifndef RECONCILE_CLI_MODES_H
#define RECONCILE_CLI_MODES_H

#include <stdbool.h>
#include <stddef.h>

struct session;

enum mode_id {
	MODE_PLAN = 0,
	MODE_APPLY,
	MODE_CHECK,
	MODE_STATUS,
	MODE_VALIDATE,
	MODE_RESET,
	MODE_ROLLBACK,
	MODE_HISTORY,
	MODE_FLEET,
	MODE_SHOW,
	MODE_IMPORT,
	MODE_DOCTOR,
	MODE_SNAPSHOT,
	MODE_GC,
	MODE_SCHEMA,
	MODE_COMPLETION,
	MODE_VERSION,
	MODE_HELP,
	MODE_COUNT,
};

struct mode {
	enum mode_id id;
	const char *name;     /* "plan": said as --plan or as the bare verb */
	const char *operands; /* as help shows them, "" for none */
	size_t most_operands;
	const char *does;		     /* one clause */
	const char *more;		     /* for the manual: what else is to be known; NULL: nothing */
	int (*run)(struct session *session); /* the exit code; it has said on stderr why when that is not 0 */
};

const struct mode *mode_get(enum mode_id id);
const struct mode *mode_find(const char *name); /* NULL when unknown */
bool mode_acts(enum mode_id id);		/* it changes what lives here */
bool mode_reports(enum mode_id id);		/* on builders, here or elsewhere, and not on the program itself */
const char *mode_nearest(const char *name);	/* for "did you mean"; NULL */

/* One file each. */
int mode_plan(struct session *session);
int mode_apply(struct session *session);
int mode_check(struct session *session);
int mode_status(struct session *session);
int mode_validate(struct session *session);
int mode_reset(struct session *session);
int mode_rollback(struct session *session);
int mode_history(struct session *session);
int mode_fleet(struct session *session);
int mode_show(struct session *session);
int mode_import(struct session *session);
int mode_doctor(struct session *session);
int mode_snapshot(struct session *session);
int mode_gc(struct session *session);
int mode_schema(struct session *session);
int mode_completion(struct session *session);
int mode_version(struct session *session);
int mode_help(struct session *session);

#endif
