/* What BuildX, BuildKit and the Engine say when something is wrong, what it means, and how it is mended: one table. */
#ifndef RECONCILE_APPLY_BUILDX_WORDS_H
#define RECONCILE_APPLY_BUILDX_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct buildx_words {
	const char *substring; /* as it stands in their output */
	const char *cause, *mend;
	bool vague; /* the node's log tells more */
};

/* The first row of the table whose substring is in text; NULL when nothing is known. */
const struct buildx_words *buildx_words_find(const char *text);
const struct buildx_words *buildx_words_table(size_t *ret_count);

#endif
