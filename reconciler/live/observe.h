/* Observes everything that lives here: store, contexts, Engines. Data flows one way, into struct live.
 *
 * The store is read file by file under BuildX's own lock (milliseconds); then all Engines are asked at once on one
 * event loop, each with its own deadline. What fails is a fault or a reason in the result, never the end of the run: -1
 * comes only when the store's folder itself cannot be named, and as INTERRUPTED. */
#ifndef RECONCILE_LIVE_OBSERVE_H
#define RECONCILE_LIVE_OBSERVE_H

#include "base/error.h"
#include "base/interrupt.h"
#include "model/live.h"

struct kube_keyring;

struct observe_options {
	const char *const
		*environ; /* DOCKER_CONFIG, BUILDX_CONFIG, BUILDX_BUILDER, DOCKER_HOST, DOCKER_CONTEXT, HOME… */
	const struct state *desired; /* also ask the Engines that it names, and the images it wants; may be NULL */
	const struct strings *secret_keys; /* options that the history knows to be secret; may be NULL */
	const struct leftovers *leftovers; /* what the history knows to be ours to remove; may be NULL */
	const struct strings *endpoints;   /* of Engines to ask besides; may be NULL */
	const struct strings *allowed;	   /* paths that state files may name besides their own; may be NULL */
	struct kube_keyring *keyring;	   /* of the run: what plugins of kubeconfigs gave; may be NULL */
	const struct interrupt *interrupt; /* may be NULL */
	/* Called again and again while some have not answered; `silent` is one of them, NULL when those that are left
	 * are BuildKit daemons. May be NULL. */
	void (*waiting)(void *context, size_t asked, const char *silent);
	/* A line for people, while it goes on: a program of a kubeconfig is run. May be NULL. */
	void (*say)(void *context, const char *line);
	void *context;
	bool probe;	       /* ask BuildKit daemons too (--no-probe: false) */
	bool without_contexts; /* the plan leaves contexts alone: what `desired` says of them is not looked at */
	bool living_only; /* strangers wrote `desired`: endpoints that do not live here are not asked (--untrusted) */
	bool sizes;	  /* volumes' sizes (slow: the Engine's system/df) */
	int timeout_ms;	  /* per endpoint */
	int lock_timeout_ms; /* for BuildX's .lock; when it passes, reads go on without it and a fault says who held it
			      */
};

int live_observe(const struct observe_options *options, struct live **ret_live, struct error *err);

#endif
