/* A CGI program that takes its time: it answers as soon as somebody opens the named pipe of the query for writing. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
    static const char page[] = "Content-Type: text/plain\r\n\r\nHello from a CGI program\n";
    const char *gate = getenv("QUERY_STRING");
    if (gate == NULL || open(gate, O_RDONLY) < 0)
        return 1;
    return write(1, page, sizeof page - 1) == sizeof page - 1 ? 0 : 1;
}
