/* The smallest useful CGI program. Linked statically, so that starting it costs as little as starting anything can. */
#include <unistd.h>

int main(void)
{
    static const char page[] = "Content-Type: text/plain\r\n\r\nHello from a CGI program\n";
    return write(1, page, sizeof page - 1) == sizeof page - 1 ? 0 : 1;
}
