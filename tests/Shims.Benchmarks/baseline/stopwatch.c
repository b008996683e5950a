/* Times whole processes: start PROGRAM with a connection on descriptors 0 and 1 on which the request already waits,
   read its reply to the end, wait for the process. Prints the nanoseconds of each iteration, one per line.

   usage: stopwatch HOW ITERATIONS REQUEST-FILE EXPECTED-TEXT PROGRAM [ARG...]      EXPECTED-TEXT is empty: so must the reply be
     connected   fd 0 and 1 are a connected socket; the clock stops when the process has been waited for
     listening   fd 0 is a listening socket with one connection waiting; the clock stops at the end of the reply
                 (then the program is killed, off the clock)

   It is in C so that it has next to no cost of its own: posix_spawn does not copy this process. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { MaxRequest = 64 * 1024, MaxReply = 64 * 1024, PatienceInSeconds = 20 };

static char request[MaxRequest], reply[MaxReply];
static size_t request_size, reply_size;

static void fail(const char *what)
{
    fprintf(stderr, "stopwatch: %s: %s\n", what, errno != 0 ? strerror(errno) : "not as expected");
    exit(1);
}

static void load_request(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail(path);
    request_size = fread(request, 1, sizeof request, file);
    fclose(file);
}

static void send_request(int connection)
{
    struct timeval patience = {PatienceInSeconds, 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (write(connection, request, request_size) != (ssize_t)request_size)
        fail("write the request");
}

/* The whole reply. A reset is a failure: no side is measured by an answer that it did not finish. */
static int read_reply(int connection)
{
    for (reply_size = 0; reply_size < sizeof reply;) {
        ssize_t count = read(connection, reply + reply_size, sizeof reply - reply_size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return 0;
        if (count == 0)
            return 1;
        reply_size += (size_t)count;
    }
    return 0;
}

static pid_t start(char **argv, int input, int output)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    errno = posix_spawn(&child, argv[0], &actions, NULL, argv, environ);
    if (errno != 0)
        fail(argv[0]);
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

static long long nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void check_reply(int complete, const char *expected, pid_t child)
{
    if (complete && (*expected == 0 ? reply_size == 0 : memmem(reply, reply_size, expected, strlen(expected)) != NULL))
        return;
    kill(child, SIGKILL);
    fprintf(stderr, "stopwatch: the reply is %zu bytes: %.*s\n", reply_size, (int)reply_size, reply);
    fail("reply");
}

static long long time_connected(char **argv, const char *expected)
{
    int ends[2], status;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        fail("socketpair");
    send_request(ends[0]);

    long long begin = nanoseconds();
    pid_t child = start(argv, ends[1], ends[1]);
    close(ends[1]);
    int complete = read_reply(ends[0]);
    if (!complete)
        kill(child, SIGKILL);
    waitpid(child, &status, 0);
    long long end = nanoseconds();

    check_reply(complete, expected, child);
    if (status != 0)
        fail("exit status");
    close(ends[0]);
    return end - begin;
}

static long long time_listening(char **argv, const char *expected)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t size = sizeof address;
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    /* A bare family lets Linux choose a name outside the file system. */
    if (bind(listener, (struct sockaddr *)&address, sizeof address.sun_family) != 0 || listen(listener, 16) != 0
        || getsockname(listener, (struct sockaddr *)&address, &size) != 0
        || connect(connection, (struct sockaddr *)&address, size) != 0)
        fail("listening socket");
    send_request(connection);

    long long begin = nanoseconds();
    pid_t child = start(argv, listener, nothing);
    int complete = read_reply(connection);
    long long end = nanoseconds();

    check_reply(complete, expected, child);
    /* Not SIGTERM: fcgiwrap may overlook one that arrives between two requests. */
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(listener);
    close(connection);
    close(nothing);
    return end - begin;
}

int main(int argc, char **argv)
{
    if (argc < 6)
        return 64;
    int listening = strcmp(argv[1], "listening") == 0;
    load_request(argv[3]);
    for (int left = atoi(argv[2]); left > 0; left--)
        printf("%lld\n", listening ? time_listening(argv + 5, argv[4]) : time_connected(argv + 5, argv[4]));
    return 0;
}
