/* Trials.
 * SPDX-License-Identifier: Apache-2.0 */
#include "selftest/trial.h"
#include "base/alloc.h"
#include "base/must.h"
#include "selftest/bridge.h"

enum { MAX_DRIVERS = 64, JOBS = 8 };

struct trial {
    struct kt_net *net;
    enum kt_role role;
    const struct kt_mutant *mutant;
    struct kt_bridge
        *bridges[MAX_DRIVERS]; /* one for each driver that was wanted */
    size_t nbridges;
    struct kt_run_sink sink;
    struct kt_trial_sink *out;
    const struct kt_idl *idl[2]; /* of the drivers */
};

static void attach(void *ctx, const char *control, const char *token)
{
    struct trial *t = ctx;

    must(t->nbridges < MAX_DRIVERS);
    t->bridges[t->nbridges++] = kt_bridge_new(
        t->net, t->mutant, t->role == KT_ROLE_CLIENT, control, token, t->idl);
}

static void on_result(struct kt_run_sink *self, struct kt_result *r)
{
    struct trial *t = kt_container_of(self, struct trial, sink);

    t->out->on(t->out, r);
}

static void go(struct trial *t, const struct kt_run_opts *o)
{
    struct kt_err e;
    const char *why;

    t->sink.on = on_result;
    struct kt_run *run = kt_run_new(t->net, o, &t->sink, &e);
    must(run != NULL);
    kt_run_go(run, &why);
    kt_run_free(run);
    for (size_t i = 0; i < t->nbridges; i++)
        kt_bridge_free(t->bridges[i]);
    kt_net_free(t->net);
}

static struct kt_run_opts opts_of(const struct kt_trial_book *book,
                                  enum kt_role role,
                                  const struct kt_scn *const *v, size_t n)
{
    return (struct kt_run_opts){
        .role = role,
        .scn = v,
        .nscn = n,
        .all = book->cases,
        .nall = book->ncases,
        .rules = book->rules,
        .echo_idl = book->echo_idl,
        .conf_idl = book->conf_idl,
        .jobs = JOBS,
        .level = KT_SHOULD, /* mutants of SHOULD rules, too */
    };
}

void kt_trial_case(const struct kt_trial_book *book, enum kt_role role,
                   const struct kt_mutant *mutant, const struct kt_scn *scn,
                   struct kt_trial_sink *sink)
{
    struct trial t = {.net = kt_net_sim_new(),
                      .role = role,
                      .mutant = mutant,
                      .out = sink,
                      .idl = {book->echo_idl, book->conf_idl}};
    struct kt_run_opts o = opts_of(book, role, &scn, 1);

    o.controls_passed = true;
    for (int side = 0; side < 2; side++) {
        o.sut[side].attach = attach;
        o.sut[side].attach_ctx = &t;
    }
    go(&t, &o);
}

void kt_trial_stub(const struct kt_trial_book *book, enum kt_stub_kind kind,
                   const struct kt_scn *const *v, size_t n,
                   struct kt_trial_sink *sink)
{
    struct trial t = {
        .net = kt_net_sim_new(), .role = KT_ROLE_SERVER, .out = sink};
    struct kt_run_opts o = opts_of(book, KT_ROLE_SERVER, v, n);
    char addr[64];
    struct kt_stub *stub = kt_stub_new(t.net, kind, addr);

    o.sut[KT_CLIENT].connect = o.sut[KT_SERVER].connect = addr;
    t.sink.on = on_result;
    struct kt_err e;
    const char *why;
    struct kt_run *run = kt_run_new(t.net, &o, &t.sink, &e);
    must(run != NULL);
    kt_run_go(run, &why);
    kt_run_free(run);
    kt_stub_free(stub);
    kt_net_free(t.net);
}
