/* What a receiver must refuse in a header list.
 * SPDX-License-Identifier: Apache-2.0 */
#include "wire/hlist.h"
#include <stdlib.h>

/* The pseudo-header fields; a bit for each that was seen. */
enum {
    SEEN_METHOD = 1,
    SEEN_SCHEME = 2,
    SEEN_PATH = 4,
    SEEN_AUTHORITY = 8,
    SEEN_STATUS = 16,
};
static const struct {
    const char *name;
    unsigned bit;
} pseudo[] = {
    {":method", SEEN_METHOD}, {":scheme", SEEN_SCHEME},
    {":path", SEEN_PATH},     {":authority", SEEN_AUTHORITY},
    {":status", SEEN_STATUS},
};
enum { NPSEUDO = sizeof pseudo / sizeof *pseudo };

static const char *const hop_by_hop[] = {
    "connection",        "proxy-connection", "keep-alive",
    "transfer-encoding", "upgrade",
};
enum { NHOP = sizeof hop_by_hop / sizeof *hop_by_hop };

struct check {
    const struct kt_hlist *h;
    size_t i; /* the field under test */
    enum kt_hkind kind;
    unsigned seen;
    bool regular; /* a field that is no pseudo-header has come */
    bool connect; /* :method is CONNECT */
    struct kt_err *reterr;
};

static enum kt_step fault(struct check *c, enum kt_code code, const char *what)
{
    kt_badf(c->reterr, code, c->i, "%s", what);
    c->reterr->scope = KT_SCOPE_STREAM;
    c->reterr->rule = "H2-5";
    return KT_BAD;
}

/* RFC 9113 8.2.1, first bullets. A leading ':' is a pseudo-header's. */
static bool name_ok(struct kt_cur name)
{
    if (kt_cur_left(&name) == 0)
        return false;
    for (const uint8_t *p = name.p; p < name.end; p++)
        if (*p <= 0x20 || *p >= 0x7f || (*p >= 'A' && *p <= 'Z') ||
            (*p == ':' && p > name.p))
            return false;
    return true;
}

static bool blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static bool value_ok(struct kt_cur value)
{
    for (const uint8_t *p = value.p; p < value.end; p++)
        if (*p == '\0' || *p == '\r' || *p == '\n')
            return false;
    return kt_cur_left(&value) == 0 ||
           (!blank(value.p[0]) && !blank(value.end[-1]));
}

/* Pseudo-headers that the kind of list may hold; RFC 9113 8.3. */
static unsigned allowed(enum kt_hkind kind)
{
    switch (kind) {
    case KT_HK_REQUEST:
        return SEEN_METHOD | SEEN_SCHEME | SEEN_PATH | SEEN_AUTHORITY;
    case KT_HK_RESPONSE:
        return SEEN_STATUS;
    case KT_HK_TRAILERS:
        return 0;
    }
    return 0;
}

static bool three_digits(struct kt_cur v)
{
    if (kt_cur_left(&v) != 3)
        return false;
    for (const uint8_t *p = v.p; p < v.end; p++)
        if (*p < '0' || *p > '9')
            return false;
    return true;
}

static enum kt_step check_pseudo(struct check *c, struct kt_cur name,
                                 struct kt_cur value)
{
    unsigned bit = 0;

    for (size_t k = 0; k < NPSEUDO; k++)
        if (kt_cur_is(name, pseudo[k].name))
            bit = pseudo[k].bit;
    if ((bit & allowed(c->kind)) == 0)
        return fault(c, KT_E_UNKNOWN, "pseudo-header not allowed here");
    if (c->regular)
        return fault(c, KT_E_ORDER, "pseudo-header after a regular field");
    if (c->seen & bit)
        return fault(c, KT_E_DUPLICATE, "pseudo-header given twice");
    if (bit == SEEN_PATH && kt_cur_left(&value) == 0)
        return fault(c, KT_E_SYNTAX, "empty :path");
    if (bit == SEEN_STATUS && !three_digits(value))
        return fault(c, KT_E_SYNTAX, ":status is not three digits");
    c->seen |= bit;
    c->connect =
        c->connect || (bit == SEEN_METHOD && kt_cur_is(value, "CONNECT"));
    return KT_DONE;
}

static enum kt_step check_field(struct check *c)
{
    const struct kt_cur name = kt_hlist_name(c->h, c->i);
    const struct kt_cur value = kt_hlist_value(c->h, c->i);

    if (!name_ok(name))
        return fault(c, KT_E_SYNTAX, "character not allowed in a field name");
    if (!value_ok(value))
        return fault(c, KT_E_SYNTAX, "character not allowed in a field value");
    if (name.p[0] == ':')
        return check_pseudo(c, name, value);
    c->regular = true;
    for (size_t k = 0; k < NHOP; k++)
        if (kt_cur_is(name, hop_by_hop[k]))
            return fault(c, KT_E_PROTOCOL, "connection-specific field");
    if (kt_cur_is(name, "te") && !kt_cur_is(value, "trailers"))
        return fault(c, KT_E_PROTOCOL, "te is not \"trailers\"");
    return KT_DONE;
}

/* RFC 9113 8.3.1, 8.3.2, and 8.5 for CONNECT. */
static enum kt_step check_missing(struct check *c)
{
    const unsigned full = SEEN_METHOD | SEEN_SCHEME | SEEN_PATH;

    switch (c->kind) {
    case KT_HK_REQUEST:
        if (c->connect && c->seen != (SEEN_METHOD | SEEN_AUTHORITY))
            return fault(c, KT_E_PROTOCOL,
                         "CONNECT has :method and :authority only");
        if (!c->connect && (c->seen & full) != full)
            return fault(c, KT_E_MISSING, "no :method, :scheme or :path");
        break;
    case KT_HK_RESPONSE:
        if (c->seen != SEEN_STATUS)
            return fault(c, KT_E_MISSING, "no :status");
        break;
    case KT_HK_TRAILERS:
        break;
    }
    return KT_DONE;
}

enum kt_step kt_hlist_check(const struct kt_hlist *h, enum kt_hkind kind,
                            struct kt_err *reterr)
{
    struct check c = {.h = h, .kind = kind, .reterr = reterr};

    for (; c.i < h->n; c.i++) {
        const enum kt_step s = check_field(&c);

        if (s != KT_DONE)
            return s;
    }
    return check_missing(&c);
}
