/* Fuzz kt_event_parse and kt_event_print.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/must.h"
#include "wire/event.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = kt_xstrndup((const char *)data, size);
    struct kt_event_store st = {0}, st2 = {0};
    struct kt_buf once = {.limit = 64 << 20}, twice = {.limit = 64 << 20};
    struct kt_event ev, ev2;
    struct kt_err e;

    if (kt_event_parse(line, &st, &ev, &e) == KT_DONE) {
        must(kt_event_print(&once, &ev, SIZE_MAX));
        /* What was printed is a line, and the line of the same event. */
        must(kt_event_parse(kt_buf_cstr(&once), &st2, &ev2, &e) == KT_DONE);
        must(kt_event_print(&twice, &ev2, SIZE_MAX));
        must(kt_cur_eq(kt_buf_view(&once), kt_buf_view(&twice)));
        must(ev.kind == ev2.kind && ev.stream == ev2.stream);
    } else {
        must(e.at <= strlen(line));
    }
    kt_event_store_fini(&st);
    kt_event_store_fini(&st2);
    kt_buf_fini(&once);
    kt_buf_fini(&twice);
    kt_free(line);
    return 0;
}
