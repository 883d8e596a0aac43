/* Message assembly.
 * SPDX-License-Identifier: Apache-2.0 */
#include "stream/deframe.h"
#include "wire/prefix.h"

void kt_deframe_init(struct kt_deframe *d, uint32_t max, size_t max_held)
{
    *d = (struct kt_deframe){.max = max};
    kt_buf_init(&d->held, max_held);
}

void kt_deframe_fini(struct kt_deframe *d)
{
    kt_buf_fini(&d->held);
    d->taken = 0;
}

size_t kt_deframe_size(const struct kt_deframe *d)
{
    return kt_buf_size(&d->held) - d->taken;
}

/* A message is cut off when its view ends, not when it is handed out. */
static void settle(struct kt_deframe *d)
{
    kt_buf_eat(&d->held, d->taken);
    d->taken = 0;
}

bool kt_deframe_put(struct kt_deframe *d, struct kt_cur data)
{
    settle(d);
    return kt_buf_put(&d->held, data.p, kt_cur_left(&data));
}

static enum kt_step look(const struct kt_deframe *d, struct kt_message *ret,
                         struct kt_err *reterr)
{
    struct kt_cur in = kt_buf_view(&d->held);
    struct kt_prefix prefix;

    if (d->taken > 0)
        kt_cur_cut(&in, d->taken);
    const enum kt_step step = kt_prefix_decode(&in, d->max, &prefix, reterr);
    if (step != KT_DONE)
        return step;
    if (kt_cur_left(&in) < prefix.len)
        return KT_MORE;
    ret->body = kt_cur_cut(&in, prefix.len);
    ret->packed = prefix.packed;
    return KT_DONE;
}

enum kt_step kt_deframe_next(struct kt_deframe *d, struct kt_message *ret,
                             struct kt_err *reterr)
{
    settle(d);
    const enum kt_step step = look(d, ret, reterr);

    if (step == KT_DONE)
        d->taken = KT_PREFIX_LEN + kt_cur_left(&ret->body);
    return step;
}

enum kt_step kt_deframe_peek(const struct kt_deframe *d, size_t *ret_size,
                             struct kt_err *reterr)
{
    struct kt_message m;
    const enum kt_step step =
        kt_deframe_size(d) > 0 ? look(d, &m, reterr) : KT_MORE;

    if (step == KT_DONE)
        *ret_size = KT_PREFIX_LEN + kt_cur_left(&m.body);
    return step;
}

bool kt_deframe_ready(const struct kt_deframe *d)
{
    struct kt_err e;
    size_t size;

    return kt_deframe_peek(d, &size, &e) != KT_MORE;
}

enum kt_step kt_deframe_end(const struct kt_deframe *d, struct kt_err *reterr)
{
    const size_t left = kt_deframe_size(d);

    if (left == 0)
        return KT_DONE;
    return kt_bad(reterr, KT_E_TRUNCATED, KT_SCOPE_STREAM, left,
                  left < KT_PREFIX_LEN ? "MSG-15" : "MSG-16");
}

void kt_deframe_drop(struct kt_deframe *d)
{
    kt_buf_clear(&d->held);
    d->taken = 0;
}
