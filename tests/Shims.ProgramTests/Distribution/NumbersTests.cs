using System.Text;
using System.Text.RegularExpressions;

namespace Shims.ProgramTests.Distribution;

/// <summary>The numbers of system calls, the flags, the errors and the layouts of structs that the library has in its source, compared with the kernel's and the C library's headers by their compiler.</summary>
[Trait(TestExtent.Trait, TestExtent.Whole), Trait("suite", "distribution")]
public sealed partial class NumbersTests : IDisposable
{
    /// <summary>The names of SystemCall.cs, and the kernel's.</summary>
    private static readonly Dictionary<string, string> s_calls = new()
    {
        ["OpenProcess"] = "pidfd_open",
        ["CreateThread"] = "clone3",
        ["CloseRange"] = "close_range",
        ["OpenAtWithRules"] = "openat2",
        ["FileAccess"] = "faccessat2",
        ["Read"] = "read",
        ["Write"] = "write",
        ["WriteAt"] = "pwrite64",
        ["CreateMemoryFile"] = "memfd_create",
        ["Close"] = "close",
        ["PollWithMask"] = "ppoll",
        ["MapMemory"] = "mmap",
        ["UnmapMemory"] = "munmap",
        ["SignalAction"] = "rt_sigaction",
        ["SignalMask"] = "rt_sigprocmask",
        ["Socket"] = "socket",
        ["Connect"] = "connect",
        ["SendTo"] = "sendto",
        ["ReceiveFrom"] = "recvfrom",
        ["GetSocketOption"] = "getsockopt",
        ["CreatePipe"] = "pipe2",
        ["SetProcessGroup"] = "setpgid",
        ["SetSession"] = "setsid",
        ["ProcessControl"] = "prctl",
        ["WaitForState"] = "waitid",
        ["InputOutputControl"] = "ioctl",
        ["Tee"] = "tee",
        ["Wait"] = "wait4",
        ["ExecuteAt"] = "execveat",
        ["EnterDirectory"] = "fchdir",
        ["ReadLink"] = "readlinkat",
        ["EffectiveUser"] = "geteuid",
        ["Kill"] = "kill",
        ["GetProcessId"] = "getpid",
        ["GetRandom"] = "getrandom",
        ["ExitGroup"] = "exit_group",
        ["Execute"] = "execve",
        ["FileControl"] = "fcntl",
        ["ChangeDirectory"] = "chdir",
        ["Futex"] = "futex",
        ["GetTime"] = "clock_gettime",
        ["OpenAt"] = "openat",
        ["Duplicate"] = "dup3",
        ["ResourceLimit"] = "prlimit64",
        ["FileStatus"] = "statx",
        ["OlderFileStatus"] = "newfstatat",
    };

    /// <summary>Layouts that the source has written down by hand, where that is said.</summary>
    private const string Layouts = """
        // FileStatus: struct statx
        AT(struct statx, stx_nlink, 16); AT(struct statx, stx_uid, 20); AT(struct statx, stx_mode, 28); AT(struct statx, stx_ino, 32); AT(struct statx, stx_size, 40);
        AT(struct statx, stx_mtime.tv_sec, 112); AT(struct statx, stx_mtime.tv_nsec, 120); AT(struct statx, stx_dev_major, 136); AT(struct statx, stx_dev_minor, 140); SIZE(struct statx, 256);
        // FileStatus, of the older call
        AT(struct stat, st_dev, 0); AT(struct stat, st_ino, 8); AT(struct stat, st_size, 48); AT(struct stat, st_mtim.tv_sec, 88); AT(struct stat, st_mtim.tv_nsec, 96);
        _Static_assert(sizeof(struct stat) <= 144, "struct stat");
        #ifdef __aarch64__
        AT(struct stat, st_mode, 16); AT(struct stat, st_nlink, 20); AT(struct stat, st_uid, 24);
        SIZE(struct epoll_event, 16); AT(struct epoll_event, data, 8);
        #else
        AT(struct stat, st_nlink, 16); AT(struct stat, st_mode, 24); AT(struct stat, st_uid, 28);
        SIZE(struct epoll_event, 12); AT(struct epoll_event, data, 4);
        #endif
        // Libc.Descriptors, Libc.Events, Libc.Files, Libc.Processes, Libc.Sockets, Libc.Pipes, Execution
        SIZE(struct flock, 32); AT(struct flock, l_type, 0); AT(struct flock, l_whence, 2); AT(struct flock, l_start, 8); AT(struct flock, l_len, 16); AT(struct flock, l_pid, 24);
        SIZE(struct pollfd, 8); AT(struct pollfd, events, 4); AT(struct pollfd, revents, 6);
        AT(struct dirent, d_name, 19);
        AT(siginfo_t, si_code, 8); AT(siginfo_t, si_pid, 16); AT(siginfo_t, si_status, 24); SIZE(siginfo_t, 128);
        SIZE(struct ucred, 12); SIZE(struct linger, 8); SIZE(struct winsize, 8); SIZE(struct rlimit, 16); SIZE(struct timespec, 16); SIZE(struct open_how, 24);
        _Static_assert(sizeof(posix_spawn_file_actions_t) <= 1024 && sizeof(posix_spawnattr_t) <= 1024 && sizeof(sigset_t) == 128, "posix_spawn");
        _Static_assert(FIONREAD == 0x541B && TIOCGWINSZ == 0x5413 && TIOCOUTQ == 0x5411, "ioctl");
        _Static_assert(CLONE_VM == 0x100 && CLONE_VFORK == 0x4000 && CLONE_PIDFD == 0x1000, "clone");
        _Static_assert(P_PIDFD == 3 && WEXITED == 4 && WNOHANG == 1 && WNOWAIT == 0x1000000 && CLD_EXITED == 1, "waitid");
        _Static_assert(PR_SET_PDEATHSIG == 1 && PR_SET_DUMPABLE == 4 && PR_SET_NO_NEW_PRIVS == 38, "prctl");
        _Static_assert(SPLICE_F_MOVE == 1 && SPLICE_F_NONBLOCK == 2 && MFD_CLOEXEC == 1 && MFD_ALLOW_SEALING == 2 && F_ADD_SEALS == 1033, "pipes");
        _Static_assert((F_SEAL_SEAL | F_SEAL_GROW | F_SEAL_WRITE) == (1 | 4 | 8) && CLOSE_RANGE_CLOEXEC == 4 && RESOLVE_NO_MAGICLINKS == 2, "seals");
        _Static_assert(EPOLLET == 1u << 31 && EPOLLEXCLUSIVE == 1u << 28 && EPOLLRDHUP == 0x2000 && EPOLL_CTL_ADD == 1 && EPOLL_CTL_DEL == 2 && EPOLL_CTL_MOD == 3, "epoll");
        _Static_assert(POSIX_SPAWN_SETPGROUP == 2 && POSIX_SPAWN_SETSIGDEF == 4 && POSIX_SPAWN_SETSIGMASK == 8, "posix_spawn");
        _Static_assert((PROT_READ | PROT_WRITE) == 3 && (MAP_PRIVATE | MAP_ANONYMOUS) == 0x22 && AT_EXECFN == 31 && SIG_SETMASK == 2, "others");
        _Static_assert(CLOCK_REALTIME == 0 && CLOCK_MONOTONIC == 1 && (FUTEX_WAIT | FUTEX_PRIVATE_FLAG) == 128 && (FUTEX_WAKE | FUTEX_PRIVATE_FLAG) == 129, "others");
        _Static_assert(STATX_BASIC_STATS == 0x7ff, "statx");
        """;

    private readonly TemporaryFolder _folder = new();

    [Theory, InlineData("x86_64"), InlineData("aarch64")]
    public async Task Each_number_and_layout_in_the_source_is_that_of_the_processor_it_is_for(string processor)
    {
        string include = $"/usr/{processor}-linux-gnu/include";
        bool isOwn = processor == (System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64 ? "x86_64" : "aarch64");
        Requires.That(isOwn || Directory.Exists(include), $"the headers of {processor}");
        Requires.Tools("clang");
        string source = _folder.Write("numbers.c", SourceFor(processor == "aarch64"));
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Tool.PathOf("clang"),
            Arguments = ["-std=gnu11", "-fsyntax-only", "-Wno-everything", "-ferror-limit=0", $"--target={processor}-linux-gnu", .. isOwn ? (string[])[] : ["-isystem", include], source],
        });
        Assert.True(result.ExitCode == 0, result.ErrorText);
    }

    public void Dispose() => _folder.Dispose();

    private static string SourceFor(bool isArm64)
    {
        var source = new StringBuilder("""
            #define _GNU_SOURCE
            #include <dirent.h>
            #include <errno.h>
            #include <fcntl.h>
            #include <limits.h>
            #include <netinet/in.h>
            #include <netinet/tcp.h>
            #include <poll.h>
            #include <sched.h>
            #include <signal.h>
            #include <spawn.h>
            #include <stddef.h>
            #include <time.h>
            #include <unistd.h>
            #include <linux/close_range.h>
            #include <linux/futex.h>
            #include <linux/openat2.h>
            #include <sys/auxv.h>
            #include <sys/epoll.h>
            #include <sys/ioctl.h>
            #include <sys/mman.h>
            #include <sys/prctl.h>
            #include <sys/resource.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/syscall.h>
            #include <sys/wait.h>
            #define AT(type, field, offset) _Static_assert(offsetof(type, field) == offset, #type " " #field)
            #define SIZE(type, size) _Static_assert(sizeof(type) == size, #type)
            #ifndef CLONE_PIDFD
            #define CLONE_PIDFD 0x1000
            #endif

            """);
        int calls = 0;
        foreach (Match call in Call().Matches(Read("SystemCall")))
            Add($"__NR_{s_calls.GetValueOrDefault(call.Groups["name"].Value, call.Groups["name"].Value)}", call.Groups[isArm64 ? "arm" : "x64"].Value, ref calls);
        foreach (Match call in Constant().Matches(Read("SystemCall")).Where(static call => s_calls.ContainsKey(call.Groups["name"].Value)))
            Add($"__NR_{s_calls[call.Groups["name"].Value]}", call.Groups["value"].Value, ref calls);
        Assert.Equal(s_calls.Count, calls);
        int flags = 0;
        foreach (Match flag in ByProcessor().Matches(Read("Flags")))
            Add(flag.Groups["name"].Value, flag.Groups[isArm64 ? "arm" : "x64"].Value, ref flags);
        foreach (Match flag in Constant().Matches(Read("Flags") + Read("Errno")))
            Add(flag.Groups["name"].Value, flag.Groups["value"].Value, ref flags);
        Add("O_TMPFILE", isArm64 ? "0x404000" : "0x410000", ref flags);
        Assert.True(flags > 80, $"only {flags} flags and errors were found");
        return source.Append(Layouts).Append('\n').ToString();

        void Add(string name, string value, ref int count)
        {
            source.Append($"_Static_assert({name} == {value}, \"{name}\");\n");
            count++;
        }
    }

    private static string Read(string type) => File.ReadAllText(Repository.PathTo($"src/Shims/Posix/{type}.cs"));

    [GeneratedRegex(@"nint (?<name>\w+) => Flags\.IsArm64 \? (?<arm>\d+) : (?<x64>\d+);")]
    private static partial Regex Call();

    [GeneratedRegex(@"int (?<name>[A-Z]\w+) => IsArm64 \? (?<arm>0x[0-9a-fA-F]+) : (?<x64>0x[0-9a-fA-F]+);")]
    private static partial Regex ByProcessor();

    [GeneratedRegex(@"(?<![\w.])(?<name>[A-Z][A-Za-z0-9_]+) = (?<value>-?(?:0x)?[0-9A-Fa-f]+)(?=[,;])")]
    private static partial Regex Constant();
}
