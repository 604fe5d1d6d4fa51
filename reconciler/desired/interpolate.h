/* ${VAR} in values, as Docker Compose does it (compose-spec/compose-go, template/template.go).
 *
 *     $VAR ${VAR}              the value; an error when VAR is not set (Compose warns and goes on with nothing, which a
 *                              builder's setting never means)
 *     ${VAR-text} ${VAR:-text} text when VAR is not set; with the colon also when it is empty
 *     ${VAR?text} ${VAR:?text} an error that says text, likewise
 *     ${VAR+text} ${VAR:+text} text when VAR is set, else nothing; with the colon only when it is not empty
 *     $$                       one dollar sign
 *
 * text may hold all of these again. Values of variables are taken as they are: they are never interpolated. */
#ifndef RECONCILE_DESIRED_INTERPOLATE_H
#define RECONCILE_DESIRED_INTERPOLATE_H

#include "base/arena.h"
#include "base/error.h"
#include "model/builder.h"

#include <stdbool.h>
#include <stddef.h>

enum { INTERPOLATION_CAP = 4 * 1024 * 1024 };

struct interpolation {
	const char *const *environ; /* "NAME=VALUE", NULL-ended; NULL: no variable is set */
	size_t used; /* bytes made so far, at most INTERPOLATION_CAP: short texts may name long variables */
	const char *const *allowed; /* --env: variables that the command line names */
	size_t allowed_count;
	bool untrusted;	       /* no others are set, whatever the environment says */
	bool as_written;       /* none is looked up: texts keep their ${VAR} */
	bool secrets_may_lack; /* a secret whose variable is not set is SECRET_UNSET, not an error */
	/* With as_written: where values stand that nobody knows, so that they are not found wrong. */
	struct source *open;
	size_t open_count;
	/* Set by interpolate(): the last variable that went into the text and is a credential by its name or its looks
	 * (or, named by --env, by its name or a token's shape alone); NULL: none did. */
	const char *secret;
	/* Set when it fails: the variable that is not set; NULL: something else is wrong. */
	const char *unset;
};

/* ret_text is in the arena. On failure err says what and what to do, and ret_offset tells the byte of text; values that
 * look like credentials are in no message. */
int interpolate(struct arena *arena, struct interpolation *variables, const char *text, const char **ret_text,
		size_t *ret_offset, struct error *err);

/* Whether the expressions in the text are well formed, whatever is set. */
int interpolate_check(const char *text, size_t *ret_offset, struct error *err);

#endif
