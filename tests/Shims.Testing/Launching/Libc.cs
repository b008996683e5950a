using System.Runtime.InteropServices;

namespace Shims.Testing;

/// <summary>The native calls of the tests. Raw: callers in this folder turn refusals into exceptions.</summary>
/// <remarks>Structures are opaque buffers of the size that glibc on Linux uses (or more), because only libc looks inside.</remarks>
internal static unsafe partial class Libc
{
    internal const int AddressFamilyUnix = 1;
    internal const int SocketStream = 1;
    internal const int SocketCloseOnExec = 0x80000;
    internal const int OpenCloseOnExec = 0x80000;
    internal const int DuplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC
    internal const uint OutQueueSize = 0x5411;      // SIOCOUTQ
    internal const uint InQueueSize = 0x541B;       // FIONREAD
    internal const int Terminate = 15;
    internal const int Kill = 9;

    internal const int TextFileBusy = 26; // ETXTBSY
    internal const short PollIn = 1;

    internal const short SpawnSetSignalMask = 0x08;
    internal const short SpawnSetSignalDefaults = 0x04;
    internal const short SpawnSetSession = 0x80;

    internal const int FileActionsSize = 256; // 80 on x86-64 glibc
    internal const int AttributesSize = 1024; // 336
    internal const int SignalSetSize = 128;
    internal const int ResourceUsageSize = 256; // 144

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socketpair(int domain, int type, int protocol, int* pair);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pipe2(int* pair, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(SafeHandle descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(SafeHandle descriptor, nuint request, out int value);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    internal static partial uint getuid();

    [LibraryImport("libc")]
    internal static partial uint getgid();

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pidfd_open(int pid, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int wait4(int pid, out int status, int options, byte* usage);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint ptrace(nint request, int pid, nint address, nint data);

    // posix_spawn and its relatives return the error instead of setting errno.
    [LibraryImport("libc")]
    internal static partial int posix_spawn(out int pid, byte* path, byte* fileActions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_addchdir_np(byte* actions, byte* path);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_addclosefrom_np(byte* actions, int from);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* set);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigmask(byte* attributes, byte* set);

    [LibraryImport("libc")]
    internal static partial int sigemptyset(byte* set);

    [LibraryImport("libc")]
    internal static partial int sigfillset(byte* set);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }
}
