/* What makes builders elsewhere -> a state file that says the same: the steps of a workflow that use
 * docker/setup-buildx-action, and the lines of a script that say `docker buildx create`.
 *
 *     struct import import = {0};
 *     if (convert_action(&text, &import, &problems) < 0)
 *             … the problems are of a file that cannot be read at all …
 *     state_print_written(import.state, &out);
 *     import_done(&import);
 *
 * Texts of the state are as a state file has them: variables stay `${VAR}`, dollar signs are doubled. What has no
 * counterpart is a note, never left out in silence. Pure: nothing is run, read or looked up. */
#ifndef RECONCILE_DESIRED_CONVERT_H
#define RECONCILE_DESIRED_CONVERT_H

#include "base/error.h"
#include "desired/desired.h"
#include "desired/import.h"

/* A workflow, or an action of steps (docs.github.com, "Workflow syntax" and "Metadata syntax"). */
int convert_action(const struct desired_text *text, struct import *import, struct diagnostics *problems);
/* A shell script: the words of its commands, quotes taken off, as far as no shell is needed for that. */
int convert_script(const struct desired_text *text, struct import *import, struct diagnostics *problems);

/* --- for the two of them --------------------------------------------------------------------------------------- */

/* One builder on its way, and the node that is spoken of. */
struct converting {
	struct import *import;
	struct arena *arena; /* the state's */
	struct builder *builder;
	struct node *node; /* NULL: the builder itself, which is its only node so far */
	int line;	   /* where it was said */
};

void convert_begin(struct import *import);
/* Once all of it is said. */
void convert_end(struct import *import);
/* Finds the builder or makes it; the name as BuildX has it. */
void convert_builder(struct converting *at, const char *name, bool *ret_made);
/* Another node of the builder; the first one gets what was said of the builder. name NULL: the next that BuildX takes.
 */
void convert_node(struct converting *at, const char *name);
void convert_note(const struct converting *at, const char *format, ...) __attribute__((format(printf, 2, 3)));

void convert_driver(struct converting *at, const char *text);
void convert_endpoint(struct converting *at, const char *text);
void convert_platforms(struct converting *at, const char *text); /* "linux/amd64,linux/arm64" */
void convert_flags(struct converting *at, const char *text);
/* "memory=1g,network=host": as BuildX reads them, fields of CSV (docker/buildx builder/builder.go, csvToMap). */
void convert_options(struct converting *at, const char *text, bool secret);
void convert_config(struct converting *at, const char *path);
void convert_config_inline(struct converting *at, const char *toml);

#endif
