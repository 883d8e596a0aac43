/* docs/scenarios.md: the prose of page.md, with the tables of words in it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "base/textfile.h"
#include "script/words.h"
#include <string.h>

extern const struct kt_text_file kt_script_page[];

static const char *const names[KT_W_KINDS] = {
    [KT_W_HEADER] = "header",   [KT_W_SETTING] = "setting",
    [KT_W_CLIENT] = "client",   [KT_W_SERVER] = "server",
    [KT_W_OPTION] = "option",   [KT_W_TAIL] = "tail",
    [KT_W_OUTCOME] = "outcome", [KT_W_MESSAGE] = "message",
    [KT_W_FRAME] = "frame",     [KT_W_EVENT] = "event",
    [KT_W_FIELD] = "field",     [KT_W_VALUE] = "value",
    [KT_W_SCRIPT] = "script",   [KT_W_METHOD] = "method",
    [KT_W_CAP] = "cap",         [KT_W_RULE] = "rule",
    [KT_W_FACT] = "fact",
};

static const struct {
    const char *title, *where; /* head of the first and the last column */
} heads[KT_W_KINDS] = {
    [KT_W_HEADER] = {"word", NULL},     [KT_W_SETTING] = {"setting", NULL},
    [KT_W_CLIENT] = {"step", NULL},     [KT_W_SERVER] = {"step", NULL},
    [KT_W_OPTION] = {"option", "of"},   [KT_W_TAIL] = {"word", NULL},
    [KT_W_OUTCOME] = {"outcome", NULL}, [KT_W_MESSAGE] = {"message", NULL},
    [KT_W_FRAME] = {"frame", NULL},     [KT_W_EVENT] = {"event", NULL},
    [KT_W_FIELD] = {"field", "of"},     [KT_W_VALUE] = {"value", NULL},
    [KT_W_SCRIPT] = {"word", NULL},     [KT_W_METHOD] = {"method", NULL},
    [KT_W_CAP] = {"capability", NULL},  [KT_W_RULE] = {"key", NULL},
    [KT_W_FACT] = {"key", NULL},
};

static void put_code(struct kt_buf *dst, const char *text)
{
    kt_buf_puts(dst, "`");
    for (; *text != '\0'; text++)
        kt_buf_printf(dst, *text == '|' ? "\\%c" : "%c", *text);
    kt_buf_puts(dst, "`");
}

/* The names of what a word may stand at. */
static void put_where(struct kt_buf *dst, const struct kt_word_def *def)
{
    uint32_t said = 0;

    for (size_t i = 0; i < kt_nwords; i++) {
        const struct kt_word_def *d = &kt_words[i];
        const bool of = def->kind == KT_W_OPTION
                            ? d->kind == KT_W_CLIENT || d->kind == KT_W_SERVER
                            : d->kind == KT_W_FRAME || d->kind == KT_W_EVENT;

        if (!of || !(def->where & 1u << d->value) || said & 1u << d->value)
            continue;
        kt_buf_printf(dst, "%s%s", said ? " " : "", d->name);
        said |= 1u << d->value;
    }
}

void kt_words_print(struct kt_buf *dst, enum kt_word_kind kind)
{
    const char *where = heads[kind].where;

    kt_buf_printf(dst, "| %s | meaning |%s%s%s\n|---|---|%s\n",
                  heads[kind].title, where ? " " : "", where ? where : "",
                  where ? " |" : "", where ? "---|" : "");
    for (size_t i = 0; i < kt_nwords; i++) {
        const struct kt_word_def *d = &kt_words[i];

        if (d->kind != kind)
            continue;
        kt_buf_puts(dst, "| ");
        put_code(dst, d->form);
        kt_buf_printf(dst, " | %s%s |", d->meaning,
                      d->flags & KT_WF_LATER ? " *Not run yet.*" : "");
        if (where != NULL) {
            kt_buf_puts(dst, " ");
            put_where(dst, d);
            kt_buf_puts(dst, " |");
        }
        kt_buf_puts(dst, "\n");
    }
}

static void table(struct kt_buf *dst, const char *name, size_t n)
{
    int kind = 0;

    while (kind < KT_W_KINDS &&
           (strlen(names[kind]) != n || memcmp(names[kind], name, n) != 0))
        kind++;
    must(kind < KT_W_KINDS); /* page.md names a table that there is */
    kt_words_print(dst, (enum kt_word_kind)kind);
}

void kt_words_print_markdown(struct kt_buf *dst)
{
    static const char mark[] = "@table ";

    for (const char *p = kt_script_page[0].text; *p != '\0';) {
        const size_t n = strcspn(p, "\n");

        if (strncmp(p, mark, sizeof mark - 1) == 0)
            table(dst, p + sizeof mark - 1, n - (sizeof mark - 1));
        else
            must(kt_buf_put(dst, p, n) && kt_buf_puts(dst, "\n"));
        p += n + (p[n] == '\n');
    }
}
