/* Files and lines as the repository has them, for what is read beside it: a comment, an annotation, an issue. */
#ifndef RECONCILE_REPORT_PLACE_H
#define RECONCILE_REPORT_PLACE_H

#include "report/report.h"

/* The file relative to the root of its repository, by name alone; as it is without a root, or outside of it. */
const char *place_shown(struct arena *arena, const struct report_options *options, const char *file);

/* "states/team.yaml:12" so, printable; NULL when nobody asked. */
const char *place_words(struct arena *arena, const struct report_options *options, const struct source *source);

#endif
