/* Reading files and their includes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "idl/load.h"
#include "base/alloc.h"
#include "idl/limits.h"
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SHOWN = 60 }; /* bytes of a path in a message: its tail */

static void line_and_column(const struct kt_ast_file *f, uint32_t at,
                            unsigned *ret_line, unsigned *ret_column)
{
    *ret_line = *ret_column = 1;
    for (uint32_t i = 0; i < at && i < f->n; i++) {
        if (f->text[i] == '\n') {
            ++*ret_line;
            *ret_column = 1;
        } else {
            ++*ret_column;
        }
    }
}

bool kt_load_fail(struct kt_load *l, const struct kt_ast_file *f, uint32_t at,
                  enum kt_code code, const char *fmt, ...)
{
    const size_t n = strlen(f->path);
    const bool cut = n > PATH_SHOWN;
    unsigned line, column;
    char text[160];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    line_and_column(f, at, &line, &column);
    kt_badf(l->err, code, at, "%s%s:%u:%u: %s", cut ? "..." : "",
            cut ? f->path + n - PATH_SHOWN : f->path, line, column, text);
    return false;
}

bool kt_load_nomem(struct kt_load *l)
{
    kt_badf(l->err, KT_E_NOMEM, 0, "out of memory, or the IDL is too big");
    return false;
}

static void *get(struct kt_load *l, struct kt_arena *a, size_t n)
{
    void *p = kt_arena_alloc(a, n);

    if (p == NULL)
        kt_load_nomem(l);
    return p;
}

void *kt_load_tmp(struct kt_load *l, size_t n)
{
    return get(l, &l->tmp, n);
}

void *kt_load_keep(struct kt_load *l, size_t n)
{
    return get(l, &l->idl->arena, n);
}

/* Files. */

static struct kt_ast_file *add_file(struct kt_load *l, const char *path,
                                    const char *real)
{
    struct kt_ast_file **tail = &l->files;
    struct kt_ast_file *f = kt_load_tmp(l, sizeof *f);

    if (f == NULL)
        return NULL;
    f->path = kt_arena_strndup(&l->tmp, path, strlen(path));
    f->real = kt_arena_strndup(&l->tmp, real, strlen(real));
    if (f->path == NULL || f->real == NULL) {
        kt_load_nomem(l);
        return NULL;
    }
    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = f;
    l->nfiles++;
    return f;
}

/* Where a problem with a whole file is shown: at the include that asked for
 * it, or nowhere for the main file. */
struct asked {
    struct kt_ast_file *by;
    uint32_t at;
};

static bool fail_file(struct kt_load *l, struct asked asked, enum kt_code code,
                      const char *path, const char *why)
{
    const size_t n = strlen(path);
    const char *shown = n > PATH_SHOWN ? path + n - PATH_SHOWN : path;

    if (asked.by != NULL)
        return kt_load_fail(l, asked.by, asked.at, code, "%s: %s", shown, why);
    kt_badf(l->err, code, 0, "%s: %s", shown, why);
    return false;
}

static bool read_text(struct kt_load *l, struct kt_ast_file *f, FILE *in,
                      struct asked asked)
{
    struct stat st;

    if (fstat(fileno(in), &st) != 0 || !S_ISREG(st.st_mode))
        return fail_file(l, asked, KT_E_IO, f->path, "not a file");
    if (st.st_size > KT_IDL_MAX_FILE)
        return fail_file(l, asked, KT_E_TOO_BIG, f->path, "more than 4 MiB");
    char *text = kt_load_tmp(l, (size_t)st.st_size + 1);
    if (text == NULL)
        return false;
    f->text = text;
    f->n = (uint32_t)fread(text, 1, (size_t)st.st_size, in);
    return !ferror(in) ||
           fail_file(l, asked, KT_E_IO, f->path, strerror(errno));
}

static bool slurp(struct kt_load *l, struct kt_ast_file *f, struct asked asked)
{
    FILE *in = fopen(f->path, "rb");

    if (in == NULL)
        return fail_file(l, asked, KT_E_IO, f->path, strerror(errno));
    const bool ok = read_text(l, f, in, asked);
    fclose(in);
    return ok;
}

static struct kt_ast_file *known(const struct kt_load *l, const char *real)
{
    for (struct kt_ast_file *f = l->files; f != NULL; f = f->next)
        if (strcmp(f->real, real) == 0)
            return f;
    return NULL;
}

/* The first of "folder/name" that exists: in path, its identity in real. */
static bool found(const char *folder, size_t n, const char *name,
                  char path[PATH_MAX], char real[PATH_MAX])
{
    const char *slash = n > 0 && folder[n - 1] != '/' ? "/" : "";
    const int len = name[0] == '/' ? snprintf(path, PATH_MAX, "%s", name)
                                   : snprintf(path, PATH_MAX, "%.*s%s%s",
                                              (int)n, folder, slash, name);

    return len > 0 && len < PATH_MAX && realpath(path, real) != NULL;
}

static bool find(const struct kt_load *l, const struct kt_ast_file *from,
                 const char *name, char path[PATH_MAX], char real[PATH_MAX])
{
    const char *slash = strrchr(from->path, '/');
    const size_t n = slash ? (size_t)(slash - from->path) + 1 : 0;

    if (found(from->path, n, name, path, real))
        return true;
    for (size_t i = 0; i < l->ndirs; i++)
        if (found(l->dirs[i], strlen(l->dirs[i]), name, path, real))
            return true;
    return false;
}

static bool read_file(struct kt_load *l, struct kt_ast_file *f,
                      struct asked asked, unsigned depth);

static bool include(struct kt_load *l, struct kt_ast_file *f,
                    struct kt_ast_include *inc, unsigned depth)
{
    const struct asked asked = {f, inc->at};
    char path[PATH_MAX], real[PATH_MAX];

    if (!find(l, f, inc->path, path, real))
        return fail_file(l, asked, KT_E_IO, inc->path, "no such file");
    inc->file = known(l, real);
    if (inc->file != NULL && inc->file->busy)
        return fail_file(l, asked, KT_E_SYNTAX, inc->path,
                         "these files include each other");
    if (inc->file != NULL)
        return true;
    if (depth >= KT_IDL_MAX_INCLUDE_DEPTH)
        return fail_file(l, asked, KT_E_TOO_DEEP, inc->path,
                         "includes nest too deep");
    if (l->nfiles >= KT_IDL_MAX_FILES)
        return fail_file(l, asked, KT_E_TOO_MANY, inc->path, "too many files");
    inc->file = add_file(l, path, real);
    return inc->file != NULL && read_file(l, inc->file, asked, depth + 1);
}

static bool read_file(struct kt_load *l, struct kt_ast_file *f,
                      struct asked asked, unsigned depth)
{
    if (!slurp(l, f, asked) || !kt_parse(l, f))
        return false;
    f->busy = true;
    for (struct kt_ast_include *i = f->includes; i != NULL; i = i->next)
        if (!include(l, f, i, depth))
            return false;
    f->busy = false;
    return true;
}

/* Begin and end of a load. */

static bool begin(struct kt_load *l)
{
    l->tmp.limit = KT_IDL_MAX_ARENA;
    l->idl = kt_alloc(sizeof *l->idl);
    if (l->idl == NULL)
        return kt_load_nomem(l);
    l->idl->arena.limit = KT_IDL_MAX_ARENA;
    return true;
}

static struct kt_idl *end(struct kt_load *l, bool ok)
{
    kt_arena_fini(&l->tmp);
    if (ok)
        return l->idl;
    kt_idl_free(l->idl);
    return NULL;
}

static bool load_main(struct kt_load *l, const char *path)
{
    const struct asked nobody = {0};
    char real[PATH_MAX];

    if (realpath(path, real) == NULL)
        return fail_file(l, nobody, KT_E_IO, path, strerror(errno));
    struct kt_ast_file *f = add_file(l, path, real);
    return f != NULL && read_file(l, f, nobody, 0) && kt_resolve(l);
}

struct kt_idl *kt_idl_load(const char *path, const char *const *dirs,
                           size_t ndirs, struct kt_err *reterr)
{
    struct kt_load l = {.err = reterr, .dirs = dirs, .ndirs = ndirs};

    return end(&l, begin(&l) && load_main(&l, path));
}

static bool parse_main(struct kt_load *l, const char *name, const char *text,
                       size_t n)
{
    struct kt_ast_file *f = add_file(l, name, name);

    if (f == NULL)
        return false;
    f->text = text;
    if (n > KT_IDL_MAX_FILE)
        return kt_load_fail(l, f, 0, KT_E_TOO_BIG, "more than 4 MiB");
    f->n = (uint32_t)n;
    if (!kt_parse(l, f))
        return false;
    if (f->includes != NULL)
        return kt_load_fail(l, f, f->includes->at, KT_E_IO,
                            "a text in memory cannot include files");
    return kt_resolve(l);
}

struct kt_idl *kt_idl_parse(const char *name, const char *text, size_t n,
                            struct kt_err *reterr)
{
    struct kt_load l = {.err = reterr};

    return end(&l, begin(&l) && parse_main(&l, name, text, n));
}

void kt_idl_free(struct kt_idl *idl)
{
    if (idl == NULL)
        return;
    for (struct kt_idl_json *j = idl->json; j != NULL; j = j->next)
        json_decref(j->value);
    kt_arena_fini(&idl->arena);
    kt_free(idl);
}
