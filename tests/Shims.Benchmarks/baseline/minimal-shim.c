/* The least a C program can do in scgi-run's place: read one SCGI header from standard input, make it the
   environment, become the script. No limits, no filter, no containment, no error page, no care for stderr or for
   request bodies: what a shim adds to this is what the benchmark is there to show.

   usage: minimal-shim SCRIPT [ARG...]      with the connection on descriptors 0 and 1 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MaxHeader = 256 * 1024, MaxVariables = 1024 };

static char header[MaxHeader + 1];
static char *environment[MaxVariables + 3];

/* The digits and the colon of the netstring, one byte at a time: what follows the header belongs to the script. */
static size_t read_length(void)
{
    size_t length = 0;
    char digit;
    while (read(0, &digit, 1) == 1 && digit >= '0' && digit <= '9' && length <= MaxHeader)
        length = length * 10 + (size_t)(digit - '0');
    return digit == ':' && length <= MaxHeader ? length : 0;
}

/* The header and the comma behind it. */
static int read_header(size_t length)
{
    for (size_t have = 0; have < length + 1;) {
        ssize_t count = read(0, header + have, length + 1 - have);
        if (count <= 0)
            return 0;
        have += (size_t)count;
    }
    return header[length] == ',';
}

/* NAME 00 VALUE 00 becomes NAME=VALUE 00 where it lies. */
static void fill_environment(size_t length)
{
    size_t count = 0;
    header[length] = 0;
    for (char *name = header; name < header + length && count < MaxVariables;) {
        char *separator = name + strlen(name);
        *separator = '=';
        environment[count++] = name;
        name = separator + strlen(separator) + 1;
    }
    environment[count++] = "GATEWAY_INTERFACE=CGI/1.1";
    environment[count++] = "PATH=/usr/local/bin:/usr/bin:/bin";
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 64;
    size_t length = read_length();
    if (length == 0 || !read_header(length))
        return 76;
    fill_environment(length);

    char folder[4096];
    char *slash = strrchr(argv[1], '/');
    if (slash != NULL && slash != argv[1] && (size_t)(slash - argv[1]) < sizeof folder) {
        memcpy(folder, argv[1], (size_t)(slash - argv[1]));
        folder[slash - argv[1]] = 0;
        if (chdir(folder) != 0)
            return 71;
    }
    execve(argv[1], argv + 1, environment);
    return 71;
}
