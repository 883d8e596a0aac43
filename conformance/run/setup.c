/* Before the first line. SPDX-License-Identifier: Apache-2.0 */
#include "run/setup.h"
#include "run/chan.h"
#include "run/fail.h"
#include "run/inner.h"
#include "run/patience.h"

static void on_accept(struct kt_sink *self, const struct kt_net_event *ev)
{
    struct kt_case *c = kt_container_of(self, struct kt_case, on_listener);

    if (ev->kind != KT_NET_ACCEPTED)
        return;
    kt_chan_accept(c, ev->tcp);
    kt_case_touch(c);
}

static enum kt_do refused(struct kt_case *c)
{
    struct kt_buf got = {.limit = 4096};
    const bool unsupported = c->slot->refusal.kind == KT_GOT_UNSUPPORTED;

    kt_got_print(&got, &c->slot->refusal);
    kt_case_end(c, unsupported ? KT_UNSUPPORTED : KT_FAIL,
                unsupported ? KT_R_UNSUPPORTED : KT_R_REFUSED, NULL,
                kt_buf_cstr(&got));
    kt_buf_fini(&got);
    return KT_DO_FAIL;
}

static enum kt_do slot(struct kt_case *c)
{
    const uint64_t deadline = kt_patience_end(c, c->start_ns, 0);

    if (!c->slot)
        c->slot = kt_slot_take(c);
    switch (c->slot->state) {
    case KT_SLOT_READY:
        return KT_DO_DONE;
    case KT_SLOT_REFUSED:
        return refused(c);
    case KT_SLOT_ASKED:
        break;
    }
    if (kt_clock_now(&c->run->clock) >= deadline) {
        kt_case_end(c, KT_SUT_HANG, KT_R_NO_ANSWER, NULL,
                    "no answer to listen");
        return KT_DO_FAIL;
    }
    kt_case_wake_at(c, deadline);
    return KT_DO_WAIT;
}

static enum kt_do listener(struct kt_case *c)
{
    struct kt_err err;

    if (c->listener)
        return KT_DO_DONE;
    c->on_listener.on = on_accept;
    c->listener = kt_net_listen(c->run->net, "127.0.0.1:0", &c->on_listener,
                                c->listen_addr, &err);
    if (c->listener)
        return KT_DO_DONE;
    kt_case_end(c, KT_HARNESS_ERROR, KT_R_HARNESS, NULL, err.detail);
    return KT_DO_FAIL;
}

enum kt_do kt_setup(struct kt_case *c)
{
    enum kt_do r = KT_DO_DONE;

    if (c->sut[KT_SERVER] && c->run->sut[KT_SERVER].state != KT_SUT_BARE)
        r = slot(c);
    if (r == KT_DO_DONE && c->sut[KT_CLIENT])
        r = listener(c);
    return r;
}

void kt_setup_free(struct kt_case *c)
{
    if (c->slot)
        kt_slot_release(c->slot,
                        !c->failed && !c->stop_allowed && !c->scn->isolated);
    if (c->listener)
        kt_listener_close(c->listener);
    c->slot = NULL;
    c->listener = NULL;
}

const char *kt_setup_server(const struct kt_case *c)
{
    return c->slot ? c->slot->address : c->run->opts.sut[KT_SERVER].connect;
}
