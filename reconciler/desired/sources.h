/* Which state files there are, and their bytes. */
#ifndef RECONCILE_DESIRED_SOURCES_H
#define RECONCILE_DESIRED_SOURCES_H

#include "base/error.h"
#include "desired/desired.h"
#include "desired/reach.h"

enum { SOURCES_MAX = 64 };

struct sources {
	struct desired_text *items;
	size_t count;
};

/* Reads the files that the request names, folders by their *.yaml and *.yml in order. The bytes go to `scratch`, the
 * paths to `arena`. Files that cannot be read are problems; the others are there. */
void sources_read(struct arena *arena, struct arena *scratch, const struct desired_request *request,
		  struct reach *reach, struct sources *ret_sources, struct diagnostics *problems);
/* Gives each problem that has a line the line's text. Problems of foreign files become one, which tells nothing of what
 * they hold. */
void sources_excerpt(const struct sources *sources, struct diagnostics *problems);
/* Takes those of foreign files out, for they say what stands there. */
void sources_drop_foreign(const struct sources *sources, struct diagnostics *warnings);

#endif
