/* Loads shared libraries by name. */
#include "base/library.h"

#include "base/count.h"
#include "base/xalloc.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a library is missing, the system's loader ends a program with this. */
enum { EXIT_LOADER = 127 };

/* glibc's loader says so in several ways (elf/dl-load.c, dl-deps.c, dl-version.c), and in these words alone. */
static bool is_out_of_memory(const char *why)
{
	static const char *const words[] = {"Cannot allocate memory", "cannot allocate", "cannot create"};

	for (size_t i = 0; why && i < COUNT(words); i++)
		if (strstr(why, words[i]))
			return true;
	return false;
}

static _Noreturn void end(const char *file)
{
	const char *why = dlerror();

	if (is_out_of_memory(why))
		out_of_memory();
	fprintf(stderr,
		"Error: cannot load %s: %s\n  hint: install the package that has it, or take the static program\n",
		file, why ? why : "the loader does not say why");
	_Exit(EXIT_LOADER);
}

void library_load(const char *file, const char *const *names, size_t count, void *ret_functions)
{
	void *library = dlopen(file, RTLD_LAZY | RTLD_LOCAL);

	if (!library)
		end(file);
	for (size_t i = 0; i < count; i++) {
		void *function = dlsym(library, names[i]);

		if (!function)
			end(file);
		memcpy((char *)ret_functions + i * sizeof(function), &function, sizeof(function));
	}
}
