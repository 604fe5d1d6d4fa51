/* Takes the lock, and reads and writes who has it. */
#include "apply/run_lock.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/identity.h"
#include "base/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char lock_name[] = ".reconcile.lock";

enum { OWNER_CAP = 4096 };

static void owner_print(const char *command, struct buffer *out)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	struct identity identity;
	char start[32];

	identity_get(&identity);
	clock_rfc3339(time(NULL), start);
	json_add_integer(json, "pid", getpid());
	json_add_string(json, "host", identity.host);
	json_add_string(json, "user", identity.user);
	json_add_string(json, "command", command);
	json_add_string(json, "start", start);
	json_print(json, out);
}

static const char *member(const cJSON *json, const char *key)
{
	const char *text = json_string(json, key);

	return text == NULL ? "unknown" : text;
}

/* "" when nobody left a name. The file may hold anything: it is in a folder of the user's. */
static void owner_read(const char *path, char *ret_text, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(OWNER_CAP);
	CLEANUP_JSON cJSON *json = NULL;

	*ret_text = '\0';
	if (file_read(path, OWNER_CAP, &data, NULL) < 0 || data.length == 0 ||
	    json_parse(buffer_text(&data), data.length, &json, NULL) < 0)
		return;
	const char *text = arena_printf(arena, "pid %lld on %s, \"%s\" of %s, since %s",
					(long long)json_integer(json, "pid", 0), member(json, "host"),
					member(json, "command"), member(json, "user"), member(json, "start"));
	(void)snprintf(ret_text, size, "%s", text_printable(arena, text, false));
}

static int locked(const char *store, const char *path, int timeout_ms, struct error *err)
{
	char owner[256];

	owner_read(path, owner, sizeof(owner));
	(void)error_set(err, ERROR_LOCKED, "another reconcile is changing %s: %s", store,
			*owner == '\0' ? "its owner has not said who it is" : owner);
	return error_hint(err, "waited %d s: let it end, or wait longer with --lock-timeout", timeout_ms / 1000);
}

/* Not synced: after a power cut nobody holds the lock. */
static int owner_write(int fd, const char *path, const char *command, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(OWNER_CAP);

	owner_print(command, &text);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, buffer_text(&text), text.length, 0) != (ssize_t)text.length)
		return error_set_errno(err, errno, "cannot write %s", path);
	return 0;
}

int run_lock_take(const char *store, const char *command, int timeout_ms, struct run_lock *ret_lock, struct error *err)
{
	CLEANUP_FREE char *path = path_join(store, lock_name);
	struct error taking = ERROR_INIT;
	struct run_lock lock = {.fd = -1};

	if (folder_create(store, 0700, err) < 0)
		return -1;
	if (file_lock(path, timeout_ms, &lock.fd, &taking) < 0) {
		if (taking.kind == ERROR_LOCKED)
			return locked(store, path, timeout_ms, err);
		if (err != NULL)
			*err = taking;
		return -1;
	}
	owner_read(path, lock.took_over, sizeof(lock.took_over));
	if (owner_write(lock.fd, path, command, err) < 0) {
		file_unlock(&lock.fd);
		return -1;
	}
	*ret_lock = lock;
	return 0;
}

void run_lock_release(struct run_lock *lock)
{
	/* An owner that is still named when the lock is free has died. */
	if (lock->fd >= 0 && ftruncate(lock->fd, 0) < 0)
		lock->took_over[0] = '\0';
	file_unlock(&lock->fd);
}
