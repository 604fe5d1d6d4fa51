/* Desired + live -> plan. Pure: no I/O, tested with plain data. */
#ifndef RECONCILE_PLAN_PLAN_H
#define RECONCILE_PLAN_PLAN_H

#include "model/plan.h"

struct plan_request {
	const struct state *desired;
	const struct live *live;
	const char *desired_digest; /* desired_digest() */
	const char *lineage;	    /* store_id() */
	const char *host;	    /* of identity_get(); NULL: nothing is known to be ours by its mark */
	int64_t serial;
	const char *state_options; /* that name the state files: "", " -f states"; NULL: none are asked */
	bool standing;		   /* desired is what lives here: only repairs, and the resets that are asked for */
	const char *subject;	   /* "roll back 4f2a1b9", "reset ci"; NULL */
	const char *const *reset;  /* names of desired builders to be made afresh (--reset) */
	size_t reset_count;
	bool reset_all;
	int64_t keep_s;	 /* --retain: how long the volumes of nodes that go are kept, in seconds; 0: not at all */
	bool gc;	 /* --gc: what is past its time goes, and nothing else is looked at */
	int64_t now;	 /* Unix seconds, for --gc and for what is to be renewed */
	bool gc_kept;	 /* --gc --no-retain: what this store keeps is past its time already */
	bool cache_only; /* of those, only the cache is emptied (--reset --cache-only) */
	const struct pairs *cache_resets; /* builder -> id of `cache: {reset: id}` that was done last; NULL: none */
	const struct strings *protected;  /* builders that were protected when they were applied; NULL: none */
	bool allow_protected;		  /* --allow-protected */
	long max_remove;		  /* --max-remove; -1: no bound */
	const struct strings *only;	  /* --only: no other builder is touched; NULL or empty: all */
	const struct strings *adopt; /* --adopt: builders that may take over what runs under their names; NULL: none */
	bool rollback; /* desired comes from a record: only what it names is touched, exact bytes are written */
};

bool plan_is_narrow(const struct plan_request *request); /* --only is given */

/* Never fails: what cannot be planned is a change that says why it is blocked. The plan copies what it needs. */
struct plan *plan_make(const struct plan_request *request);

#endif
