/* Paths as the repository has them: a CI server knows its files by those. */
#include "report/place.h"

#include "base/text.h"
#include "report/words.h"

#include <string.h>

/* Without ".", ".." and doubled slashes, absolute. */
static const char *normal_path(struct arena *arena, const char *path)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;

	while (*(path += strspn(path, "/"))) {
		size_t length = strcspn(path, "/");

		if (length == 2 && !strncmp(path, "..", 2)) {
			const char *slash = strrchr(text_string(&out), '/');
			text_cut(&out, slash ? (size_t)(slash - text_string(&out)) : 0);
		} else if (length != 1 || *path != '.') {
			text_puts(&out, "/");
			text_append(&out, path, length);
		}
		path += length;
	}
	return arena_strdup(arena, out.length > 0 ? text_string(&out) : "/");
}

const char *place_shown(struct arena *arena, const struct report_options *options, const char *file)
{
	if (text_empty(file) || !options->root || !options->folder)
		return file;
	const char *root = normal_path(arena, options->root);
	const char *whole =
		normal_path(arena, *file == '/' ? file : arena_printf(arena, "%s/%s", options->folder, file));
	size_t length = strlen(root);

	return text_starts(whole, root) && whole[length] == '/' ? whole + length + 1 : file;
}

const char *place_words(struct arena *arena, const struct report_options *options, const struct source *source)
{
	struct source shown = *source;

	shown.file = place_shown(arena, options, source->file);
	return source_words(arena, &shown);
}
