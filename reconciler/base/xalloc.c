/* Allocation that ends the program instead of failing. */
#include "base/xalloc.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* write() alone: whatever formats or buffers may want memory itself. */
void out_of_memory(void)
{
	static const char line[] = "Error: out of memory. Nothing is half done that the next run cannot finish or take "
				   "back: free some, and run the same command again.\n";
	ssize_t written = write(STDERR_FILENO, line, sizeof(line) - 1);

	(void)written;
	abort();
}

/* Some C libraries answer NULL to a request for nothing. */
static size_t at_least_one(size_t size)
{
	return size > 0 ? size : 1;
}

void *xmalloc(size_t size)
{
	void *memory = malloc(at_least_one(size));

	if (!memory)
		out_of_memory();
	return memory;
}

void *xcalloc(size_t count, size_t size)
{
	void *memory = calloc(at_least_one(count), at_least_one(size));

	if (!memory)
		out_of_memory();
	return memory;
}

void *xrealloc(void *pointer, size_t size)
{
	void *memory = realloc(pointer, at_least_one(size));

	if (!memory)
		out_of_memory();
	return memory;
}

void *xreallocarray(void *items, size_t count, size_t size)
{
	size_t bytes;
	void *memory =
		__builtin_mul_overflow(at_least_one(count), at_least_one(size), &bytes) ? NULL : realloc(items, bytes);

	if (!memory)
		out_of_memory();
	return memory;
}

char *xstrndup(const char *text, size_t length)
{
	length = strnlen(text, length);
	char *copy = xmalloc(length + 1);
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *xstrdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(xmalloc(size), text, size);
}

char *xvasprintf(const char *format, va_list arguments)
{
	char *text = NULL;

	/* The formats are ours and sound: what is left to fail is memory. */
	if (vasprintf(&text, format, arguments) < 0)
		out_of_memory();
	return text;
}

char *xasprintf(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	char *text = xvasprintf(format, arguments);
	va_end(arguments);
	return text;
}

/* A folder that is not listed for lack of memory would look as if it could not be read. */
static void *unless_memory_is_out(void *result)
{
	if (!result && errno == ENOMEM)
		out_of_memory();
	return result;
}

DIR *xopendir(const char *path)
{
	return unless_memory_is_out(opendir(path));
}

DIR *xfdopendir(int fd)
{
	return unless_memory_is_out(fdopendir(fd));
}

char *xrealpath(const char *path)
{
	return unless_memory_is_out(realpath(path, NULL));
}

static void *crypto_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return size > 0 ? xmalloc(size) : NULL;
}

static void *crypto_realloc(void *pointer, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return size > 0 ? xrealloc(pointer, size) : NULL;
}

static void crypto_free(void *pointer, const char *file, int line)
{
	(void)file;
	(void)line;
	free(pointer);
}

void xalloc_libraries(void)
{
	cJSON_Hooks hooks = {.malloc_fn = xmalloc, .free_fn = free};

	cJSON_InitHooks(&hooks);
	CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free);
}
