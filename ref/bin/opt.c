/* Options by table.
 * SPDX-License-Identifier: Apache-2.0 */
#include "bin/opt.h"
#include "base/near.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void kt_args_init(struct kt_args *a, const struct kt_program *verb, char **argv)
{
    *a = (struct kt_args){.verb = verb, .argv = argv, .at = 1};
}

int kt_usage(const struct kt_program *verb, const char *fmt, ...)
{
    va_list ap;

    fprintf(stderr, "ktspec %s: ", verb->name);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\nTry 'ktspec %s --help'.\n", verb->name);
    return 2;
}

static int unknown(const struct kt_program *verb, const char *name, size_t n)
{
    char *word = strndup(name, n);
    struct kt_suggest s;
    char text[64];

    kt_suggest_init(&s, word);
    for (const struct kt_opt *o = verb->opts; o->name; o++)
        kt_suggest_try(&s, o->name);
    kt_usage(verb, "no option --%s%s", word, kt_suggest_print(&s, text));
    free(word);
    return KT_OPT_BAD;
}

static int find_long(const struct kt_program *verb, const char *name, size_t n)
{
    for (int i = 0; verb->opts[i].name; i++)
        if (strlen(verb->opts[i].name) == n &&
            memcmp(verb->opts[i].name, name, n) == 0)
            return i;
    return KT_OPT_BAD;
}

/* The argument of option i: behind '=', or the next word. */
static int value_of(struct kt_args *a, int i, const char *eq,
                    const char **ret_value)
{
    const struct kt_opt *o = &a->verb->opts[i];

    *ret_value = NULL;
    if (o->arg == NULL && eq == NULL)
        return i;
    if (o->arg == NULL) {
        kt_usage(a->verb, "--%s takes no argument", o->name);
        return KT_OPT_BAD;
    }
    *ret_value = eq ? eq + 1 : a->argv[a->at];
    if (*ret_value == NULL || (eq == NULL && strcmp(*ret_value, "--") == 0)) {
        kt_usage(a->verb, "--%s needs %s", o->name, o->arg);
        return KT_OPT_BAD;
    }
    a->at += eq == NULL;
    return i;
}

static int take_long(struct kt_args *a, const char *name,
                     const char **ret_value)
{
    const char *eq = strchr(name, '=');
    const size_t n = eq ? (size_t)(eq - name) : strlen(name);
    const int i = find_long(a->verb, name, n);

    if (i >= 0)
        return value_of(a, i, eq, ret_value);
    if (strcmp(name, "help") != 0)
        return unknown(a->verb, name, n);
    kt_verb_help(a->verb, stdout);
    return KT_OPT_HELP;
}

static int take_short(struct kt_args *a, const char *word,
                      const char **ret_value)
{
    if (word[1] == 'h' && word[2] == '\0')
        return take_long(a, "help", ret_value);
    for (int i = 0; a->verb->opts[i].name; i++)
        if (a->verb->opts[i].letter == word[1] && word[2] == '\0')
            return value_of(a, i, NULL, ret_value);
    kt_usage(a->verb, "no option %s", word);
    return KT_OPT_BAD;
}

int kt_args_next(struct kt_args *a, const char **ret_value)
{
    const char *word = a->argv[a->at];

    if (word == NULL)
        return KT_OPT_END;
    a->at++;
    if (strcmp(word, "--") == 0) {
        a->rest = &a->argv[a->at];
        while (a->argv[a->at] != NULL)
            a->at++;
        return KT_OPT_END;
    }
    if (strncmp(word, "--", 2) == 0)
        return take_long(a, word + 2, ret_value);
    if (word[0] == '-' && word[1] != '\0')
        return take_short(a, word, ret_value);
    *ret_value = word;
    return KT_OPT_WORD;
}

static void print_lines(FILE *out, const char *text, int indent)
{
    for (const char *p = text; *p != '\0';) {
        const size_t n = strcspn(p, "\n");

        fprintf(out, "%*s%.*s\n", n ? indent : 0, "", (int)n, p);
        p += n + (p[n] == '\n');
    }
}

static void print_options(FILE *out, const struct kt_opt *opts)
{
    fprintf(out, "\nOptions:\n");
    for (const struct kt_opt *o = opts; o->name; o++) {
        if (o->letter)
            fprintf(out, "  -%c, --%s%s%s\n", o->letter, o->name,
                    o->arg ? " " : "", o->arg ? o->arg : "");
        else
            fprintf(out, "      --%s%s%s\n", o->name, o->arg ? " " : "",
                    o->arg ? o->arg : "");
        print_lines(out, o->help, 10);
    }
    fprintf(out, "  -h, --help\n          This text.\n");
}

void kt_verb_help(const struct kt_program *verb, FILE *out)
{
    const char *lead = "Usage: ";

    for (const char *p = verb->usage; *p != '\0';) {
        const size_t n = strcspn(p, "\n");

        fprintf(out, "%sktspec %s %.*s\n", lead, verb->name, (int)n, p);
        lead = "       ";
        p += n + (p[n] == '\n');
    }
    fprintf(out, "\n");
    print_lines(out, verb->text, 0);
    print_options(out, verb->opts);
    if (verb->tail[0] != '\0') {
        fprintf(out, "\n");
        print_lines(out, verb->tail, 0);
    }
}

bool kt_read_number(const char *text, double *ret)
{
    char *end;

    *ret = strtod(text, &end);
    return end != text && *end == '\0' && *ret > 0 && *ret < 1e9;
}

bool kt_read_time(const char *text, unsigned long long *ret_ns)
{
    static const struct {
        const char *unit;
        double ns;
    } units[] = {{"ms", 1e6}, {"s", 1e9}, {"m", 60e9}};
    char *end;
    const double v = strtod(text, &end);

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (end != text && v > 0 && v < 1e6 &&
            strcmp(end, units[i].unit) == 0) {
            *ret_ns = (unsigned long long)(v * units[i].ns);
            return true;
        }
    return false;
}
