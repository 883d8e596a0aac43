/* Baseline files: read, hold against results, edit in place.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/baseline.h"
#include "base/alloc.h"
#include "base/must.h"
#include "check/reason.h"
#include <errno.h>
#include <string.h>

enum { MAX_LINES = 100000, MAX_LINE = 2000 };

struct entry {
    char *line; /* as it stands; the only thing set for blanks and comments */
    char *id;   /* NULL: no entry */
    unsigned role;
    char *reasons; /* "a|b" */
    char *until;   /* or NULL */
    bool gone;     /* removed by an update */
};

struct kt_baseline {
    char *path;
    struct entry *v;
    size_t n, cap;
};

static const struct {
    unsigned role;
    const char *name;
} role_names[] = {
    {KT_ROLE_SERVER, "server"},
    {KT_ROLE_CLIENT, "client"},
    {KT_ROLE_PAIR, "pair"},
};

const char *kt_role_name(enum kt_role role)
{
    for (size_t i = 0; i < sizeof role_names / sizeof *role_names; i++)
        if (role_names[i].role == role)
            return role_names[i].name;
    must(false); /* a role is one bit */
    return "";
}

unsigned kt_role_of(const char *name)
{
    for (size_t i = 0; i < sizeof role_names / sizeof *role_names; i++)
        if (strcmp(role_names[i].name, name) == 0)
            return role_names[i].role;
    return 0;
}

bool kt_verdict_fails(enum kt_verdict v)
{
    return v == KT_FAIL || v == KT_SUT_CRASH || v == KT_SUT_HANG;
}

static void entry_fini(struct entry *e)
{
    kt_free(e->line);
    kt_free(e->id);
    kt_free(e->reasons);
    kt_free(e->until);
}

static struct entry *entry_new(struct kt_baseline *b)
{
    if (b->n == b->cap) {
        b->cap = b->cap ? 2 * b->cap : 32;
        b->v = kt_xrealloc(b->v, b->cap * sizeof *b->v);
    }
    b->v[b->n] = (struct entry){0};
    return &b->v[b->n++];
}

struct kt_baseline *kt_baseline_new(const char *path)
{
    struct kt_baseline *b = kt_xalloc(sizeof *b);

    b->path = kt_xstrdup(path);
    return b;
}

void kt_baseline_free(struct kt_baseline *b)
{
    if (b == NULL)
        return;
    for (size_t i = 0; i < b->n; i++)
        entry_fini(&b->v[i]);
    kt_free(b->v);
    kt_free(b->path);
    kt_free(b);
}

size_t kt_baseline_size(const struct kt_baseline *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        n += b->v[i].id != NULL && !b->v[i].gone;
    return n;
}

static struct entry *find(const struct kt_baseline *b, const char *id,
                          unsigned role)
{
    for (size_t i = 0; i < b->n; i++)
        if (b->v[i].id != NULL && !b->v[i].gone && b->v[i].role == role &&
            strcmp(b->v[i].id, id) == 0)
            return &b->v[i];
    return NULL;
}

const char *kt_baseline_line(const struct kt_baseline *b, const char *id,
                             enum kt_role role)
{
    const struct entry *e = find(b, id, role);

    return e ? e->line : NULL;
}

/* Is code one of the '|'-separated reasons? */
static bool has_reason(const char *reasons, const char *code)
{
    const size_t n = strlen(code);

    for (const char *p = reasons; p != NULL; p = strchr(p, '|')) {
        p += *p == '|';
        if (strncmp(p, code, n) == 0 && (p[n] == '|' || p[n] == '\0'))
            return true;
    }
    return false;
}

static enum kt_step check_reasons(const char *reasons, const char *where,
                                  struct kt_err *reterr)
{
    char *copy = kt_xstrdup(reasons), *save = NULL;
    enum kt_step step = KT_DONE;

    for (char *w = strtok_r(copy, "|", &save); w && step == KT_DONE;
         w = strtok_r(NULL, "|", &save))
        if (!kt_reason_known(w))
            step = kt_badf(reterr, KT_E_UNKNOWN, 0,
                           "%s: '%s' is no reason code", where, w);
    kt_free(copy);
    return step;
}

static bool is_date(const char *s)
{
    int y, m, d, n = 0;

    return sscanf(s, "%4d-%2d-%2d%n", &y, &m, &d, &n) == 3 && n == 10 &&
           s[n] == '\0' && m >= 1 && m <= 12 && d >= 1 && d <= 31;
}

static enum kt_step read_extra(struct entry *e, const char *word,
                               const char *where, struct kt_err *reterr)
{
    if (strncmp(word, "owner=", 6) == 0 || strncmp(word, "issue=", 6) == 0)
        return KT_DONE; /* kept with the line */
    if (strncmp(word, "until=", 6) != 0)
        return kt_badf(reterr, KT_E_UNKNOWN, 0,
                       "%s: '%s' is none of owner=, issue=, until=", where,
                       word);
    if (!is_date(word + 6))
        return kt_badf(reterr, KT_E_SYNTAX, 0, "%s: '%s' is no date YYYY-MM-DD",
                       where, word + 6);
    kt_free(e->until);
    e->until = kt_xstrdup(word + 6);
    return KT_DONE;
}

static enum kt_step read_words(struct entry *e, char *text, const char *where,
                               struct kt_err *reterr)
{
    char *save = NULL;
    char *id = strtok_r(text, " \t", &save);
    char *role = strtok_r(NULL, " \t", &save);
    char *reasons = strtok_r(NULL, " \t", &save);

    if (reasons == NULL)
        return kt_badf(reterr, KT_E_SYNTAX, 0,
                       "%s: an entry is ID ROLE REASON [owner= issue= until=]",
                       where);
    e->role = kt_role_of(role);
    if (e->role == 0)
        return kt_badf(reterr, KT_E_UNKNOWN, 0,
                       "%s: '%s' is no role; server, client or pair", where,
                       role);
    if (check_reasons(reasons, where, reterr) != KT_DONE)
        return KT_BAD;
    e->id = kt_xstrdup(id);
    e->reasons = kt_xstrdup(reasons);
    for (char *w = strtok_r(NULL, " \t", &save); w;
         w = strtok_r(NULL, " \t", &save))
        if (read_extra(e, w, where, reterr) != KT_DONE)
            return KT_BAD;
    return KT_DONE;
}

static enum kt_step read_line(struct kt_baseline *b, const char *line,
                              size_t number, struct kt_err *reterr)
{
    char *where = kt_xasprintf("%s:%zu", b->path, number);
    char *text = kt_xstrdup(line);
    struct entry e = {.line = kt_xstrdup(line)};
    enum kt_step step = KT_DONE;

    /* Axes may hold '#' only in quotes, so a comment begins at " #" or
     * column 1. */
    char *hash = text[0] == '#' ? text : strstr(text, " #");
    if (hash != NULL)
        *hash = '\0';
    if (strspn(text, " \t") != strlen(text))
        step = read_words(&e, text, where, reterr);
    if (step == KT_DONE && e.id != NULL && find(b, e.id, e.role) != NULL)
        step = kt_badf(reterr, KT_E_DUPLICATE, 0, "%s: '%s' stands twice",
                       where, e.id);
    if (step == KT_DONE)
        *entry_new(b) = e;
    else
        entry_fini(&e);
    kt_free(text);
    kt_free(where);
    return step;
}

static enum kt_step read_file(struct kt_baseline *b, FILE *f,
                              struct kt_err *reterr)
{
    char line[MAX_LINE];
    enum kt_step step = KT_DONE;

    for (size_t number = 1; step == KT_DONE && fgets(line, sizeof line, f);
         number++) {
        const size_t n = strcspn(line, "\n");

        if (number > MAX_LINES || (n == sizeof line - 1 && line[n] == '\0'))
            return kt_badf(reterr, KT_E_TOO_BIG, 0, "%s:%zu: too long", b->path,
                           number);
        line[n] = '\0';
        step = read_line(b, line, number, reterr);
    }
    return step;
}

struct kt_baseline *kt_baseline_load(const char *path, struct kt_err *reterr)
{
    FILE *f = fopen(path, "re");
    struct kt_baseline *b;

    if (f == NULL) {
        kt_badf(reterr, KT_E_IO, 0, "%s: %s", path, strerror(errno));
        return NULL;
    }
    b = kt_baseline_new(path);
    const enum kt_step step = read_file(b, f, reterr);
    fclose(f);
    if (step == KT_DONE)
        return b;
    kt_baseline_free(b);
    return NULL;
}

enum kt_expect kt_baseline_of(struct kt_baseline *b, const struct kt_result *r)
{
    const struct entry *e = find(b, r->scn->id, r->role);

    if (e == NULL)
        return KT_EX_NONE;
    if (r->verdict == KT_INCONCLUSIVE || r->verdict == KT_HARNESS_ERROR)
        return KT_EX_KNOWN;
    if (r->verdict == KT_PASS)
        return KT_EX_PASSES;
    if (!kt_verdict_fails(r->verdict))
        return KT_EX_UNSEEN;
    return has_reason(e->reasons, r->reason) ? KT_EX_KNOWN : KT_EX_OTHER;
}

size_t kt_baseline_stale(const struct kt_baseline *b, unsigned roles,
                         struct kt_case_view cases, const char *today,
                         struct kt_stale_sink *sink)
{
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++) {
        const struct entry *e = &b->v[i];
        const char *why = NULL;

        if (e->id == NULL || e->gone || (e->role & roles) == 0)
            continue;
        if (!cases.exists(cases.ctx, e->id, (enum kt_role)e->role))
            why = "matches no case";
        else if (e->until != NULL && strcmp(e->until, today) < 0)
            why = "has expired";
        if (why == NULL)
            continue;
        char *text = kt_xasprintf("%s:%zu: %s %s %s", b->path, i + 1, e->id,
                                  kt_role_name((enum kt_role)e->role), why);
        sink->on(sink, text);
        kt_free(text);
        n++;
    }
    return n;
}

static void add(struct kt_baseline *b, const struct kt_result *r)
{
    struct entry *e = entry_new(b);

    e->id = kt_xstrdup(r->scn->id);
    e->role = r->role;
    e->reasons = kt_xstrdup(r->reason);
    e->line = kt_xasprintf("%s %s %s  # explain me", r->scn->id,
                           kt_role_name(r->role), r->reason);
}

/* Put the new reason where the old ones stand; the rest of the line stays. */
static void correct(struct entry *e, const char *reason)
{
    char *at = strstr(e->line + strlen(e->id), e->reasons);

    must(at != NULL);
    char *line = kt_xasprintf("%.*s%s%s", (int)(at - e->line), e->line, reason,
                              at + strlen(e->reasons));
    kt_free(e->line);
    kt_free(e->reasons);
    e->line = line;
    e->reasons = kt_xstrdup(reason);
}

size_t kt_baseline_update(struct kt_baseline *b,
                          const struct kt_result *results, size_t n)
{
    size_t changes = 0;

    for (size_t i = 0; i < n; i++) {
        const struct kt_result *r = &results[i];
        const enum kt_expect ex = kt_baseline_of(b, r);

        if (ex == KT_EX_KNOWN ||
            (ex == KT_EX_NONE && !kt_verdict_fails(r->verdict)))
            continue;
        changes++;
        if (ex == KT_EX_NONE)
            add(b, r);
        else if (ex == KT_EX_OTHER)
            correct(find(b, r->scn->id, r->role), r->reason);
        else
            find(b, r->scn->id, r->role)->gone = true;
    }
    return changes;
}

enum kt_step kt_baseline_save(const struct kt_baseline *b,
                              struct kt_err *reterr)
{
    char *tmp = kt_xasprintf("%s.new", b->path);
    FILE *f = fopen(tmp, "we");
    bool ok = f != NULL;

    for (size_t i = 0; ok && i < b->n; i++)
        if (!b->v[i].gone)
            ok = fprintf(f, "%s\n", b->v[i].line) >= 0;
    if (f != NULL && fclose(f) != 0)
        ok = false;
    if (ok && rename(tmp, b->path) != 0)
        ok = false;
    if (!ok)
        kt_badf(reterr, KT_E_IO, 0, "%s: %s", b->path, strerror(errno));
    kt_free(tmp);
    return ok ? KT_DONE : KT_BAD;
}
