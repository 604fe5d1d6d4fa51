/* reconcile as a plugin of the docker command line. */
#include "cli/plugin.h"

#include "base/cleanup.h"
#include "base/count.h"
#include "base/environ.h"
#include "base/json.h"
#include "base/platform.h"
#include "base/text.h"

#include <ctype.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME "reconcile"
#define FILE_NAME "docker-" NAME
#define DESCRIBE "docker-cli-plugin-metadata"
/* Set by docker for a plugin; BuildX, started by us, would think that docker had started it. */
#define ORIGINAL "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND"
#define SOCKET "DOCKER_CLI_PLUGIN_SOCKET"

/* docker's own options (docker/cli cli/flags/options.go), and the variable that says the same. */
static const struct flag {
	const char *name;
	char letter;	      /* 0: none */
	bool is_switch;	      /* takes a value behind "=" only */
	const char *variable; /* NULL: means nothing to us */
	const char *instead;  /* a variable that it overrides; of a switch: the one that it is when it is off */
	bool refused;
} flags[] = {
	/* clang-format off */
	{"config",    0,   false, "DOCKER_CONFIG",     NULL,             false},
	{"context",   'c', false, "DOCKER_CONTEXT",    "DOCKER_HOST",    false},
	{"host",      'H', false, "DOCKER_HOST",       "DOCKER_CONTEXT", false},
	{"tls",       0,   true,  "DOCKER_TLS",        NULL,             false},
	{"tlsverify", 0,   true,  "DOCKER_TLS_VERIFY", "DOCKER_TLS",     false},
	{"tlscacert", 0,   false, NULL,                NULL,             true},
	{"tlscert",   0,   false, NULL,                NULL,             true},
	{"tlskey",    0,   false, NULL,                NULL,             true},
	{"debug",     'D', true,  NULL,                NULL,             false},
	{"log-level", 'l', false, NULL,                NULL,             false},
	/* clang-format on */
};

struct reading {
	struct arena *arena;
	int argc, next;
	char **argv;
	struct invocation *invocation;
	size_t variables;
};

static bool sets(const char *entry, const char *name)
{
	return text_starts(entry, name) && entry[strlen(name)] == '=';
}

static void unset(struct reading *reading, const char *name)
{
	char **environ_ = reading->invocation->environ;
	size_t kept = 0;

	for (size_t i = 0; i < reading->variables; i++)
		if (!sets(environ_[i], name))
			environ_[kept++] = environ_[i];
	environ_[kept] = NULL;
	reading->variables = kept;
}

static void set(struct reading *reading, const char *name, const char *value)
{
	unset(reading, name);
	reading->invocation->environ[reading->variables++] = arena_printf(reading->arena, "%s=%s", name, value);
	reading->invocation->environ[reading->variables] = NULL;
}

/* With room for a variable of each option. */
static void copy_environment(struct reading *reading, char **environ_)
{
	while (environ_[reading->variables])
		reading->variables++;
	reading->invocation->environ = ARENA_ARRAY(reading->arena, char *, reading->variables + COUNT(flags) + 1);
	memcpy(reading->invocation->environ, environ_, reading->variables * sizeof(char *));
}

static const struct flag *find_flag(const char *name, size_t length)
{
	for (size_t i = 0; i < COUNT(flags); i++)
		if ((strlen(flags[i].name) == length && !strncmp(flags[i].name, name, length)) ||
		    (length == 1 && flags[i].letter == *name))
			return &flags[i];
	return NULL;
}

static int refuse(const struct flag *flag, struct error *err)
{
	error_set(err, ERROR_USAGE,
		  "docker --%s: neither BuildX nor reconcile takes that file by itself, but from a folder or a context",
		  flag->name);
	return error_hint(err, "put ca.pem, cert.pem and key.pem in a folder and set DOCKER_CERT_PATH to it, or: "
			       "docker context create NAME --docker host=…,ca=…,cert=…,key=…");
}

/* strconv.ParseBool, as docker read it before us. */
static bool is_off(const char *value)
{
	return value && *value && strchr("0fF", *value);
}

static int apply_flag(struct reading *reading, const struct flag *flag, const char *value, struct error *err)
{
	bool off = flag->is_switch && is_off(value);

	if (flag->refused)
		return refuse(flag, err);
	if (!flag->variable || (!flag->is_switch && text_empty(value)))
		return 0;
	if (off)
		unset(reading, flag->variable);
	else
		set(reading, flag->variable, flag->is_switch ? "1" : value);
	if (off && flag->instead) /* docker: TLS it is, and nothing verified */
		set(reading, flag->instead, "1");
	else if (flag->instead && !flag->is_switch)
		unset(reading, flag->instead);
	return 0;
}

static const char *next_value(struct reading *reading)
{
	return reading->next < reading->argc ? reading->argv[reading->next++] : NULL;
}

static int unknown(const char *argument, struct error *err)
{
	error_set(err, ERROR_USAGE, "docker %s stands before " NAME ", which does not know what it means", argument);
	return error_hint(err, "reconcile's own options stand behind it: docker " NAME " --plan -f states");
}

/* "--context=far", "--context far" */
static int read_long(struct reading *reading, const char *argument, struct error *err)
{
	size_t length = strcspn(argument + 2, "=");
	const struct flag *flag = length > 1 ? find_flag(argument + 2, length) : NULL;
	const char *value = argument[2 + length] ? argument + length + 3 : NULL;

	if (!flag)
		return unknown(argument, err);
	return apply_flag(reading, flag, value || flag->is_switch ? value : next_value(reading), err);
}

/* "-c far", "-cfar", "-c=far", "-Dc far" */
static int read_short(struct reading *reading, const char *argument, struct error *err)
{
	for (const char *at = argument + 1; *at; at++) {
		const struct flag *flag = find_flag(at, 1);
		const char *rest = at[1] == '=' ? at + 2 : at + 1;

		if (!flag)
			return unknown(argument, err);
		if (!flag->is_switch)
			return apply_flag(reading, flag, *rest ? rest : next_value(reading), err);
		if (at[1] == '=')
			return apply_flag(reading, flag, rest, err);
		if (apply_flag(reading, flag, NULL, err) < 0)
			return -1;
	}
	return 0;
}

static int read_flags(struct reading *reading, struct error *err)
{
	while (reading->next < reading->argc && reading->argv[reading->next][0] == '-') {
		const char *argument = reading->argv[reading->next++];

		if ((argument[1] == '-' ? read_long(reading, argument, err) : read_short(reading, argument, err)) < 0)
			return -1;
	}
	return 0;
}

static void push(struct reading *reading, const char *word)
{
	reading->invocation->argv[reading->invocation->argc++] = arena_strdup(reading->arena, word);
}

/* What docker does to plugins besides running them, as our own command line has it. */
static void read_verb(struct reading *reading)
{
	const char *verb = next_value(reading);

	if (text_equal(verb, "help")) {
		push(reading, "help");
		next_value(reading);
	} else if (verb && text_starts(verb, "__complete")) { /* or __completeNoDesc */
		push(reading, "--completion");
		push(reading, "docker");
		push(reading, "--");
		next_value(reading);
	} else if (text_equal(verb, DESCRIBE)) {
		reading->invocation->describes = true;
	}
	while (reading->next < reading->argc)
		push(reading, next_value(reading));
}

/* docker tells a plugin that it is to end by closing this: by a signal only where both have the same terminal
 * (docker/cli cli-plugins/socket). What it means to us is what SIGTERM means. It stays open until we end. */
static void follow_docker(const char *address)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	size_t length = strlen(address);
	int fd;

	if (length == 0 || length >= sizeof(name.sun_path) || (fd = platform_socket()) < 0)
		return;
	memcpy(name.sun_path, address, length);
	if (*name.sun_path == '@') /* as Go spells an abstract one */
		*name.sun_path = '\0';
	if (connect(fd, (const struct sockaddr *)(const void *)&name,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0 ||
	    platform_signal_when_closed(fd, SIGTERM) < 0)
		close(fd);
}

static bool is_plugin(int argc, char **argv, char **environ_)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc > 0 ? argv[0] : "";

	return text_equal(name, FILE_NAME) && argc > 1 &&
	       (text_equal(argv[1], DESCRIBE) || !text_empty(environ_value((const char *const *)environ_, ORIGINAL)));
}

int plugin_read(struct arena *arena, int argc, char **argv, char **environ_, struct invocation *ret_invocation,
		struct error *err)
{
	struct reading reading = {.arena = arena, .argc = argc, .argv = argv, .invocation = ret_invocation};
	enum { MORE = 4 }; /* than docker gave us, where it asks for completion */

	*ret_invocation = (struct invocation){
		.argv = ARENA_ARRAY(arena, char *, (size_t)argc + MORE),
		.environ = environ_,
	};
	if (!is_plugin(argc, argv, environ_)) {
		push(&reading, NAME);
		for (reading.next = 1; reading.next < argc;)
			push(&reading, next_value(&reading));
		return 0;
	}
	copy_environment(&reading, environ_);
	push(&reading, "docker " NAME);
	follow_docker(environ_value((const char *const *)environ_, SOCKET));
	unset(&reading, ORIGINAL);
	unset(&reading, SOCKET);
	reading.next = 1;
	if (read_flags(&reading, err) < 0)
		return -1;
	read_verb(&reading);
	return 0;
}

/* docker/cli cli-plugins/metadata/metadata.go */
void plugin_describe(struct text *out)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();

	json_add_string(json, "SchemaVersion", "0.1.0");
	json_add_string(json, "Vendor", NAME);
	json_add_string(json, "Version", RECONCILE_VERSION);
	json_add_string(json, "ShortDescription", "Keep Docker BuildX builders as a YAML file says");
	json_print(json, out);
}

/* A command line of ours in a text, and not the end of another word: of a path, of "docker reconcile". */
static bool is_command(const char *text, const char *at)
{
	static const char *const goes_on[] = {" -", "  ", " MODE", " plan"};
	const char *rest = at + strlen(NAME);
	size_t i = 0;

	while (i < COUNT(goes_on) && !text_starts(rest, goes_on[i]))
		i++;
	if (i == COUNT(goes_on) || at == text)
		return i < COUNT(goes_on);
	return !isalnum((unsigned char)at[-1]) && !strchr("/._-", at[-1]) &&
	       !(at - text >= 7 && !strncmp(at - 7, "docker ", 7));
}

void plugin_spell(const char *program, const char *text, struct text *out)
{
	const char *begin = text;

	for (const char *at = text; text_equal(program, "docker " NAME) && (at = strstr(at, NAME)); at += strlen(NAME))
		if (is_command(text, at)) {
			text_append(out, begin, (size_t)(at - begin));
			text_puts(out, "docker ");
			begin = at;
		}
	text_puts(out, begin);
}
