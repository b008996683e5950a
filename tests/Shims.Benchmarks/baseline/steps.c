/* Counts the instructions that some processes, all threads of them, execute while a command runs: a figure that no machine and no
   load changes. They run in single steps. What the kernel does is not counted, nor what their children do.

   usage: steps PROCESS-ID... -- COMMAND [ARG...]      prints: INSTRUCTIONS */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { MaxThreads = 256 };

static pid_t threads[MaxThreads];
static int thread_count;

static void fail(const char *what)
{
    fprintf(stderr, "steps: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void attach(const char *process)
{
    char path[64];
    struct dirent *entry;
    snprintf(path, sizeof path, "/proc/%s/task", process);
    DIR *folder = opendir(path);
    if (folder == NULL)
        fail(path);
    while ((entry = readdir(folder)) != NULL) {
        pid_t thread = atoi(entry->d_name);
        if (thread == 0)
            continue;
        if (thread_count == MaxThreads || ptrace(PTRACE_SEIZE, thread, 0, 0) != 0 || ptrace(PTRACE_INTERRUPT, thread, 0, 0) != 0)
            fail("ptrace");
        threads[thread_count++] = thread;
    }
    closedir(folder);
}

/* Before this process ends. A step that has been taken and not been told yet is a signal that would kill the thread. */
static void detach(pid_t thread)
{
    struct __ptrace_peeksiginfo_args first = {.nr = 1};
    siginfo_t pending;
    int status;
    ptrace(PTRACE_INTERRUPT, thread, 0, 0);
    if (waitpid(thread, &status, __WALL) != thread || !WIFSTOPPED(status))
        return;
    if (status >> 16 != 0 && ptrace(PTRACE_PEEKSIGINFO, thread, &first, &pending) == 1 && pending.si_signo == SIGTRAP) {
        ptrace(PTRACE_CONT, thread, 0, 0);
        waitpid(thread, &status, __WALL);
    }
    ptrace(PTRACE_DETACH, thread, 0, 0);
}

/* A thread that was only to stop has not executed anything; one that is to get a signal gets it with its next step. */
static long step(pid_t thread, int status)
{
    int signal = WSTOPSIG(status), is_event = status >> 16 != 0;
    ptrace(PTRACE_SINGLESTEP, thread, 0, is_event || signal == SIGTRAP ? 0 : signal);
    return !is_event && signal == SIGTRAP;
}

int main(int argc, char **argv)
{
    int command = 1, status;
    long count = 0;
    pid_t client, thread;
    while (command < argc && strcmp(argv[command], "--") != 0)
        attach(argv[command++]);
    if (++command >= argc)
        return 64;
    errno = posix_spawn(&client, argv[command], NULL, NULL, argv + command, environ);
    if (errno != 0)
        fail(argv[command]);
    while ((thread = waitpid(-1, &status, __WALL)) != client || WIFSTOPPED(status)) {
        if (thread < 0)
            fail("wait");
        if (WIFSTOPPED(status))
            count += step(thread, status);
    }
    for (int index = 0; index < thread_count; index++)
        detach(threads[index]);
    if (status != 0)
        return 1;
    printf("%ld\n", count);
    return 0;
}
