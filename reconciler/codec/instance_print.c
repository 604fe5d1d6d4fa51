/* Writes instance files as Go's json.Marshal writes BuildX's NodeGroup (docker/buildx store/nodegroup.go). */
#include "codec/instance.h"

#include "base/digest.h"
#include "codec/gojson.h"

#include <string.h>

static void print_member(struct buffer *out, const char *key, const char *text)
{
	buffer_printf(out, "\"%s\":", key);
	gojson_print_text(out, text ? text : "");
}

static void print_part(struct buffer *out, const char *key, const char *text, size_t length)
{
	CLEANUP_BUFFER struct buffer part = BUFFER_INIT(BUFFER_TEXT_CAP);

	buffer_append(&part, text, length);
	print_member(out, key, buffer_text(&part));
}

/* "os(version)/architecture/variant" in the order of opencontainers/image-spec specs-go/v1, Platform. */
static void print_platform(struct buffer *out, const char *text)
{
	size_t system = strcspn(text, "/"), os = strcspn(text, "(/");
	const char *architecture = text[system] == '\0' ? "" : text + system + 1;
	size_t length = strcspn(architecture, "/");

	buffer_puts(out, "{");
	print_part(out, "architecture", architecture, length);
	buffer_puts(out, ",");
	print_part(out, "os", text, os);
	if (os + 2 < system) {
		buffer_puts(out, ",");
		print_part(out, "os.version", text + os + 1, system - os - 2);
	}
	if (architecture[length] == '/') {
		buffer_puts(out, ",");
		print_member(out, "variant", architecture + length + 1);
	}
	buffer_puts(out, "}");
}

static void print_platforms(struct buffer *out, const struct strings *platforms)
{
	buffer_puts(out, platforms->items ? "[" : "null");
	for (size_t i = 0; platforms->items && i < platforms->count; i++) {
		buffer_puts(out, i == 0 ? "" : ",");
		print_platform(out, platforms->items[i]);
	}
	buffer_puts(out, platforms->items ? "]" : "");
}

static void print_flags(struct buffer *out, const struct strings *flags)
{
	buffer_puts(out, flags->items ? "[" : "null");
	for (size_t i = 0; flags->items && i < flags->count; i++) {
		buffer_puts(out, i == 0 ? "" : ",");
		gojson_print_text(out, flags->items[i]);
	}
	buffer_puts(out, flags->items ? "]" : "");
}

static void print_options(struct buffer *out, const struct pairs *options)
{
	buffer_puts(out, options->items ? "{" : "null");
	for (size_t i = 0; options->items && i < options->count; i++) {
		buffer_puts(out, i == 0 ? "" : ",");
		gojson_print_text(out, options->items[i].key);
		buffer_puts(out, ":");
		gojson_print_text(out, options->items[i].value ? options->items[i].value : "");
	}
	buffer_puts(out, options->items ? "}" : "");
}

static void print_files(struct buffer *out, const struct config_files *files)
{
	buffer_puts(out, files->items ? "{" : "null");
	for (size_t i = 0; files->items && i < files->count; i++) {
		buffer_puts(out, i == 0 ? "" : ",");
		gojson_print_text(out, files->items[i].name);
		buffer_puts(out, ":\"");
		base64_encode(out, files->items[i].data, files->items[i].length);
		buffer_puts(out, "\"");
	}
	buffer_puts(out, files->items ? "}" : "");
}

static void print_node(struct buffer *out, const struct node *node)
{
	buffer_puts(out, "{");
	print_member(out, "Name", node->name);
	buffer_puts(out, ",");
	print_member(out, "Endpoint", node->endpoint);
	buffer_puts(out, ",\"Platforms\":");
	print_platforms(out, &node->platforms);
	buffer_puts(out, ",\"DriverOpts\":");
	print_options(out, &node->driver_opts);
	buffer_puts(out, ",\"Flags\":");
	print_flags(out, &node->flags);
	buffer_puts(out, ",\"Files\":");
	print_files(out, &node->files);
	buffer_puts(out, "}");
}

void instance_print(const struct builder *builder, struct buffer *out)
{
	buffer_puts(out, "{");
	print_member(out, "Name", builder->name);
	buffer_puts(out, ",");
	print_member(out, "Driver", builder->driver);
	buffer_puts(out, builder->node_count == 0 ? ",\"Nodes\":null" : ",\"Nodes\":[");
	for (size_t i = 0; i < builder->node_count; i++) {
		buffer_puts(out, i == 0 ? "" : ",");
		print_node(out, &builder->nodes[i]);
	}
	buffer_puts(out, builder->node_count == 0 ? "" : "]");
	buffer_printf(out, ",\"Dynamic\":%s}", builder->dynamic ? "true" : "false");
}
