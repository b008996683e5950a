using System.Reflection;
using Shims.Hosting;

namespace Shims.AspNetCore.Starting;

/// <summary>The files of the app that matter to its life.</summary>
internal static class AppFiles
{
    /// <summary>The page that is shown while the app is offline.</summary>
    internal const string Offline = "app_offline.htm";

    /// <summary>True if the app is not compiled to native code. A project that will be says of itself, before too, that it has no dynamic code.</summary>
    internal static bool IsManaged => AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is not null;

    /// <summary>The app's own folder.</summary>
    internal static string Folder => ProgramFolders.Program;

    /// <summary>The app's name, for lines of the log.</summary>
    internal static string Name => ProgramFolders.NameOfExecutable is var name && name != "dotnet" ? name : Assembly.GetEntryAssembly()?.GetName().Name ?? name;

    /// <summary>A change of one of them, beside that of the executable, is a new version; so is that the app goes offline.</summary>
    /// <param name="named">Files that options name.</param>
    internal static string[] WatchedWith(IEnumerable<string> named) =>
    [
        .. named.Select(static file => Path.Combine(Folder, file)),
        Path.Combine(Folder, Assembly.GetEntryAssembly()?.GetName().Name + ".dll"),
        Path.Combine(Folder, "appsettings.json"),
        Path.Combine(Folder, $"appsettings.{EnvironmentName}.json"),
        Path.Combine(Folder, Offline),
    ];

    private static string EnvironmentName =>
        Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? "Production";
}
