/* The least a resident C program can do in the place of a waiting scgi-run: accept, read the header, start the script with
   the connection as its output, forget about it. It looks after nothing (one silent peer would stop everybody), so it is
   no gateway to use, but a bound: what it reaches is what the machine and the script leave to any gateway.

   usage: minimal-gateway SCRIPT [ARG...]      with a listening socket on descriptor 0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include "scgi-header.h"

int main(int argc, char **argv)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (argc < 2 || nothing < 0 || !enter_folder_of(argv[1]))
        return 64;
    signal(SIGCHLD, SIG_IGN); /* The kernel takes the dead away. */
    for (;;) {
        int connection = accept4(0, NULL, NULL, SOCK_CLOEXEC);
        if (connection < 0)
            continue;
        if (read_request(connection) && vfork() == 0) {
            dup2(nothing, 0);
            dup2(connection, 1);
            execve(argv[1], argv + 1, environment);
            _exit(71);
        }
        close(connection);
    }
}
