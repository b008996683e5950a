namespace Shims.Cgi;

/// <summary>What the command line says of the script's environment, on top of what always holds.</summary>
/// <remarks>The default value is the policy of a command line without options; it needs no memory, and so can be used before the runtime starts.</remarks>
internal readonly struct EnvironmentPolicy
{
    /// <summary><c>--env</c>: NAME=VALUE settings, which win over everything.</summary>
    internal byte[][]? Set { get; init; }

    /// <summary><c>--pass-env</c>: names let through from the super-server's environment, NUL-terminated.</summary>
    internal byte[][]? Pass { get; init; }

    /// <summary><c>--allow-env</c>: names let through from the request although they are denied by default.</summary>
    internal byte[][]? Allow { get; init; }

    /// <summary>Whether a variable of the request reaches the script under its own name.</summary>
    internal bool Admits(ReadOnlySpan<byte> name)
    {
        if (!RequestNames.IsPortable(name) || RequestNames.IsNeverPassed(name) || RequestNames.IsRedundant(name))
            return false;
        return !RequestNames.IsDenied(name) || Contains(Allow, name);
    }

    /// <summary>Whether <c>--env</c> sets the name.</summary>
    internal bool Sets(ReadOnlySpan<byte> name)
    {
        if (Set is null)
            return false;
        foreach (byte[] setting in Set)
        {
            if (setting.Length > name.Length && setting[name.Length] == (byte)'=' && setting.AsSpan(0, name.Length).SequenceEqual(name))
                return true;
        }
        return false;
    }

    private static bool Contains(byte[][]? names, ReadOnlySpan<byte> wanted)
    {
        if (names is null)
            return false;
        foreach (byte[] name in names)
        {
            if (wanted.SequenceEqual(name))
                return true;
        }
        return false;
    }
}
