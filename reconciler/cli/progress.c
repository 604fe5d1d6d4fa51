/* Progress of an apply: a live line per running change, redrawn by a thread of its own, or plain lines. */
#include "cli/progress.h"

#include "base/clock.h"
#include "base/count.h"
#include "base/xalloc.h"
#include "cli/terminal.h"
#include "report/style.h"
#include "report/words.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REDRAW_MS = 100, TEXT_MAX = 512 };

struct running {
	const struct change *change;
	int64_t began_ms;
	char text[TEXT_MAX]; /* the step, or the last line that BuildX said */
};

struct progress {
	struct progress_setup setup;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	pthread_t thread;
	bool has_thread, ending;
	struct running *running;
	size_t running_count;
	size_t drawn;	/* live lines on the screen */
	unsigned frame; /* of the spinner */
};

static const char *const frames[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
static const char *const ascii_frames[] = {"|", "/", "-", "\\"};

static void put_cut(struct text *out, const char *text, int room)
{
	int length, columns;

	while ((length = character_length(text, &columns)) > 0 && (room -= columns) >= 0) {
		text_append(out, text, (size_t)length);
		text += length;
	}
}

static void put_live_line(const struct progress *progress, const struct running *running, int width, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *address = text_printable(arena, running->change->address, false);
	const char *clock = arena_printf(arena, " %.1f s", (double)(clock_ms() - running->began_ms) / 1000.0);
	const char *frame = progress->setup.layout.ascii ? ascii_frames[progress->frame % COUNT(ascii_frames)]
							 : frames[progress->frame % COUNT(frames)];
	int room = width - 3 - (int)strlen(clock) - text_columns(address) - 2;

	text_printf(out, "\r\033[K%s%s%s ", style_begin(STYLE_UNKNOWN, progress->setup.color), frame,
		    style_end(STYLE_UNKNOWN, progress->setup.color));
	put_cut(out, address, width - 3 - (int)strlen(clock));
	if (room > 0) {
		text_puts(out, ": ");
		put_cut(out, running->text, room);
	}
	text_printf(out, "%s%s%s\n", style_begin(STYLE_DIM, progress->setup.color), clock,
		    style_end(STYLE_DIM, progress->setup.color));
}

/* Lines that stay are laid out as those of the reports are. */
static void put_laid_out(const struct progress *progress, const char *text, struct text *out)
{
	layout_text(text, &progress->setup.layout, out);
}

/* Takes the live lines away, writes `text` (NULL: nothing) where they began, and draws them again below it. */
static void redraw(struct progress *progress, const char *text)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	int width = terminal_width(progress->setup.fd);

	if (progress->drawn > 0)
		text_printf(&out, "\033[%zuA\r\033[J", progress->drawn);
	put_laid_out(progress, text ? text : "", &out);
	for (size_t i = 0; i < progress->running_count; i++)
		put_live_line(progress, &progress->running[i], width, &out);
	progress->drawn = progress->running_count;
	output_write(progress->setup.fd, &out, NULL);
}

static void *animate(void *context)
{
	struct progress *progress = context;

	pthread_mutex_lock(&progress->mutex);
	while (!progress->ending) {
		struct timespec until;

		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += REDRAW_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&progress->wake, &progress->mutex, &until);
		if (progress->running_count == 0 || progress->ending)
			continue;
		progress->frame++;
		redraw(progress, NULL);
	}
	pthread_mutex_unlock(&progress->mutex);
	return NULL;
}

struct progress *progress_new(const struct progress_setup *setup)
{
	struct progress *progress = XNEW(struct progress);
	progress->setup = *setup;
	pthread_mutex_init(&progress->mutex, NULL);
	pthread_cond_init(&progress->wake, NULL);
	if (setup->live && !setup->quiet)
		progress->has_thread = pthread_create(&progress->thread, NULL, animate, progress) == 0;
	return progress;
}

void progress_free(struct progress *progress)
{
	if (!progress)
		return;
	pthread_mutex_lock(&progress->mutex);
	progress->ending = true;
	progress->running_count = 0;
	if (progress->drawn > 0)
		redraw(progress, NULL);
	pthread_cond_signal(&progress->wake);
	pthread_mutex_unlock(&progress->mutex);
	if (progress->has_thread)
		pthread_join(progress->thread, NULL);
	pthread_cond_destroy(&progress->wake);
	pthread_mutex_destroy(&progress->mutex);
	free(progress->running);
	free(progress);
}

static struct running *find_running(struct progress *progress, const struct change *change)
{
	for (size_t i = 0; i < progress->running_count; i++)
		if (progress->running[i].change == change)
			return &progress->running[i];
	return NULL;
}

static void begin(struct progress *progress, const struct change *change)
{
	struct running *grown = xrealloc(progress->running, sizeof(*grown) * (progress->running_count + 1));
	progress->running = grown;
	progress->running[progress->running_count++] = (struct running){.change = change, .began_ms = clock_ms()};
}

static void end(struct progress *progress, const struct change *change)
{
	struct running *running = find_running(progress, change);

	if (!running)
		return;
	memmove(running, running + 1,
		(size_t)(progress->running + progress->running_count - running - 1) * sizeof(*running));
	progress->running_count--;
}

/* Why it failed stands in the outcome, once; what led to it stands here. */
static void put_failed(const struct progress *progress, const struct apply_event *event, const char *address,
		       struct text *out)
{
	CLEANUP_TEXT struct text last = TEXT_INIT;
	bool color = progress->setup.color;

	if (progress->setup.heard && !progress->setup.verbose)
		heard_last(progress->setup.heard, event->change->address, event->error ? event->error->message : "",
			   &last);
	if (last.length > 0 && progress->setup.folded)
		text_printf(out, "::group::%s: what was said last\n%s::endgroup::\n", address, text_string(&last));
	else
		text_puts(out, text_string(&last));
	text_printf(out, "%s✗%s %s failed after %.1f s\n", style_begin(STYLE_REMOVE, color),
		    style_end(STYLE_REMOVE, color), address, (double)event->elapsed_ms / 1000.0);
}

/* The line that stays on the screen for this event; "" when there is none. */
static void put_lasting(const struct progress *progress, const struct apply_event *event, struct arena *arena,
			struct text *out)
{
	const struct change *change = event->change;
	const char *chosen = change->action == ACTION_SELECT && change->to ? change->to : change->address;
	const char *address = text_printable(arena, chosen, false);
	bool color = progress->setup.color, plain = !progress->setup.live;

	switch (event->kind) {
	case APPLY_CHANGE_DONE: /* whether it worked is known when all is observed again: report/result.c ticks it */
		text_printf(out, "%s·%s %s %s in %.1f s, not verified yet\n", style_begin(STYLE_DIM, color),
			    style_end(STYLE_DIM, color), address,
			    progress->setup.back ? "put back"
						 : change_past(event->change->address, event->change->action),
			    (double)event->elapsed_ms / 1000.0);
		break;
	case APPLY_CHANGE_FAILED:
		put_failed(progress, event, address, out);
		break;
	case APPLY_STEP_START:
		if (plain)
			text_printf(out, "%s: %s…\n", address, step_words(arena, event->step));
		break;
	case APPLY_LINE:
	case APPLY_OUTPUT:
		if (((plain && event->kind == APPLY_LINE) || progress->setup.verbose) && event->line)
			text_printf(out, "%s | %s\n", address, text_printable(arena, event->line, false));
		break;
	case APPLY_CHANGE_START:
	case APPLY_STEP_DONE:
		break;
	}
}

/* What the live line of the change says from now on. */
static void set_text(struct progress *progress, const struct apply_event *event, struct arena *arena)
{
	struct running *running = find_running(progress, event->change);

	if (!running)
		return;
	if (event->kind == APPLY_STEP_START)
		snprintf(running->text, sizeof(running->text), "%s", step_words(arena, event->step));
	else if ((event->kind == APPLY_LINE || event->kind == APPLY_OUTPUT) && event->line)
		snprintf(running->text, sizeof(running->text), "%s", text_printable(arena, event->line, false));
}

void progress_event(void *context, const struct apply_event *event)
{
	struct progress *progress = context;
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text lasting = TEXT_INIT;

	if (progress->setup.quiet)
		return;
	pthread_mutex_lock(&progress->mutex);
	if (event->kind == APPLY_CHANGE_START)
		begin(progress, event->change);
	if (event->kind == APPLY_CHANGE_DONE || event->kind == APPLY_CHANGE_FAILED)
		end(progress, event->change);
	set_text(progress, event, arena);
	put_lasting(progress, event, arena, &lasting);
	if (progress->setup.live)
		redraw(progress, text_string(&lasting));
	else
		output_page(progress->setup.fd, &lasting, &progress->setup.layout, NULL);
	pthread_mutex_unlock(&progress->mutex);
}
