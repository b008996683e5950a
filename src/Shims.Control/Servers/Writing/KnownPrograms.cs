using System.Text;
using Shims.Cgi;

namespace Shims.Control.Servers.Writing;

/// <summary>CGI programs of distributions that work with certain settings only.</summary>
internal static class KnownPrograms
{
    /// <summary>Explains why a program would not work with these settings.</summary>
    /// <param name="script">The program's path.</param>
    /// <param name="url">Where browsers find it.</param>
    /// <param name="environment">The variables that are set for it, each NAME=VALUE.</param>
    /// <returns>Cause and cure; null if nothing is known against it.</returns>
    internal static string? Objection(string script, string url, IReadOnlyList<string> environment) => Path.GetFileName(script) switch
    {
        // Its pages link to themselves by their file's name.
        "awstats.pl" when !url.EndsWith("/awstats.pl", StringComparison.Ordinal) =>
            $"the pages of AWStats link to awstats.pl, so its URL has to end in that: write --url {url.TrimEnd('/')}/awstats.pl",
        "git-http-backend" when !environment.Any(setting => setting.StartsWith("GIT_PROJECT_ROOT=", StringComparison.Ordinal)) =>
            "git-http-backend serves the repositories below GIT_PROJECT_ROOT: add --env GIT_PROJECT_ROOT=DIR, and --env "
                + "GIT_HTTP_EXPORT_ALL=1 unless each repository has a file git-daemon-export-ok",
        var name when InterpreterNames.ExtensionOf(Encoding.UTF8.GetBytes(name)) is { } extension
            && !environment.Any(setting => setting.StartsWith("SCRIPT_FILENAME=", StringComparison.Ordinal)) =>
            $"{name} is an interpreter and not a script: write --dir with the folder of its scripts, and --interpreter {extension}={script}",
        _ => null,
    };
}
