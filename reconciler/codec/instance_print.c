/* Writes instance files as Go's json.Marshal writes BuildX's NodeGroup (docker/buildx store/nodegroup.go). */
#include "codec/instance.h"

#include "base/digest.h"
#include "codec/gojson.h"

#include <string.h>

static void print_member(struct text *out, const char *key, const char *text)
{
	text_printf(out, "\"%s\":", key);
	gojson_print_text(out, text ? text : "");
}

static void print_part(struct text *out, const char *key, const char *text, size_t length)
{
	CLEANUP_TEXT struct text part = TEXT_INIT;

	text_append(&part, text, length);
	print_member(out, key, text_string(&part));
}

/* "os(version)/architecture/variant" in the order of opencontainers/image-spec specs-go/v1, Platform. */
static void print_platform(struct text *out, const char *text)
{
	size_t system = strcspn(text, "/"), os = strcspn(text, "(/");
	const char *architecture = text[system] == '\0' ? "" : text + system + 1;
	size_t length = strcspn(architecture, "/");

	text_puts(out, "{");
	print_part(out, "architecture", architecture, length);
	text_puts(out, ",");
	print_part(out, "os", text, os);
	if (os + 2 < system) {
		text_puts(out, ",");
		print_part(out, "os.version", text + os + 1, system - os - 2);
	}
	if (architecture[length] == '/') {
		text_puts(out, ",");
		print_member(out, "variant", architecture + length + 1);
	}
	text_puts(out, "}");
}

static void print_platforms(struct text *out, const struct strings *platforms)
{
	text_puts(out, platforms->items ? "[" : "null");
	for (size_t i = 0; platforms->items && i < platforms->count; i++) {
		text_puts(out, i == 0 ? "" : ",");
		print_platform(out, platforms->items[i]);
	}
	text_puts(out, platforms->items ? "]" : "");
}

static void print_flags(struct text *out, const struct strings *flags)
{
	text_puts(out, flags->items ? "[" : "null");
	for (size_t i = 0; flags->items && i < flags->count; i++) {
		text_puts(out, i == 0 ? "" : ",");
		gojson_print_text(out, flags->items[i]);
	}
	text_puts(out, flags->items ? "]" : "");
}

static void print_options(struct text *out, const struct pairs *options)
{
	text_puts(out, options->items ? "{" : "null");
	for (size_t i = 0; options->items && i < options->count; i++) {
		text_puts(out, i == 0 ? "" : ",");
		gojson_print_text(out, options->items[i].key);
		text_puts(out, ":");
		gojson_print_text(out, options->items[i].value ? options->items[i].value : "");
	}
	text_puts(out, options->items ? "}" : "");
}

static void print_files(struct text *out, const struct config_files *files)
{
	text_puts(out, files->items ? "{" : "null");
	for (size_t i = 0; files->items && i < files->count; i++) {
		text_puts(out, i == 0 ? "" : ",");
		gojson_print_text(out, files->items[i].name);
		text_puts(out, ":\"");
		base64_encode(out, files->items[i].data, files->items[i].length);
		text_puts(out, "\"");
	}
	text_puts(out, files->items ? "}" : "");
}

static void print_node(struct text *out, const struct node *node)
{
	text_puts(out, "{");
	print_member(out, "Name", node->name);
	text_puts(out, ",");
	print_member(out, "Endpoint", node->endpoint);
	text_puts(out, ",\"Platforms\":");
	print_platforms(out, &node->platforms);
	text_puts(out, ",\"DriverOpts\":");
	print_options(out, &node->driver_opts);
	text_puts(out, ",\"Flags\":");
	print_flags(out, &node->flags);
	text_puts(out, ",\"Files\":");
	print_files(out, &node->files);
	text_puts(out, "}");
}

void instance_print(const struct builder *builder, struct text *out)
{
	text_puts(out, "{");
	print_member(out, "Name", builder->name);
	text_puts(out, ",");
	print_member(out, "Driver", builder->driver);
	text_puts(out, builder->node_count == 0 ? ",\"Nodes\":null" : ",\"Nodes\":[");
	for (size_t i = 0; i < builder->node_count; i++) {
		text_puts(out, i == 0 ? "" : ",");
		print_node(out, &builder->nodes[i]);
	}
	text_puts(out, builder->node_count == 0 ? "" : "]");
	text_printf(out, ",\"Dynamic\":%s}", builder->dynamic ? "true" : "false");
}
