/* The style sheet of the page, which the build makes a string of (Makefile). */
#include "report/page.h"

#include <page_css.h>

const char *page_style(void)
{
	return PAGE_STYLE;
}
