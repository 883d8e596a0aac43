/* Fields of wire lines: which may stand where, and what their values may be.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/step.h"
#include "wire/frame.h"
#include "wire/status.h"
#include <string.h>

/* The text of a literal as a word, at its place in w if it is found there. */
static struct kt_word text_word(const struct kt_line_in *l,
                                const struct kt_word *w, const struct kt_pat *p)
{
    const char *at = p->n ? memmem(w->p, w->n, p->text, p->n) : NULL;

    return (struct kt_word){p->text, p->n, at ? kt_line_col(l, at) : w->col};
}

/* A code by HTTP/2 name becomes its number in decimal. */
bool kt_code_resolve(struct kt_line_in *l, const struct kt_word *w,
                     struct kt_pat *p)
{
    char number[16];

    for (size_t i = 0; i < p->nsub; i++)
        if (!kt_code_resolve(l, w, &p->sub[i]))
            return false;
    if (p->kind != KT_PAT_LIT)
        return true;
    uint64_t v;
    if (kt_number_read(p->text, p->n, &v))
        return true;
    const uint32_t code = kt_h2err_of(p->text);
    if (code == UINT32_MAX) {
        const char *names[14];
        for (uint32_t i = 0; i < 14; i++)
            names[i] = kt_h2err_name(i);
        const struct kt_word name = text_word(l, w, p);
        return kt_line_unknown(l, &name, "error code", names, 14);
    }
    snprintf(number, sizeof number, "%u", code);
    p->text = kt_pool_strdup(l->arena, number);
    p->n = strlen(number);
    return true;
}

/* --- what the value of a field may be --- */

static bool num_check(struct kt_line_in *l, const struct kt_word *w,
                      const struct kt_pat *p)
{
    uint64_t v;

    for (size_t i = 0; i < p->nsub; i++)
        if (!num_check(l, w, &p->sub[i]))
            return false;
    return p->kind != KT_PAT_LIT || kt_number_read(p->text, p->n, &v) ||
           kt_line_bad(l, w, "'%s' is no number", p->text);
}

static bool flag_known(const char *p, size_t n)
{
    static const char *const names[] = {"END_STREAM", "ACK", "END_HEADERS",
                                        "PADDED", "PRIORITY"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == n && memcmp(names[i], p, n) == 0)
            return true;
    return false;
}

static bool flags_check(struct kt_line_in *l, const struct kt_word *w,
                        const struct kt_pat *v)
{
    const char *p = v->text;

    if (v->kind != KT_PAT_LIT)
        return kt_line_bad(l, w, "flags=+A,-B");
    while (*p != '\0') {
        const size_t n = strcspn(p, ",");

        if ((*p != '+' && *p != '-') || !flag_known(p + 1, n - 1))
            return kt_line_bad(l, w,
                               "'%.*s' is no flag: + or - and END_STREAM, ACK, "
                               "END_HEADERS, PADDED or PRIORITY",
                               (int)n, p);
        p += n + (p[n] == ',');
    }
    return true;
}

/* Digits of a PING may be bare. */
static bool bytes_check(struct kt_line_in *l, const struct kt_word *w,
                        enum kt_frame frame, struct kt_pat *v)
{
    const bool raw = memmem(w->p, w->n, "=hex:", 5) != NULL ||
                     memmem(w->p, w->n, "=zeros:", 7) != NULL;

    if (frame != KT_F_PING || v->kind != KT_PAT_LIT || raw || v->quoted)
        return true;
    if (v->n % 2 != 0 || strspn(v->text, "0123456789abcdefABCDEF") != v->n)
        return kt_line_bad(l, w, "data of PING is hex digits");
    uint8_t *bytes = kt_pool_alloc(l->arena, v->n / 2 + 1);
    const struct kt_cur c = kt_unhex(bytes, v->n / 2, v->text);
    v->text = (char *)bytes;
    v->n = kt_cur_left(&c);
    return true;
}

static bool hpack_check(struct kt_line_in *l, const struct kt_word *w,
                        struct kt_pat *v)
{
    static const char *const modes[] = {
        "literal", "never-indexed", "no-huffman", "index", "insert", "evict"};
    const struct kt_word name = {w->p + 6, w->n - 6, kt_line_col(l, w->p + 6)};
    uint64_t n;

    if (v->kind != KT_PAT_LIT)
        return kt_line_bad(l, w, "hpack= has one value");
    if (kt_word_starts(w, "hpack=hex:")) {
        v->quoted = true; /* told from a mode by this mark */
        return true;
    }
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(modes[i], v->text) == 0)
            return true;
    if (strncmp(v->text, "table-update=", 13) == 0)
        return kt_number_read(v->text + 13, v->n - 13, &n) ||
               kt_line_bad(l, w, "hpack=table-update=N");
    return kt_line_unknown(l, &name, "way to write a header block", modes,
                           sizeof modes / sizeof *modes);
}

/* The name of a status becomes its number. */
static bool status_resolve(struct kt_line_in *l, const struct kt_word *w,
                           struct kt_pat *p)
{
    const struct kt_word name = text_word(l, w, p);
    char number[16];
    uint32_t code;
    uint64_t v;

    for (size_t i = 0; i < p->nsub; i++)
        if (!status_resolve(l, w, &p->sub[i]))
            return false;
    if (p->kind != KT_PAT_LIT || p->quoted || kt_number_read(p->text, p->n, &v))
        return true;
    if (!kt_status_code_read(l, &name, &code))
        return false;
    snprintf(number, sizeof number, "%u", code);
    p->text = kt_pool_strdup(l->arena, number);
    p->n = strlen(number);
    return true;
}

static bool value_check(struct kt_line_in *l, const struct kt_word *w,
                        enum kt_frame frame, enum kt_takes takes,
                        struct kt_pat *v)
{
    switch (takes) {
    case KT_TAKES_NUM:
        return num_check(l, w, v);
    case KT_TAKES_BYTES:
        return bytes_check(l, w, frame, v);
    case KT_TAKES_FLAGS:
        return flags_check(l, w, v);
    case KT_TAKES_CODE:
        return kt_code_resolve(l, w, v);
    case KT_TAKES_YESNO:
        return (v->kind == KT_PAT_LIT &&
                (strcmp(v->text, "yes") == 0 || strcmp(v->text, "no") == 0)) ||
               kt_line_bad(l, w, "yes or no");
    case KT_TAKES_HPACK:
        return hpack_check(l, w, v);
    case KT_TAKES_ANY:
    case KT_TAKES_ID:
    case KT_TAKES_PIECE:
        break;
    }
    return true;
}

static bool is_list(enum kt_frame f)
{
    return f == KT_F_HEADERS || f == KT_F_PUSH_PROMISE || f == KT_F_headers ||
           f == KT_F_trailers;
}

/* Fields without a name of their own in the table. */
static bool is_free(enum kt_frame frame, const struct kt_word *name)
{
    uint64_t id;

    if (is_list(frame))
        return true; /* a header field */
    if (frame == KT_F_SETTINGS)
        return kt_number_read(name->p, name->n, &id) && id <= UINT16_MAX;
    return frame == KT_F_TT && name->n > 4 &&
           (kt_word_starts(name, "int.") || kt_word_starts(name, "str."));
}

static bool name_check(struct kt_line_in *l, const struct kt_word *name,
                       enum kt_frame frame, const struct kt_word_def **ret)
{
    const uint32_t bit = 1u << frame;
    const struct kt_word_def *def = kt_word_of(KT_W_FRAME, (int)frame);
    char what[48];

    *ret = kt_word_at(KT_W_FIELD, bit, name->p, name->n);
    if (*ret != NULL || is_free(frame, name))
        return true;
    def = def ? def : kt_word_of(KT_W_EVENT, (int)frame);
    snprintf(what, sizeof what, "field of %s", def ? def->name : "this line");
    return kt_word_unknown(l, name, KT_W_FIELD, bit, what);
}

bool kt_wire_field_read(struct kt_line_in *l, const struct kt_word *w,
                        struct kt_wire *wire)
{
    const struct kt_word_def *def;
    struct kt_field f;

    if (!kt_field_read(l, w, &f))
        return false;
    const struct kt_word name = {w->p, strlen(f.name), w->col};
    if (!name_check(l, &name, wire->frame, &def))
        return false;
    if (def != NULL &&
        !value_check(l, w, wire->frame, (enum kt_takes)def->value, &f.value))
        return false;
    if (strcmp(f.name, "grpc-status") == 0 && !status_resolve(l, w, &f.value))
        return false;
    kt_fields_put(l->arena, &wire->fields, f);
    return true;
}

bool kt_wire_absent_read(struct kt_line_in *l, struct kt_wire *wire)
{
    const struct kt_word *w = kt_line_peek(l);
    const struct kt_word_def *def;

    if (w != NULL && !name_check(l, w, wire->frame, &def))
        return false;
    return kt_absent_read(l, 0, &wire->fields);
}
