/* A scenario file: lines, axes and branches into cases.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/scenario.h"
#include "base/alloc.h"
#include "script/header.h"
#include <string.h>

enum { MAX_LINES = 5000 };

struct reading {
    struct kt_file *file;
    struct kt_faults *faults;
    const struct kt_rules *rules;
    struct kt_source src;
    struct kt_line_in *l; /* scratch; one for all, since it is big */
    struct kt_axes axes;
    size_t first; /* index of the first step's line */
};

static struct kt_pos pos_of(const struct reading *r, size_t line)
{
    return (struct kt_pos){r->file->name, r->src.numbers[line], 1};
}

/* A word that begins neither a header line nor a step. */
static void word_unknown(struct reading *r)
{
    const char *names[64];
    size_t n = 0;

    for (size_t i = 0; i < kt_nwords && n < 64; i++)
        if (kt_words[i].kind == KT_W_HEADER || kt_words[i].kind == KT_W_SCRIPT)
            names[n++] = kt_words[i].name;
    kt_line_unknown(r->l, &r->l->w[0], "word of a header", names, n);
}

/* Find the end of the header and read the axes; other words wait for their
 * values. */
static void axes_find(struct reading *r)
{
    for (r->first = 0; r->first < r->src.n; r->first++) {
        const char *text = r->src.lines[r->first];
        struct kt_faults later = {0};

        if (kt_source_begins(text, "claim"))
            continue;
        const bool ok = kt_line_init(r->l, r->file->arena, &later,
                                     pos_of(r, r->first), text, NULL);
        const bool axes = kt_source_begins(text, "axes");
        kt_faults_fini(&later); /* said again when the line is read */
        r->l->faults = r->faults;
        if (axes)
            kt_axes_read(r->l, &r->axes);
        if (axes || !ok || r->l->n == 0)
            continue;
        if (kt_header_word(r->l) != NULL)
            continue;
        if (kt_header_ends(&r->l->w[0]))
            return;
        word_unknown(r);
    }
}

static void header_read(struct reading *r, const struct kt_source *src,
                        struct kt_scn *scn)
{
    struct kt_header h = {.l = r->l, .rules = r->rules, .scn = scn};

    for (size_t i = 0; i < r->first; i++) {
        const char *text = src->lines[i];

        if (kt_source_begins(text, "claim")) { /* quotes mean nothing there */
            *r->l = (struct kt_line_in){.arena = r->file->arena,
                                        .faults = r->faults,
                                        .pos = pos_of(r, i),
                                        .text = text,
                                        .cols = src->cols[i]};
            kt_header_claim(&h);
            continue;
        }
        if (kt_source_begins(text, "axes") ||
            !kt_line_init(r->l, r->file->arena, r->faults, pos_of(r, i), text,
                          src->cols[i]) ||
            r->l->n == 0)
            continue;
        const struct kt_word_def *def = kt_header_word(r->l);
        if (def != NULL)
            kt_header_line(&h, def);
    }
    kt_header_end(&h, scn->pos);
}

static void axis_unknown(struct reading *r, struct kt_pos pos,
                         const struct kt_replaced *line,
                         const struct kt_axis_value *v, size_t n)
{
    const char *names[KT_AXES_MAX_VALUES];
    const struct kt_word w = {line->unknown, line->unknown_len,
                              line->unknown_col};

    for (size_t i = 0; i < n; i++)
        names[i] = v[i].name;
    r->l->arena = r->file->arena;
    r->l->faults = r->faults;
    r->l->pos = pos;
    kt_line_unknown(r->l, &w, "axis", names, n);
}

/* The lines with one variant's values in place. $i is left for repeat. */
static void source_of(struct reading *r, struct kt_axis_value *v, size_t n,
                      struct kt_source *ret)
{
    kt_source_alloc(r->file->arena, ret, r->src.n);
    v[n] = (struct kt_axis_value){"i", "$i", false};
    for (size_t i = 0; i < r->src.n; i++) {
        const char *line = r->src.lines[i];
        struct kt_replaced new = {.text = line};

        if (!kt_source_begins(line, "axes") && line[strspn(line, " \t")] != '#')
            new = kt_axes_replace(r->file->arena, line, NULL, v, n + 1);
        if (new.unknown != NULL && !kt_source_begins(line, "claim"))
            axis_unknown(r, pos_of(r, i), &new, v, n);
        ret->lines[ret->n] = new.text;
        ret->cols[ret->n] = new.cols;
        ret->numbers[ret->n++] = r->src.numbers[i];
    }
}

static void case_put(struct kt_file *f, struct kt_scn *scn)
{
    f->cases = kt_pool_more(f->arena, f->cases, f->ncases, sizeof *f->cases);
    f->cases[f->ncases++] = scn;
}

static bool judged(const struct kt_line *s, enum kt_role role)
{
    return s->kind == KT_S_EITHER && s->nbranches > 0 &&
           s->branches[0].steps.n > 0 &&
           kt_judge_performs(&s->branches[0].steps.v[0], role);
}

/* scn with its i-th step, an either, replaced by one branch. */
static struct kt_scn *branch_case(struct kt_pool *a, const struct kt_scn *scn,
                                  size_t i, size_t branch)
{
    const struct kt_branch *b = &scn->steps.v[i].branches[branch];
    struct kt_scn *one = kt_pool_alloc(a, sizeof *one);
    const size_t n = scn->steps.n - 1 + b->steps.n;
    struct kt_line *v = kt_pool_alloc(a, (n + 1) * sizeof *v);

    *one = *scn;
    one->branch =
        scn->branch ? kt_pool_join(a, scn->branch, "+", b->label) : b->label;
    one->steps = (struct kt_steps){v, n, n};
    memcpy(v, scn->steps.v, i * sizeof *v);
    if (b->steps.n > 0)
        memcpy(v + i, b->steps.v, b->steps.n * sizeof *v);
    memcpy(v + i + b->steps.n, scn->steps.v + i + 1,
           (scn->steps.n - i - 1) * sizeof *v);
    return one;
}

/* One case for each way through the branches that the judge would have to
 * choose; 0 when there are none. */
static size_t branches_out(struct kt_file *f, const struct kt_scn *scn,
                           size_t from, enum kt_role role)
{
    size_t i = from, made = 0;

    while (i < scn->steps.n && !judged(&scn->steps.v[i], role))
        i++;
    for (size_t b = 0; i < scn->steps.n && b < scn->steps.v[i].nbranches; b++) {
        struct kt_scn *one = branch_case(f->arena, scn, i, b);

        made++;
        if (f->ncases >= KT_AXES_MAX_CASES || branches_out(f, one, i, role) > 0)
            continue;
        one->roles = role;
        one->black_box = scn->black_box && role == KT_ROLE_SERVER;
        one->id = kt_pool_join(f->arena, scn->id, "[branch=", one->branch);
        one->id = kt_pool_join(f->arena, one->id, "]", "");
        case_put(f, one);
    }
    return made;
}

static void variant_put(struct kt_file *f, struct kt_scn *scn)
{
    static const enum kt_role roles[] = {KT_ROLE_SERVER, KT_ROLE_CLIENT};
    const size_t at = f->ncases;
    unsigned rest = scn->roles;

    case_put(f, scn);
    for (size_t i = 0; i < 2; i++)
        if ((rest & roles[i]) && branches_out(f, scn, 0, roles[i]) > 0)
            rest &= ~(unsigned)roles[i];
    if (rest == 0 && scn->roles != 0) { /* nothing is left of it as a whole */
        memmove(f->cases + at, f->cases + at + 1,
                (f->ncases - at - 1) * sizeof *f->cases);
        f->ncases--;
    }
    scn->roles = rest;
    scn->black_box = scn->black_box && (rest & KT_ROLE_SERVER);
}

static void variant_read(struct reading *r, size_t i)
{
    struct kt_axis_value v[KT_AXES_MAX_VALUES + 1];
    struct kt_pool *a = r->file->arena;
    struct kt_scn *scn = kt_pool_alloc(a, sizeof *scn);
    const char *slash = strrchr(r->file->id, '/');
    const size_t faults = r->faults->n;
    struct kt_source src;

    scn->base_id = r->file->id;
    scn->id = kt_pool_join(a, r->file->id, kt_axes_suffix(a, &r->axes, i), "");
    scn->area = kt_pool_strndup(a, r->file->id,
                                slash ? (size_t)(slash - r->file->id) : 0);
    scn->service = "conformance.Conformance";
    scn->method = kt_pool_strdup(a, "Echo");
    scn->pos = (struct kt_pos){r->file->name, 1, 1};
    source_of(r, v, kt_axes_values(&r->axes, i, v), &src);
    header_read(r, &src, scn);
    kt_steps_read(a, r->faults, r->file->name, &src, r->first, src.n,
                  &scn->steps);
    kt_roles_derive(scn, r->rules);
    if (r->faults->n == faults) /* else much would follow from what is wrong */
        kt_lint_case(r->faults, scn, r->rules);
    variant_put(r->file, scn);
}

static void lines_split(struct reading *r, const char *text)
{
    struct kt_pool *a = r->file->arena;
    size_t n = 1;

    for (const char *p = text; *p != '\0'; p++)
        n += *p == '\n';
    if (n > MAX_LINES) {
        kt_fault_add(r->faults, (struct kt_pos){r->file->name, MAX_LINES, 1},
                     "more than %d lines", MAX_LINES);
        n = MAX_LINES;
    }
    kt_source_alloc(a, &r->src, n);
    while (*text != '\0' && r->src.n < n) {
        const size_t len = strcspn(text, "\n");
        size_t keep = len;

        while (keep > 0 && strchr(" \t\r", text[keep - 1]))
            keep--;
        if (keep > KT_LINE_MAX) {
            kt_fault_add(r->faults,
                         (struct kt_pos){r->file->name, (int)r->src.n + 1, 1},
                         "a line of more than %d bytes", KT_LINE_MAX);
            keep = 0;
        }
        r->src.lines[r->src.n] = kt_pool_strndup(a, text, keep);
        r->src.numbers[r->src.n] = (int)r->src.n + 1;
        r->src.n++;
        text += len + (text[len] == '\n');
    }
}

void kt_file_read(struct kt_file *ret, struct kt_faults *faults,
                  const struct kt_rules *rules, const char *name,
                  const char *id, const char *text)
{
    struct kt_pool *arena = kt_pool_new();
    struct reading *r = kt_xalloc(sizeof *r);

    *ret = (struct kt_file){.arena = arena,
                            .name = kt_pool_strdup(arena, name),
                            .id = kt_pool_strdup(arena, id)};
    r->file = ret;
    r->faults = faults;
    r->rules = rules;
    r->l = kt_xalloc(sizeof *r->l);
    r->l->arena = arena;
    r->l->faults = faults;
    lines_split(r, text);
    axes_find(r);
    const size_t n = kt_axes_count(&r->axes);
    for (size_t i = 0; i < n && i < KT_AXES_MAX_CASES; i++)
        variant_read(r, i);
    kt_free(r->l);
    kt_free(r);
}

void kt_file_fini(struct kt_file *f)
{
    kt_pool_free(f->arena);
    *f = (struct kt_file){0};
}
