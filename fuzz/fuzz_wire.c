/* Fuzz the way from bytes to a line and back: kt_frame_decode, kt_event_print,
 * kt_event_parse.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "wire/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kt_cur in = {data, data + size};
    struct kt_event ev = {.kind = KT_EV_FRAME}, ev2;
    struct kt_event_store st = {0};
    struct kt_buf once = {.limit = 64 << 20}, twice = {.limit = 64 << 20};
    struct kt_err e, e2;
    const enum kt_step s = kt_frame_decode(&in, 16384, &ev.frame, &e);

    if (s == KT_MORE)
        return 0;
    ev.stream = ev.frame.head.stream;
    must(kt_event_print(&once, &ev, SIZE_MAX));
    must(kt_event_parse(kt_buf_cstr(&once), &st, &ev2, &e2) == KT_DONE);
    must(kt_event_print(&twice, &ev2, SIZE_MAX));
    must(kt_cur_eq(kt_buf_view(&once), kt_buf_view(&twice)));
    must(ev2.frame.head.type == ev.frame.head.type);
    must(ev2.frame.head.flags == ev.frame.head.flags);
    must(s == KT_BAD || ev2.frame.head.length == ev.frame.head.length);
    kt_event_store_fini(&st);
    kt_buf_fini(&once);
    kt_buf_fini(&twice);
    return 0;
}
