using System.Globalization;
using System.Text.RegularExpressions;

namespace Shims.Testing;

/// <summary>
/// A folder that stands for a whole machine: whatever the examples install to /usr/local/libexec, /run/shims and so on lies here,
/// and the ports that they name are free ones. The same real-life name means the same place in every file, so the examples
/// find each other exactly if they would in real life. A web server's minute of patience is <see cref="Patience.Limit"/> here: compiling an app
/// takes longer than a minute where many tests share two processors.
/// </summary>
public sealed partial class Installation : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<int, int> _ports = [];
    private readonly List<(string RealLife, string Here)> _names;
    private int _files;

    public Installation() : this(Repository.PathTo("inetd-examples"), Repository.PathTo("bin"))
    {
    }

    private Installation(string? site, string? programs)
    {
        Sockets = _folder.MakeFolder("run");
        GitFolder = _folder.MakeFolder("git");
        // Longer names first, where one is the beginning of another.
        _names =
        [
            ("/usr/local/libexec", programs ?? _folder.MakeFolder("libexec")),
            ("/usr/local/www/cgi-bin/", Repository.PathTo("inetd-examples/cgi-bin/")),
            ("/run/shims", Sockets),
            ("/srv/git", GitFolder),
            ("/srv", site ?? _folder.MakeFolder("www")),
            ("www-data", Environment.UserName),
        ];
    }

    /// <summary>An installation with copies: of a folder of scripts as /srv/cgi-bin, and of the programs.</summary>
    /// <remarks>
    /// A server's own user may not be allowed into the checkout; and a listening program ends when its file changes, as it does
    /// when somebody builds while tests run.
    /// </remarks>
    /// <param name="folder">Where the scripts are.</param>
    public static async Task<Installation> WithScriptsAsync(string folder)
    {
        var installation = new Installation(site: null, programs: null);
        try
        {
            // Not by this process: as long as a program that another thread is starting has not closed the copy, nobody can execute it (ETXTBSY).
            await Command.RunAsync("cp", ["-R", folder, installation.Folder.PathTo("www/cgi-bin")]);
            foreach (string pages in (string[])["www", "wsgi"])
                await Command.RunAsync("cp", ["-R", Repository.PathTo($"inetd-examples/{pages}"), installation.Folder.PathTo($"www/{pages}")]);
            await Command.RunAsync("cp", [Repository.ScgiRun, Repository.FcgiRun, Repository.Program("uwsgi-run"), Repository.Program("ajp-run"), Repository.Program("wsgi-run"), installation.Folder.PathTo("libexec")]);
            return installation;
        }
        catch
        {
            installation.Dispose();
            throw;
        }
    }

    /// <summary>The folder, for whatever else a test needs to lie there.</summary>
    public TemporaryFolder Folder => _folder;

    /// <summary>What /run/shims stands for.</summary>
    public string Sockets { get; }

    /// <summary>What /srv/git stands for.</summary>
    public string GitFolder { get; }

    /// <summary>What an address of real life is here: a path under /run/shims, or 127.0.0.1:PORT.</summary>
    public string AddressOf(string realLife) => Translate(realLife);

    /// <summary>What a port of real life is here.</summary>
    public int PortOf(int realLife)
    {
        lock (_ports)
            return _ports.TryGetValue(realLife, out int here) ? here : _ports[realLife] = FreePort.Next();
    }

    /// <summary>Installs an example with its names and ports translated, and returns the path of the copy.</summary>
    /// <exception cref="InvalidDataException">It names a place outside of this installation that the test does not know.</exception>
    public string Install(ExampleFile example)
    {
        if (ForeignPlace().Match(WithoutNames(Comment().Replace(example.Text, ""))) is { Success: true } foreign)
            throw new InvalidDataException($"{example.Path} names {foreign.Value}, which is not replaced");
        string text = Translate(example.Text);

        string path = _folder.Write($"{Interlocked.Increment(ref _files)}-{System.IO.Path.GetFileName(example.Path)}", text);
        File.SetUnixFileMode(path, example.Mode);
        return path;
    }

    public void Dispose() => _folder.Dispose();

    private string Translate(string text)
    {
        // In one pass, since what a name stands for may hold another one; and without the checkout's own path, which may lie in /srv.
        text = Regex.Replace(text, string.Join('|', _names.Select(name => Regex.Escape(name.RealLife)).Prepend(Regex.Escape(Repository.Root))),
            match => _names.Find(name => name.RealLife == match.Value).Here ?? match.Value);
        // The examples' user is the current one here, and root may write to every file: the gateway would refuse all that an interpreter runs.
        if (Environment.IsPrivilegedProcess)
            text = InterpreterForRoot().Replace(text, "$1 --allow-writable --interpreter .");
        text = Minute().Replace(text, Patience.Limit.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        return LoopbackPort().Replace(text, match => $"127.0.0.1:{PortOf(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))}");
    }

    /// <summary>The text without what is replaced, and without what it is replaced by: longer paths first, where one is the beginning of another.</summary>
    private string WithoutNames(string text) =>
        ((string[])[.. _names.Select(name => name.Here), _folder.Path, Repository.Root, .. _names.Select(name => name.RealLife)])
            .Aggregate(text, (rest, name) => rest.Replace(name, "", StringComparison.Ordinal));

    [GeneratedRegex(@"\b127\.0\.0\.1:(\d+)\b")]
    private static partial Regex LoopbackPort();

    /// <summary>The 60 of nginx's <c>scgi_read_timeout 60s</c>, Apache's <c>ProxyTimeout 60</c>, HAProxy's <c>timeout server 60s</c>, h2o's <c>fastcgi.timeout.io: 60000</c>.</summary>
    [GeneratedRegex(@"(?<=timeout(\.io:|\s+server|\s+client)?\s+)60(?=(s|000)?\b)", RegexOptions.IgnoreCase)]
    private static partial Regex Minute();

    /// <summary>A gateway that runs scripts by an interpreter, and not as the user of a test.</summary>
    [GeneratedRegex(@"^(?!.*\bnobody\b)(.*\b(?:[sf]c|uws)gi-run\b.*?) --interpreter \.", RegexOptions.Multiline)]
    private static partial Regex InterpreterForRoot();

    [GeneratedRegex(@"(^|\s)#.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"/usr/local/\S+|(?<![\w/])/(run|srv|var|etc)/\S+|(?<![\w/-])www\b")]
    private static partial Regex ForeignPlace();
}
