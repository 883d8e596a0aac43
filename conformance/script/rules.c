/* Rule files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/rules.h"
#include "script/words.h"
#include <ctype.h>
#include <string.h>

static const char *const levels[] = {"MUST", "SHOULD", "MAY", "INFO"};
static const char *const roles[] = {"server", "client", "both"};
static const char *const transports[] = {"http2", "ttheader", "pingpong",
                                         "any"};

const char *kt_rule_level_name(enum kt_rule_level l)
{
    return levels[l];
}

void kt_rules_init(struct kt_rules *r)
{
    *r = (struct kt_rules){.arena = kt_pool_new()};
}

void kt_rules_fini(struct kt_rules *r)
{
    kt_pool_free(r->arena);
    *r = (struct kt_rules){0};
}

const struct kt_rule *kt_rules_find(const struct kt_rules *r, const char *id)
{
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->v[i].id, id) == 0)
            return &r->v[i];
    return NULL;
}

const struct kt_excluded *kt_rules_excluded(const struct kt_rules *r,
                                            const char *id)
{
    for (size_t i = 0; i < r->nexcluded; i++)
        if (strcmp(r->excluded[i].id, id) == 0)
            return &r->excluded[i];
    return NULL;
}

bool kt_rule_covers(const struct kt_rule *r, const char *fact)
{
    for (size_t i = 0; i < r->ncovers; i++)
        if (strcmp(r->covers[i], fact) == 0)
            return true;
    return strcmp(r->id, fact) == 0;
}

static int index_of(const char *const *words, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], word) == 0)
            return (int)i;
    return -1;
}

bool kt_rule_is_id(const char *s)
{
    const char *dash = strrchr(s, '-');

    if (dash == NULL || dash == s || !isdigit((unsigned char)dash[1]))
        return false;
    for (const char *p = s; p < dash; p++)
        if (!isupper((unsigned char)*p) && !isdigit((unsigned char)*p))
            return false;
    return dash[1 + strspn(dash + 1, "0123456789")] == '\0';
}

static bool once(struct kt_line_in *l, char **into, char *text, const char *key)
{
    if (*into != NULL)
        return kt_line_bad(l, &l->w[0], "'%s' given twice", key);
    *into = text;
    return true;
}

static bool choice(struct kt_line_in *l, char *text, const char *what,
                   const char *const *words, size_t n, int *ret)
{
    const struct kt_word w = {text, strlen(text), l->n > 1 ? l->w[1].col : 1};

    *ret = index_of(words, n, text);
    return *ret >= 0 || kt_line_unknown(l, &w, what, words, n);
}

static bool pick(struct kt_line_in *l, struct kt_rule *r, const char *key,
                 char *text)
{
    int i;

    if (strcmp(key, "level") == 0) {
        if (!choice(l, text, "level", levels, 4, &i))
            return false;
        if (r->has_level)
            return kt_line_bad(l, &l->w[0], "'level' given twice");
        r->has_level = true;
        r->level = (enum kt_rule_level)i;
        return true;
    }
    if (strcmp(key, "role") == 0) {
        if (!choice(l, text, "role", roles, 3, &i))
            return false;
        r->roles = i == 0   ? KT_ROLE_SERVER
                   : i == 1 ? KT_ROLE_CLIENT
                            : KT_ROLE_SERVER | KT_ROLE_CLIENT;
        return once(l, &r->role, text, key);
    }
    return choice(l, text, "transport", transports, 4, &i) &&
           once(l, &r->transport, text, key);
}

/* What stands behind the first blank; "" when there is none. */
static const char *second(const char *text)
{
    const char *p = strchr(text, ' ');

    return p ? p + strspn(p, " ") : "";
}

static bool is_section(const char *s)
{
    return isdigit((unsigned char)*s) && s[strspn(s, "0123456789.")] == '\0';
}

static bool source_read(struct kt_line_in *l, struct kt_rule *r, char *text)
{
    static const char *const kinds[] = {"seed", "grpc", "rfc9113", "rfc7541",
                                        "kitex"};
    const size_t n = strcspn(text, " ");
    const struct kt_word w = {text, n, l->w[1].col};
    const char *where = second(text);
    int i = 0;

    while (i < 5 && !kt_word_is(&w, kinds[i]))
        i++;
    if (i == 5)
        return kt_line_unknown(l, &w, "source", kinds, 5);
    if (i == 4  ? strcmp(where, "observed") != 0
        : i > 1 ? !is_section(where)
                : where[0] != '"' || strchr(where + 1, '"') == NULL)
        return kt_line_bad(l, &w,
                           i == 4  ? "source kitex observed"
                           : i > 1 ? "source %s 6.9.1, a section"
                                   : "source %s \"SECTION\"",
                           kinds[i]);
    return once(l, &r->source, text, "source");
}

static bool profile_read(struct kt_line_in *l, struct kt_rule *r, char *text)
{
    static const char *const profiles[] = {"kitex"};
    int i;

    return choice(l, text, "profile", profiles, 1, &i) &&
           once(l, &r->profile, text, "profile");
}

static bool disputed_read(struct kt_line_in *l, struct kt_rule *r, char *text)
{
    if (strncmp(text, "seed=\"", 6) != 0 || strstr(text, "\" kitex=\"") == NULL)
        return kt_line_bad(l, &l->w[1], "disputed seed=\"…\" kitex=\"…\"");
    return once(l, &r->disputed, text, "disputed");
}

static bool covers_read(struct kt_line_in *l, struct kt_rule *r,
                        const char *text)
{
    while (*text != '\0') {
        const size_t n = strcspn(text, " \t");
        char *id = kt_pool_strndup(l->arena, text, n);

        if (!kt_rule_is_id(id))
            return kt_line_bad(l, &l->w[1], "'%s' is no id: AREA-NUMBER", id);
        if (kt_rule_covers(r, id))
            return kt_line_bad(l, &l->w[1], "%s covers %s already", r->id, id);
        r->covers =
            kt_pool_more(l->arena, r->covers, r->ncovers, sizeof *r->covers);
        r->covers[r->ncovers++] = id;
        text += n + strspn(text + n, " \t");
    }
    return true;
}

static bool key_read(struct kt_line_in *l, struct kt_rule *r, const char *key,
                     char *text)
{
    if (text[0] == '\0')
        return kt_line_bad(l, NULL, "'%s' of what?", key);
    if (strcmp(key, "source") == 0)
        return source_read(l, r, text);
    if (strcmp(key, "says") == 0) {
        if (text[strlen(text) - 1] != '.')
            return kt_line_bad(l, NULL,
                               "a rule is a sentence: it ends in a full stop");
        return once(l, &r->says, text, key);
    }
    if (strcmp(key, "disputed") == 0)
        return disputed_read(l, r, text);
    if (strcmp(key, "profile") == 0)
        return profile_read(l, r, text);
    if (strcmp(key, "covers") == 0)
        return covers_read(l, r, text);
    if (strcmp(key, "note") != 0)
        return pick(l, r, key, text);
    r->notes = kt_pool_more(l->arena, r->notes, r->nnotes, sizeof *r->notes);
    r->notes[r->nnotes++] = text;
    return true;
}

static void check_whole(struct kt_faults *faults, const struct kt_rule *r)
{
    const struct {
        const void *p;
        const char *name;
    } due[] = {{r->has_level ? r : NULL, "level"},
               {r->role, "role"},
               {r->transport, "transport"},
               {r->source, "source"},
               {r->says, "says"}};

    for (size_t i = 0; i < sizeof due / sizeof *due; i++)
        if (due[i].p == NULL)
            kt_fault_add(faults, r->pos, "rule %s has no '%s'", r->id,
                         due[i].name);
}

static struct kt_rule *rule_new(struct kt_rules *rules, struct kt_line_in *l,
                                char *id, char *area)
{
    const struct kt_rule *old = kt_rules_find(rules, id);

    if (!kt_rule_is_id(id))
        kt_line_bad(l, NULL, "'%s' is no rule id: AREA-NUMBER", id);
    if (old != NULL)
        kt_line_bad(l, &l->w[0], "rule %s stands at %s:%d already", id,
                    old->pos.file, old->pos.line);
    rules->v = kt_pool_more(rules->arena, rules->v, rules->n, sizeof *rules->v);
    rules->v[rules->n] =
        (struct kt_rule){.id = id, .area = area, .pos = l->pos};
    return &rules->v[rules->n++];
}

static struct kt_excluded *
excluded_new(struct kt_rules *rules, struct kt_line_in *l, char *id, char *area)
{
    const struct kt_excluded *old = kt_rules_excluded(rules, id);

    if (!kt_rule_is_id(id))
        kt_line_bad(l, NULL, "'%s' is no id: AREA-NUMBER", id);
    if (old != NULL)
        kt_line_bad(l, &l->w[0], "%s is excluded at %s:%d already", id,
                    old->pos.file, old->pos.line);
    rules->excluded = kt_pool_more(rules->arena, rules->excluded,
                                   rules->nexcluded, sizeof *rules->excluded);
    rules->excluded[rules->nexcluded] =
        (struct kt_excluded){.id = id, .area = area, .pos = l->pos};
    return &rules->excluded[rules->nexcluded++];
}

static void why_read(struct kt_line_in *l, struct kt_excluded *x,
                     const char *key, char *text)
{
    if (strcmp(key, "why") != 0)
        kt_line_bad(l, &l->w[0], "'%s' in a block of 'excluded': 'why' alone",
                    key);
    else if (text[0] == '\0')
        kt_line_bad(l, NULL, "'why' of what?");
    else if (text[strlen(text) - 1] != '.')
        kt_line_bad(l, NULL, "a reason is a sentence: it ends in a full stop");
    else
        once(l, &x->why, text, key);
}

char *kt_rules_area(struct kt_pool *a, const char *name)
{
    const char *base = strrchr(name, '/');

    base = base ? base + 1 : name;
    return kt_pool_strndup(a, base, strcspn(base, "."));
}

struct reading {
    struct kt_rules *rules;
    struct kt_faults *faults;
    struct kt_line_in *l;
    struct kt_rule *rule;         /* the block that is open, or NULL */
    struct kt_excluded *excluded; /* likewise */
    char *area;
};

static void block_end(struct reading *rd)
{
    if (rd->rule != NULL)
        check_whole(rd->faults, rd->rule);
    if (rd->excluded != NULL && rd->excluded->why == NULL)
        kt_fault_add(rd->faults, rd->excluded->pos,
                     "%s is excluded without a 'why'", rd->excluded->id);
    rd->rule = NULL;
    rd->excluded = NULL;
}

static void key_of_block(struct reading *rd, const char *key, char *text)
{
    if (strcmp(key, "rule") == 0) {
        block_end(rd);
        rd->rule = rule_new(rd->rules, rd->l, text, rd->area);
    } else if (strcmp(key, "excluded") == 0) {
        block_end(rd);
        rd->excluded = excluded_new(rd->rules, rd->l, text, rd->area);
    } else if (rd->excluded != NULL) {
        why_read(rd->l, rd->excluded, key, text);
    } else if (rd->rule == NULL) {
        kt_line_bad(rd->l, &rd->l->w[0],
                    "a block begins with 'rule ID' or 'excluded ID'");
    } else if (strcmp(key, "why") == 0) {
        kt_line_bad(rd->l, &rd->l->w[0],
                    "'why' belongs to 'excluded'; a rule has 'note'");
    } else {
        key_read(rd->l, rd->rule, key, text);
    }
}

static void line_read(struct reading *rd, const char *line, struct kt_pos pos)
{
    struct kt_line_in *l = rd->l;
    const struct kt_word_def *key;

    kt_line_key(l, rd->rules->arena, rd->faults, pos, line);
    key = kt_word_find(KT_W_RULE, l->w[0].p, l->w[0].n);
    if (key == NULL)
        kt_word_unknown(l, &l->w[0], KT_W_RULE, 0, "key of a rule");
    else
        key_of_block(rd, key->name, kt_line_rest(rd->rules->arena, &l->w[0]));
}

void kt_rules_read(struct kt_rules *rules, struct kt_faults *faults,
                   const char *name, const char *text)
{
    struct kt_line_in *l = kt_pool_alloc(rules->arena, sizeof *l);
    struct reading rd = {.rules = rules,
                         .faults = faults,
                         .l = l,
                         .area = kt_rules_area(rules->arena, name)};
    struct kt_pos pos = {kt_pool_strdup(rules->arena, name), 0, 1};

    while (*text != '\0') {
        const size_t n = strcspn(text, "\n");
        char *line = kt_pool_strndup(rules->arena, text, n);

        pos.line++;
        text += n + (text[n] == '\n');
        if (line[strspn(line, " \t\r")] == '\0')
            block_end(&rd);
        else if (line[0] != '#')
            line_read(&rd, line, pos);
    }
    block_end(&rd);
}

void kt_rules_check(const struct kt_rules *r, struct kt_faults *faults)
{
    for (size_t i = 0; i < r->nexcluded; i++) {
        const struct kt_excluded *x = &r->excluded[i];

        for (size_t k = 0; k < r->n; k++)
            if (kt_rule_covers(&r->v[k], x->id))
                kt_fault_add(faults, x->pos,
                             "%s is excluded, and rule %s at %s:%d %s", x->id,
                             r->v[k].id, r->v[k].pos.file, r->v[k].pos.line,
                             strcmp(r->v[k].id, x->id) == 0 ? "has its id"
                                                            : "covers it");
    }
}
