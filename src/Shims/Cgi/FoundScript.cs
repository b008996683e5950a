namespace Shims.Cgi;

/// <summary>The result of the walk along a path.</summary>
internal ref struct FoundScript
{
    /// <summary>See <see cref="ScriptLocation.Path"/> and <see cref="ScriptLocation.File"/>.</summary>
    internal ReadOnlySpan<byte> Path, File;

    /// <summary>The path after the script.</summary>
    internal ReadOnlySpan<byte> Rest;

    /// <summary>The name by which it responds for its directory; empty if the request names it.</summary>
    internal ReadOnlySpan<byte> Index;

    /// <summary>See <see cref="ScriptLocation.Held"/>.</summary>
    internal HeldScript Held;
}
