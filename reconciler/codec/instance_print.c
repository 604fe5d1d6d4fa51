/* Writes instance files as Go's json.Marshal writes BuildX's NodeGroup (docker/buildx store/nodegroup.go). */
#include "codec/instance.h"

#include "base/digest.h"
#include "codec/gojson.h"

#include <string.h>

static void print_member(struct buffer *out, const char *key, const char *text)
{
	(void)buffer_printf(out, "\"%s\":", key);
	gojson_print_text(out, text == NULL ? "" : text);
}

static void print_part(struct buffer *out, const char *key, const char *text, size_t length)
{
	CLEANUP_BUFFER struct buffer part = BUFFER_INIT(BUFFER_TEXT_CAP);

	(void)buffer_append(&part, text, length);
	print_member(out, key, buffer_text(&part));
}

/* "os(version)/architecture/variant" in the order of opencontainers/image-spec specs-go/v1, Platform. */
static void print_platform(struct buffer *out, const char *text)
{
	size_t system = strcspn(text, "/"), os = strcspn(text, "(/");
	const char *architecture = text[system] == '\0' ? "" : text + system + 1;
	size_t length = strcspn(architecture, "/");

	(void)buffer_puts(out, "{");
	print_part(out, "architecture", architecture, length);
	(void)buffer_puts(out, ",");
	print_part(out, "os", text, os);
	if (os + 2 < system) {
		(void)buffer_puts(out, ",");
		print_part(out, "os.version", text + os + 1, system - os - 2);
	}
	if (architecture[length] == '/') {
		(void)buffer_puts(out, ",");
		print_member(out, "variant", architecture + length + 1);
	}
	(void)buffer_puts(out, "}");
}

static void print_platforms(struct buffer *out, const struct strings *platforms)
{
	(void)buffer_puts(out, platforms->items == NULL ? "null" : "[");
	for (size_t i = 0; platforms->items != NULL && i < platforms->count; i++) {
		(void)buffer_puts(out, i == 0 ? "" : ",");
		print_platform(out, platforms->items[i]);
	}
	(void)buffer_puts(out, platforms->items == NULL ? "" : "]");
}

static void print_flags(struct buffer *out, const struct strings *flags)
{
	(void)buffer_puts(out, flags->items == NULL ? "null" : "[");
	for (size_t i = 0; flags->items != NULL && i < flags->count; i++) {
		(void)buffer_puts(out, i == 0 ? "" : ",");
		gojson_print_text(out, flags->items[i]);
	}
	(void)buffer_puts(out, flags->items == NULL ? "" : "]");
}

static void print_options(struct buffer *out, const struct pairs *options)
{
	(void)buffer_puts(out, options->items == NULL ? "null" : "{");
	for (size_t i = 0; options->items != NULL && i < options->count; i++) {
		(void)buffer_puts(out, i == 0 ? "" : ",");
		gojson_print_text(out, options->items[i].key);
		(void)buffer_puts(out, ":");
		gojson_print_text(out, options->items[i].value == NULL ? "" : options->items[i].value);
	}
	(void)buffer_puts(out, options->items == NULL ? "" : "}");
}

static void print_files(struct buffer *out, const struct config_files *files)
{
	(void)buffer_puts(out, files->items == NULL ? "null" : "{");
	for (size_t i = 0; files->items != NULL && i < files->count; i++) {
		(void)buffer_puts(out, i == 0 ? "" : ",");
		gojson_print_text(out, files->items[i].name);
		(void)buffer_puts(out, ":\"");
		base64_encode(out, files->items[i].data, files->items[i].length);
		(void)buffer_puts(out, "\"");
	}
	(void)buffer_puts(out, files->items == NULL ? "" : "}");
}

static void print_node(struct buffer *out, const struct node *node)
{
	(void)buffer_puts(out, "{");
	print_member(out, "Name", node->name);
	(void)buffer_puts(out, ",");
	print_member(out, "Endpoint", node->endpoint);
	(void)buffer_puts(out, ",\"Platforms\":");
	print_platforms(out, &node->platforms);
	(void)buffer_puts(out, ",\"DriverOpts\":");
	print_options(out, &node->driver_opts);
	(void)buffer_puts(out, ",\"Flags\":");
	print_flags(out, &node->flags);
	(void)buffer_puts(out, ",\"Files\":");
	print_files(out, &node->files);
	(void)buffer_puts(out, "}");
}

void instance_print(const struct builder *builder, struct buffer *out)
{
	(void)buffer_puts(out, "{");
	print_member(out, "Name", builder->name);
	(void)buffer_puts(out, ",");
	print_member(out, "Driver", builder->driver);
	(void)buffer_puts(out, builder->node_count == 0 ? ",\"Nodes\":null" : ",\"Nodes\":[");
	for (size_t i = 0; i < builder->node_count; i++) {
		(void)buffer_puts(out, i == 0 ? "" : ",");
		print_node(out, &builder->nodes[i]);
	}
	(void)buffer_puts(out, builder->node_count == 0 ? "" : "]");
	(void)buffer_printf(out, ",\"Dynamic\":%s}", builder->dynamic ? "true" : "false");
}
