using System.Globalization;
using Mono.Unix.Native;
using Shims.Control.Processes;
using Shims.Control.Terminal;
using Shims.Recording;

namespace Shims.Control.Capsules;

/// <summary>Prints a capsule for people: cause and fix first, then the script, its input and its output.</summary>
internal sealed class CapsuleReport(TextWriter output, TerminalStyle terminal)
{
    /// <summary>The number of bytes to print of binary data.</summary>
    private const int ShownOfBinary = 512;

    private const int LabelWidth = 12;

    /// <summary>The widest column for names. A longer name does not widen it.</summary>
    private const int WidestName = 24;

    internal void Write(Capsule capsule)
    {
        WriteFault(capsule);
        WriteScript(capsule);
        WriteVariables("Variables of the request", capsule.Variables);
        WriteVariables("Environment of the script", capsule.Environment);
        WriteBlock("Body", capsule.Body, capsule.BodyLength, "first", capsule.Redacted.Contains(CapsuleSection.Body));
        if (capsule.Data is { } data)
        {
            WriteBlock("Data of the FastCGI Filter, on descriptor 3", data, capsule.DataLength, "first",
                capsule.Redacted.Contains(CapsuleSection.Data));
        }
        WriteBlock("Standard error", capsule.ErrorOutput, capsule.ErrorLength, "last", capsule.Redacted.Contains(CapsuleSection.Error));
        WriteBlock("Response of the script", capsule.Reply, capsule.ReplyLength, "first", capsule.Redacted.Contains(CapsuleSection.Reply));
    }

    private void WriteFault(Capsule capsule)
    {
        string outcome = capsule.Reason switch
        {
            CapsuleReason.Gone => terminal.Red("no response"),
            CapsuleReason.All => terminal.Green("complete"),
            _ => terminal.Red("failed"),
        };
        Entry("Request", $"{VisibleText.Of(capsule.RequestId)}, {outcome}{(capsule.Status > 0 ? $" with status {capsule.Status}" : "")}");
        Entry("Time", capsule.Time.ToString("yyyy-MM-dd HH:mm:ss.fff 'UTC'", CultureInfo.InvariantCulture));
        Entry("URL", $"{Value(capsule, "REQUEST_METHOD")} {Value(capsule, "REQUEST_URI")}");
        if (capsule.Cause.Length > 0)
            Entry("Cause", terminal.Bold(VisibleText.Of(capsule.Cause)));
        if (capsule.Cure.Length > 0)
            Entry("Fix", VisibleText.Of(capsule.Cure));
        Entry("Gateway", $"{VisibleText.Of(capsule.Program)} {VisibleText.Of(capsule.Version)}");
        Entry("Protocol", $"{VisibleText.Of(capsule.Protocol)} from {VisibleText.Of(capsule.Peer)}");
    }

    private void WriteScript(Capsule capsule)
    {
        Entry("Target", VisibleText.Of(capsule.Target));
        if (capsule.Script.Length > 0)
        {
            IEnumerable<string> arguments = capsule.Arguments.Select(static argument => ShellWords.Quote(VisibleText.Of(argument)));
            IEnumerable<string> program = capsule.Interpreter.Length == 0 ? [] : [VisibleText.Of(capsule.Interpreter)];
            Entry("Script", string.Join(' ', [.. program, VisibleText.Of(capsule.Script), .. arguments]));
        }
        if (capsule.Directory.Length > 0)
            Entry("Directory", VisibleText.Of(capsule.Directory));
        string further = string.Join(", ", capsule.SupplementaryGroups.Where(group => group != capsule.Group).Select(GroupName));
        Entry("User", $"{UserName(capsule.User)}, group {GroupName(capsule.Group)}{(further.Length > 0 ? $", also in {further}" : "")}");
        if (capsule.CpuSeconds > 0)
            Entry("Limit", $"{capsule.CpuSeconds} s of CPU time");
        if (capsule.AddressSpace > 0)
            Entry("Limit", $"{capsule.AddressSpace} bytes of address space");
        Entry("Times", string.Join(", ", Times(capsule)));
        Entry("End", capsule.End.Length > 0 ? VisibleText.Of(capsule.End)
            : capsule.StartedAfter is null ? "not started"
            : "still running at the time of recording");
        if (capsule.Redacted.Count > 0)
            Entry("Redacted", terminal.Yellow(string.Join(", ", capsule.Redacted.Select(VisibleText.Of))));
        if (capsule.HoldsSecrets)
            Entry("Secrets", terminal.Yellow("not redacted: this file contains passwords and cookies"));
        if (capsule.IsCut)
            Entry("Incomplete", terminal.Yellow("the request was too large for a capsule, so parts are missing"));
    }

    private static IEnumerable<string> Times(Capsule capsule)
    {
        if (capsule.StartedAfter is { } started)
            yield return $"started after {started} ms";
        if (capsule.AnsweredAfter is { } answered)
            yield return $"first output after {answered} ms";
        yield return $"ended after {capsule.Elapsed} ms";
    }

    private void WriteVariables(string title, IReadOnlyList<CapsuleVariable> variables)
    {
        if (variables.Count == 0)
            return;
        Title($"{title} ({variables.Count})");
        (string Name, string Value)[] shown = [.. variables.Select(static variable =>
            (VisibleText.Of(variable.Name), VisibleText.Of(variable.Value)))];
        int width = Math.Min(WidestName, shown.Max(static variable => variable.Name.Length));
        foreach ((string name, string value) in shown)
            output.WriteLine($"  {terminal.Faint(name.PadRight(width))}  {value}".TrimEnd());
    }

    private void WriteBlock(string title, byte[] content, long length, string which, bool isRedacted)
    {
        if (length == 0 && content.Length == 0)
            return;
        bool isText = VisibleText.IsText(content);
        byte[] shown = isText || content.Length <= ShownOfBinary ? content : content[..ShownOfBinary];
        string kept = content.Length == length ? $"{length} bytes"
            : isRedacted ? $"of {length} bytes, redacted"
            : $"the {which} {content.Length} of {length} bytes";
        Title($"{title} ({kept})");
        foreach (string line in VisibleText.Lines(shown))
            output.WriteLine($"  {terminal.Faint("|")} {line}".TrimEnd());
        if (shown.Length < content.Length)
            output.WriteLine($"  {terminal.Faint($"and {content.Length - shown.Length} more bytes: see --json")}");
    }

    private void Title(string text)
    {
        output.WriteLine();
        output.WriteLine(terminal.Bold(text));
    }

    private void Entry(string label, string text) => output.WriteLine($"{terminal.Faint(label.PadRight(LabelWidth))}{text}");

    private static string Value(Capsule capsule, string name) =>
        capsule.Variables.LastOrDefault(variable => variable.Is(name)).Value is { } value ? VisibleText.Of(value) : "?";

    private static string UserName(uint user) =>
        Syscall.getpwuid(user) is { } entry ? $"{VisibleText.Of(entry.pw_name)} ({user})" : Number(user);

    private static string GroupName(uint group) =>
        Syscall.getgrgid(group) is { } entry ? $"{VisibleText.Of(entry.gr_name)} ({group})" : Number(group);

    private static string Number(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
