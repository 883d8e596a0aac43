/* Steps: lines into a tree of blocks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "script/step.h"
#include <string.h>

enum { MAX_DEPTH = 6, MAX_REPEAT = 10000000 };

struct blocks {
    struct kt_pool *arena;
    struct kt_faults *faults;
    const char *file;
    const struct kt_source *src;
    size_t at, to;
    struct kt_line_in *line; /* scratch; one for all, since it is big */
    int depth;
    int rounds; /* repeats around it: $i has a value */
};

enum stop { STOP_AT_END, STOP_AT_OR, STOP_EOF };

static enum stop lines_read(struct blocks *b, struct kt_steps *ret);

/* As written, without blanks around it and without its comment. */
static char *line_text(struct blocks *b)
{
    const struct kt_line_in *l = b->line;
    const struct kt_word *last = &l->w[l->n - 1];

    return kt_pool_strndup(b->arena, l->w[0].p,
                           (size_t)(last->p + last->n - l->w[0].p));
}

static bool begins(const char *text, const char *word)
{
    const size_t n = strlen(word);

    text += strspn(text, " \t");
    return strncmp(text, word, n) == 0 && (text[n] == '\0' || text[n] == ' ');
}

/* Lines from this one to the next that may end its block: as many steps, if
 * there is no block among them. */
static size_t lines_left(const struct blocks *b)
{
    size_t n = 1;

    for (size_t i = b->at; i < b->to; i++) {
        const char *text = b->src->lines[i];

        if (begins(text, "end") || begins(text, "or"))
            break;
        n += text[strspn(text, " \t")] != '\0';
    }
    return n;
}

static struct kt_line *step_new(struct blocks *b, struct kt_steps *steps)
{
    struct kt_line *s;

    if (steps->n == steps->cap) { /* a line is large: no doubling from one on */
        steps->cap = steps->cap ? 2 * steps->cap : lines_left(b);
        s = kt_pool_alloc(b->arena, steps->cap * sizeof *s);
        if (steps->n > 0)
            memcpy(s, steps->v, steps->n * sizeof *s);
        steps->v = s;
    }
    s = &steps->v[steps->n++];
    *s = (struct kt_line){.pos = b->line->pos};
    s->pos.col = b->line->w[0].col;
    s->text = line_text(b);
    s->stream = kt_pool_strdup(b->arena, "a");
    return s;
}

/* "client.b", ">!.b": the stream's name stands behind the dot. */
static bool stream_read(struct kt_line_in *l, const struct kt_word *w,
                        size_t skip, struct kt_line *s)
{
    if (w->n == skip)
        return true;
    if (w->p[skip] != '.' || w->n == skip + 1)
        return kt_line_bad(l, w,
                           "a stream's name stands behind a dot: '%.*s.b'",
                           (int)skip, w->p);
    s->stream = kt_pool_strndup(l->arena, w->p + skip + 1, w->n - skip - 1);
    return true;
}

static bool is_side(const struct kt_word *w, const char *side)
{
    const size_t n = strlen(side);

    return kt_word_starts(w, side) && (w->n == n || w->p[n] == '.');
}

static bool is_wire(const struct kt_word *w)
{
    return w != NULL && (w->p[0] == '>' || w->p[0] == '<');
}

static bool wire_step(struct kt_line_in *l, struct kt_line *s)
{
    const struct kt_word *w = kt_line_take(l);
    size_t skip = 1;

    s->wire.to_server = w->p[0] == '>';
    s->wire.forced = w->n > 1 && w->p[1] == '!';
    skip += s->wire.forced;
    return stream_read(l, w, skip, s) && kt_wire_read(l, s);
}

static bool name_step(struct kt_line_in *l, struct kt_line *s,
                      enum kt_step_kind kind)
{
    const struct kt_word *w = kt_line_take(l);
    bool took = true;

    s->kind = kind;
    if (w == NULL)
        return kt_line_bad(l, w, "which step? it has a name 'as NAME'");
    s->as = kt_word_dup(l, w);
    if (kind == KT_S_AWAIT && !kt_outcomes_read(l, &s->out))
        return false;
    while (took && kt_line_peek(l) != NULL)
        if (!kt_tail_read(l, s, &took))
            return false;
    /* A name given behind 'as' would rename it. */
    s->as = kt_word_dup(l, w);
    return true;
}

static bool silence_step(struct kt_line_in *l, struct kt_line *s)
{
    const struct kt_word *w = kt_line_peek(l);

    s->kind = KT_S_SILENCE;
    s->scope = 's';
    if (w == NULL || w->p[0] == '@')
        return true;
    if (kt_line_accept(l, "connection")) {
        s->scope = 'c';
        return true;
    }
    if (w->p[0] == '.' && w->n > 1) {
        s->stream = kt_pool_strndup(l->arena, w->p + 1, w->n - 1);
        kt_line_take(l);
        return true;
    }
    s->scope = 'f';
    if (kt_line_next_is(l, "data")) { /* of either direction: the SUT's */
        s->wire.to_server = false;
        return kt_wire_read(l, s) &&
               (s->kind = KT_S_SILENCE, s->wire.word = NULL, true);
    }
    if (!is_wire(w))
        return kt_line_bad(
            l, w, "silence [.b | connection | > FRAME | < FRAME | data]");
    return wire_step(l, s) && (s->kind = KT_S_SILENCE, true);
}

static bool at_step(struct kt_line_in *l, struct kt_line *s)
{
    const struct kt_word *w = kt_line_take(l);

    s->kind = KT_S_AT;
    if (w == NULL || !kt_time_read(w->p, w->n, &s->after.lo_ns))
        return kt_line_bad(l, w, "at TIME: 300ms, 2s");
    if (kt_line_accept(l, "since")) {
        w = kt_line_take(l);
        if (w == NULL)
            return kt_line_bad(l, w, "since what?");
        s->after.since = kt_word_dup(l, w);
    }
    return true;
}

static bool rule_tail(struct kt_line_in *l, struct kt_line *s)
{
    bool took = true;

    while (took && kt_line_peek(l) != NULL)
        if (!kt_tail_read(l, s, &took))
            return false;
    if (kt_line_peek(l) != NULL)
        return kt_line_bad(l, kt_line_peek(l), "'%.*s' has no place here",
                           (int)kt_line_peek(l)->n, kt_line_peek(l)->p);
    return true;
}

static struct kt_branch *branch_new(struct blocks *b, struct kt_line *s)
{
    s->branches =
        kt_pool_more(b->arena, s->branches, s->nbranches, sizeof *s->branches);
    s->branches[s->nbranches] =
        (struct kt_branch){.label = kt_pool_strdup(b->arena, "")};
    return &s->branches[s->nbranches++];
}

static void label_read(struct blocks *b, struct kt_branch *br)
{
    const struct kt_word *w = kt_line_take(b->line);

    if (w != NULL)
        br->label = kt_word_dup(b->line, w);
    if (kt_line_peek(b->line) != NULL)
        kt_line_bad(b->line, kt_line_peek(b->line), "one label only");
}

static bool either_step(struct blocks *b, struct kt_steps *steps)
{
    const size_t mine = steps->n - 1;
    struct kt_pos pos = b->line->pos;
    enum stop stop;

    steps->v[mine].kind = KT_S_EITHER;
    do {
        struct kt_steps body = {0};
        struct kt_branch *br = branch_new(b, &steps->v[mine]);

        label_read(b, br);
        stop = lines_read(b, &body);
        /* body may hold nested blocks, so the branch is looked up again */
        steps->v[mine].branches[steps->v[mine].nbranches - 1].steps = body;
    } while (stop == STOP_AT_OR);
    if (stop == STOP_EOF)
        kt_fault_add(b->faults, pos, "this 'either' has no 'end'");
    return true;
}

static bool any_step(struct blocks *b, struct kt_steps *steps)
{
    const size_t mine = steps->n - 1;
    struct kt_pos pos = b->line->pos;
    struct kt_steps body = {0};

    steps->v[mine].kind = KT_S_ANY;
    branch_new(b, &steps->v[mine]);
    if (lines_read(b, &body) != STOP_AT_END)
        kt_fault_add(b->faults, pos, "this 'any' has no 'end'");
    steps->v[mine].branches[0].steps = body;
    return true;
}

static bool optional_step(struct blocks *b, struct kt_line *s)
{
    struct kt_branch *br = branch_new(b, s);
    struct kt_line *inner;

    s->kind = KT_S_OPTIONAL;
    if (!is_wire(kt_line_peek(b->line)))
        return kt_line_bad(b->line, kt_line_peek(b->line),
                           "optional stands before a wire line");
    inner = step_new(b, &br->steps);
    return wire_step(b->line, inner) && ((s->stream = inner->stream), true);
}

static size_t body_end(const struct blocks *b)
{
    int depth = 0;

    for (size_t i = b->at; i < b->to; i++) {
        const char *line = b->src->lines[i];

        if (kt_source_begins(line, "either") || kt_source_begins(line, "any") ||
            kt_source_begins(line, "repeat"))
            depth++;
        else if (kt_source_begins(line, "end") && depth-- == 0)
            return i;
    }
    return b->to;
}

/* The body is kept as text, and parsed once here so that its faults are seen.
 */
static bool repeat_step(struct blocks *b, struct kt_line *s)
{
    const struct kt_word *w = kt_line_take(b->line);
    const size_t from = b->at, end = body_end(b);
    struct kt_pos pos = s->pos;
    struct kt_source round;
    struct kt_buf text;

    s->kind = KT_S_REPEAT;
    b->at = end + 1;
    if (w == NULL || !kt_number_read(w->p, w->n, &s->times) ||
        s->times > MAX_REPEAT)
        return kt_line_bad(b->line, w, "repeat N, N up to %d", MAX_REPEAT);
    if (!rule_tail(b->line, s))
        return false;
    if (end == b->to)
        kt_fault_add(b->faults, pos, "this 'repeat' has no 'end'");
    kt_buf_init(&text, 1 << 20);
    s->body_line = from < b->to ? b->src->numbers[from] : 0;
    for (size_t i = from; i < end; i++)
        kt_buf_printf(&text, "%s\n", b->src->lines[i]);
    s->body = kt_pool_strdup(b->arena, kt_buf_cstr(&text));
    kt_buf_fini(&text);
    s->branches = kt_pool_alloc(b->arena, sizeof *s->branches);
    s->branches[0].label = kt_pool_strdup(b->arena, "0");
    s->nbranches = 1;
    kt_repeat_lines(b->arena, b->src, from, end, 0, &round);
    struct blocks inner = *b;
    inner.src = &round;
    inner.at = 0;
    inner.to = round.n;
    inner.rounds++;
    if (lines_read(&inner, &s->branches[0].steps) != STOP_EOF)
        kt_fault_add(b->faults, b->line->pos, "an 'or' without its 'either'");
    return true;
}

static bool and_line(struct blocks *b, struct kt_steps *steps)
{
    struct kt_line_in *l = b->line;
    struct kt_line *s = steps->n ? &steps->v[steps->n - 1] : NULL;
    struct kt_line scratch = {0};

    if (s == NULL || s->kind != KT_S_WIRE)
        return kt_line_bad(l, NULL, "'&' stands under a wire line");
    scratch.wire.frame = s->wire.frame;
    scratch.wire.repeat = 1;
    if (!kt_wire_fields_read(l, &scratch))
        return false;
    s->wire.more = kt_pool_more(l->arena, s->wire.more, s->wire.nmore,
                                sizeof *s->wire.more);
    s->wire.more[s->wire.nmore++] = (struct kt_more){
        scratch.wire.fields, scratch.rule, kt_line_pos(l, &l->w[0])};
    return true;
}

/* A word that begins no step: of the script, or a side. */
static bool step_unknown(struct blocks *b, const struct kt_word *w)
{
    const char *names[32];
    size_t n = 0;

    if (kt_word_find(KT_W_HEADER, w->p, w->n) != NULL)
        return kt_line_bad(b->line, w,
                           "'%.*s' belongs to the header, above the first step",
                           (int)w->n, w->p);
    names[n++] = "client";
    names[n++] = "server";
    for (size_t i = 0; i < kt_nwords && n < 32; i++)
        if (kt_words[i].kind == KT_W_SCRIPT)
            names[n++] = kt_words[i].name;
    return kt_line_unknown(b->line, w, "step", names, n);
}

static bool script_step(struct blocks *b, const struct kt_word *w,
                        struct kt_steps *steps)
{
    const struct kt_word_def *def = kt_word_find(KT_W_SCRIPT, w->p, w->n);
    struct kt_line *s;

    if (def == NULL)
        return step_unknown(b, w);
    s = step_new(b, steps);
    switch ((enum kt_step_kind)def->value) {
    case KT_S_EITHER:
        return either_step(b, steps);
    case KT_S_ANY:
        return any_step(b, steps);
    case KT_S_OPTIONAL:
        return optional_step(b, s);
    case KT_S_REPEAT:
        return repeat_step(b, s);
    case KT_S_AWAIT:
    case KT_S_PENDING:
        return name_step(b->line, s, (enum kt_step_kind)def->value);
    case KT_S_SILENCE:
        return silence_step(b->line, s) &&
               (s->scope == 'f' || rule_tail(b->line, s));
    case KT_S_AT:
        return at_step(b->line, s) && rule_tail(b->line, s);
    case KT_S_FENCE:
    case KT_S_PROBE:
        s->kind = (enum kt_step_kind)def->value;
        return rule_tail(b->line, s);
    case KT_S_APP:
    case KT_S_WIRE:
        break;
    }
    return false;
}

/* A step that could not be read leaves nothing behind. */
static bool step_read(struct blocks *b, struct kt_steps *steps)
{
    struct kt_line_in *l = b->line;
    const struct kt_word *w = kt_line_peek(l);
    struct kt_line *s;

    if (is_wire(w))
        return wire_step(l, step_new(b, steps));
    kt_line_take(l);
    if (kt_word_is(w, "&"))
        return and_line(b, steps);
    const bool client = is_side(w, "client");
    if (!client && !is_side(w, "server"))
        return script_step(b, w, steps);
    s = step_new(b, steps);
    return stream_read(l, w, 6, s) &&
           kt_app_read(l, client ? KT_CLIENT : KT_SERVER, s);
}

/* $i that no repeat gives a value. Bodies are read with theirs in place. */
static void count_check(struct blocks *b)
{
    struct kt_line_in *l = b->line;
    const char *p = strstr(l->text, "$i");
    const struct kt_word *last = &l->w[l->n - 1];

    if (p == NULL || p >= last->p + last->n)
        return;
    const struct kt_word at = {p, 2, kt_line_col(l, p)};
    kt_line_bad(l, &at, "$i stands inside repeat only");
}

static enum stop lines_read(struct blocks *b, struct kt_steps *ret)
{
    if (++b->depth > MAX_DEPTH + 1) { /* the file itself is one */
        kt_fault_add(b->faults, b->line->pos, "blocks nested more than %d deep",
                     MAX_DEPTH);
        b->at = b->to;
    }
    while (b->at < b->to) {
        const struct kt_pos pos = {b->file, b->src->numbers[b->at], 1};
        const char *text = b->src->lines[b->at++];

        if (!kt_line_init(b->line, b->arena, b->faults, pos, text,
                          b->src->cols[b->at - 1]) ||
            b->line->n == 0)
            continue;
        if (b->rounds == 0)
            count_check(b);
        if (kt_line_next_is(b->line, "end") || kt_line_next_is(b->line, "or")) {
            b->depth--;
            return kt_line_accept(b->line, "or") ? STOP_AT_OR : STOP_AT_END;
        }
        const size_t before = ret->n;
        if (!step_read(b, ret))
            ret->n = before;
    }
    b->depth--;
    return STOP_EOF;
}

void kt_steps_read(struct kt_pool *arena, struct kt_faults *faults,
                   const char *file, const struct kt_source *src, size_t from,
                   size_t to, struct kt_steps *ret)
{
    struct blocks b = {arena, faults, file, src, from, to, NULL, 0, 0};

    b.line = kt_xalloc(sizeof *b.line);
    *ret = (struct kt_steps){0};
    while (lines_read(&b, ret) != STOP_EOF)
        kt_fault_add(faults, b.line->pos, "'%s' without a block to end",
                     b.line->text);
    kt_free(b.line);
}
