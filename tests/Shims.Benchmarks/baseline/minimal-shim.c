/* The least a C program can do in the place of a nowait scgi-run: read one SCGI header from standard input, make it the
   environment, become the script. No limits, no filter, no containment, no error page, no care for stderr or for
   request bodies: what a shim adds to this is what the benchmark is there to show.

   usage: minimal-shim SCRIPT [ARG...]      with the connection on descriptors 0 and 1 */
#include "scgi-header.h"

int main(int argc, char **argv)
{
    if (argc < 2)
        return 64;
    if (!read_request(0))
        return 76;
    if (!enter_folder_of(argv[1]))
        return 71;
    execve(argv[1], argv + 1, environment);
    return 71;
}
