/* Lint of either: its branches exclude one another, and the judge never has to
 * choose one in mid-case. SPDX-License-Identifier: Apache-2.0 */
#include "script/lint.h"
#include <ctype.h>
#include <string.h>

enum { MAX_BRANCHES = 8 }; /* what the runner tries at once */

/* --- values: is there one that both match? --- */

static bool pat_overlap(const struct kt_pat *a, const struct kt_pat *b)
{
    for (size_t i = 0; a->kind == KT_PAT_ALT && i < a->nsub; i++)
        if (pat_overlap(&a->sub[i], b))
            return true;
    if (a->kind == KT_PAT_ALT)
        return false;
    if (b->kind == KT_PAT_ALT)
        return pat_overlap(b, a);
    if (a->kind == KT_PAT_LIT)
        return kt_pat_match(b, a->text, a->n);
    if (b->kind == KT_PAT_LIT)
        return kt_pat_match(a, b->text, b->n);
    if (a->kind == KT_PAT_RANGE && b->kind == KT_PAT_RANGE)
        return a->lo <= b->hi && b->lo <= a->hi;
    return true; /* who knows */
}

/* A value against one of another meaning: lower case names of frames. */
static bool fields_overlap(const struct kt_fields *a, const struct kt_fields *b)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct kt_field *x = &a->v[i], *y = kt_fields_get(b, x->name);

        if (y == NULL)
            continue;
        if (x->absent != y->absent ||
            (!x->absent && !pat_overlap(&x->value, &y->value)))
            return false;
    }
    return true;
}

/* --- messages and outcomes --- */

static bool msg_overlap(const struct kt_msg *a, const struct kt_msg *b)
{
    if (a->kind != b->kind || a->kind == KT_MSG_NONE)
        return true;
    if (a->kind == KT_MSG_JSON)
        return json_equal(a->json, b->json);
    if (a->kind == KT_MSG_SIZE)
        return a->size == b->size;
    return a->n == b->n && (a->n == 0 || memcmp(a->bytes, b->bytes, a->n) == 0);
}

static bool codes_overlap(const struct kt_outcome *a,
                          const struct kt_outcome *b)
{
    for (size_t i = 0; i < a->ncodes; i++)
        for (size_t k = 0; k < b->ncodes; k++)
            if (a->codes[i] == b->codes[k])
                return !a->has_text || !b->has_text ||
                       pat_overlap(&a->text, &b->text);
    return false;
}

static bool outcome_overlap(const struct kt_outcome *a,
                            const struct kt_outcome *b)
{
    if (a->kind == KT_OUT_ERROR || b->kind == KT_OUT_ERROR)
        return kt_outcome_fails(a) == kt_outcome_fails(b);
    if (a->kind != b->kind) /* a message answers ok too */
        return (a->kind == KT_OUT_OK && b->kind == KT_OUT_MSG) ||
               (a->kind == KT_OUT_MSG && b->kind == KT_OUT_OK);
    switch (a->kind) {
    case KT_OUT_STATUS:
        return codes_overlap(a, b);
    case KT_OUT_BIZ:
        return a->biz_code == b->biz_code;
    case KT_OUT_MSG:
        return msg_overlap(&a->msg, &b->msg);
    case KT_OUT_EXCEPTION:
        return strcmp(a->name, b->name) == 0;
    case KT_OUT_OK:
    case KT_OUT_EOF:
    case KT_OUT_ERROR:
        break;
    }
    return true;
}

static bool outcomes_overlap(const struct kt_outcomes *a,
                             const struct kt_outcomes *b)
{
    static struct kt_outcome ok = {.kind = KT_OUT_OK};
    const struct kt_outcomes implied = {&ok, 1};

    a = a->n ? a : &implied;
    b = b->n ? b : &implied;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++)
            if (outcome_overlap(&a->v[i], &b->v[k]))
                return true;
    return false;
}

/* --- lines --- */

/* Two ways to look at the same bytes, or one that takes the other in. */
static bool same_bytes(enum kt_frame a, enum kt_frame b)
{
    static const enum kt_frame pairs[][2] = {
        {KT_F_headers, KT_F_HEADERS},
        {KT_F_trailers, KT_F_HEADERS},
        {KT_F_message, KT_F_DATA},
        {KT_F_reset, KT_F_RST_STREAM},
        {KT_F_half_close, KT_F_DATA},
        {KT_F_stream_error, KT_F_reset},
        {KT_F_stream_error, KT_F_RST_STREAM},
        {KT_F_stream_error, KT_F_connection_error},
        {KT_F_stream_error, KT_F_GOAWAY},
        {KT_F_connection_error, KT_F_GOAWAY},
        {KT_F_connection_error, KT_F_CLOSE},
        {KT_F_stream_error, KT_F_CLOSE},
        {KT_F_FRAME, KT_F_FRAME},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if ((a == pairs[i][0] && b == pairs[i][1]) ||
            (b == pairs[i][0] && a == pairs[i][1]))
            return true;
    return false;
}

/* reset CODE, …-error CODE against RST_STREAM code=, GOAWAY code=. */
static const struct kt_pat *code_of(const struct kt_wire *w)
{
    const struct kt_field *f = kt_fields_get(&w->fields, "code");

    return w->has_codes ? &w->codes : f ? &f->value : NULL;
}

static bool wire_overlap(const struct kt_line *a, const struct kt_line *b)
{
    const struct kt_wire *x = &a->wire, *y = &b->wire;
    const struct kt_pat *cx = code_of(x), *cy = code_of(y);

    if (x->to_server != y->to_server || strcmp(a->stream, b->stream) != 0)
        return true; /* both may come */
    if (x->frame != y->frame && !same_bytes(x->frame, y->frame))
        return false;
    if (cx != NULL && cy != NULL && !pat_overlap(cx, cy))
        return false;
    return fields_overlap(&x->fields, &y->fields) &&
           msg_overlap(&x->msg, &y->msg);
}

bool kt_lines_overlap(const struct kt_line *a, const struct kt_line *b)
{
    if (a->kind != b->kind)
        return true;
    if (a->kind == KT_S_WIRE)
        return wire_overlap(a, b);
    if (a->kind == KT_S_AWAIT)
        return strcmp(a->as, b->as) != 0 || outcomes_overlap(&a->out, &b->out);
    if (a->kind != KT_S_APP)
        return true;
    if (a->app.side != b->app.side || a->app.verb != b->app.verb ||
        strcmp(a->stream, b->stream) != 0)
        return true;
    return outcomes_overlap(&a->out, &b->out) &&
           fields_overlap(&a->app.fields, &b->app.fields);
}

/* --- the check --- */

static bool can_begin(const struct kt_line *s)
{
    return s->kind == KT_S_APP || s->kind == KT_S_WIRE || s->kind == KT_S_AWAIT;
}

static void labels(struct kt_lint *l, const struct kt_line *s)
{
    for (size_t i = 0; i < s->nbranches; i++) {
        const char *label = s->branches[i].label;

        for (size_t k = 0; k < i; k++)
            if (strcmp(label, s->branches[k].label) == 0)
                kt_fault_add(l->faults, s->pos,
                             label[0] ? "two branches have the label '%s'"
                                      : "branches without a label%s",
                             label);
        for (const char *p = label; *p != '\0'; p++)
            if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) &&
                *p != '-') {
                kt_fault_add(l->faults, s->pos,
                             "'%s' is no label: a-z, 0-9 and '-'", label);
                break;
            }
    }
}

static void excluded(struct kt_lint *l, const struct kt_line *s)
{
    for (size_t i = 0; i < s->nbranches; i++)
        for (size_t k = i + 1; k < s->nbranches; k++) {
            const struct kt_line *a = &s->branches[i].steps.v[0];
            const struct kt_line *b = &s->branches[k].steps.v[0];

            if (kt_lines_overlap(a, b))
                kt_fault_add(l->faults, b->pos,
                             "these branches do not exclude one another: what "
                             "line %d takes, this one may take too",
                             a->pos.line);
        }
}

/* In each role either all first lines are the judge's, or none. */
static void performed(struct kt_lint *l, const struct kt_line *s, bool top)
{
    static const enum kt_role roles[] = {KT_ROLE_SERVER, KT_ROLE_CLIENT};

    for (size_t r = 0; r < 2; r++) {
        size_t n = 0;

        if ((l->scn->roles & roles[r]) == 0)
            continue;
        for (size_t i = 0; i < s->nbranches; i++)
            n += kt_judge_performs(&s->branches[i].steps.v[0], roles[r]);
        if (n != 0 && n != s->nbranches)
            kt_fault_add(l->faults, s->pos,
                         "with the %s under test the judge writes some of "
                         "these first lines and waits for others",
                         roles[r] == KT_ROLE_SERVER ? "server" : "client");
        else if (n != 0 && !top)
            kt_fault_add(l->faults, s->pos,
                         "with the %s under test the judge would have to "
                         "choose: such an 'either' stands in no other block",
                         roles[r] == KT_ROLE_SERVER ? "server" : "client");
    }
}

static void either(struct kt_lint *l, const struct kt_line *s, bool top)
{
    if (s->nbranches < 2) {
        kt_fault_add(l->faults, s->pos, "an 'either' needs an 'or'");
        return;
    }
    if (s->nbranches > MAX_BRANCHES) {
        kt_fault_add(l->faults, s->pos, "more than %d branches", MAX_BRANCHES);
        return;
    }
    for (size_t i = 0; i < s->nbranches; i++) {
        const struct kt_steps *b = &s->branches[i].steps;

        if (b->n == 0 || !can_begin(&b->v[0])) {
            kt_fault_add(l->faults, b->n ? b->v[0].pos : s->pos,
                         "a branch begins with a line that an entry or an "
                         "answer satisfies");
            return;
        }
    }
    labels(l, s);
    excluded(l, s);
    performed(l, s, top);
}

static void visit(struct kt_lint *l, const struct kt_steps *steps, bool top)
{
    for (size_t i = 0; i < steps->n; i++) {
        const struct kt_line *s = &steps->v[i];

        if (s->kind == KT_S_EITHER)
            either(l, s, top);
        for (size_t b = 0; b < s->nbranches; b++)
            visit(l, &s->branches[b].steps, false);
    }
}

void kt_lint_branches(struct kt_lint *l)
{
    visit(l, &l->scn->steps, true);
}
