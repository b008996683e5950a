using Shims.Control.Doctor;
using Shims.Control.Users;

namespace Shims.Control.Servers.Checking;

/// <summary>An app of ASP.NET Core that a super-server starts: whether it takes the socket, and whether its life suits it.</summary>
internal static class AppChecks
{
    private const string Library = "Shims.AspNetCore.dll";

    /// <summary>Looks at it; says nothing of any other program, nor of an app in native code, which does not show what it is made of.</summary>
    internal static IEnumerable<Finding> Examine(Service service, ProgramCommand command, UserAccount user)
    {
        string? app = command.Name == "dotnet" ? command.Arguments.FirstOrDefault(static word => word.EndsWith(".dll", StringComparison.Ordinal)) : command.Program + ".dll";
        if (app is null || !Path.IsPathRooted(app) || Read(Path.ChangeExtension(app, ".runtimeconfig.json")) is not { } settings || !settings.Contains("\"Microsoft.AspNetCore.App\"", StringComparison.Ordinal))
            yield break;
        string place = service.CommandPlace.ToString(), folder = Path.GetDirectoryName(app)!;
        if (!File.Exists(Path.Join(folder, Library)))
        {
            yield return new Finding(Severity.Error, place, $"{app} is an app of ASP.NET Core that listens on a port of its own: it does not take the socket of {service.SuperServer}")
            { Advice = "add the package Shims.AspNetCore to it, and call builder.UseShim()" };
            yield break;
        }
        if (service.StartsForEach)
            yield return new Finding(Severity.Warning, place, $"{app} is started for each connection, which costs a fifth of a second with the .NET runtime")
            { Advice = service.Then("let one process serve all (wait; Accept=no in systemd), or compile the app to native code (PublishAot)") };
        if (settings.Contains("\"System.GC.Server\": true", StringComparison.Ordinal))
            yield return new Finding(Severity.Warning, place, $"{app} has a heap for each processor, which makes its start slow and its process large")
            { Advice = "write <ServerGarbageCollection>false</ServerGarbageCollection> in its project, and build it anew" };
        if (NeedsKeys(folder) && !Directory.Exists(user.Home) && !HasKeys(folder))
            yield return new Finding(Severity.Warning, place, $"user {user.Name} has no home directory, so the keys of cookies and form tokens of {app} are lost with each process")
            { Advice = "name a directory of this user's own as Shim:Keys in the app's appsettings.json, or write StateDirectory= in systemd" };
    }

    /// <summary>True if the app has pages with forms or logins, as far as its files tell.</summary>
    private static bool NeedsKeys(string folder) => Directory.EnumerateFiles(folder, "*.Views.dll").Any() || Directory.Exists(Path.Join(folder, "wwwroot"));

    private static bool HasKeys(string folder) => Read(Path.Join(folder, "appsettings.json"))?.Contains("\"Keys\"", StringComparison.Ordinal) == true;

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
