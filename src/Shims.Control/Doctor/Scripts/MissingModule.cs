using System.Text.RegularExpressions;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Languages;
using Shims.Control.Processes;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Scripts;

/// <summary>Explains a module that an interpreter has not found: it is elsewhere, or missing.</summary>
internal static partial class MissingModule
{
    internal static Finding Explain(ScriptCase script, Language language, string module)
    {
        foreach (string folder in Folders(script, language))
        {
            if (language.FilesOf(module).Select(file => Path.Combine(folder, file)).FirstOrDefault(File.Exists) is { } found)
                return ExplainPlace(script, language, module, folder, found);
        }
        string interpreter = script.Interpreter!;
        Finding finding = script.Error($"it needs the {language.Name} module {module}, which {interpreter} does not have");
        if (script.IsWsgi)
            return AdviseEnvironment(finding, language, module);
        // A package of that name may be from any author, and the script chose the name, so root does not install it.
        string? own = language.InstallCommand(interpreter, module) is { } words && IsName().IsMatch(module)
            ? $"with {language.Name}'s own tool, and not as root: {words}" : null;
        return DebianPackages.FixForFirst(language.DebianPackagesOf(module)) is { } install
            ? finding with { Fix = install, Advice = own is null ? null : $"or, {own}" }
            : finding with { Advice = own ?? "install it" };
    }

    /// <summary>wsgi-run takes the first python3 of the PATH, and with it the modules of its virtual environment.</summary>
    private static Finding AdviseEnvironment(Finding finding, Language language, string module)
    {
        string install = IsName().IsMatch(module) ? $" && /srv/venv/bin/pip install {ShellWords.Quote(module.Split('.')[0])}" : "";
        return finding with
        {
            Fix = DebianPackages.FixForFirst(language.DebianPackagesOf(module)),
            Advice = $"install it into a virtual environment: python3 -m venv /srv/venv{install}; and write before TARGET: "
                + "--env PATH=/srv/venv/bin:/usr/local/bin:/usr/bin:/bin",
        };
    }

    private static Finding ExplainPlace(ScriptCase script, Language language, string module, string folder, string file)
    {
        if (script.User.FindObstacle(Access.Read, file) is { } obstacle)
        {
            return script.Error($"it needs the {language.Name} module {module}, which is in {folder}, but user {script.User.Name} may "
                + $"not read {obstacle.Path}")
                with
            { Fix = AccessGrant.Past(obstacle) };
        }
        Finding finding = script.Error($"it needs the {language.Name} module {module}, which is in {folder}, where "
            + $"{script.Interpreter} does not look for modules");
        string? advice = language.FolderVariable is { } variable
            ? $"or add --env {variable}={ShellWords.Quote(folder)} to the super-server's line, before the script" : null;
        return finding with { Fix = script.Begin(language.AddFolder(folder)), Advice = advice };
    }

    /// <summary>The usual folders of own modules: those that the environment names, then those beside the script.</summary>
    private static IEnumerable<string> Folders(ScriptCase script, Language language)
    {
        string named = language.FolderVariable is { } variable ? Environment.GetEnvironmentVariable(variable) ?? "" : "";
        string parent = Path.GetDirectoryName(script.Folder) ?? "/";
        return [.. named.Split(':', StringSplitOptions.RemoveEmptyEntries), script.Folder, Path.Combine(script.Folder, "lib"),
            Path.Combine(parent, "lib")];
    }

    /// <summary>As Perl, Python, Ruby, PHP and npm have them.</summary>
    [GeneratedRegex(@"^@?[A-Za-z0-9_][A-Za-z0-9_:./-]*\z")]
    private static partial Regex IsName();
}
