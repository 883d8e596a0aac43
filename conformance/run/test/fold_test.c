/* Which wire lines narrow which application line.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/fold.h"
#include "base/alloc.h"
#include "script/catalog.h"
#include <criterion/criterion.h>

/* Each step, and the step (from 0) that it narrows; -1 when it is an arrow of
 * its own. */
static const struct {
    const char *line;
    int narrows;
} rows[] = {
    {"client open", -1},
    {"> headers te=trailers", 0},
    {"client send {\"message\":\"a\"}", -1},
    {"> message compressed=0", 2},
    {"< headers", -1}, /* another sender */
    {"> message", -1}, /* not directly under it any more */
    {"client.b open", -1},
    {"> headers", -1}, /* another stream */
    {"client half-close", -1},
    {"> half-close", 8},
    {"server send {\"message\":\"a\"}", -1},
    {"< headers", 10},
    {"< message", 10},
    {"server return ok", -1},
    {"< message", -1}, /* a kind that it does not imply */
    {"server.b return ok", -1},
    {"<.b trailers", 15},
    {"client recv {\"message\":\"a\"}", -1},
    {"< trailers", -1}, /* nothing is implied by a receiver */
};

Test(fold, only_what_stands_directly_under_its_line_narrows_it)
{
    struct kt_buf text = {.limit = 10000};
    struct kt_catalog *c = kt_catalog_new();
    struct kt_text_file files[2] = {
        {"rules/x.rules", "rule X-1\nlevel MUST\nrole both\ntransport http2\n"
                          "source seed\nsays Something.\n"},
        {"a/x.scn", NULL}};
    size_t n;

    kt_buf_puts(&text, "claim   Something.\nrules   X-1\nmethod  Echo\n\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        kt_buf_printf(&text, "%s\n", rows[i].line);
    files[1].text = kt_buf_cstr(&text);
    kt_catalog_add(c, files, 2, "");
    const struct kt_scn *const *cases = kt_catalog_cases(c, &n);

    cr_assert_eq(n, 1u, "the file was not read");
    const struct kt_steps *s = &cases[0]->steps;

    cr_assert_eq(s->n, sizeof rows / sizeof *rows);
    for (size_t i = 0; i < s->n; i++) {
        const struct kt_line *app =
            s->v[i].kind == KT_S_WIRE ? kt_fold_narrowed(s, i) : NULL;
        const int at = app ? (int)(app - s->v) : -1;

        cr_expect_eq(at, rows[i].narrows, "%s narrows %d", rows[i].line, at);
    }
    cr_expect_eq(kt_fold_narrows(s, 10), 2u);
    cr_expect_eq(kt_fold_narrows(s, 13), 0u);
    kt_catalog_free(c);
    kt_buf_fini(&text);
}
