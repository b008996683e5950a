using System.Text;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>The folders of a handler program: the one that it comes in, and the one for what it keeps.</summary>
internal static unsafe class ProgramFolders
{
    private const string Shared = "/var/lib/shims";
    private const uint OwnerOnly = 0x1C0; // 0700
    private const uint Readable = 0x1ED; // 0755

    /// <summary>
    /// See <see cref="Shim.Directory"/>. The SDK tells the folder of a file-based app that it runs, and nothing about one that it has
    /// published.
    /// </summary>
    internal static string Program =>
        Path.TrimEndingDirectorySeparator(
            AppContext.GetData("EntryPointFileDirectoryPath") is string { Length: > 0 } source ? source : AppContext.BaseDirectory);

    /// <summary>
    /// The name under which the program was started. Not Environment.ProcessPath, which asks the kernel about every folder on the way.
    /// </summary>
    internal static string NameOfExecutable
    {
        get
        {
            byte* path = Libc.ExecutedPath;
            ReadOnlySpan<byte> name = path == null ? default : new ReadOnlySpan<byte>(path, Libc.LengthOf(path));
            name = name[(name.LastIndexOf((byte)'/') + 1)..];
            return name.IsEmpty ? "shim" : Encoding.UTF8.GetString(name);
        }
    }

    /// <summary>See <see cref="Shim.StateDirectory"/>.</summary>
    internal static string State
    {
        get
        {
            if (Variable("SHIMS_STATE") is { } named)
                return Own(named, "SHIMS_STATE");
            if (Variable("STATE_DIRECTORY")?.Split(':')[0] is { } service)
                return Own(service, "STATE_DIRECTORY");
            string name = Name();
            string common = $"{Shared}/{name}";
            if (Libc.EffectiveUser == 0)
                Make(Shared, Readable);
            Make(common, OwnerOnly);
            if (IsOwn(common))
                return common;
            string? home = Variable("XDG_STATE_HOME")
                ?? (Variable("HOME") is { } user && Directory.Exists(user) ? user + "/.local/state" : null);
            string cure = $"install -d -o {Libc.EffectiveUser} -m 700 {common}, or set SHIMS_STATE to a folder of this user's own";
            if (home is null || !home.StartsWith('/'))
                throw new ShimException(ExitCode.SystemError, $"there is no folder for the state of {name}", cure);
            string own = $"{home}/shims/{name}";
            MakeAll(own);
            return IsOwn(own) ? own
                : throw new ShimException(ExitCode.SystemError, $"the folder {own} cannot be made, or is not this user's alone", cure);
        }
    }

    /// <summary>True if the administrator has named the folder, so that what is in it belongs together.</summary>
    internal static bool HasOwnState => (Variable("SHIMS_STATE") ?? Variable("STATE_DIRECTORY")) is not null;

    /// <summary>The path of the program with no link in it: of its source, of its executable, or of what the command dotnet runs.</summary>
    internal static string RealPath
    {
        get
        {
            string path = AppContext.GetData("EntryPointFilePath") as string
                ?? (NameOfExecutable == "dotnet" ? Environment.GetCommandLineArgs()[0] : "/proc/self/exe");
            Span<byte> real = new byte[Flags.PATH_MAX + 1];
            int length = Libc.RealPath(Terminated(path), real);
            const string replaced = " (deleted)"; // by a newer version, which this process is not yet
            string found = length < 0 ? Path.GetFullPath(path) : Encoding.UTF8.GetString(real[..length]);
            return found.EndsWith(replaced, StringComparison.Ordinal) ? found[..^replaced.Length] : found;
        }
    }

    private static string Own(string folder, string variable)
    {
        if (folder.StartsWith('/'))
            Make(folder, OwnerOnly);
        return folder.StartsWith('/') && IsOwn(folder) ? folder
            : throw new ShimException(ExitCode.SystemError, $"the folder that {variable} names cannot be made, or is not this user's alone",
                "give the absolute path of a folder that this user owns and others may not write to");
    }

    /// <summary>The name of the program: of its source, of its executable, or of what the command dotnet runs.</summary>
    private static string Name()
    {
        if (AppContext.GetData("EntryPointFilePath") is string source)
            return Path.GetFileNameWithoutExtension(source);
        string name = NameOfExecutable;
        return name == "dotnet" ? Path.GetFileNameWithoutExtension(Environment.GetCommandLineArgs()[0]) : name;
    }

    private static void MakeAll(string folder)
    {
        for (int slash = folder.IndexOf('/', 1); slash > 0; slash = folder.IndexOf('/', slash + 1))
            Make(folder[..slash], OwnerOnly);
        Make(folder, OwnerOnly);
    }

    /// <summary>If that fails, the folder is there already, or is not found to be this user's own.</summary>
    private static void Make(string folder, uint mode)
    {
        fixed (byte* path = Terminated(folder))
            Libc.MakeDirectory(path, mode);
    }

    private static bool IsOwn(string folder) =>
        Libc.TryGetStatus(Terminated(folder), follow: true, out FileStatus status) && status.IsDirectory
        && (status.Owner == Libc.EffectiveUser || status.Owner == 0) && !status.IsWritableByAll && IsWritable(folder);

    private static bool IsWritable(string folder)
    {
        const int write = 2, search = 1;
        fixed (byte* path = Terminated(folder))
            return Libc.MayAccess(path, write | search);
    }

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + "\0");

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
