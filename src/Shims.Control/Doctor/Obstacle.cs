namespace Shims.Control.Doctor;

/// <summary>What keeps somebody from a file: the file itself, or a directory on the way to it.</summary>
/// <param name="Kind">What is wrong there.</param>
/// <param name="Path">Where: without any link in it but, perhaps, the last component.</param>
internal sealed record Obstacle(ObstacleKind Kind, string Path)
{
    /// <summary>What may not be done there, where the obstacle is a mode.</summary>
    internal Access Missing { get; init; }

    /// <summary>Whose bits of the mode decide: u, g or o.</summary>
    internal char Whose { get; init; } = 'o';

    /// <summary>The command that takes the obstacle away; null where that is not a matter of permissions.</summary>
    internal string? Command => Kind == ObstacleKind.Forbidden ? $"chmod {Whose}+{Letters} {ShellWord.Quote(Path)}" : null;

    private string Letters => string.Concat(
        Missing.HasFlag(Access.Read) ? "r" : "", Missing.HasFlag(Access.Write) ? "w" : "", Missing.HasFlag(Access.Execute) ? "x" : "");
}
