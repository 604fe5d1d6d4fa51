/* The frame of a comment: marker, title, and how much goes in. */
#include "report/comment.h"

#include "report/markdown.h"
#include "report/place.h"
#include "report/words.h"

#include <string.h>

enum { FILES_NAMED = 3 };

/* The folder that all of them are in, with its slash; NULL when there is none. */
static const char *common_folder(struct arena *arena, const struct strings *files)
{
	const char *slash = files->count > 1 ? strrchr(files->items[0], '/') : NULL;

	if (!slash)
		return NULL;
	const char *folder = arena_strndup(arena, files->items[0], (size_t)(slash - files->items[0]) + 1);
	for (size_t i = 1; i < files->count; i++)
		if (!text_starts(files->items[i], folder) || strchr(files->items[i] + strlen(folder), '/'))
			return NULL;
	return folder;
}

void comment_files(struct page *page, const struct strings *files)
{
	struct strings shown = {0};

	for (size_t i = 0; i < files->count; i++)
		strings_add(page->arena, &shown, place_shown(page->arena, page->options, files->items[i]));
	const char *folder = common_folder(page->arena, &shown);
	if (folder) {
		markdown_code(page->out, page_safe(page, folder));
		return;
	}
	for (size_t i = 0; i < shown.count && i < FILES_NAMED; i++) {
		text_puts(page->out, i > 0 ? ", " : "");
		markdown_code(page->out, page_safe(page, shown.items[i]));
	}
	if (files->count > FILES_NAMED)
		text_printf(page->out, " and %zu more", files->count - FILES_NAMED);
}

static void put_where(const struct comment *comment)
{
	struct page *page = comment->page;
	const struct taken *taken = comment->taken;
	const char *seen = taken ? taken_words(page->arena, taken, page->options->now) : NULL;

	if (!seen && !page->options->host)
		return;
	text_puts(page->out, " · ");
	if (seen)
		markdown_prose(page->out, seen);
	else
		text_puts(page->out, "runner ");
	if (!seen)
		markdown_code(page->out, page_safe(page, page->options->host));
}

void comment_begin(struct comment *comment, const char *words, const char *subject, const struct strings *files)
{
	struct page *page = comment->page;
	const struct report_options *options = page->options;

	comment->limit = page->out->length + (options->limit ? options->limit : COMMENT_LIMIT);
	if (options->marker)
		text_printf(page->out, "<!-- reconcile:%s -->\n", options->marker);
	text_printf(page->out, "### reconcile: %s", words);
	if (subject) {
		text_puts(page->out, " · ");
		markdown_prose(page->out, page_safe(page, subject));
	}
	if (files->count > 0) {
		text_puts(page->out, " · ");
		comment_files(page, files);
	}
	put_where(comment);
	text_puts(page->out, "\n\n");
}

bool comment_fits(const struct comment *comment, size_t length, size_t last)
{
	return comment->page->out->length + length + last <= comment->limit;
}
