/* A CGI program that answers with as many bytes as the query says, as fast as anybody takes them. */
#include <stdlib.h>
#include <unistd.h>

static char piece[64 * 1024];

static int write_all(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(1, bytes, length);
        if (count <= 0)
            return 0;
        bytes += count;
        length -= (size_t)count;
    }
    return 1;
}

int main(void)
{
    static const char head[] = "Content-Type: application/octet-stream\r\n\r\n";
    const char *query = getenv("QUERY_STRING");
    long long left = query != NULL ? atoll(query) : 0;
    if (!write_all(head, sizeof head - 1))
        return 1;
    for (; left > 0; left -= (long long)sizeof piece)
        if (!write_all(piece, left < (long long)sizeof piece ? (size_t)left : sizeof piece))
            return 1;
    return 0;
}
