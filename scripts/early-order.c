/* Runs a program in single steps until it becomes another one or starts its C library, and prints the address of each first
   instruction it meets, counted from the start of the file's first segment. Used by scripts/early-order.

   usage: early-order REQUEST-FILE PROGRAM [ARG...] */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MaxImage = 16 << 20, MaxRequest = 64 * 1024, MaxSteps = 1000 * 1000 };

static unsigned char seen[MaxImage];

static pid_t start(const char *request_file, char **argv)
{
    static char request[MaxRequest];
    int ends[2];
    FILE *file = fopen(request_file, "rb");
    if (file == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        exit(71);
    size_t size = fread(request, 1, sizeof request, file);
    fclose(file);
    if (write(ends[0], request, size) != (ssize_t)size)
        exit(71);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 0);
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        execv(argv[0], argv);
        _exit(127);
    }
    close(ends[1]);
    return child;
}

static unsigned long start_of_image(pid_t child)
{
    char path[64], line[512] = "";
    snprintf(path, sizeof path, "/proc/%d/maps", child);
    FILE *maps = fopen(path, "r");
    if (maps == NULL || fgets(line, sizeof line, maps) == NULL)
        exit(71);
    fclose(maps);
    return strtoul(line, NULL, 16);
}

int main(int argc, char **argv)
{
    int status;
    if (argc < 3)
        return 64;
    pid_t child = start(argv[1], argv + 2);
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
        return 71;
    ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
    unsigned long image = start_of_image(child);
    for (int steps = 0; steps < MaxSteps; steps++) {
        struct user_regs_struct registers;
        ptrace(PTRACE_GETREGS, child, 0, &registers);
        unsigned long address = registers.rip - image;
        if (address < MaxImage && !seen[address]) {
            seen[address] = 1;
            printf("%lx\n", address);
        }
        if (ptrace(PTRACE_SINGLESTEP, child, 0, 0) != 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status)
            || status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXEC << 8)))
            break;
    }
    kill(child, SIGKILL);
    return 0;
}
