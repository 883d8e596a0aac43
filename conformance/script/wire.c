/* Wire lines: frames, and what gRPC makes of them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/step.h"
#include "wire/frame.h"
#include <string.h>

/* A code by HTTP/2 name becomes its number in decimal. */
static bool code_resolve(struct kt_line_in *l, const struct kt_word *w,
                         struct kt_pat *p)
{
    char number[16];

    for (size_t i = 0; i < p->nsub; i++)
        if (!code_resolve(l, w, &p->sub[i]))
            return false;
    if (p->kind != KT_PAT_LIT)
        return true;
    uint64_t v;
    if (kt_number_read(p->text, p->n, &v))
        return true;
    const uint32_t code = kt_h2err_of(p->text);
    if (code == UINT32_MAX) {
        const char *names[14];
        for (uint32_t i = 0; i < 14; i++)
            names[i] = kt_h2err_name(i);
        return kt_line_unknown(l, w, "error code", names, 14);
    }
    snprintf(number, sizeof number, "%u", code);
    p->text = kt_pool_strdup(l->arena, number);
    p->n = strlen(number);
    return true;
}

static bool codes_read(struct kt_line_in *l, struct kt_wire *wire)
{
    const struct kt_word *w = kt_line_peek(l);

    if (w == NULL || w->p[0] == '@' || kt_word_is(w, "after") ||
        memchr(w->p, '=', w->n))
        return true;
    wire->has_codes = true;
    return kt_value_read(l, kt_line_take(l), &wire->codes) &&
           code_resolve(l, w, &wire->codes);
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
    const struct kt_word v = {w->p + skip, w->n - skip, w->col + (int)skip};
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
    *ret_took = true;
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
    if (kt_word_starts(w, "repeat=")) {
        if (kt_number_read(w->p + 7, w->n - 7, &wire->repeat) &&
            wire->repeat > 0 && wire->repeat <= 10000000)
            return true;
        return kt_line_bad(l, w, "repeat=N, N from 1 to 10000000");
    }
    *ret_took = false;
    return true;
}

/* data= of PING and others may be bare hex digits. */
static void bare_hex(struct kt_line_in *l, struct kt_field *f)
{
    struct kt_pat *v = &f->value;

    if (strcmp(f->name, "data") != 0 || v->kind != KT_PAT_LIT || v->quoted ||
        v->n == 0 || v->n % 2 != 0 ||
        strspn(v->text, "0123456789abcdefABCDEF") != v->n)
        return;
    uint8_t *bytes = kt_pool_alloc(l->arena, v->n / 2 + 1);
    const struct kt_cur c = kt_unhex(bytes, v->n / 2, v->text);
    v->text = (char *)bytes;
    v->n = kt_cur_left(&c);
}

static bool one_field(struct kt_line_in *l, const struct kt_word *w,
                      struct kt_wire *wire, struct kt_fields *into)
{
    const bool hex = kt_word_starts(w, "data=hex:") ||
                     kt_word_starts(w, "data=zeros:") ||
                     kt_word_starts(w, "hpack=hex:");
    struct kt_field f;

    if (!kt_field_read(l, w, &f))
        return false;
    if (!hex && wire->frame == KT_F_PING)
        bare_hex(l, &f);
    /* "hpack=hex:" is told from "hpack=literal" by this mark. */
    f.value.quoted = f.value.quoted || (hex && strcmp(f.name, "hpack") == 0);
    if (strcmp(f.name, "code") == 0 && !code_resolve(l, w, &f.value))
        return false;
    kt_fields_put(l->arena, into, f);
    return true;
}

bool kt_wire_fields_read(struct kt_line_in *l, struct kt_line *ret)
{
    struct kt_wire *wire = &ret->wire;
    const struct kt_word *w;
    bool took;

    while ((w = kt_line_peek(l)) != NULL) {
        if (!kt_tail_read(l, ret, &took))
            return false;
        if (took)
            continue;
        if (kt_line_accept(l, "no")) {
            if (!kt_absent_read(l, 0, &wire->fields))
                return false;
            continue;
        }
        if (!piece_read(l, w, wire, &took))
            return false;
        kt_line_take(l);
        if (!took && !one_field(l, w, wire, &wire->fields))
            return false;
    }
    return true;
}

static bool close_word(struct kt_line_in *l, struct kt_wire *wire)
{
    const struct kt_word *w = kt_line_peek(l);

    if (!kt_word_is(w, "fin") && !kt_word_is(w, "rst") && !kt_word_is(w, "any"))
        return true;
    wire->word = kt_word_dup(l, kt_line_take(l));
    return true;
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
    const struct kt_word *w = kt_line_peek(l);

    switch (wire->frame) {
    case KT_F_CLOSE:
        return close_word(l, wire);
    case KT_F_BYTES:
        return bytes_word(l, wire);
    case KT_F_message:
        return kt_msg_read(l, &wire->msg);
    case KT_F_reset:
    case KT_F_stream_error:
    case KT_F_connection_error:
        return codes_read(l, wire);
    case KT_F_TT:
    case KT_F_THRIFT:
        if (w != NULL && memchr(w->p, '=', w->n) == NULL)
            wire->word = kt_word_dup(l, kt_line_take(l));
        return true;
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
        return kt_word_unknown(l, w, KT_W_FRAME, "frame");
    wire->frame = (enum kt_frame)def->value;
    return head_read(l, wire) && kt_wire_fields_read(l, ret);
}
