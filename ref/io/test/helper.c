/* A process to be watched: it does what its arguments say, in turn.
 * SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void die_gently(int signo)
{
    (void)signo;
    _exit(3);
}

static void env(const char *name)
{
    const char *v = getenv(name);

    printf("%s=%s\n", name, v ? v : "(unset)");
}

static void flood(long n)
{
    while (n-- > 0)
        putchar(0);
}

/* The rest of the words is the child's too. */
static void orphan(void)
{
    if (fork() != 0)
        return;
    for (;;)
        pause();
}

static void obey(const char *word, const char *arg)
{
    if (strcmp(word, "out") == 0)
        puts(arg);
    else if (strcmp(word, "err") == 0)
        fprintf(stderr, "%s\n", arg);
    else if (strcmp(word, "env") == 0)
        env(arg);
    else if (strcmp(word, "stdin") == 0)
        printf("stdin %s\n", getchar() == EOF ? "ends" : "talks");
    else if (strcmp(word, "flood") == 0)
        flood(atol(arg));
    else if (strcmp(word, "gentle") == 0)
        signal(SIGTERM, die_gently);
    else if (strcmp(word, "deaf") == 0)
        signal(SIGTERM, SIG_IGN);
    else if (strcmp(word, "orphan") == 0)
        orphan();
    else if (strcmp(word, "exit") == 0)
        exit(atoi(arg));
    else
        exit(99);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *arg = strchr(argv[i], ':');

        if (strcmp(argv[i], "pause") == 0)
            for (;;)
                pause();
        if (arg)
            *arg++ = 0;
        obey(argv[i], arg ? arg : "");
        fflush(NULL);
    }
    return 0;
}
