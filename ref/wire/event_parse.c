/* Lines of text as events.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/evline.h"
#include <string.h>

enum {
    MAX_LINE = 64 << 20,
    MAX_FIELDS = 1 << 16,
    MAX_PAYLOAD = 0xffffff,
    FRAME = KT_LF_STREAM | KT_LF_RESERVED | KT_LF_FLAGS | KT_LF_LENGTH |
            KT_LF_PAYLOAD,
    PRIORITY = KT_LF_DEPENDS | KT_LF_EXCLUSIVE | KT_LF_WEIGHT,
    BLOCK = KT_LF_LENGTH | KT_LF_HPACK | KT_LF_PAYLOAD,
    NO_CONTENT = FRAME | KT_LF_ACK | KT_LF_TYPE,
    NO_TYPE = KT_FT_CONTINUATION + 1,
};

static const struct kt_evline_form forms[] = {
    {"DATA", KT_EV_FRAME, KT_FT_DATA, FRAME | KT_LF_PAD | KT_LF_DATA, 0, false},
    {"HEADERS", KT_EV_FRAME, KT_FT_HEADERS,
     FRAME | KT_LF_PAD | KT_LF_HPACK | PRIORITY, 0, true},
    {"PRIORITY", KT_EV_FRAME, KT_FT_PRIORITY, FRAME | PRIORITY, PRIORITY,
     false},
    {"RST_STREAM", KT_EV_FRAME, KT_FT_RST_STREAM, FRAME | KT_LF_CODE,
     KT_LF_CODE, false},
    {"SETTINGS", KT_EV_FRAME, KT_FT_SETTINGS, FRAME | KT_LF_ACK, 0, false},
    {"PUSH_PROMISE", KT_EV_FRAME, KT_FT_PUSH_PROMISE,
     FRAME | KT_LF_PAD | KT_LF_HPACK | KT_LF_PROMISED, KT_LF_PROMISED, false},
    {"PING", KT_EV_FRAME, KT_FT_PING, FRAME | KT_LF_ACK | KT_LF_DATA, 0, false},
    {"GOAWAY", KT_EV_FRAME, KT_FT_GOAWAY,
     FRAME | KT_LF_LAST | KT_LF_CODE | KT_LF_DATA, KT_LF_LAST | KT_LF_CODE,
     false},
    {"WINDOW_UPDATE", KT_EV_FRAME, KT_FT_WINDOW_UPDATE, FRAME | KT_LF_INCREMENT,
     KT_LF_INCREMENT, false},
    {"CONTINUATION", KT_EV_FRAME, KT_FT_CONTINUATION, FRAME | KT_LF_HPACK, 0,
     false},
    {"FRAME", KT_EV_FRAME, NO_TYPE, FRAME | KT_LF_TYPE | KT_LF_DATA, KT_LF_TYPE,
     false},
    {"BYTES", KT_EV_PREFACE, 0, 0, 0, false},
    {"CONNECT", KT_EV_CONNECT, 0, 0, 0, false},
    {"CLOSE", KT_EV_CLOSE, 0, 0, 0, false},
    {"headers", KT_EV_HEADERS, 0, KT_LF_STREAM, 0, true},
    {"message", KT_EV_MESSAGE, 0,
     KT_LF_STREAM | KT_LF_COMPRESSED | KT_LF_LENGTH | KT_LF_PAYLOAD,
     KT_LF_COMPRESSED | KT_LF_LENGTH, false},
    {"half-close", KT_EV_HALF_CLOSE, 0, KT_LF_STREAM, 0, false},
    {"trailers", KT_EV_TRAILERS, 0, KT_LF_STREAM, 0, true},
    {"reset", KT_EV_RESET, 0, KT_LF_STREAM, 0, false},
};

void kt_event_store_init(struct kt_event_store *store)
{
    kt_buf_init(&store->bytes, 0);
    kt_buf_init(&store->built, 0);
    kt_hlist_init(&store->fields, 0, 0);
}

void kt_event_store_fini(struct kt_event_store *store)
{
    kt_buf_fini(&store->bytes);
    kt_buf_fini(&store->built);
    kt_hlist_fini(&store->fields);
}

/* The words of a line take no more room than the line, and those that are
 * decoded once more take half of that. With the room made beforehand no view
 * moves. */
static bool make_room(struct kt_event_store *st, size_t n)
{
    if (n > MAX_LINE)
        return false;
    kt_buf_clear(&st->bytes);
    kt_buf_clear(&st->built);
    kt_hlist_clear(&st->fields);
    st->bytes.limit = 2 * n + 1;
    st->built.limit = 2 * n + MAX_PAYLOAD;
    st->fields.max_n = MAX_FIELDS;
    st->fields.max_size = n + 32 * (size_t)MAX_FIELDS;
    st->fields.text.limit = st->fields.max_size;
    if (kt_buf_grow(&st->bytes, 2 * n) == NULL)
        return false;
    kt_buf_clear(&st->bytes);
    return true;
}

static enum kt_step first_word(struct kt_evline *x)
{
    struct kt_evline_word w;

    if (kt_evline_next(x, '\0', &w) != KT_DONE)
        return KT_BAD;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (kt_evline_bare(&w, forms[i].word)) {
            x->form = &forms[i];
            x->ev->kind = forms[i].kind;
            x->ev->frame.head.type = forms[i].type;
            return KT_DONE;
        }
    return kt_evline_fault(x, KT_E_UNKNOWN, w.at, "no word of events");
}

/* The word behind BYTES, CLOSE, reset. */
static enum kt_step second_word(struct kt_evline *x)
{
    struct kt_evline_word w;

    if (x->ev->kind != KT_EV_PREFACE && x->ev->kind != KT_EV_CLOSE &&
        x->ev->kind != KT_EV_RESET)
        return KT_DONE;
    if (kt_evline_next(x, '\0', &w) != KT_DONE)
        return KT_BAD;
    if (x->ev->kind == KT_EV_RESET)
        return kt_evline_code(x, &w, &x->ev->code);
    if (x->ev->kind == KT_EV_PREFACE)
        return kt_cur_is(w.text, KT_PREFACE)
                   ? KT_DONE
                   : kt_evline_fault(x, KT_E_UNKNOWN, w.at, "not the preface");
    x->ev->reset = kt_evline_bare(&w, "rst");
    if (!x->ev->reset && !kt_evline_bare(&w, "fin"))
        return kt_evline_fault(x, KT_E_UNKNOWN, w.at, "neither fin nor rst");
    return KT_DONE;
}

/* Flags that a field implies, and END_HEADERS, which a block of one frame has
 * unless its line says otherwise. */
static void imply_flags(struct kt_evline *x, bool before)
{
    struct kt_fhead *h = &x->ev->frame.head;

    if (before) {
        if (h->type == KT_FT_HEADERS || h->type == KT_FT_PUSH_PROMISE)
            h->flags |= KT_FF_END_HEADERS;
        return;
    }
    if (x->seen & KT_LF_PAD)
        h->flags |= KT_FF_PADDED;
    if (h->type == KT_FT_HEADERS && x->seen & PRIORITY)
        h->flags |= KT_FF_PRIORITY;
}

static enum kt_step wrong_length(struct kt_evline *x)
{
    return kt_evline_fault(x, KT_E_RANGE, x->line,
                           "length is not that of the payload");
}

/* payload=, or length= alone: the fields are what the payload says. */
static enum kt_step raw_frame(struct kt_evline *x)
{
    struct kt_frame_rec *f = &x->ev->frame;
    const bool given = (x->seen & KT_LF_PAYLOAD) != 0;
    struct kt_err ignored;

    f->payload = given ? x->payload : kt_cur_of(KT_PREFACE, 0);
    f->head.length =
        x->seen & KT_LF_LENGTH ? x->length : (uint32_t)kt_cur_left(&f->payload);
    if (given && f->head.length != kt_cur_left(&f->payload))
        return wrong_length(x);
    if (given)
        (void)kt_frame_read(f, &ignored);
    else
        f->body = f->payload;
    return KT_DONE;
}

/* A body that nobody kept: its line has a length only. */
static bool body_left_out(const struct kt_evline *x)
{
    return kt_prints_length(x->ev->frame.head.type) &&
           (x->seen & (KT_LF_DATA | KT_LF_HPACK)) == 0;
}

static enum kt_step built_frame(struct kt_evline *x)
{
    struct kt_frame_rec *f = &x->ev->frame;

    if ((x->seen & x->form->needs) != x->form->needs)
        return kt_evline_fault(x, KT_E_MISSING, x->p, "a field is missing");
    if (f->head.type == KT_FT_SETTINGS)
        f->body = kt_buf_view(&x->store->built);
    else if (!kt_frame_put_payload(&x->store->built, f))
        return kt_evline_fault(x, KT_E_NOMEM, x->line, "");
    f->payload = kt_buf_view(&x->store->built);

    const size_t n = kt_cur_left(&f->payload);
    if (n > MAX_PAYLOAD)
        return kt_evline_fault(x, KT_E_RANGE, x->line, "payload too long");
    f->head.length = (uint32_t)n;
    if (n == 0)
        f->payload = kt_cur_of(KT_PREFACE, 0);
    if (!(x->seen & KT_LF_LENGTH) || x->length == n)
        return KT_DONE;
    if (!body_left_out(x))
        return wrong_length(x);
    f->head.length = x->length;
    f->payload = kt_cur_of(KT_PREFACE, 0);
    return KT_DONE;
}

static enum kt_step finish_frame(struct kt_evline *x)
{
    const struct kt_fhead *h = &x->ev->frame.head;
    const bool content = (x->seen & (uint32_t)~NO_CONTENT) != 0 ||
                         kt_buf_size(&x->store->built) > 0;

    imply_flags(x, false);
    if (x->form->type == NO_TYPE && !(x->seen & KT_LF_TYPE))
        return kt_evline_fault(x, KT_E_MISSING, x->p, "type is missing");
    if (x->form->type == NO_TYPE && h->type < NO_TYPE)
        return kt_evline_fault(x, KT_E_RANGE, x->line, "a type with a name");
    if (x->length > MAX_PAYLOAD)
        return kt_evline_fault(x, KT_E_RANGE, x->line, "more than 24 bits");
    if (h->type == KT_FT_HEADERS && !(x->seen & BLOCK)) {
        x->ev->fields = &x->store->fields;
        return KT_DONE;
    }
    if (x->store->fields.n > 0 || (x->seen & KT_LF_PAYLOAD && content))
        return kt_evline_fault(x, KT_E_SYNTAX, x->line, "fields and bytes");
    if (x->seen & KT_LF_PAYLOAD || (x->seen & KT_LF_LENGTH && !content))
        return raw_frame(x);
    if (h->type == KT_FT_PING && !content)
        return KT_DONE;
    return built_frame(x);
}

static enum kt_step finish(struct kt_evline *x)
{
    struct kt_event *ev = x->ev;
    struct kt_cur ignored;

    if (ev->kind == KT_EV_FRAME)
        return finish_frame(x);
    if ((x->seen & x->form->needs) != x->form->needs)
        return kt_evline_fault(x, KT_E_MISSING, x->p, "a field is missing");
    if (ev->kind == KT_EV_HEADERS || ev->kind == KT_EV_TRAILERS)
        ev->fields = &x->store->fields;
    ev->trailers_only = ev->kind == KT_EV_TRAILERS &&
                        kt_hlist_get(&x->store->fields, ":status", 0, &ignored);
    ev->length = x->length;
    ev->body = x->payload;
    return KT_DONE;
}

static bool at_end(struct kt_evline *x)
{
    while (*x->p == ' ')
        x->p++;
    return *x->p == '\0';
}

enum kt_step kt_event_parse(const char *line, struct kt_event_store *store,
                            struct kt_event *ret, struct kt_err *reterr)
{
    struct kt_evline x = {
        .line = line, .p = line, .store = store, .ev = ret, .reterr = reterr};

    *ret = (struct kt_event){0};
    if (!make_room(store, strlen(line)))
        return kt_evline_fault(&x, KT_E_NOMEM, line, "");
    if (first_word(&x) != KT_DONE || second_word(&x) != KT_DONE)
        return KT_BAD;
    imply_flags(&x, true);
    while (!at_end(&x))
        if (kt_evline_read_field(&x) != KT_DONE)
            return KT_BAD;
    return finish(&x);
}
