using Shims.Control.Processes;
using Shims.Control.Terminal;

namespace Shims.Control.Doctor.Fixes;

/// <summary>A command line that is safe to paste into a shell: made of quoted words, all of which a terminal shows as they are.</summary>
/// <remarks>
/// There is no way to make one of a text. Commands that change files come from a <see cref="Fix"/>, which looks at the files first.
/// </remarks>
internal sealed record ShellCommand : Fix
{
    private ShellCommand(string text) => Text = text;

    /// <summary>The line.</summary>
    internal string Text { get; }

    /// <summary>The lines of a file that it changes; null if it changes none.</summary>
    internal LineEdit? Edit { get; init; }

    internal override string Words => Text;

    internal override ShellCommand ToCommand(FixScope scope, out string? reason)
    {
        reason = null;
        return this;
    }

    public bool Equals(ShellCommand? other) => other is not null && other.Text == Text;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);

    public override string ToString() => Text;

    /// <summary>A program and its arguments.</summary>
    /// <returns>
    /// Null if a word holds something that is not shown as it is, such as a line feed: what is pasted would be another command than the one
    /// that is read.
    /// </returns>
    internal static ShellCommand? Of(params IReadOnlyList<string> words) =>
        words.All(VisibleText.IsVisible) ? new ShellCommand(ShellWords.Join(words)) : null;

    /// <summary>The same after another command has succeeded.</summary>
    internal static ShellCommand? Both(ShellCommand? first, ShellCommand? second) =>
        first is null || second is null ? null : new ShellCommand($"{first.Text} && {second.Text}") { Edit = first.Edit ?? second.Edit };

    /// <summary>Makes a folder below /run, now and at each start of the machine.</summary>
    /// <param name="owner">The name of a user.</param>
    /// <returns>Null if the path has characters that need quotes.</returns>
    internal static ShellCommand? RuntimeFolder(string path, string owner) =>
        ShellWords.Quote(path) == path && !path.Contains('%', StringComparison.Ordinal) && ShellWords.Quote(owner) == owner
            ? new ShellCommand(Processes.RuntimeFolder.Command(path, owner)) : null;

    /// <summary>Ends a process, waits until it is gone, and starts something.</summary>
    internal static ShellCommand? Replace(int process, ShellCommand? start) =>
        start is null
            ? null
            : new ShellCommand(
                FormattableString.Invariant($"kill {process}; while kill -0 {process} 2>/dev/null; do sleep 1; done; {start.Text}"));

    /// <summary>Sends a signal to the process whose number a file holds.</summary>
    /// <param name="file">A name of ours.</param>
    internal static ShellCommand SignalFrom(string file, string signal) => new($"kill -{signal} $(cat {ShellWords.Path(file)})");
}
