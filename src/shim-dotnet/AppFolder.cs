using System.Globalization;
using System.Text;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.DotNet;

/// <summary>The directory in which it is noted what has been built: what is noted there gets run, so no other user can have prepared it.</summary>
internal static unsafe class AppFolder
{
    private const uint OwnerOnly = 0x1C0; // 0700

    /// <summary>The one that systemd has made for the service (CacheDirectory=), or one below XDG_CACHE_HOME or HOME; else one in TMPDIR or /tmp.</summary>
    /// <exception cref="ShimException">It cannot be made, or belongs to another user.</exception>
    internal static string Find()
    {
        if (Variable("CACHE_DIRECTORY")?.Split(':')[0] is { } service)
            return Own(service);
        string? cache = Variable("XDG_CACHE_HOME") ?? (Variable("HOME") is { } home && Directory.Exists(home) ? home + "/.cache" : null);
        if (cache is null)
            return FindIn(Variable("TMPDIR") ?? "/tmp");
        Directory.CreateDirectory(cache);
        return Own(cache + "/shims");
    }

    /// <summary>In a world-writable directory another user may have taken the name: then one with another name is made, and found again.</summary>
    private static string FindIn(string directory)
    {
        string name = "shims-apps-" + Libc.EffectiveUser.ToString(CultureInfo.InvariantCulture);
        foreach (string known in Directory.GetDirectories(directory, name + "*").Order(StringComparer.Ordinal))
        {
            if (IsOwn(known))
                return known;
        }
        string plain = $"{directory}/{name}";
        return Make(plain) ? plain : Own($"{plain}.{Guid.NewGuid():N}");
    }

    private static string Own(string folder)
    {
        Make(folder);
        if (!IsOwn(folder))
            throw new ShimException(ExitCode.SystemError, $"the directory {folder} cannot be made, or is not this user's alone", "remove it, or set XDG_CACHE_HOME to a directory of this user's own");
        return folder;
    }

    private static bool Make(string folder)
    {
        fixed (byte* path = Terminated(folder))
            return Libc.MakeDirectory(path, OwnerOnly) == 0;
    }

    private static bool IsOwn(string folder) =>
        Libc.TryGetStatus(Terminated(folder), follow: false, out FileStatus status) && status.IsDirectory && status.Owner == Libc.EffectiveUser && !status.IsWritableByAll;

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + "\0");

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
