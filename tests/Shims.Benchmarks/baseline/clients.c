/* Some clients of a resident gateway on its own socket, with no web server in between. Each connects, sends the stored
   request, reads the answer to the end, and begins again. The clock stops when the last one has its last answer.

   usage: clients SOCKET-PATH REQUEST-FILE EXPECTED-TEXT CLIENTS MILLISECONDS MOST-REQUESTS
   prints: NANOSECONDS ANSWERS */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { MaxRequest = 64 * 1024, MaxReply = 4 * 1024, MaxClients = 1024, PatienceInSeconds = 300, StackSize = 64 * 1024 };

static char request[MaxRequest];
static size_t request_size;
static const char *expected;
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static long long begin, end;
static atomic_long left, answers;

static void fail(const char *what)
{
    fprintf(stderr, "clients: %s: %s\n", what, errno != 0 ? strerror(errno) : "not as expected");
    exit(1);
}

static long long nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void ask(void)
{
    char reply[MaxReply];
    size_t size = 0;
    ssize_t count;
    struct timeval patience = {PatienceInSeconds, 0};
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address) != 0)
        fail("connect");
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (write(connection, request, request_size) != (ssize_t)request_size)
        fail("write the request");
    while (size < sizeof reply && (count = read(connection, reply + size, sizeof reply - size)) != 0) {
        if (count < 0)
            fail("read the answer");
        size += (size_t)count;
    }
    if (memmem(reply, size, expected, strlen(expected)) == NULL) {
        fprintf(stderr, "clients: the answer is %zu bytes: %.*s\n", size, (int)size, reply);
        exit(1);
    }
    close(connection);
}

static void *run(void *nothing)
{
    while (nanoseconds() < end && atomic_fetch_sub(&left, 1) > 0) {
        ask();
        atomic_fetch_add(&answers, 1);
    }
    return nothing;
}

static void load_request(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail(path);
    request_size = fread(request, 1, sizeof request, file);
    fclose(file);
}

int main(int argc, char **argv)
{
    pthread_t clients[MaxClients];
    pthread_attr_t attributes;
    int count;
    if (argc != 7 || (count = atoi(argv[4])) < 1 || count > MaxClients || strlen(argv[1]) >= sizeof address.sun_path)
        return 64;
    strcpy(address.sun_path, argv[1]);
    load_request(argv[2]);
    expected = argv[3];
    left = atol(argv[6]);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, StackSize);

    begin = nanoseconds();
    end = begin + atoll(argv[5]) * 1000000;
    for (int client = 0; client < count; client++)
        if ((errno = pthread_create(&clients[client], &attributes, run, NULL)) != 0)
            fail("pthread_create");
    for (int client = 0; client < count; client++)
        pthread_join(clients[client], NULL);
    printf("%lld %ld\n", nanoseconds() - begin, (long)answers);
    return 0;
}
