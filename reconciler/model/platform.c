/* Platforms in containerd's normal form. */
#include "model/normal.h"

#include "base/count.h"

#include <ctype.h>
#include <string.h>

/* containerd/platforms database.go: isKnownOS, isKnownArch. */
static const char *const known_os[] = {
	"aix",	 "android", "darwin", "dragonfly", "freebsd", "hurd",	 "illumos", "ios",     "js",
	"linux", "nacl",    "netbsd", "openbsd",   "plan9",   "solaris", "wasip1",  "windows", "zos",
};
static const char *const known_arch[] = {
	"386",	   "amd64",  "amd64p32", "arm",	     "armbe",	  "arm64",	 "arm64be", "loong64",
	"mips",	   "mipsle", "mips64",	 "mips64le", "mips64p32", "mips64p32le", "ppc",	    "ppc64",
	"ppc64le", "riscv",  "riscv64",	 "s390",     "s390x",	  "sparc",	 "sparc64", "wasm",
};

/* containerd/platforms database.go, normalizeArch, then Normalize of what Parse gave: "" is any variant, NULL drops it.
 */
static const struct arch_form {
	const char *arch, *variant;		  /* as written; variant NULL: whatever it is */
	const char *normal_arch, *normal_variant; /* variant NULL: as written */
} arch_forms[] = {
	{"i386", NULL, "386", ""},	  {"x86_64", "v1", "amd64", ""},     {"x86-64", "v1", "amd64", ""},
	{"amd64", "v1", "amd64", ""},	  {"x86_64", NULL, "amd64", NULL},   {"x86-64", NULL, "amd64", NULL},
	{"aarch64", "8", "arm64", ""},	  {"aarch64", "v8", "arm64", ""},    {"aarch64", "v8.0", "arm64", ""},
	{"aarch64", "9", "arm64", "v9"},  {"aarch64", "9.0", "arm64", "v9"}, {"aarch64", "v9.0", "arm64", "v9"},
	{"aarch64", NULL, "arm64", NULL}, {"arm64", "8", "arm64", ""},	     {"arm64", "v8", "arm64", ""},
	{"arm64", "v8.0", "arm64", ""},	  {"arm64", "9", "arm64", "v9"},     {"arm64", "9.0", "arm64", "v9"},
	{"arm64", "v9.0", "arm64", "v9"}, {"armhf", NULL, "arm", "v7"},	     {"armel", NULL, "arm", "v6"},
	{"arm", "", "arm", "v7"},	  {"arm", "7", "arm", "v7"},	     {"arm", "5", "arm", "v5"},
	{"arm", "6", "arm", "v6"},	  {"arm", "8", "arm", "v8"},
};

static bool known(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool part_valid(const char *part)
{
	if (!*part)
		return false;
	for (; *part; part++)
		if (!isalnum((unsigned char)*part) && !strchr("_.-", *part))
			return false;
	return true;
}

static void arch_normal(const char **arch, const char **variant)
{
	for (size_t i = 0; i < COUNT(arch_forms); i++) {
		const struct arch_form *form = &arch_forms[i];

		if (strcmp(form->arch, *arch) != 0 || (form->variant && strcmp(form->variant, *variant) != 0))
			continue;
		*arch = form->normal_arch;
		*variant = form->normal_variant ? form->normal_variant : *variant;
		return;
	}
}

/* A lower-case copy without blanks around it and without BuildX's "*". */
static char *specifier_copy(struct arena *arena, const char *text)
{
	size_t length;
	char *copy;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length > 0 && strchr(" \t*", text[length - 1]))
		length--;
	copy = arena_strndup(arena, text, length);
	for (char *c = copy; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

/* Cuts "windows(10.0.17763)" after the name and gives the part in parentheses, "" without one, NULL when malformed. */
static char *os_version_cut(struct arena *arena, char *os)
{
	char *open = strchr(os, '(');
	char *version;

	if (!open)
		return arena_strdup(arena, "");
	version = arena_strdup(arena, open);
	*open = '\0';
	if (version[strlen(version) - 1] != ')' ||
	    strspn(version + 1, "abcdefghijklmnopqrstuvwxyz0123456789_.%+-") + 2 != strlen(version))
		return NULL;
	return version;
}

char *platform_normal(struct arena *arena, const char *text)
{
	char *os = specifier_copy(arena, text);
	char *version = NULL;
	const char *arch, *variant = "";
	char *slash = strchr(os, '/');

	if (!slash) { /* an architecture alone: nodes run Linux, whatever machine reads the file */
		arch = os;
		os = arena_strdup(arena, "linux");
	} else {
		*slash = '\0';
		arch = slash + 1;
		slash = strchr(slash + 1, '/');
		if (slash) {
			*slash = '\0';
			variant = slash + 1;
			if (!part_valid(variant))
				return NULL;
		}
	}
	version = os_version_cut(arena, os);
	if (!version || !part_valid(arch))
		return NULL;
	arch_normal(&arch, &variant);
	if (strcmp(os, "macos") == 0)
		os = arena_strdup(arena, "darwin");
	if (!known(known_os, COUNT(known_os), os) || !known(known_arch, COUNT(known_arch), arch))
		return NULL;
	return arena_printf(arena, "%s%s/%s%s%s", os, version, arch, *variant ? "/" : "", variant);
}
