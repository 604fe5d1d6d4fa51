/* A builder that lives here -> desired state that says the same, in as few words as a person would use.
 *
 *     struct import import = {.live = live};
 *     import_state(&import, names);
 *     … state_print_yaml(import.state, …), and the files beside it …
 *     import_done(&import);
 *
 * What a state file cannot say is named in `notes`, so that nothing is left out in silence. Pure: files are handed
 * back, not written. */
#ifndef RECONCILE_DESIRED_IMPORT_H
#define RECONCILE_DESIRED_IMPORT_H

#include "model/live.h"

struct import {
	const struct live *live; /* must outlive what was made of it */
	struct state *state;
	/* Certificates, keys and configurations that the state names by relative path, "buildkitd/ci/certs/…": they
	 * belong beside the state file. */
	struct config_files files;
	struct strings notes; /* what was left out or is to be known, one sentence each, without a full stop */
	size_t left_out;      /* builders */
};

/* names: these builders; empty: all of the store that are sound. */
void import_state(struct import *import, const struct strings *names);
void import_done(struct import *import);

#endif
