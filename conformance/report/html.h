/* Text into markup: XML and HTML.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"

/* Escaped for a text or a quoted attribute of XML 1.0 and of HTML; what these
 * cannot hold becomes '?'. NULL is "". False as kt_buf_puts. */
bool kt_markup_put(struct kt_buf *b, const char *text);

/* A page that is being written: the first put that does not fit makes it full,
 * and nothing is put any more. */
struct kt_html {
    struct kt_buf *b;
    bool full;
};

void kt_html_raw(struct kt_html *h, const char *markup);
/* %t is a text, escaped; %z a size_t; %% a percent sign. Nothing else. */
void kt_html_put(struct kt_html *h, const char *format, ...);
