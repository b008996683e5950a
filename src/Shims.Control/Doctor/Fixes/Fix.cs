namespace Shims.Control.Doctor.Fixes;

/// <summary>
/// The change that fixes a finding. It is data until a <see cref="FixScope"/> has looked at whose files it touches, and printed only as a
/// <see cref="ShellCommand"/>.
/// </summary>
/// <remarks>
/// People paste what is printed as root. So a command is printed only if it gives the users who had a word in it (the owner of a script or
/// a capsule, its visitors, the
/// names of files) nothing that they could not do themselves. Everything else is said in words.
/// </remarks>
internal abstract record Fix
{
    /// <summary>The same in words, for where no command is printed: an imperative without a full stop.</summary>
    internal abstract string Words { get; }

    /// <summary>The command.</summary>
    /// <param name="scope">Which files it may touch.</param>
    /// <param name="reason">The reason why there is none; null if that needs no explanation.</param>
    internal abstract ShellCommand? ToCommand(FixScope scope, out string? reason);
}
