using Shims.Posix;

namespace Shims.Cgi;

/// <summary>The part of the super-server's environment that scripts get: time zone, language, and the variables of <c>--pass-env</c>.</summary>
/// <remarks>Asked for once in a process that stays. Before the runtime has started <see cref="Write"/> serves alone: it allocates and throws nothing.</remarks>
internal sealed class InheritedEnvironment
{
    private readonly byte[] _settings;

    private InheritedEnvironment(byte[] settings) => _settings = settings;

    /// <summary>The PATH of scripts if the super-server has none (openbsd-inetd).</summary>
    internal static ReadOnlySpan<byte> DefaultPath => "/usr/local/bin:/usr/bin:/bin"u8;

    /// <summary>NAME=VALUE, each ended by a NUL.</summary>
    internal ReadOnlySpan<byte> Settings => _settings;

    /// <summary>Asks for it.</summary>
    /// <param name="pass"><c>--pass-env</c>: further names, NUL-terminated.</param>
    internal static InheritedEnvironment Take(byte[][] pass)
    {
        for (int size = 16 * 1024; ; size *= 2)
        {
            var writer = new EnvironmentWriter(new byte[size]);
            Write(ref writer);
            foreach (byte[] name in pass)
            {
                if (!Contains(writer.Written, name.AsSpan(0, name.Length - 1)))
                    Add(ref writer, name);
            }
            if (!writer.IsFull)
                return new InheritedEnvironment(writer.Written.ToArray());
        }
    }

    /// <summary>Writes what is inherited without <c>--pass-env</c>.</summary>
    internal static unsafe void Write(ref EnvironmentWriter writer)
    {
        byte* path = Libc.EnvironmentVariable("PATH\0"u8);
        writer.Add("PATH"u8, path == null || *path == 0 ? DefaultPath : new ReadOnlySpan<byte>(path, Libc.LengthOf(path)));
        Add(ref writer, "TZ\0"u8);
        Add(ref writer, "TMPDIR\0"u8);
        Add(ref writer, "LANG\0"u8);
        Add(ref writer, "LC_ALL\0"u8);
        Add(ref writer, "LC_CTYPE\0"u8);
        Add(ref writer, "LC_COLLATE\0"u8);
        Add(ref writer, "LC_MESSAGES\0"u8);
        Add(ref writer, "LC_MONETARY\0"u8);
        Add(ref writer, "LC_NUMERIC\0"u8);
        Add(ref writer, "LC_TIME\0"u8);
        Add(ref writer, "LC_PAPER\0"u8);
        Add(ref writer, "LC_NAME\0"u8);
        Add(ref writer, "LC_ADDRESS\0"u8);
        Add(ref writer, "LC_TELEPHONE\0"u8);
        Add(ref writer, "LC_MEASUREMENT\0"u8);
        Add(ref writer, "LC_IDENTIFICATION\0"u8);
    }

    private static unsafe void Add(ref EnvironmentWriter writer, ReadOnlySpan<byte> nulTerminatedName)
    {
        byte* value = Libc.EnvironmentVariable(nulTerminatedName);
        if (value != null)
            writer.Add(nulTerminatedName[..^1], new ReadOnlySpan<byte>(value, Libc.LengthOf(value)));
    }

    private static bool Contains(ReadOnlySpan<byte> settings, ReadOnlySpan<byte> name)
    {
        foreach (Range range in settings.Split((byte)0))
        {
            ReadOnlySpan<byte> setting = settings[range];
            if (setting.Length > name.Length && setting[name.Length] == (byte)'=' && setting.StartsWith(name))
                return true;
        }
        return false;
    }
}
