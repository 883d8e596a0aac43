/* The kill matrix as a file. SPDX-License-Identifier: Apache-2.0 */
#include "selftest/matrix_file.h"
#include <errno.h>
#include <string.h>

static const char *const words[] = {[KT_CELL_KILLS] = "other",
                                    [KT_CELL_NAMED] = "named",
                                    [KT_CELL_EXACT] = "exact"};

json_t *kt_matrix_json(const struct kt_matrix *x)
{
    json_t *cases = json_array(), *rows = json_array();

    for (size_t i = 0; i < x->book->ncases; i++)
        json_array_append_new(cases, json_string(x->book->cases[i]->id));
    for (size_t row = 0; row < x->nrows; row++) {
        bool anti;
        const struct kt_mutant *m = kt_matrix_row(row, &anti);
        json_t *by = json_object();

        for (size_t i = 0; i < x->book->ncases; i++) {
            const enum kt_cell c = kt_matrix_best(x, row, i);

            if (c >= KT_CELL_KILLS)
                json_object_set_new(by, x->book->cases[i]->id,
                                    json_string(words[c]));
        }
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:b, s:o}",
                                              "name", m->name, "rule", m->rule,
                                              "says", m->says, "legal", anti,
                                              "killed_by", by));
    }
    return json_pack("{s:o, s:o}", "cases", cases, "rows", rows);
}

static size_t kills_of_row(const struct kt_matrix *x, size_t row)
{
    size_t n = 0;

    for (size_t i = 0; i < x->book->ncases; i++)
        n += kt_matrix_best(x, row, i) >= KT_CELL_KILLS;
    return n;
}

static size_t kills_of_case(const struct kt_matrix *x, size_t i)
{
    size_t n = 0;

    for (size_t row = 0; row < kt_mutants_n(); row++)
        n += kt_matrix_best(x, row, i) >= KT_CELL_KILLS;
    return n;
}

static void write_text(const struct kt_matrix *x, const struct kt_verdicts *v,
                       FILE *f)
{
    fprintf(f, "%zu mutants, %zu killed, %zu by the rule they break\n",
            v->mutants, v->killed, v->named);
    for (size_t row = 0; row < x->nrows; row++) {
        bool anti;
        const struct kt_mutant *m = kt_matrix_row(row, &anti);

        fprintf(f, "\n%s %s: %s\n  killed by %zu cases\n", m->name,
                anti ? "(legal)" : m->rule, m->says, kills_of_row(x, row));
        for (size_t i = 0; i < x->book->ncases; i++) {
            const enum kt_cell c = kt_matrix_best(x, row, i);

            if (c >= KT_CELL_KILLS)
                fprintf(f, "  %-6s %s\n", words[c], x->book->cases[i]->id);
        }
    }
    fprintf(f, "\nmutants killed by each case\n");
    for (size_t i = 0; i < x->book->ncases; i++)
        fprintf(f, "  %4zu %s\n", kills_of_case(x, i), x->book->cases[i]->id);
}

/* --- HTML --- */

static void escaped(FILE *f, const char *s)
{
    for (; *s; s++)
        switch (*s) {
        case '<':
            fputs("&lt;", f);
            break;
        case '>':
            fputs("&gt;", f);
            break;
        case '&':
            fputs("&amp;", f);
            break;
        case '"':
            fputs("&quot;", f);
            break;
        default:
            fputc(*s, f);
        }
}

static const char head[] =
    "<!doctype html><html lang=en><meta charset=utf-8><title>Kill matrix"
    "</title><style>body{font:14px sans-serif;margin:2em}table{border-collapse"
    ":collapse;margin:1em 0}td,th{border:1px solid #ccc;padding:1px 5px;"
    "text-align:left;vertical-align:top}td.n{text-align:right}.x{background:"
    "#2a7a2a;color:#fff}.n2{background:#8fce8f}.o{background:#eee}.bad{"
    "background:#c33;color:#fff}summary{cursor:pointer}</style>\n"
    "<h1>Kill matrix</h1>\n<p>Mutants by areas of scenarios: how many cases of "
    "the area kill the mutant. Dark: the verdict's rule is the mutant's; "
    "light: the scenario names the rule; grey: for another rule, too. Open a "
    "mutant for the cases.</p>\n";

static bool is_first_of_area(const struct kt_matrix *x, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(x->book->cases[k]->area, x->book->cases[i]->area) == 0)
            return false;
    return true;
}

static void html_cell(const struct kt_matrix *x, size_t row, const char *area,
                      FILE *f)
{
    enum kt_cell best = KT_CELL_NONE;
    size_t n = 0;

    for (size_t i = 0; i < x->book->ncases; i++) {
        const enum kt_cell c = kt_matrix_best(x, row, i);

        if (c < KT_CELL_KILLS || strcmp(x->book->cases[i]->area, area) != 0)
            continue;
        n++;
        best = c > best ? c : best;
    }
    if (n == 0)
        fputs("<td>", f);
    else
        fprintf(f, "<td class=\"n %s\">%zu",
                best == KT_CELL_EXACT   ? "x"
                : best == KT_CELL_NAMED ? "n2"
                                        : "o",
                n);
}

static void html_row(const struct kt_matrix *x, size_t row, FILE *f)
{
    bool anti;
    const struct kt_mutant *m = kt_matrix_row(row, &anti);
    const size_t n = kills_of_row(x, row);
    const bool bad =
        anti ? n > 0
             : m->equivalent == NULL && kt_verdicts_row(x, row) < KT_CELL_NAMED;

    fprintf(f, "<tr><td%s><details><summary>", bad ? " class=bad" : "");
    escaped(f, m->name);
    fputs("</summary>", f);
    escaped(f, m->equivalent ? m->equivalent : m->says);
    for (size_t i = 0; i < x->book->ncases; i++) {
        const enum kt_cell c = kt_matrix_best(x, row, i);

        if (c < KT_CELL_KILLS)
            continue;
        fprintf(f, "<br>%s ", words[c]);
        escaped(f, x->book->cases[i]->id);
    }
    fputs("</details><td>", f);
    escaped(f, anti ? "legal" : m->rule);
    fprintf(f, "<td class=n>%zu", n);
    for (size_t i = 0; i < x->book->ncases; i++)
        if (is_first_of_area(x, i))
            html_cell(x, row, x->book->cases[i]->area, f);
    fputs("\n", f);
}

static void html_list(FILE *f, const char *title, const json_t *list)
{
    fprintf(f, "<h2>%s: %zu</h2><ul>\n", title, json_array_size(list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *e = json_array_get(list, i);
        const json_t *name = json_is_object(e) ? json_object_get(e, "name") : e;

        fputs("<li>", f);
        escaped(f, json_string_value(name));
    }
    fputs("</ul>\n", f);
}

static void write_html(const struct kt_matrix *x, const struct kt_verdicts *v,
                       FILE *f)
{
    fputs(head, f);
    fprintf(f,
            "<p>%zu mutants, %zu killed, %zu by the rule they break; %zu of "
            "%zu legal variations killed.</p>\n",
            v->mutants, v->killed, v->named, json_array_size(v->false_alarms),
            v->antis);
    html_list(f, "Survivors", v->survivors);
    html_list(f, "Killed for another reason only", v->misnamed);
    html_list(f, "Equivalent", v->equivalent);
    html_list(f, "Scenarios that kill nothing", v->idle);
    html_list(f, "Scenarios that were not played", v->not_played);
    fputs("<table><tr><th>mutant<th>rule<th>all", f);
    for (size_t i = 0; i < x->book->ncases; i++)
        if (is_first_of_area(x, i)) {
            fputs("<th>", f);
            escaped(f, x->book->cases[i]->area);
        }
    fputs("\n", f);
    for (size_t row = 0; row < x->nrows; row++)
        html_row(x, row, f);
    fputs("</table><h2>Mutants killed by each case</h2><table>\n", f);
    for (size_t i = 0; i < x->book->ncases; i++) {
        fprintf(f, "<tr><td class=n>%zu<td>", kills_of_case(x, i));
        escaped(f, x->book->cases[i]->id);
        fputs("\n", f);
    }
    fputs("</table></html>\n", f);
}

static void write_json(const struct kt_matrix *x, const struct kt_verdicts *v,
                       FILE *f)
{
    json_t *j = kt_matrix_json(x);

    json_object_set(j, "survivors", v->survivors);
    json_object_set(j, "scenarios_killing_nothing", v->idle);
    json_dumpf(j, f, JSON_INDENT(1));
    fputc('\n', f);
    json_decref(j);
}

typedef void write_fn(const struct kt_matrix *x, const struct kt_verdicts *v,
                      FILE *f);

static write_fn *writer_of(const char *path)
{
    static const struct {
        const char *ending;
        write_fn *fn;
    } kinds[] = {
        {".html", write_html}, {".json", write_json}, {".txt", write_text}};
    const size_t n = strlen(path);

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const size_t e = strlen(kinds[i].ending);

        if (n > e && strcmp(path + n - e, kinds[i].ending) == 0)
            return kinds[i].fn;
    }
    return NULL;
}

bool kt_matrix_can_write(const char *path)
{
    return writer_of(path) != NULL;
}

bool kt_matrix_write(const struct kt_matrix *x, const struct kt_verdicts *v,
                     const char *path)
{
    FILE *f = fopen(path, "w");
    bool ok = f != NULL;

    if (ok) {
        writer_of(path)(x, v, f);
        ok = !ferror(f);
        ok = fclose(f) == 0 && ok;
    }
    if (!ok)
        fprintf(stderr, "selftest: %s: %s\n", path, strerror(errno));
    return ok;
}
