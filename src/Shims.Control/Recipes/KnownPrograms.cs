using System.Text;
using Shims.Cgi;
using Shims.Control.Processes;
using Shims.Control.Servers.Writing;

namespace Shims.Control.Recipes;

/// <summary>CGI programs of distributions that work with certain settings only.</summary>
internal static class KnownPrograms
{
    /// <summary>The directory of the installed gateways; if there is none, the one that <c>make install</c> uses.</summary>
    internal static string Folder =>
        InstalledPrograms.Find("scgi-run") is { } program && PlainPath.Objection(program) is null ? Path.GetDirectoryName(program)!
            : "/usr/local/libexec";

    /// <summary>Explains why a program would not work with these settings.</summary>
    /// <param name="script">The program's path.</param>
    /// <param name="url">Where browsers find it.</param>
    /// <param name="environment">The variables that are set for it, each NAME=VALUE.</param>
    /// <returns>Cause and cure; null if nothing is known against it.</returns>
    internal static string? Objection(string script, string url, IReadOnlyList<string> environment)
    {
        string name = Path.GetFileName(script);
        if (RecipeCatalog.OfScript(script) is { } recipe)
        {
            // Pages that link to themselves by the name of their file.
            if (recipe.UrlEnd.Length > 0 && !url.EndsWith("/" + recipe.UrlEnd, StringComparison.Ordinal))
            {
                return $"the pages of {recipe.Title} link to {recipe.UrlEnd}, so its URL has to end in that: write --url "
                    + $"{url.TrimEnd('/')}/{recipe.UrlEnd}";
            }
            if (Missing(recipe, environment) is { } setting)
                return $"{name} needs {setting.Split('=')[0]}: add --env {setting}, or write --recipe {recipe.Name}, which sets all that it needs";
        }
        if (InterpreterNames.IsPhpOfCommandLine(Encoding.UTF8.GetBytes(name)))
        {
            return $"{name} is PHP of the command line, which writes no header: install php-cgi, write --dir with the folder of its scripts, "
                + "and --interpreter .php=/usr/bin/php-cgi";
        }
        return InterpreterNames.ExtensionOf(Encoding.UTF8.GetBytes(name)) is { } extension
            && !environment.Any(setting => setting.StartsWith("SCRIPT_FILENAME=", StringComparison.Ordinal))
            ? $"{name} is an interpreter and not a script: write --dir with the folder of its scripts, and --interpreter {extension}={script}"
            : null;
    }

    /// <summary>The first variable of a recipe that is not set.</summary>
    private static string? Missing(Recipe recipe, IReadOnlyList<string> environment) => recipe.Options
        .Where(static option => option.Name == "env").Select(static option => option.Value)
        .FirstOrDefault(setting => !environment.Any(own => own.Split('=')[0] == setting.Split('=')[0]));
}
