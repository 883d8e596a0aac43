/* Fuzz kt_observer_feed: any bytes, as a client's and as a server's; the log
 * does not depend on the cuts. SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "peer/observe.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct kt_log *log)
{
    must(log->ndone <= log->n);
    for (size_t i = 0; i < log->n; i++) {
        const struct kt_rec *r = log->v[i];

        must(r->seq == i && r->times >= 1);
        must(r->kind != KT_REC_GRPC || r->ev.kind != KT_EV_MESSAGE || r->open ||
             kt_cur_left(&r->ev.body) <= r->ev.length);
    }
}

/* The log as text, of both directions, fed in parts of step bytes. */
static void observe(const uint8_t *data, size_t size, size_t step,
                    struct kt_buf *dst)
{
    struct kt_log log;
    struct kt_observer *o[2];

    kt_log_init(&log);
    for (int d = 0; d < 2; d++)
        o[d] = kt_observer_new(&log, d == 1);
    kt_observer_pair(o[0], o[1]);
    kt_observer_feed(o[1], kt_cur_of(KT_PREFACE, KT_PREFACE_LEN), 0);
    for (int d = 1; d >= 0; d--) {
        for (size_t i = 0; i < size; i += step)
            kt_observer_feed(
                o[d], kt_cur_of(data + i, size - i < step ? size - i : step),
                0);
        kt_observer_close(o[d], false, 1);
    }
    check(&log);
    for (size_t i = 0; i < log.n; i++)
        must(kt_rec_print(dst, log.v[i], 16) && kt_buf_puts(dst, "\n"));
    kt_observer_free(o[0]);
    kt_observer_free(o[1]);
    kt_log_fini(&log);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kt_buf whole = {.limit = 64 << 20}, parts = {.limit = 64 << 20};

    observe(data, size, size ? size : 1, &whole);
    observe(data, size, size ? data[0] % 13 + 1 : 1, &parts);
    must(kt_cur_eq(kt_buf_view(&whole), kt_buf_view(&parts)));
    kt_buf_fini(&whole);
    kt_buf_fini(&parts);
    return 0;
}
