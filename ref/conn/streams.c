/* The streams of a connection: what the layer above does with one.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "conn/session.h"
#include <string.h>

enum { MAX_QUEUED = 1 << 30 }; /* the layer above has its own, far lower */

struct kt_conn_stream *kt_conn_stream_new(struct kt_conn *c)
{
    struct kt_conn_stream *s = kt_alloc(sizeof *s);

    if (s == NULL)
        return NULL;
    s->conn = c;
    kt_buf_init(&s->out, MAX_QUEUED);
    kt_hlist_init(&s->head, SIZE_MAX, SIZE_MAX);
    kt_hlist_init(&s->trailers, SIZE_MAX, SIZE_MAX);
    s->next = c->all;
    if (c->all)
        c->all->prev = s;
    c->all = s;
    return s;
}

void kt_conn_stream_free(struct kt_conn_stream *s)
{
    kt_buf_fini(&s->out);
    kt_hlist_fini(&s->head);
    kt_hlist_fini(&s->trailers);
    kt_free(s);
}

/* Records may still name it: it goes when they have been read. */
void kt_conn_bury(struct kt_conn_stream *s)
{
    struct kt_conn *c = s->conn;

    if (s->prev)
        s->prev->next = s->next;
    else
        c->all = s->next;
    if (s->next)
        s->next->prev = s->prev;
    s->prev = NULL;
    s->next = c->dead;
    c->dead = s;
}

uint32_t kt_conn_stream_id(const struct kt_conn_stream *s)
{
    return (uint32_t)s->id;
}

void *kt_conn_user(const struct kt_conn_stream *s)
{
    return s->user;
}

void kt_conn_set_user(struct kt_conn_stream *s, void *user)
{
    s->user = user;
}

void kt_conn_release(struct kt_conn_stream *s)
{
    kt_conn_reset(s, NGHTTP2_CANCEL);
    kt_conn_detach(s);
}

void kt_conn_detach(struct kt_conn_stream *s)
{
    s->user = NULL;
    s->released = true;
    if (s->closed)
        kt_conn_bury(s);
}

/* nghttp2's form of a list, freed by the caller; it copies the texts. */
static nghttp2_nv *to_nv(const struct kt_hlist *h)
{
    nghttp2_nv *nv = kt_alloc((h->n + 1) * sizeof *nv);

    for (size_t i = 0; nv && i < h->n; i++) {
        const struct kt_cur name = kt_hlist_name(h, i);
        const struct kt_cur value = kt_hlist_value(h, i);

        nv[i].name = (uint8_t *)(uintptr_t)name.p;
        nv[i].namelen = kt_cur_left(&name);
        nv[i].value = (uint8_t *)(uintptr_t)value.p;
        nv[i].valuelen = kt_cur_left(&value);
        if (h->v[i].index != KT_H_DEFAULT)
            nv[i].flags = NGHTTP2_NV_FLAG_NO_INDEX;
    }
    return nv;
}

struct kt_conn_stream *kt_conn_open(struct kt_conn *c,
                                    const struct kt_hlist *fields)
{
    struct kt_conn_stream *s = kt_conn_stream_new(c);

    if (s == NULL)
        return NULL;
    if (!kt_hlist_copy(&s->head, fields)) {
        kt_conn_bury(s);
        return NULL;
    }
    if (c->wait_tail)
        c->wait_tail->waits = s;
    else
        c->wait_head = s;
    c->wait_tail = s;
    return s;
}

static void leave_queue(struct kt_conn_stream *s)
{
    struct kt_conn *c = s->conn;
    struct kt_conn_stream *before = NULL;

    for (struct kt_conn_stream *w = c->wait_head; w != s; w = w->waits)
        before = w;
    if (before)
        before->waits = s->waits;
    else
        c->wait_head = s->waits;
    if (c->wait_tail == s)
        c->wait_tail = before;
    s->waits = NULL;
}

static bool start(struct kt_conn_stream *s)
{
    struct kt_conn *c = s->conn;
    nghttp2_data_provider data = {.source = {.ptr = s},
                                  .read_callback = kt_conn_read};
    nghttp2_nv *nv = to_nv(&s->head);

    if (nv == NULL || kt_conn_record(c, KT_CONN_OPENED, s) == NULL) {
        kt_free(nv);
        return false;
    }
    leave_queue(s);
    s->id = nghttp2_submit_request(c->session, NULL, nv, s->head.n, &data, s);
    kt_free(nv);
    kt_hlist_fini(&s->head);
    if (s->id < 0) {
        s->id = 0;
        s->closed = true;
        return false;
    }
    s->started = true;
    c->n_streams++;
    return true;
}

bool kt_conn_start_waiting(struct kt_conn *c)
{
    const uint32_t max = nghttp2_session_get_remote_settings(
        c->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);

    if (c->failed || c->got_goaway)
        return true;
    while (c->wait_head && c->n_streams < max)
        if (!start(c->wait_head))
            return false;
    return true;
}

bool kt_conn_respond(struct kt_conn_stream *s, const struct kt_hlist *fields,
                     bool last)
{
    nghttp2_data_provider data = {.source = {.ptr = s},
                                  .read_callback = kt_conn_read};

    if (s->closed)
        return true;

    nghttp2_nv *nv = to_nv(fields);
    const int rv = nv ? nghttp2_submit_response(s->conn->session, s->id, nv,
                                                fields->n, last ? NULL : &data)
                      : NGHTTP2_ERR_NOMEM;

    kt_free(nv);
    s->started = true;
    s->end = last;
    return rv != NGHTTP2_ERR_NOMEM;
}

/* There is something to read again. */
static bool wake(struct kt_conn_stream *s)
{
    if (!s->deferred)
        return true;
    s->deferred = false;
    return nghttp2_session_resume_data(s->conn->session, s->id) !=
           NGHTTP2_ERR_NOMEM;
}

bool kt_conn_send(struct kt_conn_stream *s, struct kt_cur head,
                  struct kt_cur body)
{
    const size_t n = kt_cur_left(&head), m = kt_cur_left(&body);

    if (s->closed || s->end)
        return true;

    uint8_t *dst = kt_buf_grow(&s->out, n + m);

    if (dst == NULL)
        return false;
    if (n > 0)
        memcpy(dst, head.p, n);
    if (m > 0)
        memcpy(dst + n, body.p, m);
    return wake(s);
}

bool kt_conn_end(struct kt_conn_stream *s)
{
    s->end = true;
    return s->closed || wake(s);
}

bool kt_conn_submit_trailers(struct kt_conn_stream *s)
{
    nghttp2_nv *nv = to_nv(&s->trailers);
    const int rv =
        nv ? nghttp2_submit_trailer(s->conn->session, s->id, nv, s->trailers.n)
           : NGHTTP2_ERR_NOMEM;

    kt_free(nv);
    s->has_trailers = false;
    s->said_all = true;
    return rv != NGHTTP2_ERR_NOMEM;
}

bool kt_conn_trailers(struct kt_conn_stream *s, const struct kt_hlist *fields)
{
    if (s->closed || s->end)
        return true;
    if (!kt_hlist_copy(&s->trailers, fields))
        return false;
    s->end = s->has_trailers = true;
    /* nothing is in front of them: straight away, since nghttp2 would write an
     * empty DATA frame first, and wait for window to write it */
    return kt_buf_size(&s->out) > 0 || kt_conn_submit_trailers(s);
}

bool kt_conn_reset(struct kt_conn_stream *s, uint32_t code)
{
    if (s->closed)
        return true;
    s->end = true;
    kt_buf_clear(&s->out);
    if (s->id == 0) {
        leave_queue(s);
        s->closed = true;
        return true;
    }
    return nghttp2_submit_rst_stream(s->conn->session, 0, s->id, code) !=
           NGHTTP2_ERR_NOMEM;
}

bool kt_conn_credit(struct kt_conn_stream *s, size_t n)
{
    if (s->closed || s->remote_end || n == 0)
        return true;
    return nghttp2_session_consume_stream(s->conn->session, s->id, n) !=
           NGHTTP2_ERR_NOMEM;
}
