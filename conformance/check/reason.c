/* Reason codes and their texts.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/reason.h"
#include "base/must.h"
#include <string.h>

#define ROW(id, code, text) [KT_R_##id] = {code, text},
static const struct {
    const char *code, *text;
} table[] = {KT_REASONS(ROW)};

const char *kt_reason_code(enum kt_reason r)
{
    must((unsigned)r < KT_REASON_COUNT);
    return table[r].code;
}

const char *kt_reason_text(enum kt_reason r)
{
    must((unsigned)r < KT_REASON_COUNT);
    return table[r].text;
}

bool kt_reason_known(const char *code)
{
    for (unsigned i = 1; i < KT_REASON_COUNT; i++)
        if (strcmp(table[i].code, code) == 0)
            return true;
    return false;
}
