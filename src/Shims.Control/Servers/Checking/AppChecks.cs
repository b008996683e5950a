using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Apps;
using Shims.Control.Users;

namespace Shims.Control.Servers.Checking;

/// <summary>An app of ASP.NET Core that a super-server starts: whether it takes the socket, and whether its life suits it.</summary>
internal static class AppChecks
{
    /// <summary>Looks at it; says nothing of any other program.</summary>
    internal static IEnumerable<Finding> Examine(Service service, ProgramCommand command, UserAccount user)
    {
        if (command.App is not { } app)
            return [];
        if (!app.UsesShim)
            return [WithoutShim(service, app)];
        var settings = new AppSettings(service, command, app);
        return [.. ExamineStart(service, app), .. settings.ExamineAddresses(), .. settings.ExamineContentRoot(), .. ExamineKeys(service, app, settings, user)];
    }

    private static Finding WithoutShim(Service service, PublishedApp app) => new(Severity.Error, service.CommandPlace.ToString(),
        $"{app.Program} is an app of ASP.NET Core that listens on a port of its own: it does not take the socket of {service.SuperServer}")
    { Advice = "add the package Shims.AspNetCore to it, and call builder.UseShim()" };

    private static IEnumerable<Finding> ExamineStart(Service service, PublishedApp app)
    {
        if (!app.IsNative && service.StartsForEach)
            yield return new Finding(Severity.Warning, service.CommandPlace.ToString(),
                $"{app.Program} is started for each connection, which takes a fifth of a second with the .NET runtime")
            {
                Fix = service.LetOneServeAll(),
                Advice = service.Then("let one process serve all (wait; Accept=no in systemd), or compile the app to native code (PublishAot)"),
            };
        if (app.HasServerHeap)
            yield return new Finding(Severity.Warning, service.CommandPlace.ToString(),
                $"{app.Program} has a heap for each processor, which makes its start slow and its process large")
            { Advice = "write <ServerGarbageCollection>false</ServerGarbageCollection> in its project, and build it anew" };
        if (!app.IsNative && service.Sandbox.NoNewCode is { } setting)
            yield return new Finding(Severity.Error, setting.ToString(),
                $"MemoryDenyWriteExecute= does not let the .NET runtime make code, so {app.Program} crashes when it is started")
            { Fix = service.Sandbox.AllowNewCode(), Advice = service.Then("allow it, or compile the app to native code (PublishAot)") };
    }

    /// <summary>Keys that do not outlive the process: a cookie or form token of one is worthless to the next.</summary>
    private static IEnumerable<Finding> ExamineKeys(Service service, PublishedApp app, AppSettings settings, UserAccount user)
    {
        if (service.Sandbox.HasStateFolder || settings["Shim:Keys"] is not null || !app.NeedsKeys || WhyNoHome(service, user) is not { } reason)
            yield break;
        Fix? fix = service.Sandbox.MakeStateFolder();
        string folder = $"/var/lib/{Path.GetFileName(app.Program)}";
        yield return new Finding(Severity.Warning, service.CommandPlace.ToString(),
            $"the keys of cookies and form tokens of {app.Program} are lost with each process: {reason}")
        {
            Fix = fix,
            Advice = fix is not null ? service.Then("systemd makes a directory for them")
                : $"make a directory for them, {Processes.ShellWords.Join(["install", "-d", "-o", user.Name, "-m", "700", folder])}, and write \"Shim\": {{ \"Keys\": \"{folder}\" }} "
                    + $"into {Path.Join(app.Folder, "appsettings.json")}",
        };
    }

    /// <summary>The reason why nothing can be kept in the user's home; null if it can.</summary>
    private static string? WhyNoHome(Service service, UserAccount user) => user.Home is not { Length: > 0 } home || !Directory.Exists(home)
        ? $"user {user.Name} has no home directory"
        : user.FindObstacle(Access.Write | Access.Execute, home) is not null || service.Sandbox.Closes(home)
        ? $"the process of user {user.Name} may not write to {home}"
        : null;
}
