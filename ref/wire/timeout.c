/* grpc-timeout.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/text.h"
#include <inttypes.h>
#include <stdio.h>

static const struct {
    char name;
    uint64_t ns;
} units[] = {
    {'n', 1},
    {'u', 1000},
    {'m', 1000000},
    {'S', 1000000000},
    {'M', 60 * UINT64_C(1000000000)},
    {'H', 3600 * UINT64_C(1000000000)},
};
enum { NUNITS = sizeof units / sizeof *units, MAX_DIGITS = 8 };
#define MAX_VALUE UINT64_C(99999999)

size_t kt_timeout_encode(char dst[10], uint64_t ns)
{
    size_t k = 0;
    uint64_t v = ns;

    while (v > MAX_VALUE) { /* UINT64_MAX ns are 5124096 H: it ends */
        k++;
        v = ns / units[k].ns + (ns % units[k].ns != 0);
    }
    return (size_t)snprintf(dst, 10, "%" PRIu64 "%c", v, units[k].name);
}

static uint64_t unit_ns(uint8_t name)
{
    for (size_t k = 0; k < NUNITS; k++)
        if (units[k].name == name)
            return units[k].ns;
    return 0;
}

enum kt_step kt_timeout_decode(struct kt_cur src, uint64_t *ret_ns,
                               struct kt_err *reterr)
{
    const size_t n = kt_cur_left(&src);
    uint64_t v = 0;

    if (n < 2 || n > MAX_DIGITS + 1)
        return kt_bad(reterr, KT_E_SYNTAX, KT_SCOPE_STREAM, 0, "HDR-17");
    for (size_t i = 0; i < n - 1; i++) {
        if (src.p[i] < '0' || src.p[i] > '9')
            return kt_bad(reterr, KT_E_SYNTAX, KT_SCOPE_STREAM, i, "HDR-17");
        v = v * 10 + (uint64_t)(src.p[i] - '0');
    }

    const uint64_t unit = unit_ns(src.p[n - 1]);
    if (unit == 0)
        return kt_bad(reterr, KT_E_SYNTAX, KT_SCOPE_STREAM, n - 1, "HDR-17");
    *ret_ns = v > UINT64_MAX / unit ? UINT64_MAX : v * unit;
    return KT_DONE;
}
