/* Outcomes: wanted against got.
 * SPDX-License-Identifier: Apache-2.0 */
#include "check/outcome.h"
#include "base/alloc.h"
#include "base/must.h"
#include "wire/status.h"
#include <string.h>

void kt_got_fini(struct kt_got *g)
{
    json_decref(g->body);
    json_decref(g->msg);
    json_decref(g->extra);
    kt_buf_fini(&g->raw);
    kt_free(g->text);
    *g = (struct kt_got){0};
}

void kt_got_copy(struct kt_got *dst, const struct kt_got *src)
{
    const struct kt_cur raw = kt_buf_view(&src->raw);

    *dst = *src;
    json_incref(dst->body);
    json_incref(dst->msg);
    json_incref(dst->extra);
    dst->text = src->text ? kt_xstrdup(src->text) : NULL;
    dst->raw = (struct kt_buf){.limit = SIZE_MAX};
    if (!raw.p)
        return;
    must(kt_buf_put(&dst->raw, raw.p, kt_cur_left(&raw)));
    dst->bytes = kt_buf_view(&dst->raw);
}

void kt_got_trim(struct kt_got *g)
{
    json_decref(g->body);
    json_decref(g->msg);
    kt_buf_fini(&g->raw);
    g->body = g->msg = NULL;
    g->bytes = (struct kt_cur){0};
}

void kt_got_error(struct kt_got *g, uint32_t code, const char *text)
{
    kt_got_fini(g);
    *g = (struct kt_got){.kind = KT_GOT_ERROR,
                         .has_code = true,
                         .code = code,
                         .text = kt_xstrdup(text)};
}

static bool text_ok(const struct kt_outcome *o, const struct kt_got *g)
{
    const char *text = g->text ? g->text : "";

    return !o->has_text || kt_pat_match(&o->text, text, strlen(text));
}

/* ERR-1, ERR-2: what Kitex's server makes of the text of a handler. */
static bool error_text_ok(const struct kt_outcome *o, const struct kt_got *g,
                          enum kt_texts texts)
{
    static const char by_kitex[] = " [biz error]";
    const char *text = g->text ? g->text : "";
    const size_t n = strlen(text), tail = sizeof by_kitex - 1;

    return texts == KT_TEXTS_FREE || text_ok(o, g) ||
           (texts == KT_TEXTS_KITEX && n >= tail &&
            strcmp(text + n - tail, by_kitex) == 0 &&
            kt_pat_match(&o->text, text, n - tail));
}

static enum kt_reason match_status(const struct kt_outcome *o,
                                   const struct kt_got *g,
                                   const struct kt_compare *how)
{
    if (g->kind != KT_GOT_ERROR)
        return KT_R_WRONG_OUTCOME;
    for (size_t i = 0; i < o->ncodes; i++)
        if (g->has_code && o->codes[i] == g->code)
            return error_text_ok(o, g, how->texts) ? KT_R_NONE
                                                   : KT_R_WRONG_TEXT;
    return KT_R_WRONG_CODE;
}

/* Extra is compared whole; one that the line does not name may be anything. */
static enum kt_reason match_biz(const struct kt_outcome *o,
                                const struct kt_got *g)
{
    if (g->kind != KT_GOT_BIZ)
        return KT_R_WRONG_OUTCOME;
    if (g->biz_code != o->biz_code)
        return KT_R_WRONG_CODE;
    if (!text_ok(o, g))
        return KT_R_WRONG_TEXT;
    if (!o->extra)
        return KT_R_NONE;
    if (json_object_size(o->extra) == 0 && !g->extra)
        return KT_R_NONE;
    return g->extra && json_equal(o->extra, g->extra) ? KT_R_NONE
                                                      : KT_R_WRONG_VALUE;
}

static enum kt_reason match_msg(const struct kt_outcome *o,
                                const struct kt_got *g,
                                const struct kt_compare *how,
                                struct kt_buf *ret_path)
{
    if (g->kind != KT_GOT_MSG)
        return KT_R_WRONG_OUTCOME;
    if (kt_msg_equal(&o->msg, how->ordinal, how->shape, g->msg, g->bytes,
                     ret_path))
        return KT_R_NONE;
    return KT_R_WRONG_MESSAGE;
}

static enum kt_reason match_exception(const struct kt_outcome *o,
                                      const struct kt_got *g,
                                      struct kt_buf *ret_path)
{
    if (g->kind != KT_GOT_EXCEPTION)
        return KT_R_WRONG_OUTCOME;
    if (strcmp(o->name, g->text ? g->text : "") != 0)
        return KT_R_WRONG_CODE;
    if (o->msg.kind != KT_MSG_JSON || json_equal(o->msg.json, g->msg))
        return KT_R_NONE;
    kt_buf_puts(ret_path, "exception");
    return KT_R_WRONG_MESSAGE;
}

static enum kt_reason match_one(const struct kt_outcome *o,
                                const struct kt_got *g,
                                const struct kt_compare *how,
                                struct kt_buf *ret_path)
{
    switch (o->kind) {
    case KT_OUT_OK:
        return g->kind == KT_GOT_OK || g->kind == KT_GOT_MSG
                   ? KT_R_NONE
                   : KT_R_WRONG_OUTCOME;
    case KT_OUT_MSG:
        return match_msg(o, g, how, ret_path);
    case KT_OUT_EOF:
        return g->kind == KT_GOT_EOF ? KT_R_NONE : KT_R_WRONG_OUTCOME;
    case KT_OUT_STATUS:
        return match_status(o, g, how);
    case KT_OUT_BIZ:
        return match_biz(o, g);
    case KT_OUT_ERROR:
        if (g->kind != KT_GOT_ERROR && g->kind != KT_GOT_BIZ &&
            g->kind != KT_GOT_EXCEPTION)
            return KT_R_WRONG_OUTCOME;
        return error_text_ok(o, g, how->texts) ? KT_R_NONE : KT_R_WRONG_TEXT;
    case KT_OUT_EXCEPTION:
        return match_exception(o, g, ret_path);
    }
    must(o->kind <= KT_OUT_EXCEPTION);
    return KT_R_HARNESS;
}

enum kt_reason kt_outcome_match(const struct kt_outcomes *want,
                                const struct kt_got *got,
                                const struct kt_compare *how,
                                struct kt_buf *ret_path)
{
    static const struct kt_outcome ok = {.kind = KT_OUT_OK};
    enum kt_reason nearest = KT_R_WRONG_OUTCOME;

    if (got->kind == KT_GOT_UNSUPPORTED)
        return KT_R_UNSUPPORTED;
    if (got->kind == KT_GOT_GONE)
        return KT_R_CRASHED;
    if (want->n == 0)
        return match_one(&ok, got, how, ret_path);
    for (size_t i = 0; i < want->n; i++) {
        kt_buf_clear(ret_path);
        const enum kt_reason r = match_one(&want->v[i], got, how, ret_path);

        if (r == KT_R_NONE)
            return r;
        if (r != KT_R_WRONG_OUTCOME)
            nearest = r;
    }
    return nearest;
}

bool kt_outcome_wants_msg(const struct kt_outcomes *want)
{
    for (size_t i = 0; i < want->n; i++)
        if (want->v[i].kind == KT_OUT_MSG)
            return true;
    return false;
}

static void print_code(struct kt_buf *dst, uint32_t code)
{
    const char *name = kt_grpc_name(code);

    if (name)
        kt_buf_puts(dst, name);
    else
        kt_buf_printf(dst, "%d", (int)code);
}

static void print_text(struct kt_buf *dst, const char *text)
{
    json_t *s = json_string(text);

    kt_buf_puts(dst, " ");
    if (s)
        kt_json_print(dst, s);
    else
        kt_buf_puts(dst, "\"?\"");
    json_decref(s);
}

void kt_got_print(struct kt_buf *dst, const struct kt_got *g)
{
    switch (g->kind) {
    case KT_GOT_NONE:
        kt_buf_puts(dst, "nothing");
        return;
    case KT_GOT_OK:
        kt_buf_puts(dst, "ok");
        return;
    case KT_GOT_MSG:
        if (g->msg)
            kt_json_print(dst, g->msg);
        else
            kt_buf_printf(dst, "a message of %zu bytes",
                          kt_cur_left(&g->bytes));
        return;
    case KT_GOT_EOF:
        kt_buf_puts(dst, "eof");
        return;
    case KT_GOT_ERROR:
        kt_buf_puts(dst, g->has_code ? "status " : "error");
        if (g->has_code)
            print_code(dst, g->code);
        break;
    case KT_GOT_BIZ:
        kt_buf_printf(dst, "biz %d", g->biz_code);
        break;
    case KT_GOT_EXCEPTION:
        kt_buf_printf(dst, "exception %s ", g->text ? g->text : "");
        kt_json_print(dst, g->msg);
        return;
    case KT_GOT_UNSUPPORTED:
        kt_buf_puts(dst, "unsupported");
        break;
    case KT_GOT_GONE:
        kt_buf_puts(dst, "no answer: the driver is gone");
        return;
    }
    if (g->text)
        print_text(dst, g->text);
    if (g->extra) {
        kt_buf_puts(dst, " extra ");
        kt_json_print(dst, g->extra);
    }
}

static void print_wanted_text(struct kt_buf *dst, const struct kt_outcome *o)
{
    if (!o->has_text)
        return;
    if (o->text.kind == KT_PAT_REGEX)
        kt_buf_puts(dst, " ~");
    print_text(dst, o->text.text ? o->text.text : "");
}

static void print_wanted(struct kt_buf *dst, const struct kt_outcome *o)
{
    switch (o->kind) {
    case KT_OUT_OK:
        kt_buf_puts(dst, "ok");
        break;
    case KT_OUT_MSG:
        kt_msg_print(dst, &o->msg);
        break;
    case KT_OUT_EOF:
        kt_buf_puts(dst, "eof");
        break;
    case KT_OUT_STATUS:
        kt_buf_puts(dst, "status ");
        for (size_t i = 0; i < o->ncodes; i++) {
            kt_buf_puts(dst, i ? "|" : "");
            print_code(dst, o->codes[i]);
        }
        print_wanted_text(dst, o);
        break;
    case KT_OUT_BIZ:
        kt_buf_printf(dst, "biz %d", o->biz_code);
        print_wanted_text(dst, o);
        if (o->extra) {
            kt_buf_puts(dst, " extra ");
            kt_json_print(dst, o->extra);
        }
        break;
    case KT_OUT_ERROR:
        kt_buf_puts(dst, "error");
        print_wanted_text(dst, o);
        break;
    case KT_OUT_EXCEPTION:
        kt_buf_printf(dst, "exception %s ", o->name);
        kt_msg_print(dst, &o->msg);
        break;
    }
}

void kt_outcomes_print(struct kt_buf *dst, const struct kt_outcomes *want)
{
    if (want->n == 0)
        kt_buf_puts(dst, "ok");
    for (size_t i = 0; i < want->n; i++) {
        kt_buf_puts(dst, i ? "|" : "");
        print_wanted(dst, &want->v[i]);
    }
}
