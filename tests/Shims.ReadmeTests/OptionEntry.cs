using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>An option in one of its three places: the help of a program, docs/how-it-runs.md, a manual page.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Value">What stands for its value; empty if it takes none.</param>
/// <param name="Default">The default as far as the first comma or end of a sentence; empty if none is said.</param>
/// <param name="Text">Everything that is said of it.</param>
internal sealed partial record OptionEntry(string Name, string Value, string Default, string Text)
{
    /// <summary>The values among which one has to choose; empty if any will do.</summary>
    internal IReadOnlyList<string> Choices => Value.Contains('|', StringComparison.Ordinal) ? [.. Value.Split('|', StringSplitOptions.TrimEntries).Order()] : [];

    /// <summary>Finds "Default: VALUE." in a text.</summary>
    internal static string DefaultIn(string text) => DefaultValue().Match(text) is { Success: true } match ? match.Groups[1].Value : "";

    [GeneratedRegex(@"(?<!by )[Dd]efault: ((?:[^.,\]]|\.(?=\S))+)")]
    private static partial Regex DefaultValue();
}
