using Shims.Control.Processes;
using Shims.Control.Servers.Apps;
using Shims.Control.Servers.Reading;
using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Gateway.Serving;
using Shims.Programs;

namespace Shims.Control.Servers.Checking;

/// <summary>A program that a super-server or a web server starts, and what it is told.</summary>
/// <param name="Program">The path of its file.</param>
/// <param name="Arguments">Without argv[0].</param>
internal sealed record ProgramCommand(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>The gateways' options; true for those that have a value after them.</summary>
    private static readonly IReadOnlyDictionary<string, bool> s_options = GatewayCommand.Options;

    private readonly IReadOnlyList<string> _arguments = Arguments;
    private ExpandedLine? _expanded;
    private Lazy<PublishedApp?>? _app;

    /// <summary>The arguments, without argv[0].</summary>
    internal IReadOnlyList<string> Arguments
    {
        get => _arguments;
        init => (_arguments, _expanded) = (value, null);
    }

    /// <summary>Words as systemd divides them, without the characters that may stand in front of the program. systemd.service(5).</summary>
    internal static ProgramCommand Parse(string line)
    {
        var words = new List<string>();
        foreach (string word in QuotedWords.Split(line))
            words.Add(word.Replace("%%", "%", StringComparison.Ordinal));
        return new ProgramCommand(words.Count > 0 ? words[0].TrimStart('-', '@', ':', '+', '!', '|') : "", [.. words.Skip(1)]);
    }

    internal string Name => Path.GetFileName(Program);

    /// <summary>The app of ASP.NET Core that it starts, by itself, by env(1) or by dotnet(1); null if it starts something else. Its files are read once.</summary>
    internal PublishedApp? App => (_app ??= new Lazy<PublishedApp?>(FindApp)).Value;

    /// <summary>The command that env(1) runs; this one if it is another program.</summary>
    internal ProgramCommand Inner => Name == "env" && Arguments.SkipWhile(IsVariable).ToArray() is [['/', ..] program, .. var arguments]
        ? new ProgramCommand(program, arguments) : this;

    /// <summary>The variables that env(1) sets, each NAME=VALUE; none if it is another program.</summary>
    internal IEnumerable<string> Variables => Name == "env" ? Arguments.TakeWhile(IsVariable) : [];

    /// <summary>True if it is one of the gateways of this project.</summary>
    internal bool IsGateway => Array.Exists(Protocols.Known, protocol => protocol.Program == Name);

    /// <summary>The protocols that it speaks; none where its name does not tell.</summary>
    internal Protocol[] Spoken => Name switch
    {
        "scgi_run" => [Protocols.Scgi],
        "fcgiwrap" or "php-cgi" or "php-fpm" or "slowcgi" => [Protocols.FastCgi],
        "shim-dotnet" => Protocols.All,
        _ when App is { UsesShim: true } => Protocols.All,
        _ => Array.FindAll(Protocols.Known, protocol => protocol.Program == Name),
    };

    /// <summary>The fault of a gateway's command line, in its own words; null if it starts with it.</summary>
    internal string? Fault => Array.Find(Protocols.Known, protocol => protocol.Program == Name) is { } protocol
        ? GatewayCommand.FindFault(protocol, [.. Arguments])
        : null;

    /// <summary>True if the line is right but for TARGET, which is missing.</summary>
    internal bool LacksOnlyTarget => IsGateway && Target is null
        && (this with { Arguments = [.. Arguments, "/script"] }).Fault is null;

    /// <summary>The files that the options are read from, and those of variables.</summary>
    internal IEnumerable<string> OptionFiles => [.. ValuesIn(Arguments, OptionsFile.Option), .. ValuesIn(Words, EnvironmentFile.Option)];

    /// <summary>
    /// The arguments, with the options of each <c>--options FILE</c> in its place, as the program reads them; as they are written if a file
    /// cannot be read. The files are read once.
    /// </summary>
    private IReadOnlyList<string> Words => (_expanded ??= Expand()).Words;

    /// <summary>The options of single scripts in files of <c>--options</c>.</summary>
    internal IReadOnlyList<OptionsSection> Sections => (_expanded ??= Expand()).Sections;

    private ExpandedLine Expand()
    {
        var sections = new List<OptionsSection>();
        try
        {
            return new ExpandedLine(
                IsGateway ? OptionsFile.Expand([.. Arguments], s_options.GetValueOrDefault, sections) : Arguments, sections);
        }
        catch (ShimException)
        {
            return new ExpandedLine(Arguments, []); // The program says why.
        }
    }

    /// <summary>
    /// The TARGET of a gateway: a script, or with a slash at the end a directory of scripts. Null if there is nothing, or if it is not a
    /// gateway.
    /// </summary>
    internal string? Target
    {
        get
        {
            if (!IsGateway)
                return Name == "shim-dotnet" && Arguments.Count > 0 ? Arguments[0] : null;
            IReadOnlyList<string> words = Words;
            int target = TargetIndexIn(words);
            return target < words.Count ? words[target] : null;
        }
    }

    /// <summary>The program and its options up to TARGET.</summary>
    internal IReadOnlyList<string> UpToTarget
    {
        get
        {
            IReadOnlyList<string> words = Words;
            return [Program, .. words.Take(Math.Min(TargetIndexIn(words), words.Count))];
        }
    }

    /// <summary>Options of the gateways that stand behind TARGET, where they are arguments of the script.</summary>
    internal IEnumerable<string> OptionsBehindTarget
    {
        get
        {
            IReadOnlyList<string> words = Words;
            return !IsGateway ? [] : words.Skip(TargetIndexIn(words) + 1)
                .Where(word => word.StartsWith("--", StringComparison.Ordinal) && s_options.ContainsKey(NameOf(word)));
        }
    }

    /// <summary>The value of an option; null if it is not there.</summary>
    internal string? ValueOf(string option) => ValuesOf(option).FirstOrDefault();

    /// <summary>All values of an option that may be given several times.</summary>
    internal IReadOnlyList<string> ValuesOf(string option) => ValuesIn(Words, option);

    private static List<string> ValuesIn(IReadOnlyList<string> words, string option)
    {
        var values = new List<string>();
        int end = Math.Min(TargetIndexIn(words), words.Count);
        for (int i = 0; i < end; i++)
        {
            if (words[i].StartsWith(option + "=", StringComparison.Ordinal))
                values.Add(words[i][(option.Length + 1)..]);
            else if (words[i] == option && i + 1 < words.Count)
                values.Add(words[++i]);
        }
        return values;
    }

    /// <summary>True for the same program with the same arguments, whether the files that they name have been read or not.</summary>
    public bool Equals(ProgramCommand? other) => other is not null && Program == other.Program && Arguments.SequenceEqual(other.Arguments);

    public override int GetHashCode() => HashCode.Combine(Program, Arguments.Count);

    public override string ToString() => ShellWords.Join([Program, .. Arguments]);

    private static int TargetIndexIn(IReadOnlyList<string> words)
    {
        for (int i = 0; i < words.Count; i++)
        {
            if (words[i] == "--")
                return i + 1;
            if (!words[i].StartsWith('-'))
                return i;
            if (s_options.GetValueOrDefault(words[i]))
                i++;
        }
        return words.Count;
    }

    private static bool IsVariable(string word) => word.IndexOf('=') > 0 && word[0] is not ('-' or '/');

    private PublishedApp? FindApp() => IsGateway ? null : Inner switch
    {
        { Name: "dotnet" } started => started.Arguments.FirstOrDefault(static word => word.EndsWith(".dll", StringComparison.Ordinal)) is { } file ? PublishedApp.Find(file) : null,
        var started => PublishedApp.Find(started.Program),
    };

    private static string NameOf(string argument) => argument.Split('=')[0];

    /// <summary>A line with the options of its files.</summary>
    private sealed record ExpandedLine(IReadOnlyList<string> Words, IReadOnlyList<OptionsSection> Sections);
}
