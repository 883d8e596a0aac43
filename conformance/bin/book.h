/* What every verb starts from: the catalogue, its rules, the two IDL files;
 * embedded in the binary, or from a folder of the user's.
 * SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "check/result.h"
#include "idl/idl.h"
#include "run/run.h"
#include "script/catalog.h"

struct kt_book {
    struct kt_catalog *catalog;
    struct kt_idl *echo, *conformance;
};

/* dir NULL: the embedded catalogue. With a folder, its scenarios take the place
 * of the embedded ones; its rules/, if there, that of the embedded rules.
 * False: said on stderr, exit with 2. */
bool kt_book_open(struct kt_book *book, const char *dir);
void kt_book_close(struct kt_book *book);

const struct kt_scn *const *kt_book_cases(const struct kt_book *book,
                                          size_t *ret_n);

/* The cases that words select and that have one of these roles. Free with
 * kt_free. False: said on stderr, exit with 2. */
bool kt_book_select(const struct kt_book *book, char *const *words, size_t n,
                    unsigned roles, const struct kt_scn ***ret, size_t *ret_n);

/* Rules as the runner and the reports ask for them; ctx is the book. kitex:
 * rules of that profile count. */
struct kt_book_rules {
    const struct kt_book *book;
    bool kitex;
};
enum kt_level kt_book_level(void *ctx, const char *rule);
bool kt_book_bound(void *ctx, const char *rule, enum kt_role role);
const char *kt_book_says(void *ctx, const char *rule);
const char *kt_book_source(void *ctx, const char *rule);
