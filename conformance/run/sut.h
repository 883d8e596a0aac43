/* One system under test behind its driver: started, restarted once per crash,
 * asked. SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "driver/driver.h"
#include "run/clock.h"
#include "run/run.h"

enum kt_sut_state {
    KT_SUT_OFF,      /* not started yet */
    KT_SUT_STARTING, /* no hello yet */
    KT_SUT_READY,
    KT_SUT_LOST,   /* gone; a restart is due */
    KT_SUT_FAILED, /* never came, or not again */
    KT_SUT_BARE,   /* black box: there is no driver */
};

struct kt_sut;
/* Told of READY, LOST and FAILED, from kt_net_step. */
struct kt_sut_sink {
    void (*on)(struct kt_sut_sink *self, struct kt_sut *s);
};

struct kt_sut {
    struct kt_net *net;
    const struct kt_sut_opts *opts;
    struct kt_sut_sink *sink;
    enum kt_sut_state state;
    struct kt_driver *driver;
    struct kt_driver_sink on_driver;
    uint64_t start_ns;
    struct kt_tcp *knock; /* black box: is anybody there? */
    struct kt_sink on_knock;
    unsigned generation; /* counts starts; slots of an older one are void */
    bool ever;           /* it has said hello once */
    bool used;           /* a case has run in this process */
    bool killed;         /* LOST: by kt_sut_kill */
    char *why;           /* LOST, FAILED: one clause */
    char *tail;          /* LOST: its last words on stderr */
    char *name, *version;
};

void kt_sut_init(struct kt_sut *s, struct kt_net *net,
                 const struct kt_sut_opts *opts, uint64_t start_ns,
                 struct kt_sut_sink *sink);
void kt_sut_fini(struct kt_sut *s);
/* Start, or start again after LOST. False with *reterr when it cannot begin. */
bool kt_sut_start(struct kt_sut *s, struct kt_err *reterr);
/* End a driver that does not answer; LOST follows at once, with this text. */
void kt_sut_kill(struct kt_sut *s, const char *why);
/* Another process in the place of this one, which nobody uses now. */
void kt_sut_renew(struct kt_sut *s);
bool kt_sut_can(const struct kt_sut *s, const char *capability);
bool kt_sut_can_role(const struct kt_sut *s, enum kt_side side);
bool kt_sut_can_transport(const struct kt_sut *s, unsigned transport);
