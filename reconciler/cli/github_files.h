/* The files that a job of GitHub's leaves to its steps (docs.github.com, "Workflow commands", "Environment files"):
 * GITHUB_STEP_SUMMARY takes Markdown, GITHUB_OUTPUT outputs of the step. Both are appended to; a variable that is not
 * set is no error, and nothing is done. */
#ifndef RECONCILE_CLI_GITHUB_FILES_H
#define RECONCILE_CLI_GITHUB_FILES_H

#include "base/error.h"
#include "base/text_buffer.h"

#include <stddef.h>

/* How many bytes the summary of this step can still have; 0: there is none. */
size_t github_summary_room(const char *const *environ_);
int github_summary_append(const char *const *environ_, const struct text *markdown, struct error *err);
/* "name<<DELIMITER", the value, DELIMITER: a delimiter that is the value's own digest cannot stand in it. */
void github_output_put(struct text *out, const char *name, const char *value);
int github_outputs_append(const char *const *environ_, const struct text *outputs, struct error *err);

#endif
