/* Build tool: text files into a C array of {path, text}.
 *     kt_embed OUT.c SYMBOL ROOT FILE…
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

/* As string literals, a line each: octal escapes mean the same whether char is
 * signed or not. */
static void put_char(FILE *out, int c)
{
    if (c == '\n')
        fprintf(out, "\\n\"\n     \"");
    else if (c == '"' || c == '\\')
        fprintf(out, "\\%c", c);
    else if (c < 0x20 || c > 0x7e || c == '?')
        fprintf(out, "\\%03o", (unsigned)c);
    else
        fputc(c, out);
}

static int put_file(FILE *out, const char *path, const char *name)
{
    FILE *in = fopen(path, "re");
    int c;

    if (in == NULL) {
        perror(path);
        return 1;
    }
    fprintf(out, "    {\"%s\",\n     \"", name);
    while ((c = fgetc(in)) != EOF)
        put_char(out, c);
    fprintf(out, "\"},\n");
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
    fprintf(out,
            "/* Made by the build from %s. */\n#include \"base/textfile.h\"\n"
            "const struct kt_text_file %s[] = {\n",
            argv[2], argv[2]);
    for (int i = 4; i < argc; i++) {
        const size_t n = strlen(argv[3]);
        const char *name =
            strncmp(argv[i], argv[3], n) == 0 ? argv[i] + n : argv[i];

        rc |= put_file(out, argv[i], name + strspn(name, "/"));
    }
    fprintf(out, "};\nconst size_t %s_n = %d;\n", argv[2], argc - 4);
    return fclose(out) != 0 || rc;
}
