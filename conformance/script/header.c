/* Header lines.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/header.h"
#include "script/value.h"
#include <string.h>

const struct kt_word_def *kt_header_word(const struct kt_line_in *l)
{
    const struct kt_word_def *def =
        kt_word_find(KT_W_HEADER, l->w[0].p, l->w[0].n);

    if (def == NULL ||
        (strcmp(def->name, "client") != 0 && strcmp(def->name, "server") != 0))
        return def;
    return l->n > 1 && memchr(l->w[1].p, '=', l->w[1].n) != NULL ? def : NULL;
}

bool kt_header_ends(const struct kt_word *w)
{
    return w->p[0] == '>' || w->p[0] == '<' || w->p[0] == '&' ||
           kt_word_starts(w, "client") || kt_word_starts(w, "server") ||
           kt_word_find(KT_W_SCRIPT, w->p, w->n) != NULL;
}

static void put_word(struct kt_line_in *l, char ***v, size_t *n,
                     const struct kt_word *w)
{
    *v = kt_pool_more(l->arena, *v, *n, sizeof **v);
    (*v)[(*n)++] = kt_word_dup(l, w);
}

static bool rule_known(struct kt_header *h, const struct kt_word *w)
{
    const struct kt_rules *rules = h->rules;
    const char **names;

    if (kt_rules_find(rules, kt_word_dup(h->l, w)) != NULL)
        return true;
    names = kt_pool_alloc(h->l->arena, (rules->n + 1) * sizeof *names);
    for (size_t i = 0; i < rules->n; i++)
        names[i] = rules->v[i].id;
    return kt_line_unknown(h->l, w, "rule", names, rules->n);
}

static bool rules_read(struct kt_header *h)
{
    struct kt_scn *scn = h->scn;
    const struct kt_word *w;

    h->has_rules = true;
    if (kt_line_peek(h->l) == NULL)
        return kt_line_bad(h->l, NULL, "which rules?");
    while ((w = kt_line_take(h->l)) != NULL) {
        for (size_t i = 0; i < scn->nrules; i++)
            if (kt_word_is(w, scn->rules[i]))
                return kt_line_bad(h->l, w, "rule %s stands here already",
                                   scn->rules[i]);
        if (!rule_known(h, w))
            return false;
        put_word(h->l, &scn->rules, &scn->nrules, w);
    }
    return true;
}

static bool needs_read(struct kt_header *h)
{
    const struct kt_word *w;

    if (kt_line_peek(h->l) == NULL)
        return kt_line_bad(h->l, NULL, "needs which capabilities?");
    while ((w = kt_line_take(h->l)) != NULL) {
        if (kt_word_find(KT_W_CAP, w->p, w->n) == NULL)
            return kt_word_unknown(h->l, w, KT_W_CAP, 0, "capability");
        put_word(h->l, &h->scn->needs, &h->scn->nneeds, w);
    }
    return true;
}

static bool one_word(struct kt_line_in *l, char **ret, struct kt_pos *ret_pos,
                     const char *what)
{
    const struct kt_word *w = kt_line_take(l);

    if (w == NULL || kt_line_peek(l) != NULL)
        return kt_line_bad(l, kt_line_peek(l), "%s is one word", what);
    *ret = kt_word_dup(l, w);
    if (ret_pos != NULL)
        *ret_pos = kt_line_pos(l, w);
    return true;
}

static bool method_read(struct kt_header *h)
{
    const struct kt_word *w = kt_line_peek(h->l);

    if (!one_word(h->l, &h->scn->method, NULL, "a method"))
        return false;
    return kt_word_find(KT_W_METHOD, w->p, w->n) != NULL ||
           kt_word_unknown(h->l, w, KT_W_METHOD, 0, "method");
}

static bool setting_check(struct kt_line_in *l, const struct kt_word *w,
                          const struct kt_word_def *def,
                          const struct kt_field *f)
{
    static const char *const transports[] = {"http2", "ttheader"};
    const struct kt_word value = {w->p + strlen(def->name) + 1,
                                  w->n - strlen(def->name) - 1,
                                  kt_line_col(l, w->p + strlen(def->name) + 1)};
    uint64_t n;

    if (f->value.kind != KT_PAT_LIT)
        return kt_line_bad(l, &value, "a setting has one value");
    if (def->flags & KT_WF_JUDGE)
        return strcmp(f->value.text, "no") == 0 ||
               kt_line_bad(l, &value, "%s=no is all that can be said",
                           def->name);
    if (def->flags & KT_WF_NUMBER)
        return kt_number_read(f->value.text, f->value.n, &n) ||
               kt_line_bad(l, &value, "'%s' is no number", f->value.text);
    if (strcmp(def->name, "transport") != 0)
        return true;
    return kt_word_is(&value, transports[0]) ||
           kt_word_is(&value, transports[1]) ||
           kt_line_unknown(l, &value, "transport", transports, 2);
}

static bool settings_read(struct kt_line_in *l, struct kt_fields *f)
{
    const struct kt_word *w;
    struct kt_field field;

    while ((w = kt_line_take(l)) != NULL) {
        if (!kt_field_read(l, w, &field))
            return false;
        const struct kt_word name = {w->p, strlen(field.name), w->col};
        const struct kt_word_def *def =
            kt_word_find(KT_W_SETTING, name.p, name.n);

        if (def == NULL)
            return kt_word_unknown(l, &name, KT_W_SETTING, 0, "setting");
        if (kt_fields_get(f, field.name) != NULL)
            return kt_line_bad(l, w, "setting %s given twice", field.name);
        if (!setting_check(l, w, def, &field))
            return false;
        kt_fields_put(l->arena, f, field);
    }
    return true;
}

static bool cost_one(struct kt_line_in *l, const struct kt_word *w,
                     struct kt_cost *cost)
{
    static const char *const keys[] = {"memory", "handlers", "time"};
    const char *eq = memchr(w->p, '=', w->n);
    const size_t n = eq ? (size_t)(eq - w->p) : w->n;
    const char *v = eq ? eq + 1 : w->p + w->n;
    const size_t len = (size_t)(w->p + w->n - v);
    const struct kt_word key = {w->p, n, w->col};

    if (kt_word_is(&key, keys[0]) ? kt_number_read(v, len, &cost->memory)
        : kt_word_is(&key, keys[1])
            ? kt_number_read(v, len, &cost->handlers)
            : kt_word_is(&key, keys[2]) && kt_time_read(v, len, &cost->time_ns))
        return true;
    for (size_t i = 0; i < 3; i++)
        if (kt_word_is(&key, keys[i]))
            return kt_line_bad(
                l, w, "cost memory=32MiB handlers=1000 time=5s, each optional");
    return kt_line_unknown(l, &key, "bound of cost", keys, 3);
}

static bool cost_read(struct kt_line_in *l, struct kt_cost *cost)
{
    const struct kt_word *w;

    if (kt_line_peek(l) == NULL)
        return kt_line_bad(l, NULL, "cost memory=32MiB handlers=1000 time=5s");
    while ((w = kt_line_take(l)) != NULL)
        if (!cost_one(l, w, cost))
            return false;
    return true;
}

static bool flag_read(struct kt_line_in *l, bool *flag)
{
    *flag = true;
    return kt_line_peek(l) == NULL ||
           kt_line_bad(l, kt_line_peek(l), "nothing stands behind it");
}

static bool handler_read(struct kt_header *h)
{
    static const char *const known[] = {"echo"};
    const struct kt_word *w = kt_line_take(h->l);

    if (w == NULL)
        return kt_line_bad(h->l, w, "handler echo");
    if (!kt_word_is(w, "echo"))
        return kt_line_unknown(h->l, w, "handler", known, 1);
    h->scn->service = "echo.TestService";
    return flag_read(h->l, &h->scn->echo);
}

/* Those that may stand once only. */
static bool once(struct kt_header *h, const char *word)
{
    static const char *const words[] = {"claim",    "control", "handler",
                                        "isolated", "wall",    "formerly"};

    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], word) != 0)
            continue;
        if (h->seen & 1u << i)
            return kt_line_bad(h->l, &h->l->w[0], "'%s' given twice", word);
        h->seen |= 1u << i;
    }
    return true;
}

bool kt_header_claim(struct kt_header *h)
{
    struct kt_line_in *l = h->l;
    const char *p = l->text + strspn(l->text, " \t");

    l->w[0] = (struct kt_word){p, 5, kt_line_col(l, p)};
    if (!once(h, "claim"))
        return false;
    p += 5;
    p += strspn(p, " \t");
    const size_t n = strlen(p);
    const struct kt_word all = {p, n, kt_line_col(l, p)};
    h->scn->claim = kt_pool_strdup(l->arena, p);
    if (n == 0)
        return kt_line_bad(l, NULL, "claim what?");
    return p[n - 1] == '.' ||
           kt_line_bad(l, &all,
                       "the claim is a sentence: it ends in a full stop");
}

static bool word_read(struct kt_header *h, const char *word)
{
    struct kt_scn *scn = h->scn;

    if (strcmp(word, "rules") == 0)
        return rules_read(h);
    if (strcmp(word, "needs") == 0)
        return needs_read(h);
    if (strcmp(word, "method") == 0)
        return method_read(h);
    if (strcmp(word, "control") == 0)
        return one_word(h->l, &scn->control, &scn->control_pos,
                        "the id of a control");
    if (strcmp(word, "formerly") == 0)
        return one_word(h->l, &scn->formerly, &scn->formerly_pos, "an id");
    if (strcmp(word, "handler") == 0)
        return handler_read(h);
    if (strcmp(word, "cost") == 0)
        return cost_read(h->l, &scn->cost);
    if (strcmp(word, "isolated") == 0)
        return flag_read(h->l, &scn->isolated);
    if (strcmp(word, "wall") == 0) {
        scn->wall_pos = kt_line_pos(h->l, &h->l->w[0]);
        return flag_read(h->l, &scn->wall);
    }
    return settings_read(h->l, &scn->settings[strcmp(word, "server") == 0]);
}

bool kt_header_line(struct kt_header *h, const struct kt_word_def *def)
{
    kt_line_take(h->l);
    if (strcmp(def->name, "axes") == 0)
        return true; /* read before: it is what fills the others in */
    return once(h, def->name) && word_read(h, def->name);
}

void kt_header_end(struct kt_header *h, struct kt_pos pos)
{
    enum kt_method_mode mode;

    if (!(h->seen & 1))
        kt_fault_add(h->l->faults, pos, "no 'claim'");
    if (!h->has_rules)
        kt_fault_add(h->l->faults, pos, "no 'rules'");
    if (h->scn->echo && kt_word_mode(h->scn->method, &mode) &&
        mode == KT_MM_ONEWAY)
        kt_fault_add(h->l->faults, pos, "the echo service has no method %s",
                     h->scn->method);
}
