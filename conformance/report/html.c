/* Markup.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/html.h"
#include "base/must.h"
#include <stdarg.h>
#include <string.h>

static const char *entity(unsigned char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return c < 0x20 && c != '\n' && c != '\t' ? "?" : NULL;
    }
}

bool kt_markup_put(struct kt_buf *b, const char *text)
{
    for (const char *p = text ? text : ""; *p != '\0'; p++) {
        const char *e = entity((unsigned char)*p);

        if (!(e ? kt_buf_puts(b, e) : kt_buf_put(b, p, 1)))
            return false;
    }
    return true;
}

void kt_html_raw(struct kt_html *h, const char *markup)
{
    h->full = h->full || !kt_buf_puts(h->b, markup);
}

static bool put_value(struct kt_html *h, char kind, va_list *ap)
{
    switch (kind) {
    case 't':
        return kt_markup_put(h->b, va_arg(*ap, const char *));
    case 'z':
        return kt_buf_printf(h->b, "%zu", va_arg(*ap, size_t));
    default:
        must(kind == '%');
        return kt_buf_puts(h->b, "%");
    }
}

void kt_html_put(struct kt_html *h, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    while (*format != '\0' && !h->full) {
        const size_t n = strcspn(format, "%");

        h->full = !kt_buf_put(h->b, format, n);
        format += n;
        if (*format == '%' && !h->full) {
            h->full = !put_value(h, format[1], &ap);
            format += 2;
        }
    }
    va_end(ap);
}
