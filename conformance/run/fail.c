/* The failure block of a case. SPDX-License-Identifier: Apache-2.0 */
#include "run/fail.h"
#include "base/alloc.h"
#include "run/block.h"
#include "run/chan.h"
#include "run/inner.h"
#include "run/wirelog.h"
#include <string.h>

static bool bound(const struct kt_case *c, const char *rule)
{
    const struct kt_rule_view *v = &c->run->opts.rules;

    return !v->bound || v->bound(v->ctx, rule, c->role);
}

static enum kt_level level_of(const struct kt_case *c, const char *rule)
{
    const struct kt_rule_view *v = &c->run->opts.rules;

    return v->level && *rule ? v->level(v->ctx, rule) : KT_MUST;
}

/* The line's own rule, else the first of the scenario's that binds this role.
 */
const char *kt_case_rule(const struct kt_case *c, const struct kt_line *line)
{
    if (line && line->rule && bound(c, line->rule))
        return line->rule;
    for (size_t i = 0; i < c->scn->nrules; i++)
        if (bound(c, c->scn->rules[i]))
            return c->scn->rules[i];
    return c->scn->nrules ? c->scn->rules[0] : "";
}

static char *line_text(const struct kt_line *line)
{
    return kt_xstrdup(line && line->text ? line->text : "");
}

/* In one sentence: what it means, and whose side it is. */
static char *meaning(const struct kt_case *c, const struct kt_fault *f)
{
    const struct kt_line *l = f->line;
    const char *side = "";

    if (l && l->kind == KT_S_APP)
        side = l->app.side == KT_CLIENT ? " (the client's application)"
                                        : " (the server's handler)";
    else if (l && l->kind == KT_S_WIRE)
        side = l->wire.to_server ? " (bytes of the client)"
                                 : " (bytes of the server)";
    if (c->role == KT_ROLE_PAIR)
        return kt_xasprintf("%s%s", kt_reason_text(f->reason), side);
    return kt_xasprintf("%s%s; the %s is under test", kt_reason_text(f->reason),
                        side, c->role == KT_ROLE_SERVER ? "server" : "client");
}

/* First come, first kept: what follows a failure is cleaning up. */
static void verdict(struct kt_case *c, const struct kt_fault *f,
                    enum kt_verdict v, const char *rule, const char *expected)
{
    struct kt_result *r = &c->res;
    const struct kt_sut *sut =
        &c->run->sut[c->sut[KT_SERVER] ? KT_SERVER : KT_CLIENT];

    c->failed = true;
    r->verdict = v;
    r->rule = rule;
    r->reason = kt_reason_code(f->reason);
    r->pos = f->line ? f->line->pos : c->scn->pos;
    r->step = line_text(f->line);
    r->expected = kt_xstrdup(expected);
    r->got = kt_xstrdup(f->got ? f->got : "");
    r->meaning = meaning(c, f);
    r->sut_stderr = kt_xstrdup(
        sut->state == KT_SUT_READY ? kt_driver_stderr(sut->driver) : "");
    kt_wirelog(c, f->conn, f->seq, &r->wire, &r->nwire);
}

static void note(struct kt_case *c, const struct kt_fault *f,
                 enum kt_level level, const char *rule, const char *expected)
{
    char *text = kt_xasprintf("expected %s, got %s", expected,
                              f->got ? f->got : "nothing");

    kt_result_note(&c->res, level, rule, kt_reason_code(f->reason),
                   f->line ? f->line->pos : c->scn->pos, text);
    kt_free(text);
}

enum kt_do kt_case_fault(struct kt_case *c, const struct kt_fault *f)
{
    const char *rule =
        f->rule && bound(c, f->rule) ? f->rule : kt_case_rule(c, f->line);
    const char *expected = f->expected                ? f->expected
                           : f->line && f->line->text ? f->line->text
                                                      : "";
    const enum kt_level level = level_of(c, rule);
    const bool fails = level == KT_MUST ||
                       (level == KT_SHOULD && c->run->opts.level == KT_SHOULD);
    const enum kt_verdict v = f->verdict == KT_PASS ? KT_FAIL : f->verdict;

    if (c->failed)
        return KT_DO_FAIL;
    if (v == KT_FAIL && !fails) {
        note(c, f, level, rule, expected);
        return KT_DO_DONE;
    }
    verdict(c, f, v, rule, expected);
    return KT_DO_FAIL;
}

enum kt_do kt_case_fault_text(struct kt_case *c, const struct kt_line *line,
                              enum kt_reason reason, const char *got)
{
    const struct kt_fault f = {.reason = reason, .line = line, .got = got};

    return kt_case_fault(c, &f);
}

void kt_case_end(struct kt_case *c, enum kt_verdict v, enum kt_reason reason,
                 const struct kt_line *line, const char *got)
{
    const struct kt_fault f = {
        .verdict = v, .reason = reason, .line = line, .got = got};

    if (!c->failed)
        verdict(c, &f, v, v == KT_HARNESS_ERROR ? "" : kt_case_rule(c, line),
                line && line->text ? line->text : "");
    kt_case_touch(c);
}

void kt_case_crashed(struct kt_case *c, const struct kt_sut *sut)
{
    const struct kt_fault f = {
        .reason = KT_R_CRASHED,
        .line = kt_case_line(c),
        .got = sut->why,
    };

    kt_result_fini(&c->res);
    c->res = (struct kt_result){.scn = c->scn, .role = c->role};
    c->failed = false;
    verdict(c, &f, KT_SUT_CRASH, kt_case_rule(c, f.line), "the SUT lives");
    kt_free(c->res.sut_stderr);
    c->res.sut_stderr = kt_xstrdup(sut->tail ? sut->tail : "");
    c->phase = KT_C_OVER;
}

void kt_case_standing(struct kt_case *c, struct kt_chan *conn, const char *rule,
                      const char *text)
{
    const struct kt_fault f = {.reason = KT_R_STANDING,
                               .line = kt_case_line(c),
                               .got = text,
                               .conn = conn,
                               .seq = c->seq};
    const enum kt_level level = level_of(c, rule);
    const bool fails = level == KT_MUST ||
                       (level == KT_SHOULD && c->run->opts.level == KT_SHOULD);

    if (fails && !c->failed)
        verdict(c, &f, KT_FAIL, rule, "a standing check holds");
    else
        note(c, &f, level, rule, "a standing check holds");
    kt_case_touch(c);
}

void kt_case_label(struct kt_case *c, const struct kt_line *line,
                   const char *label)
{
    const bool bare = strcmp(label, "bare-close") == 0;

    if (*label)
        kt_result_note(&c->res, bare ? KT_SHOULD : KT_INFO,
                       kt_case_rule(c, line), kt_reason_code(KT_R_LABEL),
                       line->pos, label);
}
