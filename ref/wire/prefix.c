/* Message prefix.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/prefix.h"

enum kt_step kt_prefix_decode(struct kt_cur *in, uint32_t max,
                              struct kt_prefix *ret, struct kt_err *reterr)
{
    if (kt_cur_left(in) < KT_PREFIX_LEN)
        return KT_MORE;

    const uint8_t flag = in->p[0];
    const uint32_t len = kt_peek_u32(in->p + 1);

    if (flag > 1)
        return kt_bad(reterr, KT_E_PREFIX_FLAG, KT_SCOPE_STREAM, 0, "MSG-1");
    if (len > max)
        return kt_bad(reterr, KT_E_TOO_BIG, KT_SCOPE_STREAM, 1, NULL);

    *ret = (struct kt_prefix){.len = len, .packed = flag == 1};
    in->p += KT_PREFIX_LEN;
    return KT_DONE;
}

size_t kt_prefix_encode(uint8_t dst[KT_PREFIX_LEN], struct kt_prefix p)
{
    dst[0] = p.packed;
    kt_poke_u32(dst + 1, p.len);
    return KT_PREFIX_LEN;
}
