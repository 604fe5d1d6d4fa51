/* Says where a value stands, and complains about it once. */
#include "desired/frame.h"

#include <string.h>

const char *frame_describe(struct arena *arena, const struct frame *frame)
{
	/* A frame's own word, and the word that ties it to what it is in. */
	const char *own, *up = frame->up ? frame_describe(arena, frame->up) : "";

	switch (frame->scope) {
	case SCOPE_STATE:
		return "at the top level";
	case SCOPE_RULE:
		own = arena_printf(arena, "rule %zu", frame->number);
		break;
	case SCOPE_CACHE:
	case SCOPE_VERIFY:
		own = arena_printf(arena, "\"%s\"", scope_name(frame->scope));
		break;
	default:
		own = !frame->name ? "\"defaults\""
				   : arena_printf(arena, "%s \"%s\"", scope_name(frame->scope), frame->name);
		break;
	}
	return strncmp(up, "in ", 3) == 0 ? arena_printf(arena, "in %s of %s", own, up + 3)
					  : arena_printf(arena, "in %s", own);
}

bool problems_full(struct diagnostics *problems)
{
	problems->truncated = problems->truncated || problems->count >= DIAGNOSTICS_MAX;
	return problems->truncated;
}

void decode_problem(struct decoder *decoder, const struct frame *frame, const char *key, struct tree *value,
		    const char *hint, const char *what)
{
	struct arena *arena = decoder->scratch;

	if (value->reported || problems_full(decoder->problems))
		return;
	value->reported = true;
	diagnostics_addf(decoder->problems, ERROR_INVALID, value->where.file, value->where.line, value->where.column,
			 hint, "\"%s\" %s %s", key, frame_describe(arena, frame), what);
}

void decode_wrong(struct decoder *decoder, const struct frame *frame, const char *key, struct tree *value,
		  const char *expected, const char *hint)
{
	struct arena *arena = decoder->scratch;

	decode_problem(decoder, frame, key, value, hint,
		       arena_printf(arena, "must be %s, not %s", expected, tree_describe(arena, value)));
}
