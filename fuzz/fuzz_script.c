/* Any text as a scenario: the target is kt_catalog_add, from lines to lint.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "script/catalog.h"
#include <string.h>

static const char rules[] = "rule EOF-7\nlevel MUST\nrole both\ntransport any\n"
                            "source kitex observed\nsays It is so.\n";

/* A round of a repeat can be had whenever the file was clean. */
static void rounds(const struct kt_scn *scn)
{
    for (size_t i = 0; i < scn->steps.n; i++) {
        const struct kt_line *s = &scn->steps.v[i];
        struct kt_steps round;

        if (s->kind != KT_S_REPEAT || s->times == 0)
            continue;
        kt_scn_iteration(scn, s, s->times - 1, &round);
        kt_steps_fini(&round);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = kt_xalloc(size + 1);
    struct kt_catalog *c = kt_catalog_new();
    const struct kt_text_file files[] = {{"rules/r.rules", rules},
                                         {"a/x.scn", text}};
    size_t n;

    memcpy(text, data, size);
    text[size] = '\0'; /* a NUL inside ends the file, as in a folder */
    kt_catalog_add(c, files, 2, "");
    kt_catalog_check(c);
    const struct kt_faults *f = kt_catalog_faults(c);
    const struct kt_scn *const *v = kt_catalog_cases(c, &n);
    for (size_t i = 0; i < f->n; i++) /* each has a place in the text */
        must(f->v[i].line >= 1 && f->v[i].col >= 1 && f->v[i].text[0] != '\0');
    for (size_t i = 0; i < n && f->n == 0; i++) {
        must((v[i]->roles & ~7u) == 0 && v[i]->claim != NULL);
        rounds(v[i]);
    }
    kt_catalog_free(c);
    kt_free(text);
    return 0;
}
