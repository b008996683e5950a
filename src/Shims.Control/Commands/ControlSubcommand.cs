using System.CommandLine;

namespace Shims.Control.Commands;

/// <summary>A command of <c>shimctl</c>: its help ends with examples.</summary>
/// <param name="name">As it is typed.</param>
/// <param name="description">What it is for.</param>
/// <param name="examples">At least one.</param>
internal abstract class ControlSubcommand(string name, string description, params IReadOnlyList<Example> examples) : Command(name, description)
{
    /// <summary>What people would type most often.</summary>
    internal IReadOnlyList<Example> Examples { get; } = examples;
}
