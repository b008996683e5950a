namespace Shims.Cgi;

/// <summary>What the walk along a path has found.</summary>
internal ref struct FoundScript
{
    /// <summary>See <see cref="ScriptLocation.Path"/> and <see cref="ScriptLocation.File"/>.</summary>
    internal ReadOnlySpan<byte> Path, File;

    /// <summary>What follows the script in the path.</summary>
    internal ReadOnlySpan<byte> Rest;

    /// <summary>See <see cref="ScriptLocation.Held"/>.</summary>
    internal HeldScript Held;
}
