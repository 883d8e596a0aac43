/* JSON, the bytes that it stands for, and what is wrong with others. The bytes
 * are derived by hand from the Thrift Binary protocol.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"

static const char idl_text[] =
    "enum Color { RED = 1, GREEN = 2, BLUE = 7 }\n"
    "struct Msg { 1: optional string message }\n"
    "struct Inner { 1: optional string name, 2: optional i32 number }\n"
    "union Choice { 1: string text, 2: i64 number, 3: Inner inner }\n"
    "exception Oops { 1: required i32 code, 2: optional string why }\n"
    "struct Def { 1: required i32 a = 5, 2: i32 b = 6, 3: optional Color c = "
    "Color.BLUE, -4: required list<i8> d = [1, 2] }\n"
    "struct Order { 9: i8 z, 1: i8 a }\n"
    "struct Tree { 1: optional Tree kid, 2: list<Tree> kids, 3: map<string, "
    "Tree> named }\n"
    "struct Empty {}\n"
    "struct Wide { 1: optional bool bo, 2: optional i8 tiny, 3: optional i64 "
    "large, 4: optional binary blob, 5: optional set<i32> nums, 6: optional "
    "map<string, string> pairs, 7: optional map<i32, Inner> inners, 8: "
    "optional list<list<i64>> matrix, 9: optional Choice choice, 10: optional "
    "double real }\n"
    "typedef bool Bool typedef byte I8 typedef i16 I16 typedef i32 I32\n"
    "typedef i64 I64 typedef double Double typedef string Str\n"
    "typedef binary Bin typedef list<i16> Shorts typedef set<string> Words\n"
    "typedef set<set<i8>> Sets typedef list<set<map<i8, i8>>> Nest\n"
    "typedef map<string, i32> Named typedef map<i32, string> Numbered\n"
    "typedef map<binary, i8> Blobs typedef map<Inner, bool> Odd\n"
    "typedef map<bool, map<string, i8>> Maps typedef list<Msg> Msgs\n"
    "typedef map<Color, i8> Colors typedef list<Empty> Empties\n"
    "typedef list<double> Doubles\n";

static const struct {
    const char *type, *json, *hex, *back; /* back: NULL for the same JSON */
} good[] = {
    {"Msg", "{\"message\":\"hi\"}", "0b000100000002686900", NULL},
    {"Msg", "{}", "00", NULL},
    {"Msg", "{\"message\":null}", "00", "{}"},
    {"Empty", "{}", "00", NULL},
    {"Bool", "true", "01", NULL},
    {"Bool", "false", "00", NULL},
    {"I8", "-128", "80", NULL},
    {"I8", "127", "7f", NULL},
    {"I16", "-2", "fffe", NULL},
    {"I16", "4660", "1234", NULL},
    {"I32", "-2147483648", "80000000", NULL},
    {"I32", "7.0", "00000007", "7"},
    {"I64", "9223372036854775807", "7fffffffffffffff", NULL},
    {"I64", "-9223372036854775808", "8000000000000000", NULL},
    {"I64", "9007199254740993", "0020000000000001", NULL},
    {"Double", "1.5", "3ff8000000000000", NULL},
    {"Double", "1", "3ff0000000000000", "1.0"},
    {"Double", "-0.0", "8000000000000000", NULL},
    {"Double", "\"NaN\"", "7ff8000000000000", NULL},
    {"Double", "\"Infinity\"", "7ff0000000000000", NULL},
    {"Double", "\"-Infinity\"", "fff0000000000000", NULL},
    {"Str", "\"\"", "00000000", NULL},
    {"Str", "\"\\u00e9\\u0000z\"", "00000004c3a9007a", NULL},
    {"Bin", "\"\"", "00000000", NULL},
    {"Bin", "\"/w==\"", "00000001ff", NULL},
    {"Bin", "\"/w\"", "00000001ff", "\"/w==\""},
    {"Bin", "\"aGk=\"", "000000026869", NULL},
    {"Bin", "\"AAEC\"", "00000003000102", NULL},
    {"Color", "7", "00000007", NULL},
    {"Color", "\"GREEN\"", "00000002", "2"},
    {"Color", "99", "00000063", NULL},
    {"Shorts", "[1,-1]", "06000000020001ffff", NULL},
    {"Shorts", "[]", "0600000000", NULL},
    {"Words", "[\"b\",\"a\",\"b\"]", "0b00000003000000016200000001610000000162",
     NULL},
    {"Sets", "[[1],[]]", "0e000000020300000001010300000000", NULL},
    {"Named", "{\"a\":1,\"\":2}",
     "0b08000000020000000161000000010000000000000002", NULL},
    {"Named", "[[\"a\",1],[\"\",2]]",
     "0b08000000020000000161000000010000000000000002", "{\"a\":1,\"\":2}"},
    {"Named", "[[\"a\\u0000\",1],[\"b\",2]]",
     "0b080000000200000002610000000001000000016200000002", NULL},
    {"Named", "{}", "0b0800000000", NULL},
    {"Numbered", "[[1,\"a\"],[-1,\"\"]]",
     "080b00000002000000010000000161ffffffff00000000", NULL},
    {"Numbered", "[]", "080b00000000", NULL},
    {"Blobs", "[[\"aGk=\",1]]", "0b030000000100000002686901", NULL},
    {"Odd", "[[{\"number\":5},true]]", "0c0200000001080002000000050001", NULL},
    {"Maps", "[[true,{\"k\":-1}]]", "020d00000001010b0300000001000000016bff",
     NULL},
    {"Colors", "[[\"BLUE\",1],[1,2]]", "08030000000200000007010000000102",
     "[[7,1],[1,2]]"},
    {"Msgs", "[{\"message\":\"x\"},{}]", "0c000000020b000100000001780000",
     NULL},
    {"Choice", "{\"text\":\"x\"}", "0b0001000000017800", NULL},
    {"Choice", "{\"inner\":{\"name\":\"\"},\"text\":null}",
     "0c00030b0001000000000000", "{\"inner\":{\"name\":\"\"}}"},
    {"Oops", "{\"code\":-1}", "080001ffffffff00", NULL},
    {"Oops", "{\"why\":\"y\",\"code\":1}", "080001000000010b0002000000017900",
     "{\"code\":1,\"why\":\"y\"}"},
    {"Def", "{}", "080001000000050ffffc0300000002010200",
     "{\"a\":5,\"d\":[1,2]}"},
    {"Def", "{\"a\":1,\"b\":0,\"c\":\"RED\",\"d\":[]}",
     "0800010000000108000200000000080003000000010ffffc030000000000",
     "{\"a\":1,\"b\":0,\"c\":1,\"d\":[]}"},
    {"Order", "{\"a\":1,\"z\":2}", "030009020300010100", "{\"z\":2,\"a\":1}"},
    {"Tree", "{\"kid\":{\"kid\":{}}}", "0c00010c0001000000", NULL},
    {"Wide",
     "{\"bo\":true,\"tiny\":-1,\"large\":1,\"blob\":\"AA==\",\"nums\":[3,1],"
     "\"pairs\":{\"k\":\"v\"},\"inners\":[[-2,{\"number\":4}]],\"matrix\":[[],["
     "5]],\"choice\":{\"number\":6},\"real\":0.5}",
     "02000101030002ff0a000300000000000000010b000400000001000e00050800000002000"
     "00003000000010d00060b0b00000001000000016b00000001760d0007080c00000001ffff"
     "fffe08000200000004000f00080f000000020a000000000a0000000100000000000000050"
     "c00090a000200000000000000060004000a3fe000000000000000",
     NULL},
};

static const struct {
    const char *type, *json;
    enum kt_code code;
    const char *want;
} bad_json[] = {
    {"I8", "128", KT_E_RANGE, "(top): 128 is out of the range of i8"},
    {"I16", "-32769", KT_E_RANGE, "(top): -32769 is out of the range of i16"},
    {"I32", "2147483648", KT_E_RANGE,
     "(top): 2147483648 is out of the range of i32"},
    {"I32", "1.5", KT_E_TYPE, "(top): expected i32, got a real number"},
    {"I64", "1e30", KT_E_TYPE, "(top): expected i64, got a real number"},
    {"I32", "\"1\"", KT_E_TYPE, "(top): expected i32, got a string"},
    {"Bool", "1", KT_E_TYPE, "(top): expected bool, got an integer"},
    {"Double", "\"nan\"", KT_E_TYPE, "(top): expected double, got a string"},
    {"Str", "5", KT_E_TYPE, "(top): expected string, got an integer"},
    {"Str", "null", KT_E_TYPE, "(top): expected string, got null"},
    {"Bin", "\"a b\"", KT_E_SYNTAX, "(top): not base64"},
    {"Bin", "\"A\"", KT_E_SYNTAX, "(top): not base64"},
    {"Color", "\"GREN\"", KT_E_UNKNOWN,
     "(top): Color has no member GREN, did you mean GREEN?"},
    {"Color", "4294967296", KT_E_RANGE,
     "(top): 4294967296 is out of the range of Color"},
    {"Shorts", "{\"a\":1}", KT_E_TYPE,
     "(top): expected list<i16>, got an object"},
    {"Shorts", "[1,2,70000]", KT_E_RANGE,
     "[2]: 70000 is out of the range of i16"},
    {"Named", "{\"a\":1,\"b\":\"x\"}", KT_E_TYPE,
     "[\"b\"]: expected i32, got a string"},
    {"Named", "[[\"a\",1],[\"b\"]]", KT_E_TYPE,
     "[1]: expected a pair [key, value]"},
    {"Named", "[[1,1]]", KT_E_TYPE, "[0][0]: expected string, got an integer"},
    {"Numbered", "{\"1\":\"x\"}", KT_E_TYPE,
     "(top): expected map<i32, string>, got an object"},
    {"Msg", "[]", KT_E_TYPE, "(top): expected Msg, got an array"},
    {"Msg", "{\"mesage\":\"x\"}", KT_E_UNKNOWN,
     "(top): Msg has no field 'mesage', did you mean message?"},
    {"Wide", "{\"inners\":[[1,{\"number\":1,\"nme\":1}]]}", KT_E_UNKNOWN,
     ".inners[0][1]: Inner has no field 'nme', did you mean name?"},
    {"Wide", "{\"choice\":{\"inner\":{\"number\":4294967296}}}", KT_E_RANGE,
     ".choice.inner.number: 4294967296 is out of the range of i32"},
    {"Choice", "{}", KT_E_TYPE,
     "(top): union Choice needs exactly one field, got 0"},
    {"Wide", "{\"choice\":{\"text\":\"x\",\"number\":1}}", KT_E_TYPE,
     ".choice: union Choice needs exactly one field, got 2"},
    {"Oops", "{\"why\":\"y\"}", KT_E_MISSING,
     ".code: a required field is absent"},
    {"Oops", "{\"code\":null}", KT_E_MISSING,
     ".code: a required field is absent"},
};

static const struct {
    const char *type, *hex;
    enum kt_code code;
    int at;           /* -1: not said here */
    const char *want; /* NULL: what tbin.h says */
} bad_thrift[] = {
    {"I8", "-", KT_E_TRUNCATED, 0, "(top): the message ends here"},
    {"Msg", "0b0001000000056869", KT_E_TRUNCATED, 3,
     ".message: the message ends here"},
    {"Msg", "0b0001000000026869", KT_E_TRUNCATED, 9,
     "(top): the message ends here"},
    {"Msg", "0b0001ffffffff", KT_E_RANGE, 3, NULL},
    {"Msg", "0b000100000002c32800", KT_E_SYNTAX, 3,
     ".message: this string is not UTF-8"},
    {"Msg", "01000100", KT_E_TYPE, 0, NULL},
    {"Msg", "1c000100", KT_E_TYPE, 0, NULL},
    {"Oops", "00", KT_E_MISSING, 1, ".code: a required field is absent"},
    {"Oops", "0a0001000000000000000100", KT_E_MISSING, 12,
     ".code: a required field is absent"},
    {"Choice", "00", KT_E_TYPE, 1,
     "(top): a union needs exactly one field that the IDL knows"},
    {"Choice", "0b0001000000000a0002000000000000000100", KT_E_TYPE, 19,
     "(top): a union needs exactly one field that the IDL knows"},
    {"Shorts", "080000000100000001", KT_E_TYPE, 5,
     "(top): the elements are of another type than declared"},
    {"Shorts", "0680000000", KT_E_RANGE, 1, NULL},
    {"Shorts", "067fffffff0001", KT_E_TOO_MANY, 1, NULL},
    {"Named", "0b0a00000001000000000000000000000001", KT_E_TYPE, 6,
     "(top): the elements are of another type than declared"},
    {"Named", "0808000000010000000000000001", KT_E_TYPE, 6,
     "(top): the elements are of another type than declared"},
    {"Nest", "0e000000010d0000000103030000000101", KT_E_TRUNCATED, -1, NULL},
};

static const struct {
    const char *type, *a, *b;
    const char *path; /* NULL: equal */
} pairs[] = {
    {"Msg", "{\"message\":\"a\"}", "{\"message\":\"a\"}", NULL},
    {"Msg", "{\"message\":\"a\"}", "{\"message\":\"b\"}", ".message"},
    {"Msg", "{}", "{\"message\":null}", NULL},
    {"Msg", "{}", "{\"message\":\"\"}", ".message"},
    {"Msg", "{\"message\":\"a\"}", "{}", ".message"},
    {"Msg", "{\"message\":\"a\",\"x\":1}", "{\"message\":\"a\"}", ".x"},
    {"Msg", "{\"message\":\"a\"}", "{\"message\":\"a\",\"x\":1}", ".x"},
    {"Msg", "{\"message\":\"a\",\"x\":1}", "{\"message\":\"a\",\"x\":1}", NULL},
    {"Msg", "{\"message\":\"a\"}", "[]", "(top)"},
    {"Str", "\"a\\u0000b\"", "\"a\\u0000c\"", "(top)"},
    {"I64", "9007199254740993", "9007199254740992", "(top)"},
    {"I32", "1", "1.0", NULL},
    {"I32", "1", "\"1\"", "(top)"},
    {"Double", "1", "1.0", NULL},
    {"Double", "1.0", "1.0000000001", "(top)"},
    {"Double", "\"NaN\"", "\"NaN\"", NULL},
    {"Double", "\"NaN\"", "0.0", "(top)"},
    {"Double", "\"Infinity\"", "\"Infinity\"", NULL},
    {"Double", "\"Infinity\"", "\"-Infinity\"", "(top)"},
    {"Double", "-0.0", "0.0", NULL},
    {"Bool", "true", "false", "(top)"},
    {"Bool", "true", "1", "(top)"},
    {"Bin", "\"/w==\"", "\"/w\"", NULL},
    {"Bin", "\"/w==\"", "\"/g==\"", "(top)"},
    {"Color", "\"BLUE\"", "7", NULL},
    {"Color", "\"BLUE\"", "1", "(top)"},
    {"Shorts", "[1,2]", "[2,1]", "[0]"},
    {"Shorts", "[1,2]", "[1,2,3]", "[2]"},
    {"Shorts", "[1,2,3]", "[1,2]", "[2]"},
    {"Words", "[\"a\",\"b\",\"c\"]", "[\"c\",\"a\",\"b\"]", NULL},
    {"Words", "[\"a\",\"b\",\"c\"]", "[\"c\",\"a\",\"d\"]", "[1]"},
    {"Words", "[\"a\",\"a\",\"b\"]", "[\"a\",\"b\",\"b\"]", "[1]"},
    {"Words", "[\"a\",\"a\"]", "[\"a\"]", "[1]"},
    {"Words", "[\"a\"]", "[\"a\",\"a\"]", "(top)"},
    {"Words", "[\"a\"]", "{\"a\":1}", "(top)"},
    {"Sets", "[[1,2],[3]]", "[[3],[2,1]]", NULL},
    {"Sets", "[[1,2],[3]]", "[[3],[2,2]]", "[0]"},
    {"Nest", "[[[[1,2],[3,4]],[]]]", "[[[],[[3,4],[1,2]]]]", NULL},
    {"Nest", "[[[[1,2],[3,4]],[]]]", "[[[],[[3,4],[1,3]]]]", "[0][0]"},
    {"Named", "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", NULL},
    {"Named", "{\"a\":1,\"b\":2}", "[[\"b\",2],[\"a\",1]]", NULL},
    {"Named", "[[\"a\",1]]", "[[\"a\",1.0]]", NULL},
    {"Named", "{\"a\":1,\"b\":2}", "{\"b\":3,\"a\":1}", "[\"b\"]"},
    {"Named", "{\"a\":1}", "{\"b\":1}", "[\"a\"]"},
    {"Named", "{}", "{\"b\":1}", "(top)"},
    {"Named", "{}", "[]", NULL},
    {"Named", "[[\"a\",1],[\"a\",2]]", "[[\"a\",2],[\"a\",1]]", NULL},
    {"Named", "[[\"a\",1],[\"a\",2]]", "[[\"a\",2],[\"a\",3]]", "[\"a\"]"},
    {"Named", "[1]", "[1]", NULL},
    {"Named", "[1]", "[2]", "(top)"},
    {"Numbered", "[[1,\"a\"],[2,\"b\"]]", "[[2,\"b\"],[1,\"a\"]]", NULL},
    {"Numbered", "[[1,\"a\"],[2,\"b\"]]", "[[2,\"c\"],[1,\"a\"]]", "[1]"},
    {"Colors", "[[\"RED\",1]]", "[[1,1]]", NULL},
    {"Odd", "[[{\"number\":5},true]]",
     "[[{\"number\":5.0,\"name\":null},true]]", NULL},
    {"Maps", "[[true,{\"k\":1,\"l\":2}]]", "[[true,{\"l\":3,\"k\":1}]]",
     "[0][\"l\"]"},
    {"Wide", "{\"inners\":[[1,{\"name\":\"x\"}],[2,{}]]}",
     "{\"inners\":[[2,{}],[1,{\"name\":\"y\"}]]}", ".inners[0].name"},
    {"Wide", "{\"matrix\":[[],[1,2]]}", "{\"matrix\":[[],[1,3]]}",
     ".matrix[1][1]"},
};
