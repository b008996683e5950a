/* The least that there is to reading an SCGI header and making it a script's environment: no limits but the buffer's,
   no filter, no merging of what a web server sends twice. */
#include <string.h>
#include <unistd.h>

enum { MaxHeader = 256 * 1024, MaxVariables = 1024 };

static char header[MaxHeader + 1];
static char *environment[MaxVariables + 3];

/* The digits and the colon of the netstring, one byte at a time: what follows the header belongs to the script. */
static size_t read_length(int connection)
{
    size_t length = 0;
    char digit = 0;
    while (read(connection, &digit, 1) == 1 && digit >= '0' && digit <= '9' && length <= MaxHeader)
        length = length * 10 + (size_t)(digit - '0');
    return digit == ':' && length <= MaxHeader ? length : 0;
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
    environment[count] = NULL;
}

/* Reads the header and the comma behind it into the environment. False: the peer did not send one. */
static int read_request(int connection)
{
    size_t length = read_length(connection);
    if (length == 0)
        return 0;
    for (size_t have = 0; have < length + 1;) {
        ssize_t count = read(connection, header + have, length + 1 - have);
        if (count <= 0)
            return 0;
        have += (size_t)count;
    }
    if (header[length] != ',')
        return 0;
    fill_environment(length);
    return 1;
}

/* A CGI script starts in its own folder. */
static int enter_folder_of(const char *script)
{
    char folder[4096];
    const char *slash = strrchr(script, '/');
    if (slash == NULL || slash == script || (size_t)(slash - script) >= sizeof folder)
        return 1;
    memcpy(folder, script, (size_t)(slash - script));
    folder[slash - script] = 0;
    return chdir(folder) == 0;
}
