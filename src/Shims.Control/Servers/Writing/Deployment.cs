using System.Globalization;
using System.Text.RegularExpressions;
using Shims.Control.Processes;
using Shims.Control.Servers.Apps;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers.Writing;

/// <summary>The facts on which both halves of a configuration have to agree.</summary>
internal sealed record Deployment
{
    /// <summary>Seconds that a process may be idle before it ends.</summary>
    internal const int IdleSeconds = 60;

    /// <summary>The number of scripts at a time, where the super-server has such a limit.</summary>
    internal const int Concurrency = 64;

    internal required Protocol Protocol { get; init; }

    /// <summary>The URL's path: <c>/cgi-bin</c>. Begins with a slash, and does not end in one; empty for an app that is the whole site.</summary>
    internal required string Url { get; init; }

    internal required TargetKind Kind { get; init; }

    /// <summary>The script, the program, or the folder: absolute, without a slash at the end.</summary>
    internal required string Target { get; init; }

    internal required ListenAddress Address { get; init; }

    /// <summary>The user that scripts run as.</summary>
    internal required string User { get; init; }

    /// <summary>The user that may connect: the web server's.</summary>
    internal required string WebUser { get; init; }

    /// <summary>One process for all requests, not one for each.</summary>
    internal required bool Waits { get; init; }

    /// <summary>The number of processes among which the web server divides the requests.</summary>
    internal int Processes { get; init; } = 1;

    /// <summary>Which of several processes this is, from 1; 0 if it is the only one, or all of them.</summary>
    internal int Number { get; init; }

    /// <summary>The IP addresses of several hosts, each with the same target, among which the web server divides requests; empty for this machine.</summary>
    internal IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>The machines that may connect to a host, each an IP address or a network; empty for this machine alone.</summary>
    internal IReadOnlyList<string> AllowedPeers { get; init; } = [];

    /// <summary>Those of <see cref="AllowedPeers"/> that the program itself is told of, as its super-server lets every machine connect.</summary>
    internal IReadOnlyList<string> ServedPeers { get; init; } = [];

    /// <summary>Variables that scripts get, each NAME=VALUE.</summary>
    internal IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Names of variables that scripts get from the request although they are held back by default.</summary>
    internal IReadOnlyList<string> AllowedNames { get; init; } = [];

    /// <summary>The app of ASP.NET Core that <see cref="Target"/> is; null if it is something else.</summary>
    internal PublishedApp? AspNet { get; init; }

    /// <summary>The folder in which an app keeps keys between its processes, where the super-server makes none; null if it needs none.</summary>
    internal string? StateFolder { get; init; }

    /// <summary>The largest upload; null for the usual one.</summary>
    internal BodySize? MaxBody { get; init; }

    /// <summary>Seconds of silence before the web server responds with 504; null if the command line does not say.</summary>
    internal int? ReadTimeout { get; init; }

    /// <summary>Seconds that a script may run; null if the command line does not say.</summary>
    internal int? Timeout { get; init; }

    /// <summary>The programs that run files, each .EXTENSION=PROGRAM.</summary>
    internal IReadOnlyList<string> Interpreters { get; init; } = [];

    /// <summary>The names of files that respond for their folder, with commas between them; null if there are none.</summary>
    internal string? Index { get; init; }

    /// <summary>Folders of files that the web server sends itself.</summary>
    internal IReadOnlyList<FileAlias> Aliases { get; init; } = [];

    /// <summary>Extensions of files below <see cref="Target"/> that the web server sends itself, each with its dot.</summary>
    internal IReadOnlyList<string> FileExtensions { get; init; } = [];

    /// <summary>Beginnings of URL paths that the web server refuses, whatever is there.</summary>
    internal IReadOnlyList<string> DeniedUrls { get; init; } = [];

    /// <summary>The path of the gateway's status page, which the web server refuses until somebody is let in; null for none.</summary>
    internal string? StatusPath { get; init; }

    /// <summary>The path at which the gateway says whether it can take a request; null for none.</summary>
    internal string? PingPath { get; init; }

    /// <summary>The folders that scripts write to.</summary>
    internal IReadOnlyList<string> WritableFolders { get; init; } = [];

    /// <summary>The file of htpasswd(1) that names the users who may log in; null if everyone may come in.</summary>
    internal string? UserFile { get; init; }

    /// <summary>The URL's path, where the gateway has to know it: the web server does not say which script it names. Null if it does.</summary>
    internal string? Mount { get; init; }

    /// <summary>The file of AJP13's secret, which a port needs; null if there is none.</summary>
    internal string? SecretFile { get; init; }

    /// <summary>The file that the options are read from; null if they are arguments.</summary>
    internal string? OptionsFile { get; init; }

    /// <summary>The folder of scgi-run, fcgi-run and shim-dotnet.</summary>
    internal required string ProgramFolder { get; init; }

    /// <summary>The name of units, services and sockets: the URL in letters that all of them allow, and the number of one process of several.</summary>
    internal string Name => Number == 0 ? NameOf(Url, Target) : $"{NameOf(Url, Target)}-{Number}";

    /// <summary>True if the app has all of the site.</summary>
    internal bool IsWholeSite => Url.Length == 0;

    /// <summary>True if the web server keeps its connections to an app that stays, and sends one request after the other over them.</summary>
    internal bool KeepsConnections => AspNet is not null && Waits && Protocol == Protocols.FastCgi;

    /// <summary>The reason why no other user may connect.</summary>
    internal string Risk => AspNet is null ? "a request names the script to run" : "a request says who its user is";

    /// <summary>The processes, each with an address of its own.</summary>
    internal IEnumerable<Deployment> Members => Hosts.Count > 0 ? Hosts.Select(host => this with { Address = Address.At(host) })
        : Processes == 1 ? [this]
        : Enumerable.Range(1, Processes).Select(number => this with { Processes = 1, Number = number, Address = Address.Numbered(number) });

    /// <summary>The program to start, absolute.</summary>
    internal string Program => Kind switch
    {
        TargetKind.App when AppEnvironment.Count > 0 => "/usr/bin/env",
        TargetKind.App when !IsSource => Target,
        TargetKind.App => $"{ProgramFolder}/shim-dotnet",
        _ => $"{ProgramFolder}/{Protocol.Program}",
    };

    /// <summary>Its arguments, without argv[0].</summary>
    internal IReadOnlyList<string> Arguments =>
    [
        // An app takes no options; env(1) sets its variables.
        .. Kind == TargetKind.App ? AppEnvironment : [],
        .. Kind == TargetKind.App && IsSource && AppEnvironment.Count > 0 ? [$"{ProgramFolder}/shim-dotnet"] : Array.Empty<string>(),
        .. OptionsFile is { } file ? ["--options", file] : Options.SelectMany(option => option),
        .. Kind switch
        {
            TargetKind.Directory => [Target + "/"],
            TargetKind.App when !IsSource && AppEnvironment.Count == 0 => Array.Empty<string>(),
            _ => [Target],
        },
    ];

    /// <summary>The options of the gateway, each with its value. An app takes none.</summary>
    internal IEnumerable<string[]> Options => Kind == TargetKind.App ? [] :
    [
        .. SecretFile is null ? [] : new string[][] { ["--secret-file", SecretFile] },
        .. Mount is null ? [] : new string[][] { ["--mount", Mount] },
        .. Waits ? new string[][] { ["--idle", $"{IdleSeconds}"] } : [],
        .. MaxBody is { } size ? new string[][] { ["--max-body", size.ToString()] } : [],
        .. Timeout is { } seconds ? new string[][] { ["--timeout", seconds.ToString(CultureInfo.InvariantCulture)] } : [],
        .. Interpreters.Select(interpreter => new[] { "--interpreter", interpreter }),
        .. StatusPath is null ? [] : new string[][] { ["--status-path", StatusPath] },
        .. PingPath is null ? [] : new string[][] { ["--ping-path", PingPath] },
        .. ServedPeers.Count == 0 ? [] : new string[][] { ["--allow-from", string.Join(',', ServedPeers)] },
        .. Index is null ? [] : new string[][] { ["--index", Index] },
        .. Environment.Select(setting => new[] { "--env", setting }),
        .. AllowedNames.Select(name => new[] { "--allow-env", name }),
    ];

    /// <summary>Seconds of silence before the web server responds with 504, where it has to be told.</summary>
    /// <remarks>A script that takes too long is ended by the gateway, which knows more to say about it than the web server.</remarks>
    internal int SilenceLimit => ReadTimeout ?? Math.Max(60, Timeout is { } seconds ? seconds + 5 : 0);

    /// <summary>The largest upload: for ASP.NET Core its own default, 30,000,000 bytes.</summary>
    internal BodySize UploadLimit => MaxBody ?? (AspNet is null ? new BodySize(100, 'M') : new BodySize(30_000_000, '\0'));

    /// <summary>The last component of <see cref="Program"/>: argv[0].</summary>
    internal string ProgramName => Path.GetFileName(Program);

    /// <summary>Program and arguments, in words that need no quotes.</summary>
    internal string CommandLine => string.Join(' ', [Program, .. Arguments]);

    /// <summary>
    /// The command that makes the socket's folder, for the web server alone; empty for a port, and where there is nothing to make.
    /// </summary>
    internal string FolderCommand =>
        Address.Path is { } path ? RuntimeFolder.Command(Path.GetDirectoryName(path) ?? "/", WebUser) : "";

    /// <summary>The subject of the service, for descriptions.</summary>
    internal string Subject => Kind switch
    {
        TargetKind.Directory => $"the scripts in {Target}/",
        TargetKind.App => $"the app {Target}",
        _ => $"the script {Target}",
    };

    /// <summary>True if the folder is called in the URL what it is called on disk, so that a document root leads to its scripts.</summary>
    internal bool IsBelowDocumentRoot => Url == "/" + Path.GetFileName(Target);

    /// <summary>All paths that the web server refuses.</summary>
    internal IReadOnlyList<string> RefusedUrls => StatusPath is null ? DeniedUrls : [.. DeniedUrls, StatusPath];

    /// <summary>Those who may connect to a port, for a comment.</summary>
    internal string Callers => ServedPeers.Count == 0 ? "for this machine only" : $"for {string.Join(", ", ServedPeers)} only, as the program is told";

    /// <summary>True if a page responds for the folder itself, whose relative links need the slash at the end of its URL.</summary>
    internal bool NeedsSlash => Kind == TargetKind.Directory && Index is not null;

    /// <summary>The folder that <see cref="Target"/> lies in.</summary>
    internal string Parent => Path.GetDirectoryName(Target) is { Length: > 1 } parent ? parent : "";

    /// <summary>
    /// The regular expression (PCRE) of the URL paths of <see cref="FileExtensions"/>: the group <c>file</c> is the path below
    /// <see cref="Target"/>. Not what follows the name of a script, and nothing hidden.
    /// </summary>
    internal string FilePattern => $@"^{Regex.Escape(Url)}(?!.*(?:{InScript}))/(?<file>.+\.(?:{Extensions}))$";

    private string Extensions => string.Join('|', FileExtensions.Select(static extension => extension[1..]));

    /// <summary>The regular expression of paths with something hidden in them, or with a script's name before their end.</summary>
    internal string InScript =>
        string.Join('|', Interpreters.Select(interpreter => Regex.Escape(interpreter.Split('=')[0]) + "/").Append(@"/\."));

    /// <summary>The name for a URL; for a whole site that of its app.</summary>
    internal static string NameOf(string url, string target)
    {
        string text = url.Trim('/') is { Length: > 0 } path ? path : Path.GetFileNameWithoutExtension(target);
        return string.Concat(text.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
    }

    /// <summary>The variables of an app: those that the command line sets, and its settings.</summary>
    private IReadOnlyList<string> AppEnvironment =>
    [
        .. Environment,
        .. Protocol == Protocols.Ajp13 ? [$"SHIMS_PROTOCOL={Protocol.Word}"] : Array.Empty<string>(),
        .. SecretFile is null ? [] : new[] { $"SHIMS_SECRET_FILE={SecretFile}" },
        .. Mount is null ? [] : new[] { $"SHIMS_MOUNT={Mount}" },
        .. StatusPath is null ? [] : new[] { $"SHIMS_STATUS_PATH={StatusPath}" },
        .. PingPath is null ? [] : new[] { $"SHIMS_PING_PATH={PingPath}" },
        .. ServedPeers.Count == 0 ? [] : new[] { $"SHIMS_ALLOW_FROM={string.Join(',', ServedPeers)}" },
        .. AspNet is not null && MaxBody is { } size ? [$"SHIMS_MAX_BODY={size}"] : Array.Empty<string>(),
        .. StateFolder is null ? [] : new[] { $"Shim__Keys={StateFolder}" },
    ];

    private bool IsSource => Target.EndsWith(".cs", StringComparison.Ordinal);
}
