/* All mutants and legal variations, area by area.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/rows.h"
#include <string.h>

static const struct {
    const struct kt_mutant *rows;
    const size_t *n;
} tables[] = {
    {kt_rows_conn, &kt_rows_conn_n},
    {kt_rows_flow, &kt_rows_flow_n},
    {kt_rows_message, &kt_rows_message_n},
    {kt_rows_fields, &kt_rows_fields_n},
    {kt_rows_end, &kt_rows_end_n},
    {kt_rows_error, &kt_rows_error_n},
    {kt_rows_standing, &kt_rows_standing_n},
};

size_t kt_mutants_n(void)
{
    size_t n = 0;

    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        n += *tables[t].n;
    return n;
}

const struct kt_mutant *kt_mutant_at(size_t i)
{
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        if (i < *tables[t].n)
            return &tables[t].rows[i];
        i -= *tables[t].n;
    }
    return NULL;
}

size_t kt_antis_n(void)
{
    return kt_rows_legal_n;
}

const struct kt_mutant *kt_anti_at(size_t i)
{
    return i < kt_rows_legal_n ? &kt_rows_legal[i] : NULL;
}

const struct kt_mutant *kt_mutant_find(const char *name)
{
    const struct kt_mutant *m;

    for (size_t i = 0; (m = kt_mutant_at(i)) != NULL; i++)
        if (strcmp(m->name, name) == 0)
            return m;
    for (size_t i = 0; (m = kt_anti_at(i)) != NULL; i++)
        if (strcmp(m->name, name) == 0)
            return m;
    return NULL;
}
