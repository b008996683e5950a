using Shims.Control.Terminal;

namespace Shims.Control.Doctor;

/// <summary>Writes findings for people, each as it is made: how bad, what, and the cure under it.</summary>
internal sealed class DoctorReport(TextWriter output, TerminalStyle terminal)
{
    private string? _subject;

    internal void Write(Finding finding)
    {
        if (finding.Subject != _subject)
        {
            if (_subject is not null)
                output.WriteLine();
            output.WriteLine(terminal.Bold(VisibleText.OfLine(finding.Subject)));
            _subject = finding.Subject;
        }
        string mark = finding.Severity switch
        {
            Severity.Good => terminal.Green("ok     "),
            Severity.Warning => terminal.Yellow("warning"),
            _ => terminal.Red("error  "),
        };
        WriteEntry(mark, finding.Cause);
        if (finding.Command is not null)
            WriteEntry(terminal.Faint("  run  "), finding.Command);
        if (finding.Advice is not null)
            WriteEntry(terminal.Faint("  do   "), finding.Advice);
    }

    /// <summary>The last lines: how many errors and warnings there were, and what was left out.</summary>
    internal void Close(int errors, int warnings, string? note)
    {
        output.WriteLine();
        string summary = errors == 0 && warnings == 0 ? "Nothing is wrong." : $"{Count(errors, "error")}, {Count(warnings, "warning")}.";
        output.WriteLine(errors > 0 ? terminal.Red(summary) : warnings > 0 ? terminal.Yellow(summary) : terminal.Green(summary));
        if (note is not null)
            output.WriteLine(note);
    }

    /// <summary>On one line: a line feed in a name would make a second entry of it.</summary>
    private void WriteEntry(string mark, string text) => output.WriteLine($"  {mark}  {VisibleText.OfLine(text)}");

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
