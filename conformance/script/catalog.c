/* The catalogue: files into cases.
 * SPDX-License-Identifier: Apache-2.0 */
#include "script/catalog.h"
#include "base/alloc.h"
#include "base/must.h"
#include "base/near.h"
#include "script/scenario.h"
#include "script/words.h"
#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <string.h>

enum { MAX_FILE = 1 << 20 };

struct entry {
    struct kt_file file;
    char *text;
};

struct kt_catalog {
    struct kt_rules rules;
    struct kt_facts facts;
    struct kt_faults faults;
    struct entry *files;
    size_t nfiles;
    const struct kt_scn **cases;
    size_t ncases;
};

struct kt_catalog *kt_catalog_new(void)
{
    struct kt_catalog *c = kt_xalloc(sizeof *c);

    kt_rules_init(&c->rules);
    kt_facts_init(&c->facts);
    return c;
}

void kt_catalog_free(struct kt_catalog *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->nfiles; i++) {
        kt_file_fini(&c->files[i].file);
        kt_free(c->files[i].text);
    }
    kt_free(c->files);
    kt_free(c->cases);
    kt_faults_fini(&c->faults);
    kt_facts_fini(&c->facts);
    kt_rules_fini(&c->rules);
    kt_free(c);
}

static bool ends_in(const char *s, const char *end)
{
    const size_t n = strlen(s), m = strlen(end);

    return n > m && strcmp(s + n - m, end) == 0;
}

static void scenario_add(struct kt_catalog *c, const char *name,
                         const char *path, const char *text)
{
    char *id = kt_xstrndup(path, strlen(path) - strlen(".scn"));
    struct entry *e;

    c->files = kt_xrealloc(c->files, (c->nfiles + 1) * sizeof *c->files);
    e = &c->files[c->nfiles++];
    e->text = kt_xstrdup(text);
    kt_file_read(&e->file, &c->faults, &c->rules, name, id, text);
    c->cases =
        kt_xrealloc(c->cases, (c->ncases + e->file.ncases) * sizeof *c->cases);
    for (size_t i = 0; i < e->file.ncases; i++)
        c->cases[c->ncases++] = e->file.cases[i];
    kt_free(id);
}

static int by_path(const void *a, const void *b)
{
    const struct kt_text_file *x = a, *y = b;
    const int rules = ends_in(y->path, ".rules") - ends_in(x->path, ".rules");

    return rules ? rules : strcmp(x->path, y->path);
}

void kt_catalog_add(struct kt_catalog *c, const struct kt_text_file *files,
                    size_t n, const char *prefix)
{
    struct kt_text_file *sorted = kt_xalloc((n + 1) * sizeof *sorted);

    if (n > 0)
        memcpy(sorted, files, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_path);
    for (size_t i = 0; i < n; i++) {
        char *name = kt_xasprintf("%s%s", prefix, sorted[i].path);

        if (ends_in(sorted[i].path, ".rules"))
            kt_rules_read(&c->rules, &c->faults, name, sorted[i].text);
        else if (ends_in(sorted[i].path, ".facts"))
            kt_facts_read(&c->facts, &c->faults, name, sorted[i].text);
        else if (ends_in(sorted[i].path, ".scn"))
            scenario_add(c, name, sorted[i].path, sorted[i].text);
        kt_free(name);
    }
    kt_free(sorted);
}

static char *slurp(const char *path)
{
    FILE *f = fopen(path, "re");
    char *text;

    if (f == NULL)
        return NULL;
    text = kt_xalloc(MAX_FILE + 1);
    const size_t n = fread(text, 1, MAX_FILE + 1, f);
    const bool ok =
        !ferror(f) && n <= MAX_FILE && memchr(text, '\0', n) == NULL;
    fclose(f);
    if (ok) {
        text[n] = '\0';
        return text;
    }
    kt_free(text);
    errno = EFBIG;
    return NULL;
}

struct dir_files {
    struct kt_text_file *v;
    size_t n;
};

static void file_take(struct kt_catalog *c, struct dir_files *d,
                      const char *dir, const char *path)
{
    const char *under = path + strlen(dir);
    char *text;

    under += strspn(under, "/");
    if (!ends_in(path, ".scn") && !ends_in(path, ".rules") &&
        !ends_in(path, ".facts"))
        return;
    text = slurp(path);
    if (text == NULL) {
        kt_fault_add(&c->faults, (struct kt_pos){path, 1, 1},
                     "cannot be read as a text of at most 1 MiB: %s",
                     strerror(errno));
        return;
    }
    d->v = kt_xrealloc(d->v, (d->n + 1) * sizeof *d->v);
    d->v[d->n++] = (struct kt_text_file){kt_xstrdup(under), text};
}

bool kt_catalog_add_dir(struct kt_catalog *c, const char *dir,
                        bool *ret_has_rules, struct kt_err *reterr)
{
    char *roots[] = {(char *)(uintptr_t)dir, NULL};
    FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    struct dir_files d = {0};
    FTSENT *e;
    bool found = true;

    must(fts != NULL);
    while ((e = fts_read(fts)) != NULL) {
        if (e->fts_level == 0 &&
            (e->fts_info == FTS_NS || e->fts_info == FTS_DNR ||
             e->fts_info == FTS_F || e->fts_info == FTS_ERR)) {
            kt_badf(reterr, KT_E_IO, 0, "%s: %s", dir,
                    e->fts_info == FTS_F ? "not a folder"
                                         : strerror(e->fts_errno));
            found = false;
            break;
        }
        if (e->fts_info == FTS_F)
            file_take(c, &d, dir, e->fts_path);
    }
    fts_close(fts);
    char *prefix = kt_xasprintf("%s%s", dir, ends_in(dir, "/") ? "" : "/");
    kt_catalog_add(c, d.v, d.n, prefix);
    kt_free(prefix);
    *ret_has_rules = false;
    for (size_t i = 0; i < d.n; i++) {
        *ret_has_rules |= ends_in(d.v[i].path, ".rules");
        kt_free((char *)(uintptr_t)d.v[i].path);
        kt_free((char *)(uintptr_t)d.v[i].text);
    }
    kt_free(d.v);
    return found;
}

/* By the id of a case or of its file. */
static const struct kt_scn *find(const struct kt_catalog *c, const char *id)
{
    for (size_t i = 0; i < c->ncases; i++)
        if (strcmp(c->cases[i]->base_id, id) == 0 ||
            strcmp(c->cases[i]->id, id) == 0)
            return c->cases[i];
    return NULL;
}

static const char *near_id(const struct kt_catalog *c, const char *id)
{
    struct kt_suggest s;

    kt_suggest_init(&s, id);
    for (size_t i = 0; i < c->nfiles; i++)
        kt_suggest_try(&s, c->files[i].file.id);
    return s.best;
}

static const char *near_rule(const struct kt_catalog *c, const char *id)
{
    struct kt_suggest s;

    kt_suggest_init(&s, id);
    for (size_t i = 0; i < c->rules.n; i++)
        kt_suggest_try(&s, c->rules.v[i].id);
    return s.best;
}

/* What a case asks of the side under test: capabilities, and settings that need
 * one. */
static bool asks(const struct kt_scn *s, unsigned roles, const char *cap)
{
    for (size_t i = 0; i < s->nneeds; i++)
        if (strcmp(s->needs[i], cap) == 0)
            return true;
    for (int side = 0; side < 2; side++) {
        const unsigned mine =
            side == KT_CLIENT ? KT_ROLE_CLIENT : KT_ROLE_SERVER;

        if ((roles & (mine | KT_ROLE_PAIR)) != 0 &&
            kt_fields_get(&s->settings[side], cap) != NULL)
            return true;
    }
    return false;
}

static bool needs_cap(const char *setting)
{
    const struct kt_word_def *def =
        kt_word_find(KT_W_SETTING, setting, strlen(setting));

    return def != NULL && (def->flags & KT_WF_CAP) != 0;
}

/* A capability that the control asks for and its scenario does not, or NULL. */
static const char *asks_more(const struct kt_scn *control,
                             const struct kt_scn *s)
{
    for (size_t i = 0; i < control->nneeds; i++)
        if (!asks(s, s->roles, control->needs[i]))
            return control->needs[i];
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < control->settings[side].n; i++) {
            const char *name = control->settings[side].v[i].name;

            if (asks(control, s->roles, name) && !asks(s, s->roles, name) &&
                needs_cap(name))
                return name;
        }
    return NULL;
}

static void control_cases(struct kt_catalog *c, const struct kt_scn *s)
{
    const unsigned due = s->roles & ~(unsigned)KT_ROLE_PAIR;
    unsigned roles = 0;

    for (size_t i = 0; i < c->ncases; i++) {
        const struct kt_scn *control = c->cases[i];

        if (strcmp(control->base_id, s->control) != 0 &&
            strcmp(control->id, s->control) != 0)
            continue;
        roles |= control->roles;
        const char *more = asks_more(control, s);
        if (more != NULL)
            kt_fault_add(&c->faults, s->control_pos,
                         "its control %s needs '%s', which it does not need",
                         s->control, more);
    }
    if ((due & ~roles) != 0)
        kt_fault_add(&c->faults, s->control_pos,
                     "its control %s has not the role %s", s->control,
                     kt_scn_roles_text(due & ~roles));
}

static void control_check(struct kt_catalog *c, const struct kt_scn *s)
{
    const char *near;

    if (s->control == NULL)
        return;
    if (strcmp(s->control, s->base_id) == 0) {
        kt_fault_add(&c->faults, s->control_pos, "it is its own control");
    } else if (find(c, s->control) == NULL) {
        near = near_id(c, s->control);
        kt_fault_add(&c->faults, s->control_pos, "no control '%s'%s%s%s",
                     s->control, near ? ", did you mean '" : "",
                     near ? near : "", near ? "'?" : "");
    } else {
        control_cases(c, s);
    }
}

static int by_id(const void *a, const void *b)
{
    const struct kt_scn *const *x = a, *const *y = b;

    return strcmp((*x)->id, (*y)->id);
}

/* Axes whose values look alike in an id, or a file of the user's beside ours.
 */
static void ids_check(struct kt_catalog *c)
{
    const struct kt_scn **v = kt_xalloc((c->ncases + 1) * sizeof *v);

    if (c->ncases > 0)
        memcpy(v, c->cases, c->ncases * sizeof *v);
    qsort(v, c->ncases, sizeof *v, by_id);
    for (size_t i = 1; i < c->ncases; i++)
        if (strcmp(v[i - 1]->id, v[i]->id) == 0 &&
            ((v[i - 1]->roles & v[i]->roles) != 0 || v[i]->roles == 0))
            kt_fault_add(
                &c->faults, v[i]->pos, "two cases have the id '%s'%s%s",
                v[i]->id,
                v[i - 1]->pos.file != v[i]->pos.file ? ", here and in " : "",
                v[i - 1]->pos.file != v[i]->pos.file ? v[i - 1]->pos.file : "");
    kt_free(v);
}

void kt_catalog_check(struct kt_catalog *c)
{
    for (size_t i = 0; i < c->ncases; i++) {
        const struct kt_scn *s = c->cases[i];

        control_check(c, s);
        if (s->formerly != NULL && find(c, s->formerly) != NULL)
            kt_fault_add(&c->faults, s->formerly_pos,
                         "its former id '%s' is another's id", s->formerly);
    }
    ids_check(c);
    kt_rules_check(&c->rules, &c->faults);
    kt_facts_check(&c->facts, &c->rules, &c->faults);
    kt_faults_sort(&c->faults);
}

const struct kt_faults *kt_catalog_faults(const struct kt_catalog *c)
{
    return &c->faults;
}

const struct kt_rules *kt_catalog_rules(const struct kt_catalog *c)
{
    return &c->rules;
}

const struct kt_facts *kt_catalog_facts(const struct kt_catalog *c)
{
    return &c->facts;
}

const struct kt_scn *const *kt_catalog_cases(const struct kt_catalog *c,
                                             size_t *ret_n)
{
    *ret_n = c->ncases;
    return c->cases;
}

size_t kt_catalog_nfiles(const struct kt_catalog *c)
{
    return c->nfiles;
}

const char *kt_catalog_text(const struct kt_catalog *c, const char *base_id)
{
    for (size_t i = 0; i < c->nfiles; i++)
        if (strcmp(c->files[i].file.id, base_id) == 0)
            return c->files[i].text;
    return NULL;
}

/* An id may hold brackets, which a glob takes for a class: an equal id comes
 * first. */
static bool selects(const struct kt_scn *s, const char *word)
{
    if (word[0] == '@')
        return kt_scn_names_rule(s, word + 1);
    if (strcmp(s->id, word) == 0 || strcmp(s->base_id, word) == 0 ||
        (s->formerly && strcmp(s->formerly, word) == 0))
        return true;
    if (strpbrk(word, "*?") == NULL)
        return false;
    return fnmatch(word, s->id, 0) == 0 || fnmatch(word, s->base_id, 0) == 0;
}

static void put_once(struct kt_selection *sel, const struct kt_scn *s)
{
    for (size_t i = 0; i < sel->n; i++)
        if (sel->v[i] == s)
            return;
    sel->v = kt_xrealloc(sel->v, (sel->n + 1) * sizeof *sel->v);
    sel->v[sel->n++] = s;
}

enum kt_step kt_catalog_select(const struct kt_catalog *c, const char *word,
                               unsigned roles, struct kt_selection *sel,
                               struct kt_err *reterr)
{
    bool known = false;
    const char *near;

    for (size_t i = 0; i < c->ncases; i++) {
        if (!selects(c->cases[i], word))
            continue;
        known = true;
        if (c->cases[i]->roles & roles)
            put_once(sel, c->cases[i]);
    }
    if (known || (word[0] == '@' && kt_rules_find(&c->rules, word + 1) != NULL))
        return KT_DONE;
    if (strpbrk(word, "*?") != NULL)
        return kt_badf(reterr, KT_E_UNKNOWN, 0, "no scenario matches '%s'",
                       word);
    near = word[0] == '@' ? near_rule(c, word + 1) : near_id(c, word);
    return kt_badf(reterr, KT_E_UNKNOWN, 0, "no %s '%s'%s%s%s",
                   word[0] == '@' ? "rule" : "scenario",
                   word + (word[0] == '@'), near ? ", did you mean '" : "",
                   near ? near : "", near ? "'?" : "");
}
