/* Draws one line of a terminal over and over. */
#include "cli/waiting.h"

#include "base/clock.h"
#include "cli/terminal.h"
#include "report/style.h"

#include <unistd.h>

enum { PATIENCE_MS = 1000, REDRAW_MS = 200 };

void waiting_begin(struct waiting *waiting, const struct report_options *options, bool live)
{
	*waiting = (struct waiting){
		.options = options,
		.live = live && options->format == FORMAT_TEXT,
		.began_ms = clock_ms(),
	};
}

static void draw(const struct waiting *waiting, const char *line)
{
	CLEANUP_TEXT struct text shown = TEXT_INIT, out = TEXT_INIT;
	struct layout whole = {.ascii = waiting->options->layout.ascii};
	int room = terminal_width(STDERR_FILENO) - 1, columns, length;

	layout_text(line, &whole, &shown);
	text_printf(&out, "\r\033[K%s", style_begin(STYLE_DIM, waiting->options->color));
	for (const char *at = text_string(&shown); (length = character_length(at, &columns)) > 0 && room >= columns;
	     at += length, room -= columns)
		text_append(&out, at, (size_t)length);
	text_puts(&out, style_end(STYLE_DIM, waiting->options->color));
	output_write(STDERR_FILENO, &out, NULL);
}

void waiting_draw(struct waiting *waiting, size_t asked, const char *silent)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	int64_t now = clock_ms();

	if (!waiting->live || now - waiting->began_ms < PATIENCE_MS || now - waiting->drawn_ms < REDRAW_MS)
		return;
	waiting->drawn_ms = now;
	waiting->shown = true;
	const char *whom = silent ? arena_printf(arena, " (%s is silent)", text_printable(arena, silent, false)) : "";
	draw(waiting, arena_printf(arena, "asking %zu %s… %lld s%s", asked, asked == 1 ? "engine" : "engines",
				   (long long)(now - waiting->began_ms) / 1000, whom));
}

void waiting_say(struct waiting *waiting, const char *line)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;

	waiting_end(waiting);
	text_printf(&out, "%s\n", line);
	output_write(STDERR_FILENO, &out, NULL);
}

void waiting_end(struct waiting *waiting)
{
	if (waiting->shown)
		draw(waiting, "");
	waiting->shown = false;
}
