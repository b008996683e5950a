namespace Shims.ReadmeTests;

/// <summary>An option of a command of <c>shimctl</c>, in the help or in the manual page.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Aliases">Its short names, in order.</param>
/// <param name="Value">What stands for its value; values to choose from with bars between them, in order.</param>
/// <param name="Default">Empty if none is said.</param>
/// <param name="IsRequired">Whether the command cannot do without.</param>
internal sealed record ControlOption(string Name, IReadOnlyList<string> Aliases, string Value, string Default, bool IsRequired)
{
    public override string ToString() => $"{string.Join(", ", [.. Aliases, Name])} <{Value}>{(IsRequired ? " (required)" : "")}{(Default.Length > 0 ? $", default {Default}" : "")}";
}
