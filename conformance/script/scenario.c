/* Header lines, axes and branches of a scenario file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/scenario.h"
#include "base/alloc.h"
#include <string.h>

enum { MAX_LINES = 5000 };

struct header {
    struct kt_file *file;
    struct kt_faults *faults;
    const struct kt_rules *rules;
    struct kt_source src;
    struct kt_line_in *l;
    size_t first; /* index of the first step's line */
};

static void list_read(struct kt_line_in *l, char ***v, size_t *n)
{
    const struct kt_word *w;

    while ((w = kt_line_take(l)) != NULL) {
        *v = kt_pool_more(l->arena, *v, *n, sizeof **v);
        (*v)[(*n)++] = kt_word_dup(l, w);
    }
}

static bool one_word(struct kt_line_in *l, char **ret, const char *what)
{
    const struct kt_word *w = kt_line_take(l);

    if (w == NULL || kt_line_peek(l) != NULL)
        return kt_line_bad(l, kt_line_peek(l), "%s is one word", what);
    *ret = kt_word_dup(l, w);
    return true;
}

static bool settings_read(struct kt_line_in *l, struct kt_fields *f)
{
    const struct kt_word *w;
    struct kt_field field;

    while ((w = kt_line_take(l)) != NULL) {
        if (!kt_field_read(l, w, &field))
            return false;
        if (kt_word_find(KT_W_SETTING, field.name, strlen(field.name)) ==
            NULL) {
            const struct kt_word name = {w->p, strlen(field.name), w->col};
            return kt_word_unknown(l, &name, KT_W_SETTING, "setting");
        }
        kt_fields_put(l->arena, f, field);
    }
    return true;
}

static bool cost_read(struct kt_line_in *l, struct kt_cost *cost)
{
    const struct kt_word *w;

    while ((w = kt_line_take(l)) != NULL) {
        const char *eq = memchr(w->p, '=', w->n);
        const size_t skip = eq ? (size_t)(eq - w->p) + 1 : w->n;
        const bool ok =
            kt_word_starts(w, "memory=")
                ? kt_number_read(w->p + skip, w->n - skip, &cost->memory)
            : kt_word_starts(w, "handlers=")
                ? kt_number_read(w->p + skip, w->n - skip, &cost->handlers)
                : kt_word_starts(w, "time=") &&
                      kt_time_read(w->p + skip, w->n - skip, &cost->time_ns);

        if (!ok)
            return kt_line_bad(l, w, "cost memory=32MiB handlers=1000 time=5s");
    }
    return true;
}

static bool claim_read(struct kt_line_in *l, const char *line,
                       struct kt_scn *scn)
{
    const char *p = strstr(line, "claim") + 5;

    p += strspn(p, " \t");
    scn->claim = kt_pool_strdup(l->arena, p);
    return *p != '\0' || kt_line_bad(l, NULL, "claim what?");
}

static bool flag_read(struct kt_line_in *l, bool *flag)
{
    *flag = true;
    return kt_line_peek(l) == NULL ||
           kt_line_bad(l, kt_line_peek(l), "nothing stands behind it");
}

static bool handler_read(struct kt_line_in *l, struct kt_scn *scn)
{
    if (!kt_line_accept(l, "echo"))
        return kt_line_bad(l, kt_line_peek(l), "handler echo is the only one");
    scn->echo = true;
    scn->service = "echo.TestService";
    return true;
}

/* The line's first word has been taken; it is a header word. */
static bool word_read(struct kt_line_in *l, const char *word, const char *line,
                      struct kt_scn *scn)
{
    if (strcmp(word, "claim") == 0)
        return claim_read(l, line, scn);
    if (strcmp(word, "rules") == 0)
        return list_read(l, &scn->rules, &scn->nrules), true;
    if (strcmp(word, "needs") == 0)
        return list_read(l, &scn->needs, &scn->nneeds), true;
    if (strcmp(word, "method") == 0)
        return one_word(l, &scn->method, "a method");
    if (strcmp(word, "control") == 0)
        return one_word(l, &scn->control, "a control's id");
    if (strcmp(word, "formerly") == 0)
        return one_word(l, &scn->formerly, "an id");
    if (strcmp(word, "handler") == 0)
        return handler_read(l, scn);
    if (strcmp(word, "cost") == 0)
        return cost_read(l, &scn->cost);
    if (strcmp(word, "isolated") == 0)
        return flag_read(l, &scn->isolated);
    if (strcmp(word, "wall") == 0)
        return flag_read(l, &scn->wall);
    if (strcmp(word, "axes") == 0)
        return true; /* read before */
    return settings_read(l, &scn->settings[strcmp(word, "server") == 0]);
}

/* Is this line of the header? "client K=V" is, "client VERB" is not. */
static const struct kt_word_def *header_word(struct kt_line_in *l)
{
    const struct kt_word *w = kt_line_peek(l);
    const struct kt_word_def *def = kt_word_find(KT_W_HEADER, w->p, w->n);

    if (def == NULL ||
        (strcmp(def->name, "client") != 0 && strcmp(def->name, "server") != 0))
        return def;
    w = l->n > 1 ? &l->w[1] : NULL;
    return w != NULL && memchr(w->p, '=', w->n) != NULL ? def : NULL;
}

static bool begins_step(const struct kt_word *w)
{
    return w->p[0] == '>' || w->p[0] == '<' || w->p[0] == '&' ||
           kt_word_starts(w, "client") || kt_word_starts(w, "server") ||
           kt_word_find(KT_W_SCRIPT, w->p, w->n) != NULL;
}

/* Find the end of the header and read the axes; other words wait for their
 * values. */
static void axes_find(struct header *h, struct kt_axes *axes)
{
    for (h->first = 0; h->first < h->src.n; h->first++) {
        const struct kt_pos pos = {h->file->name, h->src.numbers[h->first], 1};
        const char *text = h->src.lines[h->first];

        if (strncmp(text + strspn(text, " \t"), "claim", 5) == 0)
            continue;
        struct kt_faults ignored = {0};
        const bool ok = kt_line_init(h->l, h->file->arena, &ignored, pos, text);
        kt_faults_fini(&ignored);
        if (!ok || h->l->n == 0)
            continue;
        h->l->faults = h->faults;
        if (kt_word_is(&h->l->w[0], "axes"))
            kt_axes_read(h->l, axes);
        else if (header_word(h->l) == NULL && begins_step(&h->l->w[0]))
            return;
        else if (header_word(h->l) == NULL)
            kt_word_unknown(h->l, &h->l->w[0], KT_W_HEADER, "word of a header");
    }
}

static void header_read(struct header *h, const struct kt_source *src,
                        struct kt_scn *scn)
{
    for (size_t i = 0; i < h->first; i++) {
        const struct kt_pos pos = {h->file->name, src->numbers[i], 1};
        const char *text = src->lines[i];
        const bool claim = strncmp(text + strspn(text, " \t"), "claim", 5) == 0;

        if (claim) { /* free text: quotes and braces mean nothing */
            *h->l = (struct kt_line_in){.arena = h->file->arena,
                                        .faults = h->faults,
                                        .pos = pos,
                                        .text = text};
            claim_read(h->l, text, scn);
            continue;
        }
        if (!kt_line_init(h->l, h->file->arena, h->faults, pos, text) ||
            h->l->n == 0)
            continue;
        const struct kt_word_def *def = header_word(h->l);
        kt_line_take(h->l);
        if (def != NULL)
            word_read(h->l, def->name, text, scn);
    }
}

/* The lines with one variant's values in place. */
static void source_of(struct header *h, const struct kt_axis_value *v, size_t n,
                      struct kt_source *ret)
{
    *ret = h->src;
    ret->lines =
        kt_pool_alloc(h->file->arena, (h->src.n + 1) * sizeof *ret->lines);
    for (size_t i = 0; i < h->src.n; i++) {
        const char *line = h->src.lines[i], *unknown;
        const bool axes = strncmp(line + strspn(line, " \t"), "axes", 4) == 0;

        ret->lines[i] =
            axes ? h->src.lines[i]
                 : kt_axes_replace(h->file->arena, line, v, n, &unknown);
        if (axes || unknown == NULL || strncmp(line, "claim", 5) == 0)
            continue;
        const struct kt_pos pos = {h->file->name, h->src.numbers[i],
                                   (int)(unknown - line) + 1};
        kt_fault_add(h->faults, pos, "no axis '%.*s'",
                     (int)strcspn(unknown, " \t\"|,}") + 0, unknown);
    }
}

static void case_put(struct kt_file *f, struct kt_scn *scn)
{
    f->cases = kt_pool_more(f->arena, f->cases, f->ncases, sizeof *f->cases);
    f->cases[f->ncases++] = scn;
}

static const struct kt_line *first_of(const struct kt_branch *b)
{
    return b->steps.n ? &b->steps.v[0] : NULL;
}

/* The top-level either whose first lines the judge performs in that role, or n.
 */
static size_t judged_either(const struct kt_scn *scn, enum kt_role role)
{
    for (size_t i = 0; i < scn->steps.n; i++) {
        const struct kt_line *s = &scn->steps.v[i];
        const struct kt_line *first =
            s->kind == KT_S_EITHER ? first_of(&s->branches[0]) : NULL;

        if (first != NULL && kt_judge_performs(first, role))
            return i;
    }
    return scn->steps.n;
}

/* scn with its i-th step, an either, replaced by one branch. */
static void branch_case(struct kt_file *f, const struct kt_scn *scn, size_t i,
                        const struct kt_branch *b, enum kt_role role)
{
    struct kt_scn *one = kt_pool_alloc(f->arena, sizeof *one);
    const size_t n = scn->steps.n - 1 + b->steps.n;
    char suffix[200];

    *one = *scn;
    snprintf(suffix, sizeof suffix, "%s[branch=%s]", scn->id, b->label);
    one->id = kt_pool_strdup(f->arena, suffix);
    one->branch = b->label;
    one->roles = role;
    one->steps.v = kt_pool_alloc(f->arena, n * sizeof *one->steps.v);
    one->steps.n = n;
    memcpy(one->steps.v, scn->steps.v, i * sizeof *one->steps.v);
    if (b->steps.n > 0)
        memcpy(one->steps.v + i, b->steps.v, b->steps.n * sizeof *one->steps.v);
    memcpy(one->steps.v + i + b->steps.n, scn->steps.v + i + 1,
           (scn->steps.n - i - 1) * sizeof *one->steps.v);
    case_put(f, one);
}

static void branches_out(struct kt_file *f, struct kt_scn *scn)
{
    static const enum kt_role roles[] = {KT_ROLE_SERVER, KT_ROLE_CLIENT};

    for (size_t r = 0; r < 2; r++) {
        const size_t i = judged_either(scn, roles[r]);

        if ((scn->roles & roles[r]) == 0 || i == scn->steps.n)
            continue;
        for (size_t b = 0; b < scn->steps.v[i].nbranches; b++)
            branch_case(f, scn, i, &scn->steps.v[i].branches[b], roles[r]);
        scn->roles &= ~(unsigned)roles[r];
    }
}

static void variant_read(struct header *h, const struct kt_axes *axes, size_t i)
{
    struct kt_axis_value v[KT_AXES_MAX_NAMES * 4];
    struct kt_scn *scn = kt_pool_alloc(h->file->arena, sizeof *scn);
    const char *suffix = kt_axes_suffix(h->file->arena, axes, i);
    const size_t n = strlen(h->file->id) + strlen(suffix) + 1;
    const char *slash = strrchr(h->file->id, '/');
    struct kt_source src;

    scn->base_id = h->file->id;
    scn->id = kt_pool_alloc(h->file->arena, n);
    snprintf(scn->id, n, "%s%s", h->file->id, suffix);
    scn->area = kt_pool_strndup(h->file->arena, h->file->id,
                                slash ? (size_t)(slash - h->file->id) : 0);
    scn->service = "conformance.Conformance";
    scn->method = kt_pool_strdup(h->file->arena, "Echo");
    scn->pos = (struct kt_pos){h->file->name, 1, 1};
    source_of(h, v, kt_axes_values(axes, i, v), &src);
    header_read(h, &src, scn);
    kt_steps_read(h->file->arena, h->faults, h->file->name, &src, h->first,
                  src.n, &scn->steps);
    kt_roles_derive(scn, h->rules);
    kt_lint_case(h->faults, scn, h->rules);
    case_put(h->file, scn);
    branches_out(h->file, scn);
}

static void lines_split(struct header *h, const char *text)
{
    struct kt_pool *a = h->file->arena;

    h->src.lines = kt_pool_alloc(a, MAX_LINES * sizeof *h->src.lines);
    h->src.numbers = kt_pool_alloc(a, MAX_LINES * sizeof *h->src.numbers);
    while (*text != '\0' && h->src.n < MAX_LINES) {
        const size_t n = strcspn(text, "\n");
        size_t keep = n;

        while (keep > 0 && strchr(" \t\r", text[keep - 1]))
            keep--;
        h->src.lines[h->src.n] = kt_pool_strndup(a, text, keep);
        h->src.numbers[h->src.n] = (int)h->src.n + 1;
        h->src.n++;
        text += n + (text[n] == '\n');
    }
    if (*text != '\0')
        kt_fault_add(h->faults, (struct kt_pos){h->file->name, MAX_LINES, 1},
                     "more than %d lines", MAX_LINES);
}

void kt_file_read(struct kt_file *ret, struct kt_faults *faults,
                  const struct kt_rules *rules, const char *name,
                  const char *id, const char *text)
{
    struct kt_pool *arena = kt_pool_new();
    struct header h = {.file = ret, .faults = faults, .rules = rules};
    struct kt_axes *axes = kt_pool_alloc(arena, sizeof *axes);

    *ret = (struct kt_file){.arena = arena,
                            .name = kt_pool_strdup(arena, name),
                            .id = kt_pool_strdup(arena, id)};
    h.l = kt_pool_alloc(arena, sizeof *h.l);
    lines_split(&h, text);
    axes_find(&h, axes);
    const size_t n = kt_axes_count(axes);
    for (size_t i = 0; i < n && i < KT_AXES_MAX_CASES; i++)
        variant_read(&h, axes, i);
}

void kt_file_fini(struct kt_file *f)
{
    kt_pool_free(f->arena);
    *f = (struct kt_file){0};
}
