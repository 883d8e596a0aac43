/* A wire line against the tapes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/match.h"
#include <string.h>

void kt_found_fini(struct kt_found *f)
{
    kt_buf_fini(&f->got);
    *f = (struct kt_found){0};
}

bool kt_frame_on_connection(const struct kt_wire *w)
{
    const struct kt_field *s = kt_fields_get(&w->fields, "stream");

    if (s && s->value.kind == KT_PAT_LIT && strcmp(s->value.text, "0") == 0)
        return true;
    switch (w->frame) {
    case KT_F_SETTINGS:
    case KT_F_PING:
    case KT_F_GOAWAY:
    case KT_F_CONNECT:
    case KT_F_CLOSE:
    case KT_F_BYTES:
    case KT_F_STALL:
        return true;
    case KT_F_FRAME:
        return !s;
    default:
        return false;
    }
}

bool kt_frame_is_harmless_kind(const struct kt_wire *w)
{
    switch (w->frame) {
    case KT_F_SETTINGS:
    case KT_F_PING:
    case KT_F_WINDOW_UPDATE:
    case KT_F_PRIORITY:
    case KT_F_FRAME:
    case KT_F_BYTES:
        return true;
    case KT_F_headers:
        return !w->to_server;
    default:
        return false;
    }
}

static void print_event(struct kt_buf *dst, const struct kt_event *ev)
{
    kt_event_print(dst, ev, 64);
}

/* The message by value, the code, the word of CLOSE. */
static bool match_content(const struct kt_wire *w,
                          const struct kt_match_how *how, struct kt_entry *e,
                          struct kt_found *ret)
{
    struct kt_buf path = {.limit = 4096};
    bool ok = true;

    if (w->frame == KT_F_message && w->msg.kind != KT_MSG_NONE) {
        ok = kt_msg_equal(&w->msg, how->ordinal, how->shape, NULL, e->ev->body,
                          &path);
        if (!ok)
            kt_buf_printf(&ret->got,
                          "another message (%s): ", kt_buf_cstr(&path));
    }
    if (w->frame == KT_F_reset && w->has_codes)
        ok = kt_code_match(&w->codes, e->ev->code, kt_h2err_name);
    if (w->frame == KT_F_CLOSE && strcmp(w->word, "fin") == 0)
        ok = !e->ev->reset;
    if (w->frame == KT_F_CLOSE && strcmp(w->word, "rst") == 0)
        ok = e->ev->reset;
    kt_buf_fini(&path);
    return ok;
}

bool kt_match_fields(const struct kt_wire *w, const struct kt_match_how *how,
                     struct kt_entry *e, struct kt_found *ret)
{
    struct kt_buf why = {.limit = 4096};
    bool ok = match_content(w, how, e, ret) &&
              kt_fields_match(&w->fields, e->ev, how->names, &why);

    for (size_t i = 0; i < w->nmore && ok; i++) {
        ok = kt_fields_match(&w->more[i].fields, e->ev, how->names, &why);
        if (!ok)
            ret->rule = w->more[i].rule;
    }
    if (!ok) {
        ret->reason = KT_R_MISMATCH;
        ret->entry = e;
        if (kt_buf_size(&why) > 0)
            kt_buf_printf(&ret->got, "%s: ", kt_buf_cstr(&why));
        print_event(&ret->got, e->ev);
    }
    kt_buf_fini(&why);
    return ok;
}

/* What stands before the entry must be accounted for. Frames never are
 * unexpected by themselves. */
static bool passes_over(const struct kt_match_how *how, struct kt_entry *to,
                        struct kt_found *ret)
{
    for (struct kt_entry *e = how->tape->v; e < to; e++) {
        if (e->ev->kind == KT_EV_FRAME || how->passable(how->ctx, how->tape, e))
            continue;
        ret->reason = KT_R_UNEXPECTED;
        ret->entry = e;
        print_event(&ret->got, e->ev);
        return false;
    }
    return true;
}

/* What gRPC makes of a frame that a line has taken needs no line of its own. */
static void allow_events_of(struct kt_tape *t, struct kt_entry *frame)
{
    for (struct kt_entry *e = frame + 1;
         e < t->v + t->n && e->ev->kind != KT_EV_FRAME; e++)
        e->marks |= KT_M_ALLOWED;
}

static void take(const struct kt_match_how *how, struct kt_entry *e)
{
    if (how->peek)
        return;
    e->marks |= KT_M_TAKEN;
    if (e->ev->kind == KT_EV_FRAME) {
        allow_events_of(how->tape, e);
        return;
    }
    /* A line never goes back behind an entry of its kind that it passed. */
    for (struct kt_entry *x = how->tape->v; x < e; x++)
        if (x->ev->kind == e->ev->kind)
            x->marks |= KT_M_PASSED;
}

static struct kt_entry *next_of_kind(const struct kt_wire *w,
                                     const struct kt_match_how *how,
                                     struct kt_entry *after)
{
    struct kt_entry *e = after ? after + 1 : how->tape->v;
    struct kt_entry *end = how->tape->v + how->tape->n;

    for (; e < end; e++)
        if (kt_frame_kind_is(w->frame, e->ev) &&
            !(e->marks & (KT_M_TAKEN | KT_M_PASSED)))
            return e;
    return NULL;
}

static enum kt_match nothing(const struct kt_match_how *how,
                             struct kt_found *ret)
{
    if (!how->ended)
        return KT_MATCH_WAIT;
    if (ret->reason == KT_R_NONE) {
        ret->reason = KT_R_NOTHING_CAME;
        kt_buf_puts(&ret->got, "nothing, and nothing more can come");
    }
    return KT_MATCH_NO;
}

static enum kt_match accept(const struct kt_wire *w,
                            const struct kt_match_how *how, struct kt_entry *e,
                            struct kt_found *ret)
{
    if (!kt_frame_is_upper(w->frame) && !passes_over(how, e, ret))
        return KT_MATCH_NO;
    ret->entry = e;
    ret->reason = KT_R_NONE;
    kt_buf_clear(&ret->got);
    take(how, e);
    return KT_MATCH_YES;
}

/* Harmless kinds: the first that fits; the others are passed over. */
static enum kt_match match_any(const struct kt_wire *w,
                               const struct kt_match_how *how,
                               struct kt_found *ret)
{
    struct kt_entry *e = NULL;

    while ((e = next_of_kind(w, how, e)) != NULL) {
        kt_buf_clear(&ret->got);
        if (kt_match_fields(w, how, e, ret))
            return accept(w, how, e, ret);
    }
    return nothing(how, ret);
}

static enum kt_match match_first(const struct kt_wire *w,
                                 const struct kt_match_how *how,
                                 struct kt_found *ret)
{
    struct kt_entry *e = how->narrows ? how->bound : next_of_kind(w, how, NULL);

    if (!e)
        return nothing(how, ret);
    if (!kt_entry_whole(e) && w->frame == KT_F_message && !how->ended)
        return KT_MATCH_WAIT;
    if (!kt_match_fields(w, how, e, ret))
        return KT_MATCH_NO;
    return accept(w, how, e, ret);
}

enum kt_match kt_match_wire(const struct kt_wire *w,
                            const struct kt_match_how *how,
                            struct kt_found *ret)
{
    *ret = (struct kt_found){.label = "", .got.limit = 1 << 16};
    if (w->frame == KT_F_stream_error || w->frame == KT_F_connection_error)
        return kt_match_error(w, how, ret);
    if (!how->tape)
        return nothing(how, ret);
    if (w->has_sum)
        return kt_match_sum(w, how, ret);
    if (kt_frame_is_harmless_kind(w) && !how->narrows)
        return match_any(w, how, ret);
    return match_first(w, how, ret);
}

enum kt_match kt_match_sum(const struct kt_wire *w,
                           const struct kt_match_how *how, struct kt_found *ret)
{
    struct kt_entry *e = NULL, *last = NULL;
    uint64_t sum = 0;

    while (sum < w->sum_lo && (e = next_of_kind(w, how, e)) != NULL) {
        sum += w->frame == KT_F_WINDOW_UPDATE ? e->ev->frame.increment
                                              : e->ev->frame.head.length;
        last = e;
    }
    if (sum < w->sum_lo)
        return nothing(how, ret);
    ret->entry = last;
    if (sum > w->sum_hi) {
        ret->reason = KT_R_MISMATCH;
        kt_buf_printf(&ret->got, "sum=%llu", (unsigned long long)sum);
        return KT_MATCH_NO;
    }
    if (how->peek)
        return KT_MATCH_YES;
    for (e = next_of_kind(w, how, NULL); e && e <= last;
         e = next_of_kind(w, how, NULL))
        take(how, e);
    return KT_MATCH_YES;
}
