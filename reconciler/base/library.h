/* Shared libraries that are loaded when they are first called: libcurl and libgit2 bring 35 others with them, which
 * take longer to load than most runs take in all.
 *
 *     #define LIBX_FUNCTIONS(X) X(x_open) X(x_close)
 *     LIBRARY(libx, LIBX_FUNCTIONS)                  // in the header that is included in place of <x.h>
 *     #include "libx_names.h"                        // made by the Makefile: x_open is libx()->x_open from here on
 *     LIBRARY_LOADED(libx, LIBX_FILE, LIBX_FUNCTIONS) // in one file; LIBX_FILE, its soname, is the Makefile's
 *
 * Each function has the type that the library's own header gives it, and one that is not in the list does not link. A
 * library that cannot be loaded ends the program, as it would at its start; so does one that lacks a function. */
#ifndef RECONCILE_BASE_LIBRARY_H
#define RECONCILE_BASE_LIBRARY_H

#include <stddef.h>

/* Each function's address in the order of the names, to an array of function pointers. */
void library_load(const char *file, const char *const *names, size_t count, void *ret_functions);

#define LIBRARY_MEMBER_(name) __typeof__(name) *name;
#define LIBRARY_NAME_(name) #name,

#define LIBRARY(library, FUNCTIONS)                                                                                    \
	struct library {                                                                                               \
		FUNCTIONS(LIBRARY_MEMBER_)                                                                             \
	};                                                                                                             \
	extern const struct library *library##_loaded;                                                                 \
	const struct library *library##_load(void);                                                                    \
	static inline const struct library *library(void)                                                              \
	{                                                                                                              \
		const struct library *loaded = __atomic_load_n(&library##_loaded, __ATOMIC_ACQUIRE);                   \
                                                                                                                       \
		return loaded ? loaded : library##_load();                                                             \
	}

#define LIBRARY_LOADED(library, file, FUNCTIONS)                                                                       \
	_Static_assert(sizeof(file) > 1, #library ": the compiler finds no such library; `make LOADS=` links it");     \
	const struct library *library##_loaded;                                                                        \
                                                                                                                       \
	static void library##_load_once(void)                                                                          \
	{                                                                                                              \
		static const char *const names[] = {FUNCTIONS(LIBRARY_NAME_)};                                         \
		static struct library functions;                                                                       \
                                                                                                                       \
		library_load(file, names, sizeof(names) / sizeof(*names), &functions);                                 \
		__atomic_store_n(&library##_loaded, &functions, __ATOMIC_RELEASE);                                     \
	}                                                                                                              \
                                                                                                                       \
	const struct library *library##_load(void)                                                                     \
	{                                                                                                              \
		static pthread_once_t once = PTHREAD_ONCE_INIT;                                                        \
                                                                                                                       \
		pthread_once(&once, library##_load_once);                                                              \
		return library##_loaded;                                                                               \
	}

#endif
