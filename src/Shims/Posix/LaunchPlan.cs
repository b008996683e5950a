namespace Shims.Posix;

/// <summary>Everything about a script that is to be started. All memory belongs to the caller, and must last until the start has succeeded or failed.</summary>
internal unsafe struct LaunchPlan
{
    /// <summary>The script, NUL-terminated.</summary>
    internal byte* Path;

    /// <summary>The program that runs the file at Path; null if that is a program itself. Good for the life of the process.</summary>
    internal byte* Interpreter;

    /// <summary>argv: NUL-terminated strings, ended by a null pointer.</summary>
    internal byte** Arguments;

    /// <summary>envp: NUL-terminated NAME=VALUE strings, ended by a null pointer.</summary>
    internal byte** Environment;

    /// <summary>The working directory, NUL-terminated.</summary>
    internal byte* Directory;

    /// <summary>
    /// Where another user might change what Path and Directory lead to: the script's name in the directory that is held open, NUL-terminated; else null. The directory is the
    /// caller's to close.
    /// </summary>
    internal byte* HeldName;

    /// <summary>The descriptor of that directory, above 2.</summary>
    internal int HeldDirectory;

    /// <summary>
    /// The descriptors that become 0, 1 and 2. Output is put in place first, then Input, then Error; so Output may be the 0 that Input
    /// replaces, and nothing else may come from below 3 except to stay where it is.
    /// </summary>
    internal int Input, Output, Error;

    /// <summary>The descriptor that becomes 3, or -1 (FastCGI's Filter role has a second input).</summary>
    internal int Data;

    /// <summary>RLIMIT_CPU in seconds and RLIMIT_AS in bytes; 0 leaves what the super-server set.</summary>
    internal long CpuSeconds, AddressSpace;

    /// <summary>The number of the options that are its own, from 1; 0 if it has none.</summary>
    internal int Section;

    /// <summary>The signals that the script would find ignored and must not; bit 0 is signal 1.</summary>
    internal ulong IgnoredSignals;

    /// <summary>True if the script leads a process group of its own, which can then be ended as one, and ends with the shim.</summary>
    internal bool IsSupervised;

    /// <summary>
    /// Whether the script leads a session of its own, which has no terminal, gains no privileges by running set-id programs, and is told to end when the thread
    /// that started it ends: for a program that is started on behalf of a person at a terminal. setsid(2), PR_SET_NO_NEW_PRIVS.
    /// </summary>
    internal bool LeadsSession;

    /// <summary>After a failure: in which step, and why.</summary>
    internal LaunchStep FailedAt;

    internal int Errno;

    /// <summary>True if the start has failed because the system does not permit, or does not know, the way in which the process was to be made.</summary>
    internal readonly bool IsWayRefused => FailedAt == LaunchStep.Fork && Errno is Posix.Errno.EPERM or Posix.Errno.EINVAL or Posix.Errno.ENOSYS;

    /// <summary>True if the start has failed because too many files are open.</summary>
    internal readonly bool LacksDescriptors => FailedAt is LaunchStep.Fork or LaunchStep.Descriptors && Errno is Posix.Errno.EMFILE or Posix.Errno.ENFILE;

    /// <summary>A copy of what explains the start later: path, directory and environment, in no more memory than they take. It has no arguments.</summary>
    /// <param name="memory">Their memory: for <see cref="Libc.Free"/>.</param>
    /// <exception cref="OutOfMemoryException">There is none.</exception>
    internal readonly LaunchPlan Keep(out byte* memory)
    {
        int size = Libc.LengthOf(Path) + Libc.LengthOf(Directory) + 2, count = 0;
        for (; Environment[count] != null; count++)
            size += Libc.LengthOf(Environment[count]) + 1;
        int table = (count + 1) * sizeof(byte*);
        memory = Libc.Allocate(table + size);
        if (memory == null)
            throw new OutOfMemoryException();
        LaunchPlan kept = this;
        kept.HeldName = null;
        kept.Arguments = null;
        kept.Environment = (byte**)memory;
        byte* next = memory + table;
        for (int i = 0; i < count; i++)
            kept.Environment[i] = Copy(Environment[i], ref next);
        kept.Environment[count] = null;
        kept.Path = Copy(Path, ref next);
        kept.Directory = Copy(Directory, ref next);
        return kept;
    }

    /// <summary>Closes what was held open for the start.</summary>
    internal void Release()
    {
        if (HeldName != null)
            Libc.Close(HeldDirectory);
        HeldName = null;
    }

    private static byte* Copy(byte* text, ref byte* next)
    {
        byte* copy = next;
        do
            *next++ = *text;
        while (*text++ != 0);
        return copy;
    }
}
