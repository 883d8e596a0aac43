/* Build tool: text files into a C array of {path, text}.
 *     kt_embed OUT.c SYMBOL ROOT FILE…
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

static int put_file(FILE *out, const char *path, const char *name)
{
    FILE *in = fopen(path, "re");
    int c, col = 0;

    if (in == NULL) {
        perror(path);
        return 1;
    }
    fprintf(out, "    {\"%s\",\n     (const char[]){", name);
    while ((c = fgetc(in)) != EOF)
        fprintf(out, "%s%d,", col++ % 24 ? "" : "\n      ", c);
    fprintf(out, "0}},\n");
    fclose(in);
    return 0;
}

int main(int argc, char **argv)
{
    int rc = 0;

    if (argc < 4)
        return 2;
    FILE *out = fopen(argv[1], "we");
    if (out == NULL) {
        perror(argv[1]);
        return 1;
    }
    fprintf(out, "/* Made by the build from %s. */\n#include \"base/textfile.h\"\n"
                 "const struct kt_text_file %s[] = {\n", argv[2], argv[2]);
    for (int i = 4; i < argc; i++) {
        const size_t n = strlen(argv[3]);
        const char *name = strncmp(argv[i], argv[3], n) == 0 ? argv[i] + n : argv[i];

        rc |= put_file(out, argv[i], name + strspn(name, "/"));
    }
    fprintf(out, "};\nconst size_t %s_n = %d;\n", argv[2], argc - 4);
    return fclose(out) != 0 || rc;
}
