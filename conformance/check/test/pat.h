/* Patterns made by hand, for tests. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "script/scn.h"
#include <string.h>

static inline struct kt_pat test_lit(const char *text)
{
    return (struct kt_pat){
        .kind = KT_PAT_LIT, .text = (char *)(uintptr_t)text, .n = strlen(text)};
}

static inline struct kt_field test_field(const char *name, const char *text)
{
    return (struct kt_field){.name = (char *)(uintptr_t)name,
                             .value = test_lit(text)};
}
