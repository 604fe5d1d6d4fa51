/* Progress of an apply on stderr: on a terminal a live line per running change, elsewhere plain lines.
 *
 *     struct progress *progress = progress_new(&setup);
 *     apply_run(... .progress = progress_event, .context = progress ...);
 *     progress_free(progress);
 */
#ifndef RECONCILE_CLI_PROGRESS_H
#define RECONCILE_CLI_PROGRESS_H

#include "apply/apply.h"
#include "cli/heard.h"
#include "report/layout.h"

#include <stdbool.h>

struct progress;

struct progress_setup {
	int fd;
	bool live; /* a terminal on which lines can be redrawn */
	bool color, quiet, verbose;
	bool back;   /* what is done is put back as it was */
	bool folded; /* GitHub's runner: what a failed change's programs said is a group */
	struct layout layout;
	const struct heard *heard; /* its last lines are shown where a change fails; NULL: none are */
};

struct progress *progress_new(const struct progress_setup *setup);
void progress_event(void *progress, const struct apply_event *event); /* as apply_options.progress */
void progress_free(struct progress *progress);			      /* clears the live lines */

#endif
