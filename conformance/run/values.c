/* What an ok answer says beyond ok.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run/values.h"
#include "check/fields.h"
#include "check/meta.h"
#include "run/fail.h"
#include "run/inner.h"
#include "wire/status.h"
#include <string.h>

static bool deadline_ok(const struct kt_field *f, const json_t *body,
                        struct kt_buf *why)
{
    const json_t *ms = json_object_get(body, "deadline_ms");

    if (!ms) {
        kt_buf_puts(why, "no deadline");
        return f->absent;
    }
    const json_int_t v = json_integer_value(ms);

    kt_buf_printf(why, "deadline %lld ms", (long long)v);
    if (f->absent)
        return false;
    return f->value.kind != KT_PAT_RANGE ||
           kt_pat_match_u64(&f->value, (uint64_t)(v < 0 ? 0 : v) * KT_MS);
}

static bool accept_ok(const struct kt_line *l, const json_t *body,
                      struct kt_buf *why)
{
    const struct kt_field *d = kt_fields_get(&l->app.fields, "deadline");

    if (d && !deadline_ok(d, body, why))
        return false;
    kt_buf_clear(why);
    return kt_meta_match(&l->app.fields, json_object_get(body, "metadata"),
                         json_object_get(body, "metainfo"), why);
}

static bool cancelled_ok(const struct kt_line *l, const json_t *body,
                         struct kt_buf *why)
{
    const json_t *code = json_object_get(body, "code");
    const uint32_t got =
        json_is_integer(code) ? (uint32_t)json_integer_value(code) : KT_NO_CODE;
    const char *name = got == KT_NO_CODE ? "none" : kt_grpc_name(got);

    if (l->app.code == KT_NO_CODE || l->app.code == got || l->out.n > 0)
        return true;
    kt_buf_printf(why, "code %s", name ? name : "?");
    return false;
}

static bool event_ok(const struct kt_event_want *w, const json_t *got)
{
    const char *name = json_string_value(json_array_get(got, 0));
    const json_t *values = json_array_get(got, 1);

    if (!name || strcmp(name, w->name) != 0)
        return false;
    for (size_t i = 0; i < w->fields.n; i++) {
        const struct kt_field *f = &w->fields.v[i];
        const json_t *v = json_object_get(values, f->name);
        const char *text = json_string_value(v);

        if (f->absent ? v != NULL
                      : !text || !kt_pat_match(&f->value, text,
                                               json_string_length(v)))
            return false;
    }
    return true;
}

static bool events_ok(const struct kt_line *l, const json_t *body,
                      struct kt_buf *why)
{
    const json_t *all = json_object_get(body, "events");
    bool ok = json_array_size(all) == l->app.nevents;

    for (size_t i = 0; i < l->app.nevents && ok; i++)
        ok = event_ok(&l->app.events[i], json_array_get(all, i));
    if (!ok)
        kt_json_print(why, all);
    return ok;
}

static bool values_ok(const struct kt_line *l, const struct kt_ask *a,
                      struct kt_buf *why)
{
    const json_t *body = a->got.body;

    switch (l->app.verb) {
    case KT_V_ACCEPT:
        return accept_ok(l, body, why);
    case KT_V_HEADER:
    case KT_V_TRAILER:
        return kt_meta_match(&l->app.fields, json_object_get(body, "metadata"),
                             NULL, why);
    case KT_V_CANCELLED:
        return cancelled_ok(l, body, why);
    case KT_V_EVENTS:
        return events_ok(l, body, why);
    default:
        return true;
    }
}

enum kt_do kt_values_check(struct kt_case *c, const struct kt_line *line,
                           const struct kt_ask *a, bool peek)
{
    struct kt_buf why = {.limit = 1 << 16};
    enum kt_do r = KT_DO_DONE;

    if (a->got.kind == KT_GOT_OK && !values_ok(line, a, &why))
        r = peek ? KT_DO_FAIL
                 : kt_case_fault_text(c, line, KT_R_WRONG_VALUE,
                                      kt_buf_cstr(&why));
    kt_buf_fini(&why);
    return r;
}
