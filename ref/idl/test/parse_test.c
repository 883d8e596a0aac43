/* Claims about reading Thrift files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "idl/idl.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEN(a) (sizeof(a) / sizeof *(a))

static struct kt_idl *parse(const char *text, struct kt_err *e)
{
    *e = (struct kt_err){0};
    return kt_idl_parse("dir/t.thrift", text, strlen(text), e);
}

Test(parse, the_two_files_of_interop_give_modes_and_paths)
{
    static const struct {
        const char *file, *path, *method;
        enum kt_mode mode;
        bool oneway;
        size_t results;
    } want[] = {
        {"echo", "echo.TestService", "Echo", KT_MODE_BIDI, false, 1},
        {"echo", "echo.TestService", "EchoClient", KT_MODE_CLIENT, false, 1},
        {"echo", "echo.TestService", "EchoServer", KT_MODE_SERVER, false, 1},
        {"echo", "echo.TestService", "EchoUnary", KT_MODE_UNARY, false, 1},
        {"echo", "TestService", "EchoPingPong", KT_MODE_PINGPONG, false, 1},
        {"conformance", "Conformance", "Echo", KT_MODE_BIDI, false, 1},
        {"conformance", "Conformance", "EchoUnary", KT_MODE_UNARY, false, 2},
        {"conformance", "conformance.Conformance", "EchoPingPong",
         KT_MODE_PINGPONG, false, 2},
        {"conformance", "Conformance", "Notify", KT_MODE_PINGPONG, true, 0},
    };

    for (size_t i = 0; i < LEN(want); i++) {
        char file[512];
        struct kt_err e = {0};

        snprintf(file, sizeof file, "%s/interop/idl/%s.thrift", KT_SOURCE,
                 want[i].file);
        struct kt_idl *idl = kt_idl_load(file, NULL, 0, &e);
        cr_assert(idl, "%s", e.detail);
        cr_expect_eq(kt_idl_services(idl), 1);
        const struct kt_service *s = kt_idl_service(idl, want[i].path);
        cr_assert(s, "%s", want[i].path);
        cr_expect_eq(s, kt_idl_service_at(idl, 0));
        const struct kt_method *m = kt_service_method(s, want[i].method);
        cr_assert(m, "%s", want[i].method);
        cr_expect_eq(m->mode, want[i].mode, "%s", m->name);
        cr_expect_eq(m->oneway, want[i].oneway, "%s", m->name);
        cr_expect_eq(m->result->nfields, want[i].results, "%s", m->name);
        cr_expect_str_eq(m->req->str->name, "Request");
        cr_expect_eq(m->resp == NULL, want[i].oneway, "%s", m->name);
        cr_expect_null(kt_service_method(s, "Ech"));
        kt_idl_free(idl);
    }
}

/* Each line: what is wrong with it, and what must be said, after the name of
 * the file. */
static const struct {
    const char *text, *want;
    enum kt_code code;
} wrong[] = {
    {"strct A {}",
     ":1:1: expected a definition, got 'strct', did you mean struct?",
     KT_E_SYNTAX},
    {"namespce go x",
     ":1:1: expected a definition, got 'namespce', did you mean namespace?",
     KT_E_SYNTAX},
    {"\n  42", ":2:3: expected a definition, got '42'", KT_E_SYNTAX},
    {"struct A {\n 1: strng a }",
     ":2:5: unknown type 'strng', did you mean string?", KT_E_UNKNOWN},
    {"struct Inner {} struct A { 1: list<Iner> a }",
     ":1:36: unknown type 'Iner', did you mean Inner?", KT_E_UNKNOWN},
    {"struct A { 1: Zzzzzzz a }", ":1:15: unknown type 'Zzzzzzz'",
     KT_E_UNKNOWN},
    {"struct A { 1: optinal string a }",
     ":1:15: unknown word 'optinal', did you mean optional?", KT_E_SYNTAX},
    {"struct A { 1: requird list<i32> a }",
     ":1:15: unknown word 'requird', did you mean required?", KT_E_SYNTAX},
    {"service S { onway void F() }",
     ":1:13: unknown word 'onway', did you mean oneway?", KT_E_SYNTAX},
    {"struct A { 1: string }", ":1:22: expected a field name, got '}'",
     KT_E_SYNTAX},
    {"struct A { 1: string a",
     ":1:23: expected a type, got the end of the file", KT_E_SYNTAX},
    {"struct A { 1 string a }", ":1:14: expected ':', got 'string'",
     KT_E_SYNTAX},
    {"struct A { 1: i32 a 1: i32 b }", ":1:21: A has two fields with the id 1",
     KT_E_DUPLICATE},
    {"struct A { 1: i32 a 2: i32 a }",
     ":1:21: A has two fields with the name 'a'", KT_E_DUPLICATE},
    {"struct A { 32768: i32 a }", ":1:12: a field id must fit 16 bits",
     KT_E_RANGE},
    {"struct A {} struct A {}", ":1:20: 'A' is defined twice", KT_E_DUPLICATE},
    {"struct A { 1: S a } service S {}", ":1:15: 'S' is a service, not a type",
     KT_E_TYPE},
    {"struct A { 1: B a } const i32 B = 1",
     ":1:15: 'B' is a constant, not a type", KT_E_TYPE},
    {"enum E { A, B, A }", ":1:16: enum E has two members 'A'", KT_E_DUPLICATE},
    {"enum E { A = 1, B = 1 }", ":1:6: enum E has two members of value 1",
     KT_E_DUPLICATE},
    {"enum E { A = 2147483648 }", ":1:10: the value of A does not fit 32 bits",
     KT_E_RANGE},
    {"enum E { A = 2147483647, B }",
     ":1:26: the value of B does not fit 32 bits", KT_E_RANGE},
    {"typedef B A typedef A B", ":1:11: typedef A is defined by itself",
     KT_E_SYNTAX},
    {"typedef list<A> A", ":1:17: typedef A is defined by itself", KT_E_SYNTAX},
    {"const i32 A = B const i32 B = A",
     ":1:15: this constant is defined by itself", KT_E_SYNTAX},
    {"const i8 A = 128", ":1:14: 128 is out of the range of i8", KT_E_RANGE},
    {"const i64 A = 9223372036854775808",
     ":1:15: 9223372036854775808 does not fit 64 bits", KT_E_RANGE},
    {"const i32 A = 08", ":1:15: expected an integer, got '08'", KT_E_SYNTAX},
    {"const double A = 1e999", ":1:18: 1e999 does not fit a double",
     KT_E_RANGE},
    {"const i32 A = 12ab", ":1:15: not a number", KT_E_SYNTAX},
    {"const i32 A = 'x'", ":1:15: this value is not of type i32", KT_E_TYPE},
    {"const string A = 5", ":1:18: this value is not of type string",
     KT_E_TYPE},
    {"const list<i32> A = [1, [2]]", ":1:25: this value is not of type i32",
     KT_E_TYPE},
    {"const map<string, i32> A = {'a': 'b'}",
     ":1:34: this value is not of type i32", KT_E_TYPE},
    {"const string A = '\xff'", ":1:18: this string is not UTF-8", KT_E_SYNTAX},
    {"const i32 LIMIT = 1 const i32 A = LIMT",
     ":1:35: unknown value 'LIMT', did you mean LIMIT?", KT_E_UNKNOWN},
    {"enum Color { RED } const Color A = RED",
     ":1:36: unknown value 'RED', did you mean Color.RED?", KT_E_UNKNOWN},
    {"struct B { 1: i32 a } struct A { 1: B b = {'c': 1} }",
     ":1:44: B has no such field", KT_E_UNKNOWN},
    {"const i32 A = [1", ":1:17: expected a value, got the end of the file",
     KT_E_SYNTAX},
    {"/* open", ":1:1: this comment has no end", KT_E_SYNTAX},
    {"const string A = 'open", ":1:18: this string has no end", KT_E_SYNTAX},
    {"struct A { 1: i32 $ }", ":1:19: no token begins like this", KT_E_SYNTAX},
    {"struct A {} namespace go x",
     ":1:13: 'namespace' must come before the first definition", KT_E_SYNTAX},
    {"include 'a.thrift'", ":1:9: a text in memory cannot include files",
     KT_E_IO},
    {"include 5", ":1:9: expected a string, got '5'", KT_E_SYNTAX},
    {"service S extends T {}", ":1:19: unknown service 'T'", KT_E_UNKNOWN},
    {"service Base {} service S extends Bsae {}",
     ":1:35: unknown service 'Bsae', did you mean Base?", KT_E_UNKNOWN},
    {"service A extends B {} service B extends A {}",
     ":1:42: service A extends itself", KT_E_SYNTAX},
    {"service S { void F() void F() }", ":1:27: service S has two methods 'F'",
     KT_E_DUPLICATE},
    {"service B { void F() } service S extends B { void F() }",
     ":1:51: service S has two methods 'F'", KT_E_DUPLICATE},
    {"service S { oneway i32 F() }", ":1:20: oneway method F must return void",
     KT_E_TYPE},
    {"service S { void F() throws (1: i32 x) }",
     ":1:33: 'x' is not an exception", KT_E_TYPE},
    {"exception X {} service S { oneway void F() throws (1: X x) }",
     ":1:52: oneway method F can't throw exceptions", KT_E_TYPE},
    {"service S {\n i32 F(1: i32 a) (streaming.mode='bidirectionl') }",
     ":2:34: invalid value (bidirectionl) for annotation streaming.mode, did "
     "you mean bidirectional?",
     KT_E_UNKNOWN},
    {"service S { i32 F(1: i32 a) (streaming.mode='Unary') }",
     ":1:45: invalid value (Unary) for annotation streaming.mode, did you mean "
     "unary?",
     KT_E_UNKNOWN},
    {"service S { i32 F(1: i32 a) (streaming.mode='') }",
     ":1:45: invalid value () for annotation streaming.mode: bidirectional, "
     "client, server or unary",
     KT_E_UNKNOWN},
    {"service S { i32 F(1: i32 a) (streaming.mode='unary', "
     "streaming.mode='unary') }",
     ":1:69: F has multiple values for annotation streaming.mode (at most 1 "
     "allowed)",
     KT_E_DUPLICATE},
    {"service S { i32 F() (streaming.mode='unary') }",
     ":1:17: streaming function F should have exactly 1 argument", KT_E_RANGE},
    {"service S { i32 F(1: i32 a, 2: i32 b) (streaming.mode='server') }",
     ":1:17: streaming function F should have exactly 1 argument", KT_E_RANGE},
};

Test(parse, every_error_says_where_and_what)
{
    for (size_t i = 0; i < LEN(wrong); i++) {
        struct kt_err e;
        struct kt_idl *idl = parse(wrong[i].text, &e);
        char want[256];

        snprintf(want, sizeof want, "dir/t.thrift%s", wrong[i].want);
        cr_expect_null(idl, "accepted: %s", wrong[i].text);
        cr_expect_str_eq(e.detail, want, "%s\n got  %s\n want %s",
                         wrong[i].text, e.detail, want);
        cr_expect_eq(e.code, wrong[i].code, "%s: %s", wrong[i].text,
                     kt_code_name(e.code));
        kt_idl_free(idl);
    }
}

Test(parse, a_refusal_of_a_streaming_mode_names_its_rule)
{
    struct kt_err e;

    cr_expect_null(
        parse("service S { i32 F(1: i32 a) (streaming.mode='x') }", &e));
    cr_expect_str_eq(e.rule, "IDL-2");
    cr_expect_null(parse("service S { i32 F(1: i32 a) (streaming.mode='unary' "
                         "streaming.mode='client') }",
                         &e));
    cr_expect_str_eq(e.rule, "IDL-3");
    cr_expect_null(
        parse("service S { i32 F() (streaming.mode='client') }", &e));
    cr_expect_str_eq(e.rule, "IDL-4");
}

static const char everything[] =
    "\xef\xbb\xbf# unix\n// line\n/* block * / ** */ namespace go a.b.Every\n"
    "namespace * other namespace py.x foo (a='b') cpp_include \"<x>\"\n"
    "typedef i64 (go.tag = 'x') Id (note)\n"
    "typedef map cpp_type 'm' <Id, list<set<binary>> cpp_type 'v'> Deep;\n"
    "enum E { A, B = 0x10 (x='y'); C, D = -3 } (e='f')\n"
    "const i32 BASE = 010\nconst list<E> ES = [E.A, 16; E.C]\n"
    "const map<string, Id> M = {'a': BASE, \"b\\n\\\"'\": -2};\n"
    "struct S {\n 1: required bool a = true,\n optional i32 b = BASE;\n"
    " -5: E c = E.D\n 7: double d = -1.5e3\n 8: double f = 3\n"
    " 9: binary g = 'hi'\n 10: list<E> h = ES\n 11: map<string, Id> i = M\n"
    " 12: set<i8> j = {}\n 13: T k = {'x': 'y'}\n 14: map<Id, bool> l = "
    "{1: 1}\n 15: string string = 'q' (a='b', c='d')\n 16: Deep m\n}\n"
    "struct T { 1: string x }\nunion U { 1: required i32 a; 2: U b }\n"
    "exception X { 1: byte b }\n"
    "service P { void Ping(), oneway void Note(1: S s) }\n"
    "service Q extends P {\n T One(1: T t, 2: i32 n) throws (1: X x; 2: X y)\n"
    " T Two(5: T t) throws (1: X x) (api.get='/x', streaming.mode = "
    "\"unary\")\n"
    "} (s='t')\n";

Test(parse, everything_that_the_grammar_has_is_read)
{
    static const struct {
        int id;
        enum kt_req req;
        const char *name, *type, *def;
    } want[] = {
        {1, KT_REQ_REQUIRED, "a", "bool", "true"},
        {2, KT_REQ_OPTIONAL, "b", "i32", "8"},
        {-5, KT_REQ_DEFAULT, "c", "E", "-3"},
        {7, KT_REQ_DEFAULT, "d", "double", "-1500.0"},
        {8, KT_REQ_DEFAULT, "f", "double", "3.0"},
        {9, KT_REQ_DEFAULT, "g", "binary", "\"aGk=\""},
        {10, KT_REQ_DEFAULT, "h", "list<E>", "[0, 16, 17]"},
        {11, KT_REQ_DEFAULT, "i", "map<string, i64>",
         "{\"a\": 8, \"b\\n\\\"'\": -2}"},
        {12, KT_REQ_DEFAULT, "j", "set<i8>", "[]"},
        {13, KT_REQ_DEFAULT, "k", "T", "{\"x\": \"y\"}"},
        {14, KT_REQ_DEFAULT, "l", "map<i64, bool>", "[[1, true]]"},
        {15, KT_REQ_DEFAULT, "string", "string", "\"q\""},
        {16, KT_REQ_DEFAULT, "m", "map<i64, list<set<binary>>>", NULL},
    };
    struct kt_err e;
    struct kt_idl *idl = parse(everything, &e);

    cr_assert(idl, "%s", e.detail);
    const struct kt_struct *s = kt_idl_type(idl, "S")->str;
    cr_assert_eq(s->nfields, LEN(want));
    for (size_t i = 0; i < LEN(want); i++) {
        const struct kt_idl_field *f = &s->fields[i];
        char type[64];
        char *def = f->def ? json_dumps(f->def, JSON_ENCODE_ANY) : NULL;

        cr_expect_eq(f->id, want[i].id, "%s", f->name);
        cr_expect_eq(f->req, want[i].req, "%s", f->name);
        cr_expect_str_eq(f->name, want[i].name);
        kt_type_print(f->type, type, sizeof type);
        cr_expect_str_eq(type, want[i].type, "%s: %s", f->name, type);
        cr_expect((def == NULL) == (want[i].def == NULL), "%s", f->name);
        if (def && want[i].def)
            cr_expect_str_eq(def, want[i].def, "%s: %s", f->name, def);
        free(def);
    }
    const struct kt_struct *u = kt_idl_type(idl, "U")->str;
    cr_expect_eq(u->kind, KT_SK_UNION);
    cr_expect_eq(u->fields[0].req, KT_REQ_OPTIONAL);
    cr_expect_eq(u->fields[1].type->str, u);
    cr_expect_eq(kt_idl_type(idl, "X")->str->kind, KT_SK_EXCEPTION);
    cr_expect_null(kt_idl_type(idl, "M"));
    kt_idl_free(idl);
}

Test(parse, a_service_has_what_it_inherits_under_its_own_name)
{
    static const char want[] =
        "service every.P\n"
        "  pingpong      /every.P/Ping () -> void\n"
        "  oneway        /every.P/Note (S) -> void\n"
        "service every.Q\n"
        "  pingpong      /every.Q/Ping () -> void\n"
        "  oneway        /every.Q/Note (S) -> void\n"
        "  pingpong      /every.Q/One (T, i32) -> T throws X, X\n"
        "  unary         /every.Q/Two (T) -> T throws X\n";
    struct kt_buf b = {.limit = 4096};
    struct kt_err e;
    struct kt_idl *idl = parse(everything, &e);

    cr_assert(idl, "%s", e.detail);
    cr_expect(kt_idl_describe(idl, &b));
    cr_expect_str_eq(kt_buf_cstr(&b), want, "%s", kt_buf_cstr(&b));
    const struct kt_method *two =
        kt_service_method(kt_idl_service(idl, "every.Q"), "Two");
    cr_expect_str_eq(two->args->name, "Two_args");
    cr_expect_eq(two->args->fields[0].id, 5);
    cr_expect_str_eq(two->result->name, "Two_result");
    cr_expect_eq(two->result->fields[0].id, 0);
    cr_expect_str_eq(two->result->fields[0].name, "success");
    cr_expect_eq(two->result->fields[1].id, 1);
    kt_buf_fini(&b);
    kt_idl_free(idl);
}

Test(parse, the_package_is_the_last_segment_in_lower_case)
{
    static const struct {
        const char *file, *text, *want;
    } cases[] = {
        {"x.thrift", "namespace go Echo", "echo.S"},
        {"x.thrift", "namespace go a.b.Echo", "echo.S"},
        {"x.thrift", "namespace py foo", "x.S"},
        {"x.thrift", "namespace * foo", "foo.S"},
        {"x.thrift", "namespace * foo namespace go bar", "bar.S"},
        {"a.b/My.File.thrift", "", "file.S"},
        {"dir/Plain", "", "plain.S"},
        {".thrift", "", "S"},
        {"x.thrift", "namespace go a.", "S"},
    };

    for (size_t i = 0; i < LEN(cases); i++) {
        char text[128];
        struct kt_err e = {0};

        snprintf(text, sizeof text, "%s service S {}", cases[i].text);
        struct kt_idl *idl =
            kt_idl_parse(cases[i].file, text, strlen(text), &e);
        cr_assert(idl, "%s", e.detail);
        cr_expect_str_eq(kt_idl_service_at(idl, 0)->path, cases[i].want,
                         "%s: %s", cases[i].file,
                         kt_idl_service_at(idl, 0)->path);
        cr_expect(kt_idl_service(idl, cases[i].want));
        kt_idl_free(idl);
    }
}

/* Text that repeats a piece n times between a head and a tail. */
static char *repeat(const char *head, const char *piece, size_t n,
                    const char *tail)
{
    struct kt_buf b = {.limit = 64 << 20};

    kt_buf_puts(&b, head);
    for (size_t i = 0; i < n; i++)
        kt_buf_puts(&b, piece);
    kt_buf_puts(&b, tail);
    return (char *)kt_buf_cstr(&b);
}

/* n numbered lines, "%zu" twice in fmt: the number and the next. */
static char *chain(const char *head, const char *fmt, size_t n,
                   const char *tail)
{
    struct kt_buf b = {.limit = 64 << 20};

    kt_buf_puts(&b, head);
    for (size_t i = 0; i < n; i++) {
        char line[128];

        snprintf(line, sizeof line, fmt, i, i + 1);
        kt_buf_puts(&b, line);
    }
    kt_buf_puts(&b, tail);
    return (char *)kt_buf_cstr(&b);
}

static void expect_code(char *text, enum kt_code want, const char *name)
{
    struct kt_err e = {0};
    struct kt_idl *idl = kt_idl_parse("t", text, strlen(text), &e);

    cr_expect_eq(idl == NULL, want != KT_E_OK, "%s: %s", name, e.detail);
    cr_expect_eq(e.code, want, "%s: %s", name, e.detail);
    kt_idl_free(idl);
    kt_free(text);
}

Test(parse, what_grows_without_end_is_refused)
{
    expect_code(repeat("typedef ", "list<", 32, "i8 x"), KT_E_SYNTAX,
                "unclosed");
    expect_code(repeat("typedef ", "list<", 33, "i8"), KT_E_TOO_DEEP, "types");
    expect_code(repeat("typedef ", "list<", 300000, "i8"), KT_E_TOO_DEEP,
                "types");
    expect_code(repeat("const A X = ", "[", 34, "]"), KT_E_TOO_DEEP, "values");
    expect_code(repeat("const A X = ", "{1:", 300000, ""), KT_E_TOO_DEEP,
                "values");
    expect_code(chain("", "typedef T%2$zu T%1$zu\n", 63, "typedef i8 T63"),
                KT_E_OK, "typedefs");
    expect_code(
        chain("", "typedef T%2$zu T%1$zu\n", 20000, "typedef i8 T20000"),
        KT_E_TOO_DEEP, "typedefs");
    expect_code(
        chain("typedef i8 T0\n", "typedef list<T%zu> T%zu\n", 20000, ""),
        KT_E_OK, "typedefs in order");
    expect_code(
        chain("", "const i8 C%zu = C%zu\n", 20000, "const i8 C20000 = 1"),
        KT_E_TOO_DEEP, "constants");
    expect_code(
        chain("", "service S%zu extends S%zu {}\n", 20000, "service S20000 {}"),
        KT_E_TOO_DEEP, "extends");
    expect_code(chain("typedef i8 T0\nconst T0 C0 = 1\n",
                      "typedef list<T%1$zu> T%2$zu const T%2$zu C%2$zu = "
                      "[C%1$zu, C%1$zu]\n",
                      40, ""),
                KT_E_TOO_MANY, "doubling");
    expect_code(repeat("struct A {", "i8 a ", 4097, "}"), KT_E_TOO_MANY,
                "fields");
    expect_code(repeat("", " ", (4 << 20) + 1, ""), KT_E_TOO_BIG, "file");
    expect_code(repeat("struct ", "x", 201, " {}"), KT_E_TOO_BIG, "name");
}

/* Files in a folder of their own. */

static char folder[] = "/tmp/kt_idl_XXXXXX";

static void enter_folder(void)
{
    cr_assert(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    cr_assert_eq(system("mkdir sub other"), 0);
}

static void leave_folder(void)
{
    cr_assert_eq(chdir("/"), 0);
    char cmd[64];

    snprintf(cmd, sizeof cmd, "rm -r %s", folder);
    cr_assert_eq(system(cmd), 0);
}

static void put_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");

    cr_assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

Test(parse, names_are_found_through_includes)
{
    const char *const dirs[] = {"nowhere", "other"};
    struct kt_err e = {0};

    enter_folder();
    put_file("sub/main.thrift",
             "include 'base.thrift' include \"far.types.thrift\"\n"
             "include '../sub/base.thrift'\n"
             "struct M { 1: base.B b 2: far.types.F f = far.types.F.Y\n"
             " 3: i32 n = base.N 4: base.L l = base.LIST }\n"
             "service S extends base.P { M Own(1: M m) }");
    put_file("sub/base.thrift",
             "include 'far.types.thrift' namespace go Base\n"
             "struct B { 1: far.types.F f = far.types.F.X }\n"
             "const i32 N = far.types.K typedef list<B> L\n"
             "const L LIST = [{'f': far.types.F.Y}]\n"
             "service P { B Up(1: B b) (streaming.mode='client') }");
    put_file("other/far.types.thrift",
             "enum F { X = 4, Y } const i32 K = 9 service Hidden {}");
    struct kt_idl *idl = kt_idl_load("sub/main.thrift", dirs, 2, &e);
    cr_assert(idl, "%s", e.detail);
    const struct kt_struct *m = kt_idl_type(idl, "M")->str;
    cr_expect_str_eq(m->fields[0].type->str->name, "B");
    cr_expect_eq(json_integer_value(m->fields[1].def), 5);
    cr_expect_eq(json_integer_value(m->fields[2].def), 9);
    cr_expect_eq(json_array_size(m->fields[3].def), 1);
    const struct kt_service *s = kt_idl_service(idl, "main.S");
    cr_assert(s);
    cr_expect_eq(kt_idl_services(idl), 1);
    cr_expect_eq(s->nmethods, 2);
    cr_expect_eq(kt_service_method(s, "Up")->mode, KT_MODE_CLIENT);
    kt_idl_free(idl);
    leave_folder();
}

Test(parse, a_bad_include_is_shown_where_it_is_asked_for)
{
    static const struct {
        const char *a, *b, *want;
        enum kt_code code;
    } cases[] = {
        {"include 'c.thrift'", "", "a.thrift:1:9: c.thrift: no such file",
         KT_E_IO},
        {"include 'sub'", "", "a.thrift:1:9: sub: not a file", KT_E_IO},
        {"include 'b.thrift'", "include 'a.thrift'",
         "b.thrift:1:9: a.thrift: these files include each other", KT_E_SYNTAX},
        {"include 'a.thrift'", "",
         "a.thrift:1:9: a.thrift: these files include each other", KT_E_SYNTAX},
        {"include 'b.thrift'", "\nstruct B { 1: Inr x } struct Int {}",
         "b.thrift:2:15: unknown type 'Inr', did you mean Int?", KT_E_UNKNOWN},
        {"include 'b.thrift' struct A { 1: b.Usr x }", "struct User {}",
         "a.thrift:1:34: unknown type 'b.Usr', did you mean User?",
         KT_E_UNKNOWN},
        {"include 'b.thrift' struct A { 1: c.User x }", "struct User {}",
         "a.thrift:1:34: unknown type 'c.User'", KT_E_UNKNOWN},
        {"include 'b.thrift' struct A { 1: User x }", "struct User {}",
         "a.thrift:1:34: unknown type 'User'", KT_E_UNKNOWN},
        {"include 'b.thrift' struct A { 1: i8 x = b.K }", "const i32 K = 300",
         "a.thrift:1:41: 300 is out of the range of i8", KT_E_RANGE},
    };
    struct kt_err e = {0};

    enter_folder();
    for (size_t i = 0; i < LEN(cases); i++) {
        put_file("a.thrift", cases[i].a);
        put_file("b.thrift", cases[i].b);
        cr_expect_null(kt_idl_load("a.thrift", NULL, 0, &e));
        cr_expect_str_eq(e.detail, cases[i].want, "%zu\n got  %s\n want %s", i,
                         e.detail, cases[i].want);
        cr_expect_eq(e.code, cases[i].code, "%zu", i);
    }
    cr_expect_null(kt_idl_load("none.thrift", NULL, 0, &e));
    cr_expect_str_eq(e.detail, "none.thrift: No such file or directory");
    for (int i = 0; i < 40; i++) {
        char name[32], text[64];

        snprintf(name, sizeof name, "d%d.thrift", i);
        snprintf(text, sizeof text, "include 'd%d.thrift'", i + 1);
        put_file(name, i < 39 ? text : "");
    }
    cr_expect_null(kt_idl_load("d0.thrift", NULL, 0, &e));
    cr_expect_eq(e.code, KT_E_TOO_DEEP, "%s", e.detail);
    struct kt_idl *idl = kt_idl_load("d8.thrift", NULL, 0, &e);
    cr_expect(idl, "%s", e.detail);
    kt_idl_free(idl);
    leave_folder();
}

Test(parse, a_long_path_leaves_room_for_the_message)
{
    char name[300];
    struct kt_err e = {0};

    memset(name, 'n', sizeof name);
    memcpy(name + sizeof name - 10, "/x.thrift", 10);
    cr_expect_null(kt_idl_parse(name, "strct", 5, &e));
    cr_expect(strstr(e.detail, "/x.thrift:1:1: expected a definition, got "
                               "'strct', did you mean struct?"),
              "%s", e.detail);
}

Test(parse, every_allocation_may_fail)
{
    struct kt_err e = {0};
    size_t n = 0;

    for (bool done = false; !done; n++) {
        kt_alloc_fail_after(n + 1);
        struct kt_idl *idl = parse(everything, &e);
        kt_alloc_fail_after(0);
        done = idl != NULL;
        if (!done)
            cr_expect_eq(e.code, KT_E_NOMEM, "%zu: %s", n, e.detail);
        kt_idl_free(idl);
        cr_assert(n < 10000);
    }
    cr_expect(n > 3, "only %zu allocations", n);
}
