/* Wire lines: frames, and what gRPC makes of them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/step.h"
#include <string.h>

static bool codes_read(struct kt_line_in *l, struct kt_wire *wire)
{
    const struct kt_word *w = kt_line_peek(l);

    if (w == NULL || w->p[0] == '@' || kt_word_is(w, "after") ||
        memchr(w->p, '=', w->n))
        return true;
    wire->has_codes = true;
    return kt_value_read(l, kt_line_take(l), &wire->codes) &&
           kt_code_resolve(l, w, &wire->codes);
}

static bool cuts_read(struct kt_line_in *l, const struct kt_word *w,
                      struct kt_wire *wire)
{
    const char *p = w->p + 4, *end = w->p + w->n;
    const char *colon = memchr(p, ':', (size_t)(end - p));

    if (colon == NULL)
        return kt_line_bad(l, w, "cut=frame:1,5, cut=segment:1,5, or …:each");
    const size_t by = (size_t)(colon - p);
    wire->cut = by == 5 && memcmp(p, "frame", 5) == 0     ? KT_CUT_FRAME
                : by == 7 && memcmp(p, "segment", 7) == 0 ? KT_CUT_SEGMENT
                                                          : KT_CUT_NONE;
    if (wire->cut == KT_CUT_NONE)
        return kt_line_bad(l, w, "cut by frame or by segment");
    wire->cut_each = end - colon == 5 && memcmp(colon + 1, "each", 4) == 0;
    for (p = colon + 1; !wire->cut_each && p < end;) {
        const char *comma = memchr(p, ',', (size_t)(end - p));
        const char *stop = comma ? comma : end;
        uint64_t at;

        if (!kt_number_read(p, (size_t)(stop - p), &at) || at == 0 ||
            at > UINT32_MAX ||
            (wire->ncuts > 0 && at <= wire->cuts[wire->ncuts - 1]))
            return kt_line_bad(l, w, "cuts are offsets above 0, ascending");
        wire->cuts =
            kt_pool_more(l->arena, wire->cuts, wire->ncuts, sizeof *wire->cuts);
        wire->cuts[wire->ncuts++] = (uint32_t)at;
        p = stop + 1;
    }
    return true;
}

static bool span_read(struct kt_line_in *l, const struct kt_word *w,
                      size_t skip, uint64_t *ret_lo, uint64_t *ret_hi)
{
    const struct kt_word v = {w->p + skip, w->n - skip,
                              kt_line_col(l, w->p + skip)};
    struct kt_pat p;

    if (!kt_value_read(l, &v, &p))
        return false;
    if (p.kind == KT_PAT_RANGE) {
        *ret_lo = p.lo;
        *ret_hi = p.hi;
        return true;
    }
    if (p.kind != KT_PAT_LIT || !kt_number_read(p.text, p.n, ret_lo))
        return kt_line_bad(l, w, "a number N, or N..M");
    *ret_hi = *ret_lo;
    return true;
}

/* cut=, sum=, part=, repeat=: *ret_took when w was one of them. */
static bool piece_read(struct kt_line_in *l, const struct kt_word *w,
                       struct kt_wire *wire, bool *ret_took)
{
    const char *eq = memchr(w->p, '=', w->n);
    const struct kt_word_def *def =
        eq ? kt_word_at(KT_W_FIELD, 1u << wire->frame, w->p,
                        (size_t)(eq - w->p))
           : NULL;

    *ret_took = def != NULL && def->value == KT_TAKES_PIECE;
    if (!*ret_took)
        return true;
    if (kt_word_starts(w, "cut="))
        return cuts_read(l, w, wire);
    if (kt_word_starts(w, "sum=")) {
        wire->has_sum = true;
        return span_read(l, w, 4, &wire->sum_lo, &wire->sum_hi);
    }
    if (kt_word_starts(w, "part=")) {
        wire->has_part = true;
        return span_read(l, w, 5, &wire->part_lo, &wire->part_hi);
    }
    return (kt_number_read(w->p + 7, w->n - 7, &wire->repeat) &&
            wire->repeat > 0 && wire->repeat <= 10000000) ||
           kt_line_bad(l, w, "repeat=N, N from 1 to 10000000");
}

static bool tail_check(struct kt_line_in *l, const struct kt_word *w,
                       const struct kt_line *s)
{
    if (s->as != NULL)
        return kt_line_bad(l, w, "a wire line has no answer to be named");
    return !s->after.given || !s->wire.forced ||
           kt_line_bad(l, w, "a line with '!' waits for nothing");
}

bool kt_wire_fields_read(struct kt_line_in *l, struct kt_line *ret)
{
    struct kt_wire *wire = &ret->wire;
    const struct kt_word *w;
    bool took;

    while ((w = kt_line_peek(l)) != NULL) {
        if (!kt_tail_read(l, ret, &took) || !tail_check(l, w, ret))
            return false;
        if (took)
            continue;
        if (kt_line_accept(l, "no")) {
            if (!kt_wire_absent_read(l, wire))
                return false;
            continue;
        }
        if (!piece_read(l, w, wire, &took))
            return false;
        kt_line_take(l);
        if (!took && !kt_wire_field_read(l, w, wire))
            return false;
    }
    return true;
}

/* The word behind CLOSE, TT, THRIFT; known is NULL-ended. */
static bool kind_word(struct kt_line_in *l, struct kt_wire *wire,
                      const char *what, const char *const *known, bool due)
{
    const struct kt_word *w = kt_line_peek(l);
    size_t n = 0;

    if (w == NULL || w->p[0] == '@' || kt_word_is(w, "after"))
        return !due || kt_line_bad(l, w, "which %s?", what);
    kt_line_take(l);
    for (; known[n] != NULL; n++)
        if (kt_word_is(w, known[n])) {
            wire->word = kt_word_dup(l, w);
            return true;
        }
    return kt_line_unknown(l, w, what, known, n);
}

static bool bytes_word(struct kt_line_in *l, struct kt_wire *wire)
{
    const struct kt_word *w = kt_line_take(l);
    struct kt_msg *m = &wire->msg;
    char *text;

    if (w == NULL)
        return kt_line_bad(l, w, "which bytes? \"…\" or hex:…");
    m->kind = KT_MSG_BYTES;
    if (kt_bytes_read(l, w->p, w->n, &m->bytes, &m->n))
        return true;
    if (w->p[0] != '"' || !kt_text_read(l, w, &text, &m->n))
        return kt_line_bad(
            l, w, "bytes are \"…\", hex:0a0b, hex:(0a0b)x64 or zeros:N");
    m->bytes = (uint8_t *)text;
    return true;
}

/* What stands between the frame's name and its fields. */
static bool head_read(struct kt_line_in *l, struct kt_wire *wire)
{
    static const char *const closes[] = {"fin", "rst", "any", NULL};
    static const char *const tt[] = {"header", "data", "trailer",
                                     "rst",    "meta", NULL};
    static const char *const thrift[] = {"call", "reply", "exception", "oneway",
                                         NULL};

    switch (wire->frame) {
    case KT_F_CLOSE:
        return kind_word(l, wire, "way to close", closes, false);
    case KT_F_BYTES:
        return bytes_word(l, wire);
    case KT_F_message:
        return kt_msg_read(l, &wire->msg);
    case KT_F_reset:
    case KT_F_stream_error:
    case KT_F_connection_error:
        return codes_read(l, wire);
    case KT_F_TT:
        return kind_word(l, wire, "frame of TTHeader", tt, true);
    case KT_F_THRIFT:
        return kind_word(l, wire, "message of Thrift", thrift, true);
    default:
        return true;
    }
}

bool kt_wire_read(struct kt_line_in *l, struct kt_line *ret)
{
    struct kt_wire *wire = &ret->wire;
    const struct kt_word *w = kt_line_take(l);
    const struct kt_word_def *def;

    ret->kind = KT_S_WIRE;
    wire->repeat = 1;
    wire->word = kt_pool_strdup(l->arena, "");
    if (w == NULL)
        return kt_line_bad(l, w, "which frame?");
    def = kt_word_find(KT_W_FRAME, w->p, w->n);
    if (def == NULL)
        def = kt_word_find(KT_W_EVENT, w->p, w->n);
    if (def == NULL)
        return kt_word_unknown(l, w, KT_W_FRAME, 0, "frame");
    wire->frame = (enum kt_frame)def->value;
    return head_read(l, wire) && kt_wire_fields_read(l, ret);
}
