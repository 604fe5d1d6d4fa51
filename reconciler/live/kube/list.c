/* Asks for a list page by page. */
#include "live/kube/list.h"

#include "base/limits.h"
#include "base/xalloc.h"
#include "live/http/text.h"

#include <stdlib.h>
#include <string.h>

struct listing {
	struct kube_client *client;
	struct kube_list list; /* path is its own */
	char *more;
	int pages;
	size_t bytes;
	bool restarted;
};

static void listing_free(void *context)
{
	struct listing *listing = context;

	free((char *)(uintptr_t)listing->list.path);
	free(listing->more);
	free(listing);
}

static void finish(struct listing *listing, const struct kube_answer *answer)
{
	struct kube_answer last = *answer;

	last.body = "";
	last.length = 0;
	listing->list.done(listing->list.context, &last);
}

static void fail(struct listing *listing, const struct kube_answer *answer, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	error_wrap(err, "%s", kube_config_name(arena, kube_client_config(listing->client)));
	finish(listing, &(struct kube_answer){.trouble = KUBE_BROKEN, .failure = err, .code = answer->code});
}

static void ask(struct listing *listing);

static bool begin_again(struct listing *listing, const struct kube_answer *answer)
{
	if (answer->trouble != KUBE_GONE || !listing->more || listing->restarted)
		return false;
	listing->restarted = true;
	listing->pages = 0;
	listing->bytes = 0;
	free(listing->more);
	listing->more = NULL;
	listing->list.restart(listing->list.context);
	ask(listing);
	return true;
}

static void answered(void *context, const struct kube_answer *answer)
{
	struct listing *listing = context;
	struct error err = ERROR_INIT;
	const char *more = NULL;

	if (begin_again(listing, answer))
		return;
	if (answer->trouble != KUBE_FINE) {
		finish(listing, answer);
	} else if (listing->list.on_page(listing->list.context, answer->body, answer->length, &more, &err) < 0) {
		fail(listing, answer, &err);
	} else if ((listing->bytes += answer->length) > LIMIT_KUBE_LIST) {
		error_set(&err, ERROR_CORRUPT, "the list is larger than %d MiB", LIMIT_KUBE_LIST / LIMIT_MIB);
		fail(listing, answer, &err);
	} else if (!more || *more == '\0') {
		finish(listing, answer);
	} else if (++listing->pages == LIMIT_KUBE_PAGES) {
		error_set(&err, ERROR_CORRUPT, "the list has more than %d pages", LIMIT_KUBE_PAGES);
		fail(listing, answer, &err);
	} else {
		free(listing->more);
		listing->more = xstrdup(more);
		ask(listing);
		return;
	}
	listing_free(listing);
}

static void ask(struct listing *listing)
{
	const struct kube_list *list = &listing->list;
	CLEANUP_TEXT struct text path = TEXT_INIT;

	text_printf(&path, "%s%climit=%d", list->path, strchr(list->path, '?') ? '&' : '?',
		    list->page > 0 ? list->page : KUBE_PAGE);
	if (listing->more) {
		text_puts(&path, "&continue=");
		http_escape(&path, listing->more, "");
	}
	kube_ask(listing->client, &(struct kube_request){.path = text_string(&path),
							 .done = answered,
							 .context = listing,
							 .owner = list->owner ? list->owner : list->context,
							 .dropped = listing_free});
}

void kube_list(struct kube_client *client, const struct kube_list *list)
{
	struct listing *listing = XNEW(struct listing);

	*listing = (struct listing){.client = client, .list = *list};
	listing->list.path = xstrdup(list->path);
	ask(listing);
}
