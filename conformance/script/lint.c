/* Lint of one case: what can be read, and still cannot be meant.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/scenario.h"
#include <string.h>

struct lint {
    struct kt_faults *faults;
    const struct kt_scn *scn;
    const struct kt_rules *rules;
    struct {
        char *name;
        struct kt_pos pos;
        bool awaited;
    } issued[256];
    size_t nissued;
    size_t errors, successes; /* outcomes */
    size_t expectations[2];   /* by side that must meet them */
    bool forced, timed, client_open;
    size_t sends[2]; /* on a fold's single side: client sends, server sends */
};

#define FAULT(l, where, ...) kt_fault_add((l)->faults, (where), __VA_ARGS__)

static void rule_known(struct lint *l, struct kt_pos pos, const char *id)
{
    const char *names[1024];
    size_t n = 0;
    struct kt_line_in in = {.faults = l->faults, .pos = pos, .text = ""};
    const struct kt_word w = {id, strlen(id), pos.col};

    if (kt_rules_find(l->rules, id) != NULL)
        return;
    for (size_t i = 0; i < l->rules->n && n < 1024; i++)
        names[n++] = l->rules->v[i].id;
    in.arena = kt_pool_new();
    kt_line_unknown(&in, &w, "rule", names, n);
    kt_pool_free(in.arena);
}

static void count_outcomes(struct lint *l, const struct kt_outcomes *out)
{
    for (size_t i = 0; i < out->n; i++)
        if (out->v[i].kind == KT_OUT_STATUS || out->v[i].kind == KT_OUT_ERROR)
            l->errors++;
        else
            l->successes++;
}

static void issue(struct lint *l, const struct kt_line *s)
{
    if (s->as == NULL || l->nissued == 256)
        return;
    for (size_t i = 0; i < l->nissued; i++)
        if (strcmp(l->issued[i].name, s->as) == 0) {
            FAULT(l, s->pos, "a step 'as %s' stands at line %d already", s->as,
                  l->issued[i].pos.line);
            return;
        }
    l->issued[l->nissued].name = s->as;
    l->issued[l->nissued].awaited = false;
    l->issued[l->nissued++].pos = s->pos;
}

/* await s$i in another repeat than the send: round 0 stands for all. */
static void refer(struct lint *l, const struct kt_line *s, bool await)
{
    const size_t n = strcspn(s->as, "0123456789");

    for (size_t i = 0; i < l->nissued; i++) {
        const char *name = l->issued[i].name;

        if (strcmp(name, s->as) == 0) {
            l->issued[i].awaited |= await;
            return;
        }
        if (s->as[n] != '\0' && strncmp(name, s->as, n) == 0 &&
            strspn(name + n, "0123456789") == strlen(name + n))
            return;
    }
    FAULT(l, s->pos, "no step before this one is issued 'as %s'", s->as);
}

static void method_known(struct lint *l, struct kt_pos pos, const char *method)
{
    static const char *const names[] = {
        "Echo",         "EchoClient", "EchoServer", "EchoUnary",
        "EchoPingPong", "Notify",     "Nope"};
    struct kt_line_in in = {.faults = l->faults, .pos = pos, .text = ""};
    const struct kt_word w = {method, strlen(method), pos.col};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], method) == 0)
            return;
    in.arena = kt_pool_new();
    kt_line_unknown(&in, &w, "method", names, 6);
    kt_pool_free(in.arena);
}

static void mode_check(struct lint *l, const struct kt_line *s)
{
    const char *m = l->scn->method;
    const bool one_request =
        strcmp(m, "EchoServer") == 0 || strcmp(m, "EchoUnary") == 0;
    const bool one_answer =
        strcmp(m, "EchoClient") == 0 || strcmp(m, "EchoUnary") == 0;

    if (s->app.verb != KT_V_SEND || strcmp(s->stream, "a") != 0)
        return;
    l->sends[s->app.side]++;
    if (s->app.side == KT_CLIENT && one_request && l->sends[KT_CLIENT] == 2)
        FAULT(l, s->pos, "%s takes one request: this one is the second", m);
    if (s->app.side == KT_SERVER && one_answer && l->sends[KT_SERVER] == 2)
        FAULT(l, s->pos, "%s gives one answer: this one is the second", m);
}

static void app_lint(struct lint *l, const struct kt_line *s)
{
    const struct kt_field *method = kt_fields_get(&s->app.fields, "method");

    if (s->app.side == KT_SERVER && l->scn->echo && s->app.verb != KT_V_STOP)
        FAULT(l, s->pos, "with 'handler echo' there are no server lines");
    if (method != NULL && method->value.text)
        method_known(l, s->pos, method->value.text);
    l->client_open =
        l->client_open || s->app.verb == KT_V_OPEN || s->app.verb == KT_V_CALL;
    if (s->app.side == KT_CLIENT && !l->client_open && !l->forced)
        FAULT(l, s->pos, "this can never be reached: no line opens stream %s",
              s->stream);
    l->timed = l->timed || kt_fields_get(&s->app.fields, "deadline") ||
               kt_fields_get(&s->app.fields, "grace");
    l->expectations[s->app.side]++;
    l->expectations[!s->app.side]++; /* what it implies */
    mode_check(l, s);
    issue(l, s);
    if (s->as == NULL && s->app.verb != KT_V_RETURN)
        count_outcomes(l, &s->out);
}

static bool is_harmless(enum kt_frame f)
{
    return f == KT_F_SETTINGS || f == KT_F_PING || f == KT_F_WINDOW_UPDATE ||
           f == KT_F_CONNECT || f == KT_F_CLOSE || f == KT_F_GOAWAY;
}

static void wire_lint(struct lint *l, const struct kt_line *s)
{
    const enum kt_side writer = s->wire.to_server ? KT_CLIENT : KT_SERVER;

    if (s->wire.frame == KT_F_data)
        FAULT(l, s->pos, "'data' stands behind silence only; a frame is DATA");
    for (size_t i = 0; i < s->wire.nmore; i++)
        if (s->wire.more[i].rule)
            rule_known(l, s->wire.more[i].pos, s->wire.more[i].rule);
    l->timed = l->timed || kt_fields_get(&s->wire.fields, "grpc-timeout");
    if (s->wire.forced) {
        l->forced = true;
        return;
    }
    l->expectations[writer]++;
    if (s->wire.frame == KT_F_stream_error ||
        s->wire.frame == KT_F_connection_error)
        l->errors++;
    if (!l->forced && !l->client_open && !is_harmless(s->wire.frame))
        FAULT(l, s->pos,
              "nothing implies this line: write it with '!', or the step it "
              "follows from");
}

static void either_lint(struct lint *l, const struct kt_line *s)
{
    for (size_t i = 0; i < s->nbranches; i++) {
        const struct kt_steps *a = &s->branches[i].steps;

        if (a->n == 0) {
            FAULT(l, s->pos, "a branch of this 'either' is empty");
            continue;
        }
        for (size_t j = i + 1; j < s->nbranches; j++)
            if (s->branches[j].steps.n > 0 &&
                strcmp(a->v[0].text, s->branches[j].steps.v[0].text) == 0)
                FAULT(l, s->branches[j].steps.v[0].pos,
                      "these branches do not exclude one another: both begin "
                      "alike");
    }
    if (s->nbranches < 2)
        FAULT(l, s->pos, "an 'either' needs an 'or'");
}

static bool on_line(void *ctx, const struct kt_line *s)
{
    struct lint *l = ctx;

    if (s->rule != NULL)
        rule_known(l, s->pos, s->rule);
    l->timed = l->timed || s->after.given || s->kind == KT_S_AT;
    switch (s->kind) {
    case KT_S_APP:
        app_lint(l, s);
        break;
    case KT_S_WIRE:
        wire_lint(l, s);
        break;
    case KT_S_AWAIT:
        refer(l, s, true);
        count_outcomes(l, &s->out);
        break;
    case KT_S_PENDING:
        refer(l, s, true); /* it is read as pending: that is what it is for */
        break;
    case KT_S_EITHER:
        either_lint(l, s);
        break;
    case KT_S_ANY:
    case KT_S_OPTIONAL:
    case KT_S_REPEAT:
    case KT_S_FENCE:
    case KT_S_SILENCE:
    case KT_S_PROBE:
    case KT_S_AT:
        break;
    }
    return true;
}

static void needs_lint(struct lint *l)
{
    static const char *const caps[] = {"unary",
                                       "stop",
                                       "events",
                                       "middleware",
                                       "recv-middleware",
                                       "send-middleware",
                                       "gzip",
                                       "chain",
                                       "panic",
                                       "metainfo",
                                       "compress",
                                       "exception",
                                       "initial-window",
                                       "max-frame",
                                       "max-concurrent",
                                       "table-size",
                                       "connections",
                                       "transport"};
    struct kt_line_in in = {
        .faults = l->faults, .pos = l->scn->pos, .text = ""};

    in.arena = kt_pool_new();
    for (size_t i = 0; i < l->scn->nneeds; i++) {
        const struct kt_word w = {l->scn->needs[i], strlen(l->scn->needs[i]),
                                  1};
        bool known = false;

        for (size_t k = 0; k < sizeof caps / sizeof *caps; k++)
            known = known || strcmp(caps[k], l->scn->needs[i]) == 0;
        if (!known)
            kt_line_unknown(&in, &w, "capability", caps,
                            sizeof caps / sizeof *caps);
    }
    kt_pool_free(in.arena);
}

static void header_lint(struct lint *l)
{
    const struct kt_scn *scn = l->scn;
    const size_t n = scn->claim ? strlen(scn->claim) : 0;

    if (n == 0)
        FAULT(l, scn->pos, "no 'claim'");
    else if (scn->claim[n - 1] != '.')
        FAULT(l, scn->pos, "the claim is a sentence: it ends in a full stop");
    if (scn->nrules == 0)
        FAULT(l, scn->pos, "no 'rules'");
    for (size_t i = 0; i < scn->nrules; i++)
        rule_known(l, scn->pos, scn->rules[i]);
    method_known(l, scn->pos, scn->method);
    needs_lint(l);
}

void kt_lint_case(struct kt_faults *faults, const struct kt_scn *scn,
                  const struct kt_rules *rules)
{
    struct lint l = {.faults = faults, .scn = scn, .rules = rules};

    header_lint(&l);
    kt_steps_visit(&scn->steps, on_line, &l);
    for (size_t i = 0; i < l.nissued; i++)
        if (!l.issued[i].awaited &&
            l.issued[i].name[strcspn(l.issued[i].name, "0123456789")] == '\0')
            FAULT(&l, l.issued[i].pos, "nothing awaits '%s'", l.issued[i].name);
    if (scn->steps.n == 0)
        FAULT(&l, scn->pos, "no step");
    else if (scn->roles == 0 && scn->nrules > 0)
        FAULT(&l, scn->pos,
              "no role is left: '!' or a step that only an application has "
              "stands on each side, or no rule is bound to the other");
    if (l.forced && l.errors > 0 && l.successes == 0 && scn->control == NULL)
        FAULT(&l, scn->pos,
              "every outcome is an error: a 'control' must show that it is not "
              "one without the defect");
    if (((scn->roles & KT_ROLE_CLIENT) && l.expectations[KT_CLIENT] == 0) ||
        ((scn->roles & KT_ROLE_SERVER) && l.expectations[KT_SERVER] == 0 &&
         !l.forced))
        FAULT(&l, scn->pos, "nothing is expected of the side under test");
    if (scn->wall && !l.timed)
        FAULT(&l, scn->pos, "'wall' without a line about time");
}
