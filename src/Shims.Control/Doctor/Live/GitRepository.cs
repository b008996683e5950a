using Shims.Control.Doctor.Scripts;

namespace Shims.Control.Doctor.Live;

/// <summary>A repository to ask git-http-backend for, which has no page of its own: it answers 404 or 500 to its own URL, always.</summary>
internal static class GitRepository
{
    /// <summary>Whether a script is git's.</summary>
    internal static bool IsServedBy(string script) => Path.GetFileName(script) == "git-http-backend";

    /// <summary>The part of the URL after the script's: the first page of a clone.</summary>
    /// <param name="root">GIT_PROJECT_ROOT.</param>
    /// <returns>Null if there is no repository.</returns>
    internal static string? FindPage(string root)
    {
        if (!Directory.Exists(root))
            return null;
        try
        {
            string? repository = Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)
                .FirstOrDefault(folder => File.Exists(Path.Join(folder, "HEAD")) || File.Exists(Path.Join(folder, ".git/HEAD")));
            return repository is null ? null : $"/{Uri.EscapeDataString(Path.GetFileName(repository))}/info/refs?service=git-upload-pack";
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The reason why it cannot be asked for a page; null if it can.</summary>
    internal static Finding? FindExcuse(ScriptCase script)
    {
        if (!IsServedBy(script.Path))
            return null;
        if (script.Settings.VariableOf("GIT_PROJECT_ROOT") is not { } root)
            return script.Warning("it was not asked: it needs --env GIT_PROJECT_ROOT=DIR") with
            {
                Advice = "name the gateway's command "
                + "line as it is: --gateway 'scgi-run --env GIT_PROJECT_ROOT=DIR'; or let doctor look at the super-server's "
                    + "configuration too"
            };
        return FindPage(root) is null
            ? new Finding(Severity.Good, script.Path,
            $"user {script.User.Name} can start it; it was not asked, because there is no repository in {root} yet") : null;
    }
}
