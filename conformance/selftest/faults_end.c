/* Faults at the end of a stream, and behind it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/faults.h"
#include "selftest/unit.h"

static bool on_path(const struct kt_unit *u, const struct kt_mutant *m)
{
    return u->s != NULL && kt_unit_on_path(u, m);
}

void kt_fault_kill_late_data(struct kt_unit *u, const struct kt_mutant *m)
{
    if (on_path(u, m) && u->head.type == KT_FT_DATA &&
        (u->s->ended[kt_way_back(u->way)] || u->s->reset[kt_way_back(u->way)]))
        kt_unit_give_up(u, KT_H2_PROTOCOL_ERROR);
}

void kt_fault_kill_reset_behind(struct kt_unit *u, const struct kt_mutant *m)
{
    if (on_path(u, m) && u->head.type == KT_FT_RST_STREAM &&
        u->s->ended[u->way])
        kt_unit_give_up(u, KT_H2_PROTOCOL_ERROR);
}

void kt_fault_kill_from(struct kt_unit *u, const struct kt_mutant *m)
{
    if (on_path(u, m) && u->trailers && u->s->nth >= m->n)
        u->mitm->abort = true;
}

void kt_fault_not_made(struct kt_unit *u, const struct kt_mutant *m)
{
    if (!u->request || u->s->nth < m->n)
        return;
    u->times = 0;
    u->s->swallow[u->way] = true;
}

/* grpc-status: 0, a literal that is not indexed */
static const uint8_t status_ok[] = "\x00\x0bgrpc-status\x01\x30";

void kt_fault_early_status(struct kt_unit *u, const struct kt_mutant *m)
{
    const struct kt_fhead h = {.type = KT_FT_HEADERS,
                               .flags = KT_FF_END_HEADERS | KT_FF_END_STREAM,
                               .stream = u->head.stream};

    if (!on_path(u, m) || u->seam != KT_SEAM_MESSAGE)
        return;
    kt_mitm_put_after(u, h, kt_cur_of(status_ok, sizeof status_ok - 1));
    u->s->swallow[u->way] = true;
}

/* The call once more, on the next stream of its connection. */
static void open_again(struct kt_unit *u)
{
    const char *const pairs[] = {":method",
                                 "POST",
                                 ":scheme",
                                 "http",
                                 ":path",
                                 u->s->path,
                                 ":authority",
                                 "again",
                                 "content-type",
                                 "application/grpc+thrift",
                                 "te",
                                 "trailers",
                                 NULL};

    kt_mitm_put_fields(u->mitm, KT_OUT, u->head.stream + 2, false, pairs);
}

void kt_fault_again(struct kt_unit *u, const struct kt_mutant *m)
{
    struct kt_cur v;
    const bool refused =
                   u->seam == KT_SEAM_FRAME && u->head.type == KT_FT_RST_STREAM,
               failed = u->seam == KT_SEAM_FIELDS && u->trailers &&
                        kt_hlist_get(u->list, "grpc-status", 0, &v) &&
                        !kt_cur_is(v, "0");

    if (on_path(u, m) && (refused || failed))
        open_again(u);
}

void kt_fault_become_timed(struct kt_unit *u, const struct kt_mutant *m)
{
    if (u->s != NULL && u->s->timed)
        kt_fault_become(u, m);
}

void kt_fault_neighbour_reset(struct kt_unit *u, const struct kt_mutant *m)
{
    static const uint8_t code[4] = {0, 0, 0, KT_H2_CANCEL};
    const struct kt_fhead head = {.type = KT_FT_RST_STREAM,
                                  .stream = u->head.stream - 2};

    if (kt_list_is_meant(u, m) && u->s->timed && u->head.stream > 2)
        kt_mitm_put_later(u->mitm, kt_way_back(u->way), m->n2, head,
                          kt_cur_of(code, sizeof code));
}
