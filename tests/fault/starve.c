/* Preloaded into a program, fails one request for memory: the STARVE_AT-th after main() began. The C library's own
 * requests (strdup, vasprintf, opendir, …) come through here as well, and those of every library.
 *
 *   STARVE_AT     which one answers NULL, from 1; none when unset
 *   STARVE_PLACES a file, written at the end: how many there were, and then the number of the first one from each
 * place, a place being the whole stack of callers
 *
 *   STARVE_SERVE  a folder: instead of going on, main() answers "N" on fd 3 with the status of a copy of itself that
 * was starved at N (0: of nothing) and said its words into the folder's files out and err, on fd 4. So the thousands of
 * runs of tests/fault/memory cost no loading of libraries.
 *
 * Children of the program are left alone. Built by tests/fault/memory. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK = 64, SLOTS = 1 << 17 };

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_long asked, first[SLOTS];
static atomic_uintptr_t places[SLOTS];
static long starve_at;
static const char *places_path;
static atomic_bool counting;
static _Thread_local bool spared;

/* The first of each stack keeps its number; when the table is full, places are lost, and the total tells. */
static void note(long number)
{
	void *stack[STACK];
	int depth = backtrace(stack, STACK);
	uintptr_t hash = 14695981039346656037UL;

	for (int i = 0; i < depth; i++)
		hash = (hash ^ (uintptr_t)stack[i]) * 1099511628211UL;
	hash |= 1;
	for (size_t i = 0; i < SLOTS; i++) {
		size_t slot = (hash + i) % SLOTS;
		uintptr_t empty = 0;

		if (atomic_compare_exchange_strong(&places[slot], &empty, hash))
			atomic_store(&first[slot], number);
		else if (empty != hash)
			continue;
		return;
	}
}

static bool starved(void)
{
	if (!atomic_load(&counting) || spared)
		return false;
	spared = true;
	long number = atomic_fetch_add(&asked, 1) + 1;
	if (places_path)
		note(number);
	spared = false;
	if (number == starve_at)
		errno = ENOMEM;
	return number == starve_at;
}

void *malloc(size_t size)
{
	return starved() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return starved() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *pointer, size_t size)
{
	return size > 0 && starved() ? NULL : __libc_realloc(pointer, size);
}

void *reallocarray(void *pointer, size_t count, size_t size)
{
	size_t wanted;

	if (__builtin_mul_overflow(count, size, &wanted)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(pointer, wanted);
}

void *memalign(size_t alignment, size_t size)
{
	return starved() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int posix_memalign(void **ret_memory, size_t alignment, size_t size)
{
	void *memory = memalign(alignment, size);

	if (!memory)
		return ENOMEM;
	*ret_memory = memory;
	return 0;
}

/* Where memory is out, glibc's own look-up of users dies by an assertion or a null pointer (2.36, nss_database.c). */
int getpwuid_r(uid_t user, struct passwd *entry, char *room, size_t size, struct passwd **ret_found)
{
	__typeof__(&getpwuid_r) look_up = (__typeof__(look_up))dlsym(RTLD_NEXT, "getpwuid_r");

	spared = true;
	int result = look_up(user, entry, room, size, ret_found);
	spared = false;
	return result;
}

static int by_number(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

static void tell(void)
{
	static long numbers[SLOTS];
	size_t count = 0;

	atomic_store(&counting, false);
	for (size_t i = 0; i < SLOTS; i++)
		if (places[i] != 0)
			numbers[count++] = first[i];
	qsort(numbers, count, sizeof(*numbers), by_number);
	FILE *out = fopen(places_path, "w");
	if (!out)
		_exit(125);
	fprintf(out, "%ld\n", (long)asked);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%ld\n", numbers[i]);
	fclose(out);
}

enum { REQUESTS = 3, ANSWERS = 4, LIMIT_S = 120 };

static bool redirect(const char *folder, const char *name, int fd)
{
	char path[4096];
	int file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	return file >= 0 && dup2(file, fd) == fd && close(file) == 0;
}

/* Returns in the copies only. */
static void serve(const char *folder)
{
	char line[32];

	for (;;) {
		ssize_t length = read(REQUESTS, line, sizeof(line) - 1);
		int status = 0;

		if (length <= 0)
			_exit(0);
		line[length] = '\0';
		pid_t pid = fork();
		if (pid == 0) {
			close(REQUESTS);
			close(ANSWERS);
			starve_at = strtol(line, NULL, 10);
			if (!redirect(folder, "out", STDOUT_FILENO) || !redirect(folder, "err", STDERR_FILENO))
				_exit(125);
			alarm(LIMIT_S); /* one that hangs is a finding, too */
			return;
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			_exit(125);
		dprintf(ANSWERS, "%d\n", status);
	}
}

static int (*real_main)(int, char **, char **);

static int begin(int argc, char **argv, char **environment)
{
	void *stack[1];
	const char *at = getenv("STARVE_AT");

	unsetenv("LD_PRELOAD");
	starve_at = at ? strtol(at, NULL, 10) : 0;
	places_path = getenv("STARVE_PLACES");
	if (places_path) {
		backtrace(stack, 1); /* asks for memory itself the first time */
		atexit(tell);
	}
	if (getenv("STARVE_SERVE"))
		serve(getenv("STARVE_SERVE"));
	atomic_store(&counting, true);
	return real_main(argc, argv, environment);
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end)
{
	__typeof__(&__libc_start_main) start = (__typeof__(start))dlsym(RTLD_NEXT, "__libc_start_main");

	real_main = main;
	return start(begin, argc, argv, init, fini, rtld_fini, stack_end);
}
