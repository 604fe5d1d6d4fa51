/* Writes and reads the owner in the run lock's file. */
#include "apply/lock_owner.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/identity.h"
#include "base/json.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum { LEASE_MIN_MS = 100, LEASE_MAX_MS = 10 * 1000, TORN_TRIES = 5, TORN_WAIT_MS = 10 };

int owner_init(const char *command, struct owner *ret_owner, struct error *err)
{
	uint64_t random;

	if (getentropy(&random, sizeof(random)) < 0)
		return error_set_errno(err, errno, "cannot get a random number");
	*ret_owner = (struct owner){.command = command};
	snprintf(ret_owner->id, sizeof(ret_owner->id), "%016" PRIx64, random);
	identity_boot(ret_owner->boot);
	clock_rfc3339(time(NULL), ret_owner->start);
	return 0;
}

static void owner_print(const struct owner *owner, struct text *out)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	struct identity identity;

	identity_get(&identity);
	json_add_integer(json, "pid", getpid());
	json_add_string(json, "host", identity.host);
	json_add_string(json, "user", identity.user);
	json_add_string(json, "command", owner->command);
	json_add_string(json, "start", owner->start);
	json_add_string(json, "boot", owner->boot);
	json_add_string(json, "id", owner->id);
	json_add_integer(json, "lease", LEASE_MS);
	json_add_integer(json, "beat", owner->beat);
	json_print(json, out);
}

int owner_write(int fd, const char *path, const struct owner *owner, struct error *err)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	owner_print(owner, &text);
	if (pwrite(fd, text_string(&text), text.length, 0) != (ssize_t)text.length ||
	    ftruncate(fd, (off_t)text.length) < 0)
		return error_set_errno(err, errno, "cannot write %s", path);
	return 0;
}

static const char *member(const cJSON *json, const char *key)
{
	const char *text = json_string(json, key);

	return text ? text : "unknown";
}

/* A kernel without an id of its boot is told by the machine's name. */
static bool is_local(const cJSON *json, const struct owner *self)
{
	struct identity identity;
	const char *boot = json_string(json, "boot");

	if (!text_empty(boot) && *self->boot != '\0')
		return strcmp(boot, self->boot) == 0;
	identity_get(&identity);
	return text_equal(json_string(json, "host"), identity.host);
}

static int bounded_lease(int64_t lease_ms)
{
	return (int)(lease_ms < LEASE_MIN_MS ? LEASE_MIN_MS : lease_ms > LEASE_MAX_MS ? LEASE_MAX_MS : lease_ms);
}

/* False when it is no JSON: half written, or nobody's. */
static bool understand(const struct owner *self, struct found_owner *found)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_JSON cJSON *json = NULL;

	if (json_parse(found->bytes, found->length, &json, NULL) < 0)
		return false;
	const char *text = arena_printf(arena, "pid %lld on %s, \"%s\" of %s, since %s",
					(long long)json_integer(json, "pid", 0), member(json, "host"),
					member(json, "command"), member(json, "user"), member(json, "start"));
	snprintf(found->text, sizeof(found->text), "%s", text_printable(arena, text, false));
	snprintf(found->id, sizeof(found->id), "%s", member(json, "id"));
	found->is_local = is_local(json, self);
	found->lease_ms = bounded_lease(json_integer(json, "lease", LEASE_MS));
	return true;
}

void owner_read(const char *path, const struct owner *self, struct found_owner *ret_found)
{
	for (int attempt = 0; attempt < TORN_TRIES; attempt++) {
		CLEANUP_BUFFER struct buffer data = BUFFER_INIT(OWNER_CAP);

		if (attempt > 0)
			poll(NULL, 0, TORN_WAIT_MS);
		*ret_found = (struct found_owner){.lease_ms = LEASE_MS};
		if (file_read_careful(path, OWNER_CAP, &data, NULL) < 0 || data.length == 0)
			return;
		memcpy(ret_found->bytes, buffer_text(&data), data.length);
		ret_found->length = data.length;
		if (understand(self, ret_found))
			return;
	}
	/* Nobody writes that slowly: it is no owner's. */
	ret_found->is_local = true;
}
