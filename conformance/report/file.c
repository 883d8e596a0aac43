/* Report files that are always valid.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/file.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { MAX_HELD = 256 << 20 };

enum kt_step kt_report_file_open(struct kt_report_file *rf, const char *path,
                                 struct kt_err *reterr)
{
    *rf = (struct kt_report_file){0};
    kt_buf_init(&rf->held, MAX_HELD);
    rf->is_stdout = strcmp(path, "-") == 0;
    rf->f = rf->is_stdout ? stdout : fopen(path, "we");
    if (rf->f == NULL)
        return kt_badf(reterr, KT_E_IO, 0, "%s: %s", path, strerror(errno));
    return KT_DONE;
}

void kt_report_file_put(struct kt_report_file *rf, const char *body,
                        const char *tail, bool last)
{
    if (rf->is_stdout) {
        kt_buf_puts(&rf->held, body);
        if (last)
            fprintf(rf->f, "%s%s", kt_buf_cstr(&rf->held), tail);
        return;
    }
    fseek(rf->f, rf->body_end, SEEK_SET);
    fputs(body, rf->f);
    rf->body_end = ftell(rf->f);
    fputs(tail, rf->f);
    fflush(rf->f);
    const long size = ftell(rf->f);
    if (size >= 0 && ftruncate(fileno(rf->f), size) != 0)
        clearerr(rf->f); /* a pipe: there is nothing to cut */
}

void kt_report_file_close(struct kt_report_file *rf)
{
    if (rf->f != NULL && !rf->is_stdout)
        fclose(rf->f);
    else if (rf->f != NULL)
        fflush(rf->f);
    kt_buf_fini(&rf->held);
}
