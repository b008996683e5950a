using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Shims.Control.Capsules;
using Shims.Control.Servers;
using Shims.Control.Terminal;
using Shims.Diagnostics;

namespace Shims.Control.Commands;

/// <summary><c>shimctl show</c>: prints a capsule, the file in which <c>--record</c> keeps a request, or a list of them.</summary>
internal sealed class ShowCommand : ControlSubcommand
{
    private readonly Argument<string[]> _what = new("WHAT")
    {
        Description = "A capsule, the id of a request, or a directory of capsules. Default: the directories of --record in this machine's "
            + "configurations, and /var/lib/shims.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<bool> _failed = new("--failed") { Description = "List only requests that failed." };
    private readonly Option<string?> _since = Valued<string?>("--since", "TIME",
        "List only requests after this time: 30m, 1h or 2d ago, or a date and time in UTC, such as 2026-11-30T07:00.");
    private readonly Option<bool> _json = new("--json") { Description = "Write it as JSON; bytes that are not UTF-8 as base64." };

    internal ShowCommand()
        : base("show", "Prints a request that scgi-run or fcgi-run --record kept: why it failed, its variables and body, the script's " +
            "environment and output. Of several, or of a directory, prints a list, the newest first; those that failed are marked with !.",
            new Example("shimctl show", "Every request that this machine has kept."),
            new Example("shimctl show --failed --since 1h", "The requests that failed in the last hour."),
            new Example("shimctl show 3f9a1c07", "Everything recorded of the request with the id 3f9a1c07."))
    {
        _what.Validators.Add(CheckNames);
        _since.Validators.Add(CheckTime);
        Add(_what);
        Add(_failed);
        Add(_since);
        Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult result)
    {
        string[] whats = result.GetValue(_what) ?? [];
        string[] folders = [.. whats.Where(Directory.Exists)];
        var places = new Lazy<IReadOnlyList<string>>(() => folders.Length > 0 ? folders : RecordingFolders.Find());
        string[] files = [.. whats.Except(folders).Select(what => IsPath(what) ? what : CapsuleEntry.Find(what, places.Value))];
        DateTimeOffset? since = result.GetValue(_since) is { } text ? ReadTime(text, DateTimeOffset.UtcNow) : null;
        bool onlyFailed = result.GetValue(_failed);
        if (files is [var single] && !onlyFailed && since is null)
            return WriteOne(single, result.GetValue(_json));
        if (whats.Length == 0 && places.Value.Count == 0)
        {
            throw new ShimException(ExitCode.Usage, "no directory of capsules is known on this machine",
                "name the one that --record has: shimctl show DIR");
        }
        CapsuleEntry[] entries =
        [
            .. (files.Length > 0 ? files : places.Value.SelectMany(CapsuleEntry.FilesIn))
                .Where(file => since is null || new DateTimeOffset(File.GetLastWriteTimeUtc(file)) >= since)
                .Select(CapsuleEntry.Read)
                .Where(entry => (!onlyFailed || entry.HasFailed) && (since is null || entry.Time >= since))
                .OrderByDescending(static entry => entry.Time),
        ];
        if (result.GetValue(_json))
            Console.WriteLine(CapsuleList.ToJson(entries));
        else if (entries.Length > 0)
            CapsuleList.Write(entries, Console.Out, TerminalStyle.Output);
        else
        {
            string where = string.Join(", ", (files.Length > 0 ? files : places.Value).Select(VisibleText.OfLine));
            string kind = onlyFailed ? " that failed" : "", time = since is null ? "" : " since then";
            Console.WriteLine($"No request{kind} is recorded{time} in {where}.");
        }
        return (int)ExitCode.Served;
    }

    private static int WriteOne(string path, bool asJson)
    {
        using CapsuleFile file = CapsuleFile.Open(path);
        if (asJson)
            Console.WriteLine(CapsuleJson.Serialize(file.Read()));
        else
            new CapsuleReport(Console.Out, TerminalStyle.Output).Write(file.Read());
        return (int)ExitCode.Served;
    }

    /// <summary>An id has neither a slash nor, without a file of that name, a suffix.</summary>
    private static bool IsPath(string what) =>
        what.Contains('/', StringComparison.Ordinal) || File.Exists(what) || what.EndsWith(".capsule", StringComparison.Ordinal);

    private static void CheckTime(OptionResult option)
    {
        if (option.Tokens is [var token] && ReadTime(token.Value, DateTimeOffset.UtcNow) is null)
        {
            option.AddError($"--since takes a time ago or a date and time, not \"{token.Value}\": write for example --since 1h, or " +
                "--since 2026-11-30T07:00");
        }
    }

    /// <summary>A number and s, m, h or d; or what ISO 8601 has, in UTC unless it says otherwise.</summary>
    /// <returns>Null if it is neither.</returns>
    internal static DateTimeOffset? ReadTime(string text, DateTimeOffset now)
    {
        const long mostSeconds = 100L * 365 * 86400;
        int unit = text.Length < 2 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        if (unit > 0 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            return count * (long)unit <= mostSeconds ? now.AddSeconds(-count * (long)unit) : null;
        string[] forms =
        [
            "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK",
            "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss",
        ];
        bool isTime = DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out DateTimeOffset time);
        return isTime ? time : null;
    }
}
