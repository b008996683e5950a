namespace Shims.Cgi;

/// <summary>The options for the script's environment, on top of the rules that always hold.</summary>
/// <remarks>The default value is the policy of a command line without options; it needs no memory, and so can be used before the runtime starts.</remarks>
internal readonly struct EnvironmentPolicy
{
    /// <summary>Makes the policy of a command line with options, and asks for what scripts inherit.</summary>
    /// <param name="set"><c>--env</c> and <c>--env-file</c>: NAME=VALUE settings, which win over everything; each name once.</param>
    /// <param name="allow"><c>--allow-env</c>: names let through from the request although they are not CGI; one that ends in '*' is the beginning of names.</param>
    /// <param name="drop"><c>--drop-env</c>: names that are held back from the script, and no word about it; '*' as above.</param>
    /// <param name="pass"><c>--pass-env</c>: names let through from the super-server's environment, NUL-terminated.</param>
    internal EnvironmentPolicy(byte[][]? set = null, byte[][]? allow = null, byte[][]? drop = null, byte[][]? pass = null)
    {
        Set = set;
        Allow = allow;
        Drop = drop;
        Inherited = InheritedEnvironment.Take(pass ?? []);
    }

    internal byte[][]? Set { get; }

    internal byte[][]? Allow { get; }

    internal byte[][]? Drop { get; }

    /// <summary>Bytes for which there must be room besides: the settings of single scripts.</summary>
    internal int Reserved { get; init; }

    /// <summary>The part of the super-server's environment that scripts get. Null in a process that has not asked for it: then there are no options either.</summary>
    internal InheritedEnvironment? Inherited { get; }

    /// <summary>True if a variable of the request reaches the script under its own name.</summary>
    /// <param name="known">The name as scripts know it.</param>
    /// <param name="name">The name.</param>
    internal bool Admits(CgiName known, ReadOnlySpan<byte> name) =>
        (known.IsPassed() || (Allow is not null && known.MayBeAllowed() && Allows(name))) && (Drop is null || !Matches(Drop, name));

    /// <summary>True if a variable that is not admitted is one that the administrator may miss.</summary>
    internal bool IsMissed(CgiName known, ReadOnlySpan<byte> name) =>
        known == CgiName.Other && !CgiNames.IsOfServer(name) && !Sets(name) && (Drop is null || !Matches(Drop, name));

    /// <summary>True if <c>--env</c> sets the name.</summary>
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

    /// <summary>True if <c>--allow-env</c> has the name, or a pattern for it: but a pattern does not mean names that load code.</summary>
    private bool Allows(ReadOnlySpan<byte> name)
    {
        foreach (byte[] allowed in Allow!)
        {
            if (name.SequenceEqual(allowed) || (IsPatternFor(allowed, name) && !CodeNames.Contains(name)))
                return true;
        }
        return false;
    }

    private static bool Matches(byte[][] patterns, ReadOnlySpan<byte> name)
    {
        foreach (byte[] pattern in patterns)
        {
            if (name.SequenceEqual(pattern) || IsPatternFor(pattern, name))
                return true;
        }
        return false;
    }

    private static bool IsPatternFor(byte[] pattern, ReadOnlySpan<byte> name) => pattern[^1] == (byte)'*' && name.StartsWith(pattern.AsSpan(0, pattern.Length - 1));
}
