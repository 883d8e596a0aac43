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

static int index_of(const char *const *words, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], word) == 0)
            return (int)i;
    return -1;
}

/* AREA-NUMBER */
static bool is_id(const char *s)
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

    if (!is_id(id))
        kt_line_bad(l, NULL, "'%s' is no rule id: AREA-NUMBER", id);
    if (old != NULL)
        kt_line_bad(l, &l->w[0], "rule %s stands at %s:%d already", id,
                    old->pos.file, old->pos.line);
    rules->v = kt_pool_more(rules->arena, rules->v, rules->n, sizeof *rules->v);
    rules->v[rules->n] =
        (struct kt_rule){.id = id, .area = area, .pos = l->pos};
    return &rules->v[rules->n++];
}

static char *area_of(struct kt_pool *a, const char *name)
{
    const char *base = strrchr(name, '/');

    base = base ? base + 1 : name;
    return kt_pool_strndup(a, base, strcspn(base, "."));
}

/* The text of a line behind its first word, blanks at its ends cut. */
static char *rest_of(struct kt_pool *a, const char *line,
                     const struct kt_word *key)
{
    const char *p = key->p + key->n;
    size_t n;

    (void)line;
    p += strspn(p, " \t");
    n = strlen(p);
    while (n > 0 && strchr(" \t\r", p[n - 1]))
        n--;
    return kt_pool_strndup(a, p, n);
}

struct reading {
    struct kt_rules *rules;
    struct kt_faults *faults;
    struct kt_line_in *l;
    struct kt_rule *rule; /* the block that is open, or NULL */
    char *area;
};

static void line_read(struct reading *rd, const char *line, struct kt_pos pos)
{
    const size_t n = strcspn(line, " \t");
    struct kt_line_in *l = rd->l;
    char key[16];

    *l = (struct kt_line_in){.arena = rd->rules->arena,
                             .faults = rd->faults,
                             .pos = pos,
                             .text = line};
    l->w[0] = (struct kt_word){line, n, 1};
    l->w[1] =
        (struct kt_word){line + n, 0, (int)(n + strspn(line + n, " \t")) + 1};
    l->n = 2;
    snprintf(key, sizeof key, "%.*s", (int)n, line);
    if (kt_word_find(KT_W_RULE, l->w[0].p, l->w[0].n) == NULL) {
        kt_word_unknown(l, &l->w[0], KT_W_RULE, 0, "key of a rule");
        return;
    }
    char *text = rest_of(rd->rules->arena, line, &l->w[0]);
    if (strcmp(key, "rule") == 0) {
        if (rd->rule != NULL)
            check_whole(rd->faults, rd->rule);
        rd->rule = rule_new(rd->rules, l, text, rd->area);
    } else if (rd->rule == NULL) {
        kt_line_bad(l, &l->w[0], "a block begins with 'rule ID'");
    } else {
        key_read(l, rd->rule, key, text);
    }
}

void kt_rules_read(struct kt_rules *rules, struct kt_faults *faults,
                   const char *name, const char *text)
{
    struct kt_line_in *l = kt_pool_alloc(rules->arena, sizeof *l);
    struct reading rd = {rules, faults, l, NULL, area_of(rules->arena, name)};
    struct kt_pos pos = {kt_pool_strdup(rules->arena, name), 0, 1};

    while (*text != '\0') {
        const size_t n = strcspn(text, "\n");
        char *line = kt_pool_strndup(rules->arena, text, n);

        pos.line++;
        text += n + (text[n] == '\n');
        if (line[strspn(line, " \t\r")] == '\0' && rd.rule != NULL) {
            check_whole(faults, rd.rule);
            rd.rule = NULL;
        } else if (line[0] != '#' && line[strspn(line, " \t\r")] != '\0') {
            line_read(&rd, line, pos);
        }
    }
    if (rd.rule != NULL)
        check_whole(faults, rd.rule);
}
