/* What lines become: values, messages, outcomes, wire lines.
 * SPDX-License-Identifier: Apache-2.0 */
#include "book.h"
#include "script/value.h"

static void print(struct kt_buf *b, const struct kt_pat *p)
{
    switch (p->kind) {
    case KT_PAT_LIT:
        kt_buf_puts(b, p->gzip ? "gzip " : p->quoted ? "quoted " : "");
        for (size_t i = 0; i < p->n; i++)
            kt_buf_printf(b,
                          strchr("\n\v\f\1\377", p->text[i]) ? "\\%02x" : "%c",
                          (unsigned char)p->text[i]);
        break;
    case KT_PAT_RANGE:
        kt_buf_printf(b, "%llu..", (unsigned long long)p->lo);
        if (p->hi != UINT64_MAX)
            kt_buf_printf(b, "%llu", (unsigned long long)p->hi);
        break;
    case KT_PAT_REGEX:
        kt_buf_printf(b, "~ %s", p->text);
        break;
    case KT_PAT_PRESENT:
        kt_buf_puts(b, "present");
        break;
    case KT_PAT_NOT:
        kt_buf_puts(b, "not ");
        print(b, &p->sub[0]);
        break;
    case KT_PAT_ALT:
        for (size_t i = 0; i < p->nsub; i++) {
            kt_buf_puts(b, i ? " or " : "");
            print(b, &p->sub[i]);
        }
    }
}

static const struct {
    const char *text, *is, *yes, *no; /* what it matches, and what not */
} values[] = {
    {"abc", "abc", "abc", "abcd"},
    {"\"a b\\n\"", "quoted a b\\0a", "a b\n", "a b"},
    {"\"*\"", "quoted *", "*", "x"},
    {"\"é\"", "quoted é", "é", "e"},
    {"*", "present", "", NULL},
    {"1..5", "1..5", "5", "6"},
    {"300ms..2s", "300000000..2000000000", "300000000", "300"},
    {"7..", "7..", "18446744073709551615", "6"},
    {"1KiB..1MiB", "1024..1048576", "1024", "1023"},
    {"~\"^a+$\"", "~ ^a+$", "aaa", "ab"},
    {"~\"a|b\"", "~ a|b", "xb", "c"},
    {"!0", "not 0", "1", "0"},
    {"!1..3", "not 1..3", "4", "2"},
    {"A|B|1..3", "A or B or 1..3", "2", "C"},
    {"\"a|b\"|c", "quoted a|b or c", "a|b", "a"},
    {"hex:00ff0a", "\\00\\ff\\0a", NULL, "00ff0a"},
    {"hex:", "", "", "x"},
    {"hex:(0a)x3", "\\0a\\0a\\0a", "\n\n\n", "\n"},
    {"hex:01(0a)x2(0b0c)x1", "\\01\\0a\\0a\\0b\\0c", "\1\n\n\v\f", "\1"},
    {"hex:41(42)x0", "A", "A", "AB"},
    {"zeros:3", "\\00\\00\\00", NULL, "000"},
    {"gzip:abc", "gzip abc", NULL, "abc"},
    {"-", "-", "-", "+"},
    {"..", "..", "..", "."},
    {"1..x", "1..x", "1..x", "1"},
};

Test(parse, a_value_is_read_and_matches_what_it_says)
{
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct kt_pool *a = kt_pool_new();
        struct kt_faults f = {0};
        struct kt_line_in *l = kt_pool_alloc(a, sizeof *l);
        struct kt_buf b = {.limit = 1000};
        struct kt_pat p;

        must(kt_line_init(l, a, &f, (struct kt_pos){"x", 1, 1}, values[i].text,
                          NULL));
        cr_expect(l->n == 1 && kt_value_read(l, &l->w[0], &p), "%s",
                  values[i].text);
        print(&b, &p);
        cr_expect_str_eq(kt_buf_cstr(&b), values[i].is, "%s gave %s",
                         values[i].text, kt_buf_cstr(&b));
        if (values[i].yes != NULL)
            cr_expect(kt_pat_match(&p, values[i].yes, strlen(values[i].yes)),
                      "%s and %s", values[i].text, values[i].yes);
        if (values[i].no != NULL)
            cr_expect(!kt_pat_match(&p, values[i].no, strlen(values[i].no)),
                      "%s and %s", values[i].text, values[i].no);
        kt_buf_fini(&b);
        kt_faults_fini(&f);
        kt_pool_free(a);
    }
}

Test(parse, numbers_match_by_value_and_the_judge_writes_one_thing)
{
    struct kt_pat one = {.kind = KT_PAT_LIT, .text = (char *)"0x10", .n = 4};
    struct kt_pat range = {.kind = KT_PAT_RANGE, .lo = 5, .hi = 9};
    struct kt_pat sub[] = {one, range};
    struct kt_pat alt = {.kind = KT_PAT_ALT, .sub = sub, .nsub = 2};
    struct kt_pat not = {.kind = KT_PAT_NOT, .sub = &range, .nsub = 1};
    struct kt_pat any = {.kind = KT_PAT_PRESENT};

    cr_expect(kt_pat_match_u64(&alt, 16) && kt_pat_match_u64(&alt, 5));
    cr_expect(!kt_pat_match_u64(&alt, 10) && !kt_pat_match_u64(&alt, 4));
    cr_expect(kt_pat_match_u64(&not, 4) && !kt_pat_match_u64(&not, 7));
    cr_expect(kt_pat_write(&alt) == &sub[0]);
    cr_expect(kt_pat_write(&range) == &range);
    cr_expect(kt_pat_write(&not ) == NULL && kt_pat_write(&any) == NULL);
}

/* Made by gzip(1). */
Test(parse, a_packed_value_matches_what_unpacks_to_it)
{
    static const char abc[] =
        "\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\x4c\x4a\x06\0\xc2"
        "\x41\x24\x35\x03\0\0\0";
    const struct kt_pat p = {
        .kind = KT_PAT_LIT, .gzip = true, .text = (char *)"abc", .n = 3};
    const struct kt_pat other = {
        .kind = KT_PAT_LIT, .gzip = true, .text = (char *)"abcd", .n = 4};

    cr_expect(kt_pat_match(&p, abc, sizeof abc - 1));
    cr_expect(!kt_pat_match(&p, abc, sizeof abc - 2));
    cr_expect(!kt_pat_match(&other, abc, sizeof abc - 1));
    cr_expect(!kt_pat_match(&p, "abc", 3));
}

static void print_msg(struct kt_buf *b, const struct kt_msg *m)
{
    char *json;

    switch (m->kind) {
    case KT_MSG_NONE:
        break;
    case KT_MSG_JSON:
        json = json_dumps(m->json, JSON_COMPACT | JSON_SORT_KEYS);
        kt_buf_puts(b, json);
        free(json);
        break;
    case KT_MSG_SIZE:
        kt_buf_printf(b, "size %llu", (unsigned long long)m->size);
        break;
    case KT_MSG_BYTES:
        kt_buf_puts(b, "bytes ");
        for (size_t i = 0; i < m->n; i++)
            kt_buf_printf(b, "%02x", m->bytes[i]);
    }
}

static void print_outcome(struct kt_buf *b, const struct kt_outcome *o)
{
    static const char *const names[] = {"ok",  "msg",   "eof",      "status",
                                        "biz", "error", "exception"};

    kt_buf_puts(b, names[o->kind]);
    for (size_t i = 0; i < o->ncodes; i++)
        kt_buf_printf(b, " %u", o->codes[i]);
    if (o->kind == KT_OUT_BIZ)
        kt_buf_printf(b, " %d", o->biz_code);
    if (o->name != NULL)
        kt_buf_printf(b, " %s", o->name);
    if (o->has_text) {
        kt_buf_puts(b, " ");
        print(b, &o->text);
    }
    if (o->extra != NULL)
        kt_buf_printf(b, " extra %zu", json_object_size(o->extra));
    if (o->msg.kind != KT_MSG_NONE) {
        kt_buf_puts(b, " ");
        print_msg(b, &o->msg);
    }
}

static const struct {
    const char *text, *is;
} outcomes[] = {
    {"", ""},
    {"ok", "ok"},
    {"eof", "eof"},
    {"{\"message\":\"a b\"}", "msg {\"message\":\"a b\"}"},
    {"size=9", "msg size 9"},
    {"bytes hex:0a0b", "msg bytes 0a0b"},
    {"status INTERNAL", "status 13"},
    {"status 13 \"late\"", "status 13 quoted late"},
    {"status INTERNAL|UNKNOWN", "status 13 2"},
    {"status INTERNAL ~\"b.*m\"", "status 13 ~ b.*m"},
    {"biz -5 \"\" extra {\"\":\"é\"}", "biz -5 quoted  extra 1"},
    {"biz 7 no", "biz 7 no"},
    {"error", "error"},
    {"error ~\"x\"", "error ~ x"},
    {"exception Oops {\"code\":7}", "exception Oops {\"code\":7}"},
    {"ok|error", "ok / error"},
    {"eof|status CANCELLED|DEADLINE_EXCEEDED", "eof / status 1 4"},
    {"status CANCELLED|eof", "status 1 / eof"},
    {"{\"message\":\"x\"}|status UNAVAILABLE",
     "msg {\"message\":\"x\"} / status 14"},
    {"any", "ok / error"},
};

Test(parse, an_outcome_is_one_of_its_alternatives)
{
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        char *text =
            kt_xasprintf("claim   It works.\nrules   R-1\nneeds   biz\n\n"
                         "client open\nclient recv %s @R-1 after 1s..2s\n",
                         outcomes[i].text);
        struct kt_catalog *c = book_of(text);
        const struct kt_line *s = &book_case(c, "t/x")->steps.v[1];
        struct kt_buf b = {.limit = 1000};

        cr_assert_eq(kt_catalog_faults(c)->n, 0, "%s", text);
        for (size_t k = 0; k < s->out.n; k++) {
            kt_buf_puts(&b, k ? " / " : "");
            print_outcome(&b, &s->out.v[k]);
        }
        cr_expect_str_eq(kt_buf_cstr(&b), outcomes[i].is, "%s gave %s",
                         outcomes[i].text, kt_buf_cstr(&b));
        cr_expect_str_eq(s->rule, "R-1");
        cr_expect(s->after.given && s->after.lo_ns == 1000000000 &&
                  s->after.hi_ns == 2000000000);
        kt_buf_fini(&b);
        kt_catalog_free(c);
        kt_free(text);
    }
}

/* One case with a bit of everything; each line is looked at. */
static const char all[] =
    "claim   It works: \"quotes { mean nothing here.\n"
    "rules   R-1 R-2\n"
    "needs   unary stop\n"
    "method  EchoClient\n"
    "method  Echo\n"
    "client  initial-window=100 window-updates=no\n"
    "cost    memory=2MiB handlers=7 time=5s\n"
    "isolated\n"
    "wall\n"
    "formerly old/name\n"
    "control t/control\n\n"
    "client.b open deadline=2s header k=1 header k=2 meta A=b persist P=q "
    "on=new # why\n"
    ">!.b HEADERS :method=POST X-Up=1 no te stream=b flags=+END_STREAM\n"
    ">! message {\"message\":\"m\"} cut=frame:1,5 part=2..9 repeat=3\n"
    "<.b DATA sum=100..\n"
    "& length=1..5 @R-2\n"
    "server.b accept deadline=1s..2s no meta X meta A=b\n"
    "server.b cancelled CANCELLED|UNKNOWN\n"
    "server.b set-trailer a=1 no b\n"
    "server.b return biz 5 \"t\" extra {\"k\":\"v\"}\n"
    ">! SETTINGS 0x99=5 initial-window=0 ack=no\n"
    ">! PING data=00ff\n"
    ">! BYTES \"a\\r\\n\" cut=segment:each\n"
    ">! RST_STREAM code=CANCEL|0x2\n"
    "<.b stream-error CANCEL|1..3\n"
    "silence > DATA\n"
    "at 300ms\n";

static void check_header(const struct kt_scn *s)
{
    cr_expect_str_eq(s->claim, "It works: \"quotes { mean nothing here.");
    cr_expect(s->nrules == 2 && s->nneeds == 2 && s->isolated && s->wall);
    cr_expect_str_eq(s->method, "Echo");
    cr_expect_str_eq(s->service, "conformance.Conformance");
    cr_expect(s->cost.memory == 2u << 20 && s->cost.handlers == 7 &&
              s->cost.time_ns == 5000000000);
    cr_expect_str_eq(s->formerly, "old/name");
    cr_expect_str_eq(s->control, "t/control");
    cr_expect(s->control_pos.line == 11 && s->control_pos.col == 9);
    cr_expect_eq(s->settings[KT_CLIENT].n, 2);
    cr_expect_str_eq(s->later, "cost");
}

static void check_fields(const struct kt_line *v)
{
    const struct kt_fields *open = &v[0].app.fields, *head = &v[1].wire.fields;

    cr_expect_str_eq(v[0].stream, "b");
    cr_expect_eq(open->n, 6);
    cr_expect(open->v[1].group == 'h' && open->v[2].group == 'h' &&
              open->v[3].group == 'm' && open->v[4].group == 'p' &&
              open->v[5].group == 0);
    cr_expect_eq(v[0].text[strlen(v[0].text) - 1], 'w', "%s", v[0].text);
    cr_expect(head->n == 5 && head->v[2].absent &&
              strcmp(head->v[1].name, "X-Up") == 0);
    cr_expect(v[4].app.fields.v[1].absent && v[4].app.fields.v[1].group == 'm');
    cr_expect(v[6].app.fields.n == 2 && v[6].app.fields.v[1].absent &&
              v[6].app.fields.v[0].group == 'h');
    cr_expect_str_eq(v[8].wire.fields.v[0].name, "0x99");
}

static void check_wire(const struct kt_line *v)
{
    const struct kt_wire *m = &v[2].wire;

    cr_expect(m->forced && m->to_server && m->frame == KT_F_message);
    cr_expect(m->cut == KT_CUT_FRAME && m->ncuts == 2 && m->cuts[1] == 5);
    cr_expect(m->has_part && m->part_lo == 2 && m->part_hi == 9);
    cr_expect_eq(m->repeat, 3);
    cr_expect(v[3].wire.has_sum && v[3].wire.sum_lo == 100 &&
              v[3].wire.sum_hi == UINT64_MAX);
    cr_expect(v[3].wire.nmore == 1 &&
              strcmp(v[3].wire.more[0].rule, "R-2") == 0 &&
              v[3].wire.more[0].fields.n == 1);
    cr_expect(v[9].wire.fields.v[0].value.n == 2 &&
              memcmp(v[9].wire.fields.v[0].value.text, "\0\377", 2) == 0);
    cr_expect(v[10].wire.cut_each && v[10].wire.msg.n == 3 &&
              memcmp(v[10].wire.msg.bytes, "a\r\n", 3) == 0);
    cr_expect_str_eq(v[11].wire.fields.v[0].value.sub[0].text, "8");
    cr_expect(v[12].wire.has_codes && v[12].wire.codes.nsub == 2);
    cr_expect_str_eq(v[12].wire.codes.sub[0].text, "8");
    cr_expect(v[13].kind == KT_S_SILENCE && v[13].scope == 'f' &&
              v[13].wire.frame == KT_F_DATA);
    cr_expect(v[14].kind == KT_S_AT && v[14].after.lo_ns == 300000000);
}

Test(parse, every_part_of_a_line_lands_in_its_place)
{
    struct kt_catalog *c = book_of(all);
    const struct kt_scn *s = book_case(c, "t/x");
    char *faults = book_faults(c);

    cr_assert_not_null(s, "%s", faults);
    cr_assert_eq(s->steps.n, 15, "%s", faults);
    /* Its needs do not make it a scenario that could run: one fault, no more.
     */
    check_header(s);
    check_fields(s->steps.v);
    check_wire(s->steps.v);
    cr_expect_eq(s->steps.v[5].app.code, 1);
    cr_expect(s->steps.v[5].out.v[0].ncodes == 2);
    cr_expect(s->steps.v[7].app.ret.kind == KT_OUT_BIZ &&
              s->steps.v[7].app.ret.biz_code == 5);
    cr_expect_eq(s->steps.v[3].pos.line, 16);
    kt_free(faults);
    kt_catalog_free(c);
}
