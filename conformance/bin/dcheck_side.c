/* Checks that one side alone can pass: slots of a server, a client's attempts.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/dcheck.h"
#include <string.h>

/* ---- server ---- */

bool kt_dc_check_listen(struct kt_dc *c)
{
    struct kt_dc_talk t[2];

    for (int i = 0; i < 2; i++) {
        if (!kt_dc_begin(c, &t[i], KT_DC_ECHO, NULL))
            return false;
        if (!kt_dc_reachable(c, t[i].address))
            return kt_dc_fail(c, NULL, "a TCP connection to the address",
                              "none to %s", t[i].address);
    }
    if (strcmp(t[0].address, t[1].address) == 0)
        return kt_dc_fail(c, NULL, "a port of its own for each slot",
                          "%s twice", t[0].address);
    return kt_dc_end(&t[0]) && kt_dc_end(&t[1]);
}

bool kt_dc_check_unlisten(struct kt_dc *c)
{
    struct kt_dc_talk gone, stays;

    if (!kt_dc_begin(c, &gone, KT_DC_ECHO, NULL) ||
        !kt_dc_begin(c, &stays, KT_DC_ECHO, NULL) || !kt_dc_end(&gone))
        return false;
    if (kt_dc_reachable(c, gone.address))
        return kt_dc_fail(c, NULL, "nobody listens after unlisten",
                          "a TCP connection to %s", gone.address);
    if (!kt_dc_reachable(c, stays.address))
        return kt_dc_fail(c, NULL, "the other slot listens still",
                          "no TCP connection to %s", stays.address);
    return kt_dc_end(&stays);
}

bool kt_dc_check_listen_unknown(struct kt_dc *c)
{
    return kt_dc_refusal(c, kt_dc_ask(c, "listen", "{s:s, s:s}", "slot", "u",
                                      "service", "no.Such"));
}

bool kt_dc_check_accept_waits(struct kt_dc *c)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *accept;

    if (!kt_dc_begin(c, &t, KT_DC_ECHO, NULL))
        return false;
    accept = kt_dc_server(&t, "accept", "{s:s}", "slot", t.slot);
    return kt_dc_ok(c, kt_dc_ask(c, "sync", "{s:s}", "case", t.name)) &&
           kt_dc_open(c, accept) && kt_dc_reset(&t, 0, 0, 0) &&
           kt_dc_refusal(c, accept) && kt_dc_end(&t);
}

/* ---- client ---- */

static struct kt_dc_ask *open_at(struct kt_dc_talk *t, struct kt_dc *c,
                                 const char *address)
{
    *t = (struct kt_dc_talk){.c = c, .service = KT_DC_ECHO, .slot = "none"};
    c->ncases++;
    snprintf(t->name, sizeof t->name, "case-%u", c->ncases);
    snprintf(t->address, sizeof t->address, "%s", address);
    return kt_dc_call(t, "open", "a", "Echo", NULL);
}

static bool errs(struct kt_dc *c, struct kt_dc_ask *q)
{
    if (!kt_dc_any(c, q))
        return false;
    return q->kind == KT_ANS_ERROR ||
           kt_dc_wrong(c, q, "an error, of open or of the first recv");
}

bool kt_dc_check_open_refused(struct kt_dc *c)
{
    struct kt_dc_relay *r;
    struct kt_dc_talk t;
    struct kt_dc_ask *open;
    char address[64];

    r = kt_dc_relay_new(c->net, NULL, address); /* a port that is free */
    if (r == NULL)
        return kt_dc_skip(c, "no port of this host is free");
    kt_dc_relay_free(r);
    open = open_at(&t, c, address);
    if (!kt_dc_any(c, open))
        return false;
    if (open->kind == KT_ANS_OK) /* a client that connects later */
        open = kt_dc_client(&t, "recv", NULL);
    return errs(c, open) && kt_dc_reset(&t, 0, 0, 0);
}

static bool silent(struct kt_dc *c, const char *address)
{
    struct kt_dc_talk t;
    struct kt_dc_ask *open = open_at(&t, c, address);
    struct kt_dc_ask *recv = kt_dc_client(&t, "recv", NULL);

    return kt_dc_ok(c, kt_dc_ask(c, "sync", "{s:s}", "case", t.name)) &&
           kt_dc_open(c, recv) &&
           kt_dc_reset(&t, KT_DC_WHATEVER, 0, KT_DC_SOME) &&
           kt_dc_any(c, open) && kt_dc_any(c, recv) && kt_dc_reset(&t, 0, 0, 0);
}

bool kt_dc_check_silent_peer(struct kt_dc *c)
{
    char address[64];
    struct kt_dc_relay *r = kt_dc_relay_new(c->net, NULL, address);
    bool good;

    if (r == NULL)
        return kt_dc_skip(c, "no port of this host is free");
    good = silent(c, address);
    if (good && !kt_dc_until(c, kt_dc_relay_idle(r)))
        good = kt_dc_fail(c, NULL, "reset closes the client's connections",
                          "one is open still");
    kt_dc_relay_free(r);
    return good;
}
