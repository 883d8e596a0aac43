/* Streams by their names. SPDX-License-Identifier: Apache-2.0 */
#include "run/strm.h"
#include "base/alloc.h"
#include "base/must.h"
#include "run/echo.h"
#include "run/fail.h"
#include "run/inner.h"
#include <string.h>

static struct kt_strm *strm_new(struct kt_case *c, const char *name)
{
    struct kt_strm *s = kt_xalloc(sizeof *s);
    struct kt_strm **at = &c->strms;

    *s = (struct kt_strm){.c = c, .name = kt_xstrdup(name)};
    s->method = kt_service_method(c->service, c->scn->method);
    while (*at) /* in order of mention */
        at = &(*at)->next;
    *at = s;
    return s;
}

struct kt_strm *kt_strm_get(struct kt_case *c, const char *name)
{
    for (struct kt_strm *s = c->strms; s; s = s->next)
        if (strcmp(s->name, name) == 0)
            return s;
    return strm_new(c, name);
}

static void free_list(struct kt_hlist *h)
{
    if (!h)
        return;
    kt_hlist_fini(h);
    kt_free(h);
}

void kt_strms_free(struct kt_case *c)
{
    while (c->strms) {
        struct kt_strm *s = c->strms;

        c->strms = s->next;
        for (int d = 0; d < 2; d++) {
            kt_ledger_fini(&s->ledger[d]);
            kt_rx_fini(&s->rx[d]);
        }
        kt_echo_free(s->echo);
        free_list(s->set_header);
        free_list(s->set_trailer);
        kt_free(s->name);
        kt_free(s);
    }
}

struct kt_tape *kt_strm_tape(const struct kt_strm *s, bool to_server)
{
    if (!s->conn || s->id == 0)
        return NULL;
    return kt_chan_tape(s->conn, s->id, to_server);
}

struct kt_tape *kt_strm_conn_tape(const struct kt_strm *s, bool to_server)
{
    return s->conn ? kt_chan_tape(s->conn, 0, to_server) : NULL;
}

struct kt_shape kt_strm_shape(const struct kt_strm *s, bool to_server)
{
    return s->method ? kt_shape_of(s->method, to_server)
                     : (struct kt_shape){.to_server = to_server};
}

enum kt_mode kt_strm_mode(const struct kt_strm *s)
{
    return s->method ? s->method->mode : KT_MODE_BIDI;
}

bool kt_strm_is_folded(const struct kt_strm *s)
{
    return kt_strm_mode(s) == KT_MODE_UNARY ||
           kt_strm_mode(s) == KT_MODE_PINGPONG;
}

void kt_strm_bind(struct kt_strm *s, struct kt_chan *conn, uint32_t id)
{
    must(!s->conn || s->conn == conn);
    s->conn = conn;
    s->id = id;
    if (id)
        kt_chan_seen(conn, id)->strm = s;
}

static const struct kt_hlist *headers_of(const struct kt_seen *seen)
{
    const struct kt_entry *e = kt_tape_find(&seen->tape[1], KT_EV_HEADERS, 0);

    return e ? e->ev->fields : NULL;
}

/* The tag names the stream; without one, opens are bound in their order. */
static struct kt_strm *waiting_for(struct kt_case *c, const struct kt_hlist *h)
{
    struct kt_cur tag;
    const bool tagged = kt_hlist_get(h, "ktspec-stream", 0, &tag);

    for (struct kt_strm *s = c->strms; s; s = s->next) {
        if (!s->opened || s->id != 0)
            continue;
        if (tagged ? kt_cur_is(tag, s->name) : !s->tagged)
            return s;
    }
    return NULL;
}

static bool has_goaway(struct kt_chan *conn)
{
    const struct kt_tape *t = kt_chan_tape(conn, 0, false);

    for (size_t i = 0; i < t->n; i++)
        if (kt_entry_is_frame(&t->v[i], KT_FT_GOAWAY))
            return true;
    return false;
}

/* The connection of that name lives, and it is another one. */
static bool strays(const struct kt_strm *s)
{
    for (const struct kt_strm *t = s->c->strms; t && !s->on_any; t = t->next)
        if (t != s && t->conn && t->conn != s->conn &&
            strcmp(t->conn_name, s->conn_name) == 0 && kt_chan_alive(t->conn) &&
            !has_goaway(t->conn))
            return true;
    return false;
}

void kt_strms_bind_new(struct kt_case *c, struct kt_chan *conn)
{
    for (size_t i = 1; i < conn->nseen; i++) {
        struct kt_seen *seen = conn->seen[i];
        const struct kt_hlist *h = seen->strm ? NULL : headers_of(seen);
        struct kt_strm *s = h ? waiting_for(c, h) : NULL;

        if (!s)
            continue;
        kt_strm_bind(s, conn, seen->id);
        conn->implied |= !s->on_any;
        if (strays(s))
            kt_case_end(c, KT_UNSUPPORTED, KT_R_UNSUPPORTED, NULL,
                        "a stream on another connection than asked");
    }
}

static uint32_t id_of(void *ctx, const char *name)
{
    const struct kt_case *c = ctx;

    for (const struct kt_strm *s = c->strms; s; s = s->next)
        if (strcmp(s->name, name) == 0)
            return s->id;
    return 0;
}

struct kt_names kt_strm_names(struct kt_case *c)
{
    return (struct kt_names){.ctx = c, .stream = id_of};
}

bool kt_strm_is_over(const struct kt_strm *s)
{
    const struct kt_tape *down = kt_strm_tape(s, false);
    const struct kt_tape *up = kt_strm_tape(s, true);

    if (!down)
        return s->conn && !kt_chan_alive(s->conn);
    return !kt_chan_alive(s->conn) || kt_tape_find(down, KT_EV_TRAILERS, 0) ||
           kt_tape_find(down, KT_EV_RESET, 0) ||
           kt_tape_find(up, KT_EV_RESET, 0);
}
