/* The manual's pages in their two forms. */
#include "report/document.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

enum { MAN_COLUMNS = 78, MARKDOWN_COLUMNS = 120 };

/* One character of a man page. A minus sign is no hyphen, and nothing but ASCII is in the source. */
static size_t man_character(const char *text, bool literal, struct text *out)
{
	uint32_t code = 0;
	size_t length = utf8_decode(text, strlen(text), &code);

	if (length > 1)
		text_printf(out, "\\[u%04X]", (unsigned)code);
	else if (*text == '\\')
		text_puts(out, "\\e");
	else if (*text == '-' && literal)
		text_puts(out, "\\-");
	else if (*text == '\'' && literal)
		text_puts(out, "\\(aq");
	else if (*text == '^' || *text == '~')
		text_puts(out, *text == '^' ? "\\(ha" : "\\(ti");
	else
		text_append(out, text, 1);
	return length > 1 ? length : 1;
}

/* `literal` in bold, *PLACEHOLDER* in italics. */
static void man_marks(const char *text, struct text *out)
{
	bool literal = false, slanted = false;

	while (*text) {
		if (*text == '`') {
			literal = !literal;
			text_puts(out, literal ? "\\fB" : "\\fR");
			text++;
		} else if (*text == '*' && !literal) {
			slanted = !slanted;
			text_puts(out, slanted ? "\\fI" : "\\fR");
			text++;
		} else {
			text += man_character(text, literal, out);
		}
	}
}

/* Filled; in a man page a line that begins as a request would is told apart from one. */
static void fill(const char *text, enum document_form form, struct text *out)
{
	const size_t most = form == DOCUMENT_MAN ? MAN_COLUMNS : MARKDOWN_COLUMNS;
	size_t column = 0;

	while (*text) {
		size_t length = strcspn(text, " ");

		if (column > 0) {
			bool fits = column + 1 + length <= most;

			text_puts(out, fits ? " " : "\n");
			column = fits ? column + 1 : 0;
		}
		if (form == DOCUMENT_MAN && column == 0 && (*text == '.' || *text == '\''))
			text_puts(out, "\\&");
		text_append(out, text, length);
		column += length;
		text += length + strspn(text + length, " ");
	}
	text_puts(out, "\n");
}

static void man_text(const char *text, struct text *out)
{
	CLEANUP_TEXT struct text marked = TEXT_INIT;

	man_marks(text, &marked);
	fill(text_string(&marked), DOCUMENT_MAN, out);
}

/* A heading or a title: it has a face of its own, so without marks. */
static void man_heading(const char *text, bool capitals, struct text *out)
{
	while (*text) {
		char letter = (char)toupper((unsigned char)*text);

		if (*text == '`')
			text++;
		else if (capitals && letter != *text && text++)
			text_append(out, &letter, 1);
		else
			text += man_character(text, false, out);
	}
}

/* "the file is cut" -> "The file is cut." */
static void sentence(const char *head, const char *text, struct text *out)
{
	size_t length = strlen(text);

	if (head)
		text_printf(out, "%c%s: %s", toupper((unsigned char)*head), head + 1, text);
	else
		text_printf(out, "%c%s", toupper((unsigned char)*text), text + 1);
	if (!strchr(".?!", text[length - 1]))
		text_puts(out, ".");
}

static void man_row(const struct document *page, const char *const *cells)
{
	CLEANUP_TEXT struct text says = TEXT_INIT, notes = TEXT_INIT;

	text_puts(page->out, ".TP\n");
	man_text(cells[0], page->out);
	for (size_t i = 1; i < page->column_count; i++) {
		const struct column *column = &page->columns[i];
		struct text *part = column->note ? &notes : &says;

		if (!*cells[i])
			continue;
		if (part->length > 0)
			text_puts(part, " ");
		sentence(column->note ? column->head : NULL, cells[i], part);
	}
	if (says.length > 0)
		man_text(text_string(&says), page->out);
	if (says.length > 0 && notes.length > 0)
		text_puts(page->out, ".br\n");
	if (notes.length > 0)
		man_text(text_string(&notes), page->out);
}

static void markdown_row(const struct document *page, const char *const *cells)
{
	for (size_t i = 0; i < page->column_count; i++) {
		CLEANUP_TEXT struct text cell = TEXT_INIT;

		if (i > 0 && !page->columns[i].note && *cells[i])
			sentence(NULL, cells[i], &cell);
		else
			text_puts(&cell, cells[i]);
		text_puts(page->out, i == 0 ? "| " : " | ");
		for (const char *at = text_string(&cell); *at; at++)
			text_printf(page->out, *at == '|' ? "\\%c" : "%c", *at);
	}
	text_puts(page->out, " |\n");
}

void document_title(struct document *page, const char *name, int section, const char *about)
{
	CLEANUP_TEXT struct text summary = TEXT_INIT;

	if (page->form == DOCUMENT_MARKDOWN) {
		text_printf(page->out, "<!-- Made by `make format` from the tables of the program. -->\n# %s(%d)\n\n",
			    name, section);
		text_printf(page->out, "%c%s.\n", toupper((unsigned char)*about), about + 1);
		return;
	}
	text_puts(page->out, ".\\\" Made by `make format` from the tables of the program.\n.TH ");
	man_heading(name, true, page->out);
	text_printf(page->out, " %d \"%s\" \"reconcile %s\" \"reconcile\"\n.nh\n.ad l\n.SH NAME\n", section,
		    RECONCILE_RELEASED, RECONCILE_VERSION);
	text_printf(&summary, "%s \\- ", name);
	man_marks(about, &summary);
	fill(text_string(&summary), DOCUMENT_MAN, page->out);
}

static void heading(struct document *page, const char *request, const char *marks, const char *text)
{
	text_puts(page->out, page->form == DOCUMENT_MAN ? request : marks);
	if (page->form == DOCUMENT_MAN)
		man_heading(text, text_equal(request, ".SH "), page->out);
	else
		text_puts(page->out, text);
	text_puts(page->out, "\n");
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
		text_puts(page->out, ".PP\n");
	page->begun = false;
}

void document_text(struct document *page, const char *text)
{
	if (page->form == DOCUMENT_MAN) {
		begin_paragraph(page);
		man_text(text, page->out);
	} else {
		text_puts(page->out, "\n");
		fill(text, DOCUMENT_MARKDOWN, page->out);
	}
}

void document_code(struct document *page, const char *language, const char *lines)
{
	if (page->form == DOCUMENT_MARKDOWN) {
		text_printf(page->out, "\n```%s\n%s\n```\n", language, lines);
		return;
	}
	begin_paragraph(page);
	text_puts(page->out, ".RS 4\n.EX\n");
	for (bool begins = true; *lines; lines += man_character(lines, true, page->out)) {
		if (begins && (*lines == '.' || *lines == '\''))
			text_puts(page->out, "\\&");
		begins = *lines == '\n';
	}
	text_puts(page->out, "\n.EE\n.RE\n");
}

void document_table(struct document *page, const struct column *columns, size_t count)
{
	page->begun = false;
	page->columns = columns;
	page->column_count = count;
	if (page->form == DOCUMENT_MAN)
		return;
	text_puts(page->out, "\n");
	for (size_t i = 0; i < count; i++)
		text_printf(page->out, "| %s ", columns[i].head);
	text_puts(page->out, "|\n");
	for (size_t i = 0; i < count; i++)
		text_puts(page->out, "|---");
	text_puts(page->out, "|\n");
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
