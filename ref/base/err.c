/* Error records.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include <stdarg.h>
#include <stdio.h>

const char *kt_code_name(enum kt_code c)
{
#define KT_CODE_NAME(name) #name,
    static const char *const names[] = {KT_CODES(KT_CODE_NAME)};
#undef KT_CODE_NAME
    return (unsigned)c < KT_CODE_COUNT ? names[c] : "?";
}

enum kt_step kt_bad(struct kt_err *reterr, enum kt_code code,
                    enum kt_scope scope, size_t at, const char *rule)
{
    *reterr = (struct kt_err){
        .code = code, .scope = scope, .at = at, .rule = rule ? rule : ""};
    return KT_BAD;
}

enum kt_step kt_badf(struct kt_err *reterr, enum kt_code code, size_t at,
                     const char *fmt, ...)
{
    va_list ap;

    *reterr = (struct kt_err){.code = code, .at = at, .rule = ""};
    va_start(ap, fmt);
    vsnprintf(reterr->detail, sizeof reterr->detail, fmt, ap);
    va_end(ap);
    return KT_BAD;
}
