/* The selftest: trials of every mutant, legal variation and stub, and what they
 * say. SPDX-License-Identifier: Apache-2.0 */
#include "selftest/selftest.h"
#include "base/alloc.h"
#include <jansson.h>
#include <string.h>
#include <time.h>

struct tally { /* of one trial */
    struct kt_trial_sink sink;
    struct selftest *st;
    const char *rule; /* of the mutant */
    size_t judged, killed, named;
    char first[200]; /* what killed, for a person */
};

struct selftest {
    const struct kt_trial_book *book;
    const struct kt_selftest_opts *o;
    bool *kills; /* by case: it has killed something */
    size_t killed, named, tried;
    json_t *survivors, *false_alarms;
    size_t unmutated_failures;
    size_t stub_passes[KT_STUB_COUNT];
};

static bool fails(const struct kt_result *r)
{
    return r->verdict == KT_FAIL || r->verdict == KT_SUT_CRASH ||
           r->verdict == KT_SUT_HANG;
}

static bool names_rule(const struct kt_scn *s, const char *rule)
{
    for (size_t i = 0; i < s->nrules; i++)
        if (strcmp(s->rules[i], rule) == 0)
            return true;
    return false;
}

static void on_result(struct kt_trial_sink *self, const struct kt_result *r)
{
    struct tally *t = (struct tally *)self;
    struct selftest *st = t->st;

    t->judged += r->verdict == KT_PASS || fails(r);
    if (!fails(r))
        return;
    if (t->killed == 0)
        snprintf(t->first, sizeof t->first, "%s %s %s:%d", r->scn->id,
                 r->reason, r->rule, r->pos.line);
    t->killed++;
    t->named += strcmp(r->rule, t->rule) == 0 || names_rule(r->scn, t->rule);
    for (size_t i = 0; i < st->book->ncases; i++)
        if (st->book->cases[i] == r->scn)
            st->kills[i] = true;
}

/* Standing checks are named by no scenario: they judge every case, so some do
 * for all. */
static bool is_standing(const char *rule)
{
    return strncmp(rule, "STD-", 4) == 0;
}

static bool is_sample(const struct kt_scn *s)
{
    return strcmp(s->area, "standing") == 0 || strcmp(s->area, "goaway") == 0 ||
           strcmp(s->base_id, "flow/frame-size") == 0;
}

/* Cases of a role that can run on simulated time; with a rule, those that name
 * it. */
static size_t cases_for(const struct selftest *st, enum kt_role role,
                        const char *rule, const struct kt_scn **v)
{
    size_t n = 0;

    for (size_t i = 0; i < st->book->ncases; i++) {
        const struct kt_scn *s = st->book->cases[i];

        if ((s->roles & role) && !s->later && !s->isolated &&
            (!rule || names_rule(s, rule) ||
             (is_standing(rule) && is_sample(s))))
            v[n++] = s;
    }
    return n;
}

static void trial(struct selftest *st, enum kt_role role,
                  const struct kt_mutant *m, const char *rule, struct tally *t)
{
    const struct kt_scn **v = kt_xalloc((st->book->ncases + 1) * sizeof *v);
    const size_t n = cases_for(st, role, rule, v);

    if (n > 0)
        kt_trial_mutant(st->book, role, m, v, n, &t->sink);
    kt_free(v);
}

static void say(const struct selftest *st, const char *word, const char *name,
                const struct tally *t)
{
    if (!st->o->json)
        fprintf(st->o->out, "%-8s %-28s %-10s %s\n", word, name, t->rule,
                t->first);
}

static void one_mutant(struct selftest *st, const struct kt_mutant *m)
{
    struct tally t = {.sink = {on_result}, .st = st, .rule = m->rule};

    for (unsigned bit = 1; bit <= KT_SUT_CLIENT; bit <<= 1)
        if (m->roles & bit)
            trial(st, bit == KT_SUT_SERVER ? KT_ROLE_SERVER : KT_ROLE_CLIENT, m,
                  st->o->full ? NULL : m->rule, &t);
    st->tried++;
    st->killed += t.killed > 0;
    st->named += t.named > 0;
    if (t.named == 0)
        json_array_append_new(st->survivors, json_string(m->name));
    if (t.named == 0 || st->o->verbose)
        say(st,
            t.named    ? "killed"
            : t.killed ? "UNNAMED"
                       : "SURVIVES",
            m->name, &t);
}

static void one_anti(struct selftest *st, const struct kt_mutant *m)
{
    struct tally t = {.sink = {on_result}, .st = st, .rule = ""};
    bool *kept = st->kills;

    st->kills = kt_xalloc((st->book->ncases + 1) *
                          sizeof *kept); /* a kill here is none */
    for (unsigned bit = 1; bit <= KT_SUT_CLIENT; bit <<= 1)
        if (m->roles & bit)
            trial(st, bit == KT_SUT_SERVER ? KT_ROLE_SERVER : KT_ROLE_CLIENT, m,
                  NULL, &t);
    kt_free(st->kills);
    st->kills = kept;
    if (t.killed > 0)
        json_array_append_new(st->false_alarms, json_string(m->name));
    if (t.killed > 0 || st->o->verbose)
        say(st, t.killed ? "ALARM" : "legal", m->name, &t);
}

static void unmutated(struct selftest *st)
{
    static const enum kt_role roles[] = {KT_ROLE_SERVER, KT_ROLE_CLIENT,
                                         KT_ROLE_PAIR};

    for (size_t i = 0; i < 3; i++) {
        struct tally t = {.sink = {on_result}, .st = st, .rule = ""};

        trial(st, roles[i], NULL, NULL, &t);
        st->unmutated_failures += t.killed;
        if (t.killed > 0)
            say(st, "REF", "the reference itself", &t);
        else if (!st->o->json)
            fprintf(st->o->out,
                    "the reference passes %zu cases on simulated time (role "
                    "%zu of 3)\n",
                    t.judged, i + 1);
    }
    memset(st->kills, 0, st->book->ncases * sizeof *st->kills);
}

struct stub_tally {
    struct kt_trial_sink sink;
    size_t passes;
};

static void on_stub_result(struct kt_trial_sink *self,
                           const struct kt_result *r)
{
    struct stub_tally *t = (struct stub_tally *)self;

    t->passes += r->verdict == KT_PASS;
}

static void stubs(struct selftest *st)
{
    const struct kt_scn **v = kt_xalloc((st->book->ncases + 1) * sizeof *v);
    size_t n = 0;

    for (size_t i = 0; i < st->book->ncases; i++)
        if (st->book->cases[i]->black_box &&
            st->book->cases[i]->control != NULL && !st->book->cases[i]->later &&
            !st->book->cases[i]->isolated)
            v[n++] = st->book->cases[i];
    for (int k = 0; k < KT_STUB_COUNT; k++) {
        struct stub_tally t = {.sink = {on_stub_result}};

        kt_trial_stub(st->book, (enum kt_stub_kind)k, v, n, &t.sink);
        st->stub_passes[k] = t.passes;
        if (!st->o->json && t.passes > 0)
            fprintf(st->o->out,
                    "STUB     %s passes %zu of %zu negative scenarios\n",
                    kt_stub_name((enum kt_stub_kind)k), t.passes, n);
    }
    kt_free(v);
}

static json_t *idle_scenarios(const struct selftest *st)
{
    json_t *a = json_array();

    for (size_t i = 0; i < st->book->ncases; i++)
        if (!st->kills[i] && !st->book->cases[i]->later &&
            !st->book->cases[i]->isolated)
            json_array_append_new(a, json_string(st->book->cases[i]->id));
    return a;
}

static uint64_t real_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void report_json(const struct selftest *st, uint64_t ms)
{
    json_t *j = json_pack(
        "{s:I, s:I, s:I, s:O, s:O, s:o, s:I}", "mutants", (json_int_t)st->tried,
        "killed", (json_int_t)st->killed, "killed_by_named_rule",
        (json_int_t)st->named, "survivors", st->survivors, "false_alarms",
        st->false_alarms, "scenarios_killing_nothing", idle_scenarios(st),
        "unmutated_failures", (json_int_t)st->unmutated_failures);
    json_t *stub_list = json_array();

    for (int k = 0; k < KT_STUB_COUNT; k++)
        json_array_append_new(
            stub_list,
            json_pack("{s:s, s:I}", "name", kt_stub_name((enum kt_stub_kind)k),
                      "negative_passes", (json_int_t)st->stub_passes[k]));
    json_object_set_new(j, "stubs", stub_list);
    json_object_set_new(j, "elapsed_ms", json_integer((json_int_t)ms));
    json_dumpf(j, st->o->out, JSON_INDENT(1));
    fputc('\n', st->o->out);
    json_decref(j);
}

static size_t all_stub_passes(const struct selftest *st)
{
    size_t n = 0;

    for (int k = 0; k < KT_STUB_COUNT; k++)
        n += st->stub_passes[k];
    return n;
}

static void run_all(struct selftest *st)
{
    const char *only = st->o->mutant;

    if (only == NULL)
        unmutated(st);
    for (size_t i = 0; i < kt_mutants_n(); i++)
        if (only == NULL || strcmp(kt_mutant_at(i)->name, only) == 0)
            one_mutant(st, kt_mutant_at(i));
    for (size_t i = 0; i < kt_antis_n(); i++)
        if (only == NULL || strcmp(kt_anti_at(i)->name, only) == 0)
            one_anti(st, kt_anti_at(i));
    if (only == NULL)
        stubs(st);
}

int kt_selftest(const struct kt_trial_book *book,
                const struct kt_selftest_opts *o)
{
    struct selftest st = {.book = book,
                          .o = o,
                          .survivors = json_array(),
                          .false_alarms = json_array()};
    const uint64_t start = real_ms();

    st.kills = kt_xalloc((book->ncases + 1) * sizeof *st.kills);
    run_all(&st);
    const bool ok = json_array_size(st.survivors) == 0 &&
                    json_array_size(st.false_alarms) == 0 &&
                    st.unmutated_failures == 0 && all_stub_passes(&st) == 0;
    if (o->json)
        report_json(&st, real_ms() - start);
    else
        fprintf(o->out,
                "selftest: %zu of %zu mutants killed, %zu by the rule they "
                "break; %zu of %zu legal "
                "variations killed; %zu passes of stubs; %.1f s\n",
                st.killed, st.tried, st.named, json_array_size(st.false_alarms),
                kt_antis_n(), all_stub_passes(&st),
                (double)(real_ms() - start) / 1000);
    json_decref(st.survivors);
    json_decref(st.false_alarms);
    kt_free(st.kills);
    return ok ? 0 : 1;
}
