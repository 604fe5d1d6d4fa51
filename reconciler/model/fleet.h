/* The hosts that share their history through one git remote, as each of them told last. */
#ifndef RECONCILE_MODEL_FLEET_H
#define RECONCILE_MODEL_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum drift { DRIFT_UNKNOWN = 0, DRIFT_NONE, DRIFT_SOME };

/* What a comparison of a host with its state files came to. */
struct check {
	enum drift drift;
	int64_t changes;	  /* that a plan would make */
	const char *why;	  /* it is unknown: what could not be observed; NULL */
	const char *state_commit; /* of the repository that holds the state files; NULL */
	const char *record;	  /* the last one of that moment; NULL: there was none */
	time_t when;		  /* 0: never */
};

struct host {
	const char *name;	/* of its branch: "build1-0123456789ab"; as the remote has it, so print it with care */
	const char *unreadable; /* why nothing else is known; NULL: it is */
	const char *host, *user, *store;
	const char *tip;    /* of the branch, which other stores of the host may have records on, too; 40 hex digits */
	const char *record; /* 40 hex digits; NULL: there is none yet */
	const char *status, *what, *state_commit;
	int64_t serial;
	time_t recorded, heard; /* 0: never */
	struct check check;
	bool held;     /* states that were rolled back may not be applied */
	bool outdated; /* the remote has newer records than this tells of */
};

struct fleet {
	struct host *items; /* sorted by name */
	size_t count;
	const char *remote; /* printable */
};

/* Whether nothing was recorded since the check. */
bool host_check_holds(const struct host *host);
/* Of the check, or of a record that is newer than it: an apply that came to its end was verified. */
enum drift host_drift(const struct host *host);
const char *drift_name(enum drift drift); /* "none", "some", "unknown" */
enum drift drift_find(const char *name);  /* DRIFT_UNKNOWN for any other */

#endif
