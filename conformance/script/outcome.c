/* Messages, and what a step may give.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/value.h"
#include "base/near.h"
#include "wire/status.h"
#include <string.h>

enum { MAX_SIZE = 64 << 20 };

static bool json_read(struct kt_line_in *l, const struct kt_word *w,
                      json_t **ret)
{
    json_error_t e;
    json_t *j =
        json_loadb(w->p, w->n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &e);

    if (j == NULL) {
        const size_t at = e.position > 0 && (size_t)e.position <= w->n
                              ? (size_t)e.position - 1
                              : 0;
        const struct kt_word place = {w->p + at, 0, kt_line_col(l, w->p + at)};

        return kt_line_bad(l, &place, "not JSON: %s", e.text);
    }
    *ret = kt_pool_json(l->arena, j);
    return true;
}

bool kt_msg_read(struct kt_line_in *l, struct kt_msg *ret)
{
    const struct kt_word *w = kt_line_peek(l);

    *ret = (struct kt_msg){.kind = KT_MSG_NONE};
    if (kt_word_starts(w, "{")) {
        ret->kind = KT_MSG_JSON;
        return json_read(l, kt_line_take(l), &ret->json);
    }
    if (kt_word_starts(w, "size=")) {
        ret->kind = KT_MSG_SIZE;
        kt_line_take(l);
        if (!kt_number_read(w->p + 5, w->n - 5, &ret->size) || ret->size < 1 ||
            (ret->size > 1 && ret->size < 9) || ret->size > MAX_SIZE)
            return kt_line_bad(l, w,
                               "a size is 1, or 9 and more, in bytes, up to "
                               "64 MiB");
        return true;
    }
    if (!kt_line_accept(l, "bytes"))
        return true;
    ret->kind = KT_MSG_BYTES;
    w = kt_line_take(l);
    if (w == NULL || !kt_bytes_read(l, w->p, w->n, &ret->bytes, &ret->n))
        return kt_line_bad(l, w,
                           "bytes are hex:0a0b, hex:(0a0b)x64 or zeros:N");
    return true;
}

bool kt_status_code_read(struct kt_line_in *l, const struct kt_word *w,
                         uint32_t *ret)
{
    char name[32];
    uint64_t v;

    if (w == NULL || w->n >= sizeof name)
        return kt_line_bad(l, w, "a status code is needed, by name or number");
    if (kt_number_read(w->p, w->n, &v) && v < UINT32_MAX) {
        *ret = (uint32_t)v;
        return true;
    }
    memcpy(name, w->p, w->n);
    name[w->n] = '\0';
    *ret = kt_grpc_of(name);
    if (*ret != UINT32_MAX)
        return true;
    const char *names[17];
    for (uint32_t i = 0; i < 17; i++)
        names[i] = kt_grpc_name(i);
    return kt_line_unknown(l, w, "status", names, 17);
}

/* Words that can stand behind an outcome and are no text of it. */
static bool ends_outcome(const struct kt_word *w)
{
    return w == NULL || kt_word_is(w, "|") || kt_word_is(w, "as") ||
           kt_word_is(w, "after") || kt_word_is(w, "extra") ||
           kt_word_starts(w, "@");
}

static bool text_read(struct kt_line_in *l, struct kt_outcome *ret)
{
    const struct kt_word *w = kt_line_peek(l);

    if (ends_outcome(w))
        return true;
    ret->has_text = true;
    return kt_value_read(l, kt_line_take(l), &ret->text);
}

static bool codes_read(struct kt_line_in *l, struct kt_outcome *ret)
{
    static const char *const starts[] = {
        "ok", "eof", "status", "biz", "error", "exception", "any", "bytes"};

    do {
        ret->codes =
            kt_pool_more(l->arena, ret->codes, ret->ncodes, sizeof *ret->codes);
        if (!kt_status_code_read(l, kt_line_take(l),
                                 &ret->codes[ret->ncodes++]))
            return false;
        if (!kt_line_next_is(l, "|"))
            return true;
        /* "A|B" are codes, "A|error" are outcomes. */
        const struct kt_word *next = l->at + 1 < l->n ? &l->w[l->at + 1] : NULL;
        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
            if (kt_word_is(next, starts[i]))
                return true;
        if (kt_word_starts(next, "{") || kt_word_starts(next, "size="))
            return true;
        kt_line_take(l);
    } while (true);
}

static bool biz_read(struct kt_line_in *l, struct kt_outcome *ret)
{
    const struct kt_word *w = kt_line_take(l);
    char *end, *text = w ? kt_word_dup(l, w) : NULL;
    const long long v = text ? strtoll(text, &end, 10) : 0;

    if (text == NULL || end == text || *end != '\0' || v < INT32_MIN ||
        v > INT32_MAX)
        return kt_line_bad(l, w, "a biz status code is an int32");
    ret->biz_code = (int32_t)v;
    if (!text_read(l, ret))
        return false;
    if (!kt_line_accept(l, "extra"))
        return true;
    w = kt_line_take(l);
    if (!kt_word_starts(w, "{"))
        return kt_line_bad(l, w, "extra is a JSON object of strings");
    if (!json_read(l, w, &ret->extra))
        return false;
    for (void *i = json_object_iter(ret->extra); i != NULL;
         i = json_object_iter_next(ret->extra, i))
        if (!json_is_string(json_object_iter_value(i)))
            return kt_line_bad(
                l, w, "extra is a JSON object of strings: '%s' is none",
                json_object_iter_key(i));
    return true;
}

static bool exception_read(struct kt_line_in *l, struct kt_outcome *ret)
{
    const struct kt_word *w = kt_line_take(l);

    if (w == NULL)
        return kt_line_bad(l, w, "which exception?");
    ret->name = kt_word_dup(l, w);
    return kt_msg_read(l, &ret->msg) &&
           (ret->msg.kind != KT_MSG_NONE ||
            kt_line_bad(l, kt_line_peek(l), "exception NAME M"));
}

/* One outcome; *ret_any: it was "any". False with *ret_none: no outcome stands
 * here. */
static bool one_read(struct kt_line_in *l, struct kt_outcome *ret,
                     bool *ret_none)
{
    const struct kt_word *w = kt_line_peek(l);

    *ret = (struct kt_outcome){0};
    *ret_none = false;
    if (kt_word_starts(w, "{") || kt_word_starts(w, "size=") ||
        kt_word_is(w, "bytes")) {
        ret->kind = KT_OUT_MSG;
        return kt_msg_read(l, &ret->msg);
    }
    if (kt_line_accept(l, "ok")) {
        ret->kind = KT_OUT_OK;
        return true;
    }
    if (kt_line_accept(l, "eof")) {
        ret->kind = KT_OUT_EOF;
        return true;
    }
    if (kt_line_accept(l, "status")) {
        ret->kind = KT_OUT_STATUS;
        return codes_read(l, ret) && text_read(l, ret);
    }
    if (kt_line_accept(l, "biz")) {
        ret->kind = KT_OUT_BIZ;
        return biz_read(l, ret);
    }
    if (kt_line_accept(l, "error")) {
        ret->kind = KT_OUT_ERROR;
        return text_read(l, ret);
    }
    if (kt_line_accept(l, "exception")) {
        ret->kind = KT_OUT_EXCEPTION;
        return exception_read(l, ret);
    }
    *ret_none = true;
    return false;
}

static void put(struct kt_line_in *l, struct kt_outcomes *ret,
                struct kt_outcome o)
{
    ret->v = kt_pool_more(l->arena, ret->v, ret->n, sizeof *ret->v);
    ret->v[ret->n++] = o;
}

bool kt_outcome_stray(struct kt_line_in *l)
{
    const struct kt_word *w = kt_line_peek(l);
    static const char *const known[] = {
        "ok",  "eof",   "status", "biz",   "error", "exception",
        "any", "bytes", "as",     "after", "since", "extra"};
    char *word = kt_word_dup(l, w);
    const char *near = kt_near(word, known, sizeof known / sizeof *known);

    if (near != NULL && strcmp(near, word) != 0)
        return kt_line_bad(l, w, "'%s' has no place here, did you mean '%s'?",
                           word, near);
    return kt_line_bad(l, w, "'%s' has no place here", word);
}

bool kt_outcomes_read(struct kt_line_in *l, struct kt_outcomes *ret)
{
    struct kt_outcome o;
    bool none;

    *ret = (struct kt_outcomes){0};
    if (!kt_line_split_bars(l))
        return false;
    if (kt_line_accept(l, "any")) { /* either is fine */
        put(l, ret, (struct kt_outcome){.kind = KT_OUT_OK});
        put(l, ret, (struct kt_outcome){.kind = KT_OUT_ERROR});
        return true;
    }
    do {
        if (!one_read(l, &o, &none))
            return none && (ret->n == 0 || kt_line_bad(l, kt_line_peek(l),
                                                       "an outcome is due"));
        put(l, ret, o);
    } while (kt_line_accept(l, "|"));
    return true;
}
