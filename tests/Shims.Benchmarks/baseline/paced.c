/* Clients of a web server at a fixed number of requests a second, each on a connection that it keeps. Requests are due at even
   times; the clock of each starts when it is due, even if the client is late because the last answer was: what waits in a
   queue counts. (wrk measures the opposite: how long an answer takes where nobody asks before he has his last one.)

   usage: paced PORT PATH CLIENTS REQUESTS-PER-SECOND SECONDS
   prints: ANSWERS NANOSECONDS-OF-THE-99TH-PERCENTILE */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { MaxReply = 16 * 1024, MaxClients = 64, PatienceInSeconds = 20 };

static char request[1024];
static size_t request_size;
static int port;
static long total;
static double interval;
static long long begin;
static long long *times;
static atomic_long next;

static void fail(const char *what)
{
    fprintf(stderr, "paced: %s: %s\n", what, errno != 0 ? strerror(errno) : "not as expected");
    exit(1);
}

static long long nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void sleep_until(long long due)
{
    struct timespec time = {due / 1000000000, due % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR)
        ;
}

static int open_connection(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {PatienceInSeconds, 0};
    int on = 1, connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address) != 0)
        fail("connect");
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return connection;
}

/* Whether the whole of an answer is there: by its Content-Length, or by the last of its chunks. */
static int is_complete(const char *reply)
{
    const char *body = strstr(reply, "\r\n\r\n"), *length = strcasestr(reply, "\r\nContent-Length:");
    if (body == NULL)
        return 0;
    body += 4;
    if (length != NULL && length < body)
        return (long)strlen(body) >= atol(length + strlen("\r\nContent-Length:"));
    return strstr(body - 2, "\r\n0\r\n\r\n") != NULL;
}

/* Whether the connection can be used again: nginx closes one after 1,000 requests, and says so. */
static int ask(int connection)
{
    char reply[MaxReply];
    size_t size = 0;
    if (write(connection, request, request_size) != (ssize_t)request_size)
        fail("write the request");
    do {
        ssize_t count = read(connection, reply + size, sizeof reply - 1 - size);
        if (count <= 0)
            fail("read the answer");
        size += (size_t)count;
        reply[size] = 0;
    } while (!is_complete(reply));
    if (strncmp(reply, "HTTP/1.1 200 ", 13) != 0)
        fail(reply);
    return strcasestr(reply, "\r\nConnection: close\r\n") == NULL;
}

static void *run(void *nothing)
{
    int connection = open_connection();
    long mine;
    while ((mine = atomic_fetch_add(&next, 1)) < total) {
        long long due = begin + (long long)((double)mine * interval);
        sleep_until(due);
        if (!ask(connection)) {
            close(connection);
            connection = open_connection();
        }
        times[mine] = nanoseconds() - due;
    }
    close(connection);
    return nothing;
}

static int compare(const void *one, const void *other)
{
    long long first = *(const long long *)one, second = *(const long long *)other;
    return first < second ? -1 : first > second;
}

int main(int argc, char **argv)
{
    pthread_t clients[MaxClients];
    int count;
    if (argc != 6 || (port = atoi(argv[1])) == 0 || (count = atoi(argv[3])) < 1 || count > MaxClients || atof(argv[4]) < 1)
        return 64;
    request_size = (size_t)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", argv[2]);
    interval = 1e9 / atof(argv[4]);
    total = (long)(atof(argv[4]) * atof(argv[5]));
    times = calloc((size_t)total, sizeof *times);
    if (times == NULL || request_size >= sizeof request)
        fail(argv[2]);

    begin = nanoseconds() + 1000000;
    for (int client = 0; client < count; client++)
        if ((errno = pthread_create(&clients[client], NULL, run, NULL)) != 0)
            fail("pthread_create");
    for (int client = 0; client < count; client++)
        pthread_join(clients[client], NULL);
    qsort(times, (size_t)total, sizeof *times, compare);
    printf("%ld %lld\n", total, times[(total - 1) * 99 / 100]);
    return 0;
}
