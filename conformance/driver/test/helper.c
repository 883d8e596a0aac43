/* A driver that does what its arguments say, one after the other: for the tests
 * of processes. SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int control = -1;

static void say(const char *text)
{
    if (write(control, text, strlen(text)) < 0 || write(control, "\n", 1) < 0)
        _exit(90);
}

static void dial(void)
{
    const char *addr = getenv("KTSPEC_CONTROL");
    struct sockaddr_in in = {.sin_family = AF_INET};

    if (addr == NULL || strncmp(addr, "127.0.0.1:", 10) != 0)
        _exit(91);
    in.sin_port = htons((uint16_t)atoi(addr + 10));
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    control = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(control, (struct sockaddr *)&in, sizeof in) != 0)
        _exit(92);
}

static void hello(void)
{
    char line[300];

    snprintf(line, sizeof line,
             "{\"hello\":{\"protocol\":1,\"token\":\"%s\",\"roles\":"
             "[\"server\"],\"transports\":[\"http2\"]}}",
             getenv("KTSPEC_TOKEN"));
    say(line);
}

/* Until a line has come, or the connection has ended. */
static void wait_line(void)
{
    char c = 0;

    while (read(control, &c, 1) == 1 && c != '\n')
        ;
}

static void act(const char *word)
{
    if (strcmp(word, "dial") == 0)
        dial();
    else if (strcmp(word, "hello") == 0)
        hello();
    else if (strcmp(word, "line") == 0)
        wait_line();
    else if (strcmp(word, "hangup") == 0)
        close(control);
    else if (strcmp(word, "pause") == 0)
        pause();
    else if (strcmp(word, "deaf") == 0)
        signal(SIGTERM, SIG_IGN);
    else if (strncmp(word, "say:", 4) == 0)
        say(word + 4);
    else if (strncmp(word, "err:", 4) == 0)
        fprintf(stderr, "%s\n", word + 4);
    else if (strncmp(word, "exit:", 5) == 0)
        exit(atoi(word + 5));
    else if (strncmp(word, "kill:", 5) == 0)
        raise(atoi(word + 5));
    else
        _exit(93);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        act(argv[i]);
    return 0;
}
