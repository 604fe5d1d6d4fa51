/* The manual's pages in their two forms. */
#include "report/document.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

enum { MAN_COLUMNS = 78, MARKDOWN_COLUMNS = 120 };

/* One character of a man page. A minus sign is no hyphen, and nothing but ASCII is in the source. */
static size_t man_character(const char *text, bool literal, struct buffer *out)
{
	uint32_t code = 0;
	size_t length = utf8_decode(text, strlen(text), &code);

	if (length > 1)
		buffer_printf(out, "\\[u%04X]", (unsigned)code);
	else if (*text == '\\')
		buffer_puts(out, "\\e");
	else if (*text == '-' && literal)
		buffer_puts(out, "\\-");
	else if (*text == '\'' && literal)
		buffer_puts(out, "\\(aq");
	else if (*text == '^' || *text == '~')
		buffer_puts(out, *text == '^' ? "\\(ha" : "\\(ti");
	else
		buffer_append(out, text, 1);
	return length > 1 ? length : 1;
}

/* `literal` in bold, *PLACEHOLDER* in italics. */
static void man_marks(const char *text, struct buffer *out)
{
	bool literal = false, slanted = false;

	while (*text) {
		if (*text == '`') {
			literal = !literal;
			buffer_puts(out, literal ? "\\fB" : "\\fR");
			text++;
		} else if (*text == '*' && !literal) {
			slanted = !slanted;
			buffer_puts(out, slanted ? "\\fI" : "\\fR");
			text++;
		} else {
			text += man_character(text, literal, out);
		}
	}
}

/* Filled; in a man page a line that begins as a request would is told apart from one. */
static void fill(const char *text, enum document_form form, struct buffer *out)
{
	const size_t most = form == DOCUMENT_MAN ? MAN_COLUMNS : MARKDOWN_COLUMNS;
	size_t column = 0;

	while (*text) {
		size_t length = strcspn(text, " ");

		if (column > 0) {
			bool fits = column + 1 + length <= most;

			buffer_puts(out, fits ? " " : "\n");
			column = fits ? column + 1 : 0;
		}
		if (form == DOCUMENT_MAN && column == 0 && (*text == '.' || *text == '\''))
			buffer_puts(out, "\\&");
		buffer_append(out, text, length);
		column += length;
		text += length + strspn(text + length, " ");
	}
	buffer_puts(out, "\n");
}

static void man_text(const char *text, struct buffer *out)
{
	CLEANUP_BUFFER struct buffer marked = BUFFER_INIT(BUFFER_TEXT_CAP);

	man_marks(text, &marked);
	fill(buffer_text(&marked), DOCUMENT_MAN, out);
}

/* A heading or a title: it has a face of its own, so without marks. */
static void man_heading(const char *text, bool capitals, struct buffer *out)
{
	while (*text) {
		char letter = (char)toupper((unsigned char)*text);

		if (*text == '`')
			text++;
		else if (capitals && letter != *text && text++)
			buffer_append(out, &letter, 1);
		else
			text += man_character(text, false, out);
	}
}

/* "the file is cut" -> "The file is cut." */
static void sentence(const char *head, const char *text, struct buffer *out)
{
	size_t length = strlen(text);

	if (head)
		buffer_printf(out, "%c%s: %s", toupper((unsigned char)*head), head + 1, text);
	else
		buffer_printf(out, "%c%s", toupper((unsigned char)*text), text + 1);
	if (!strchr(".?!", text[length - 1]))
		buffer_puts(out, ".");
}

static void man_row(const struct document *page, const char *const *cells)
{
	CLEANUP_BUFFER struct buffer says = BUFFER_INIT(BUFFER_TEXT_CAP), notes = BUFFER_INIT(BUFFER_TEXT_CAP);

	buffer_puts(page->out, ".TP\n");
	man_text(cells[0], page->out);
	for (size_t i = 1; i < page->column_count; i++) {
		const struct column *column = &page->columns[i];
		struct buffer *part = column->note ? &notes : &says;

		if (!*cells[i])
			continue;
		if (part->length > 0)
			buffer_puts(part, " ");
		sentence(column->note ? column->head : NULL, cells[i], part);
	}
	if (says.length > 0)
		man_text(buffer_text(&says), page->out);
	if (says.length > 0 && notes.length > 0)
		buffer_puts(page->out, ".br\n");
	if (notes.length > 0)
		man_text(buffer_text(&notes), page->out);
}

static void markdown_row(const struct document *page, const char *const *cells)
{
	for (size_t i = 0; i < page->column_count; i++) {
		CLEANUP_BUFFER struct buffer cell = BUFFER_INIT(BUFFER_TEXT_CAP);

		if (i > 0 && !page->columns[i].note && *cells[i])
			sentence(NULL, cells[i], &cell);
		else
			buffer_puts(&cell, cells[i]);
		buffer_puts(page->out, i == 0 ? "| " : " | ");
		for (const char *at = buffer_text(&cell); *at; at++)
			buffer_printf(page->out, *at == '|' ? "\\%c" : "%c", *at);
	}
	buffer_puts(page->out, " |\n");
}

void document_title(struct document *page, const char *name, int section, const char *about)
{
	CLEANUP_BUFFER struct buffer summary = BUFFER_INIT(BUFFER_TEXT_CAP);

	if (page->form == DOCUMENT_MARKDOWN) {
		buffer_printf(page->out, "<!-- Made by `make format` from the tables of the program. -->\n# %s(%d)\n\n",
			      name, section);
		buffer_printf(page->out, "%c%s.\n", toupper((unsigned char)*about), about + 1);
		return;
	}
	buffer_puts(page->out, ".\\\" Made by `make format` from the tables of the program.\n.TH ");
	man_heading(name, true, page->out);
	buffer_printf(page->out, " %d \"%s\" \"reconcile %s\" \"reconcile\"\n.nh\n.ad l\n.SH NAME\n", section,
		      RECONCILE_RELEASED, RECONCILE_VERSION);
	buffer_printf(&summary, "%s \\- ", name);
	man_marks(about, &summary);
	fill(buffer_text(&summary), DOCUMENT_MAN, page->out);
}

static void heading(struct document *page, const char *request, const char *marks, const char *text)
{
	buffer_puts(page->out, page->form == DOCUMENT_MAN ? request : marks);
	if (page->form == DOCUMENT_MAN)
		man_heading(text, text_equal(request, ".SH "), page->out);
	else
		buffer_puts(page->out, text);
	buffer_puts(page->out, "\n");
	page->begun = true;
}

void document_heading(struct document *page, const char *text)
{
	heading(page, ".SH ", "\n## ", text);
}

void document_subheading(struct document *page, const char *text)
{
	heading(page, ".SS ", "\n### ", text);
}

/* A heading begins one by itself. */
static void begin_paragraph(struct document *page)
{
	if (!page->begun)
		buffer_puts(page->out, ".PP\n");
	page->begun = false;
}

void document_text(struct document *page, const char *text)
{
	if (page->form == DOCUMENT_MAN) {
		begin_paragraph(page);
		man_text(text, page->out);
	} else {
		buffer_puts(page->out, "\n");
		fill(text, DOCUMENT_MARKDOWN, page->out);
	}
}

void document_code(struct document *page, const char *language, const char *lines)
{
	if (page->form == DOCUMENT_MARKDOWN) {
		buffer_printf(page->out, "\n```%s\n%s\n```\n", language, lines);
		return;
	}
	begin_paragraph(page);
	buffer_puts(page->out, ".RS 4\n.EX\n");
	for (bool begins = true; *lines; lines += man_character(lines, true, page->out)) {
		if (begins && (*lines == '.' || *lines == '\''))
			buffer_puts(page->out, "\\&");
		begins = *lines == '\n';
	}
	buffer_puts(page->out, "\n.EE\n.RE\n");
}

void document_table(struct document *page, const struct column *columns, size_t count)
{
	page->begun = false;
	page->columns = columns;
	page->column_count = count;
	if (page->form == DOCUMENT_MAN)
		return;
	buffer_puts(page->out, "\n");
	for (size_t i = 0; i < count; i++)
		buffer_printf(page->out, "| %s ", columns[i].head);
	buffer_puts(page->out, "|\n");
	for (size_t i = 0; i < count; i++)
		buffer_puts(page->out, "|---");
	buffer_puts(page->out, "|\n");
}

void document_row(struct document *page, const char *const *cells)
{
	if (page->form == DOCUMENT_MAN)
		man_row(page, cells);
	else
		markdown_row(page, cells);
}

void document_see_also(struct document *page, const char *more)
{
	document_heading(page, "See also");
	document_text(page, page->form == DOCUMENT_MAN ? "`reconcile`(1), `reconcile.yaml`(5), `reconcile-faults`(7)"
						       : "[The guide](guide.md), [the command line](command.md), "
							 "[state files](reference.md), [faults](faults.md)");
	if (*more)
		document_text(page, more);
}
