/* Lint a folder of scenarios: what `ktspec lint DIR` does, without the rest of
 * the binary. SPDX-License-Identifier: Apache-2.0 */
#include "script/catalog.h"
#include <stdio.h>

int main(int argc, char **argv)
{
    struct kt_catalog *c = kt_catalog_new();
    struct kt_err e;
    bool rules;
    size_t n;

    if (argc != 2 || !kt_catalog_add_dir(c, argv[1], &rules, &e)) {
        fprintf(stderr, "kt_scnlint: %s\n",
                argc == 2 ? e.detail : "usage: kt_scnlint DIR");
        return 2;
    }
    kt_catalog_check(c);
    const struct kt_faults *f = kt_catalog_faults(c);
    for (size_t i = 0; i < f->n; i++)
        printf("%s:%d:%d: %s\n", f->v[i].file, f->v[i].line, f->v[i].col,
               f->v[i].text);
    kt_catalog_cases(c, &n);
    printf("%zu files, %zu cases, %zu rules, %zu faults\n",
           kt_catalog_nfiles(c), n, kt_catalog_rules(c)->n, f->n);
    const int rc = f->n > 0 ? 2 : 0;
    kt_catalog_free(c);
    return rc;
}
