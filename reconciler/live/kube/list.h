/* Lists of any length, page by page: `limit` and `continue` (kubernetes.io/docs/reference/using-api/api-concepts).
 *
 *     kube_list(client, &(struct kube_list){.path = "/api/v1/namespaces/ci/pods", .on_page = take, .restart = drop,
 *                                           .done = heard, .context = me});
 *
 * What the next page goes on from grows too old after some minutes (410): the list then begins again, once. */
#ifndef RECONCILE_LIVE_KUBE_LIST_H
#define RECONCILE_LIVE_KUBE_LIST_H

#include "live/kube/client.h"

enum { KUBE_PAGE = 500 }; /* objects, as kubectl asks for them */

struct kube_list {
	const char *path; /* may have a query */
	int page;	  /* 0: KUBE_PAGE */
	/* One page. *ret_more: metadata.continue, NULL or "" on the last one. -1 ends the list with err. */
	int (*on_page)(void *context, const char *data, size_t length, const char **ret_more, struct error *err);
	void (*restart)(void *context); /* what came so far does not count */
	/* Once, at the end: body and length are empty, the rest as of the last page. */
	void (*done)(void *context, const struct kube_answer *answer);
	void *context;
	const void *owner; /* kube_cancel() drops it by this; NULL: by its context */
};

/* Copies the request's texts. Ends with KUBE_BROKEN when it has more pages, or more bytes, than any list has. */
void kube_list(struct kube_client *client, const struct kube_list *list);

#endif
