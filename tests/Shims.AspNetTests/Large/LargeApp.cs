namespace Shims.AspNetTests.Large;

/// <summary>The app that uses everything, as its users' programs are started.</summary>
internal static class LargeApp
{
    private static string Program => Repository.PathTo($"tests/Shims.AspNetLargeApp/bin/{App.Configuration}/net10.0/aspnet-large-app");

    /// <summary>The app's own folder.</summary>
    internal static string Folder => Path.GetDirectoryName(Program)!;

    /// <summary>A start in the folder in which super-servers start programs.</summary>
    /// <param name="environment">Variables; without <c>Database</c> the app has none, and starts in half of the time.</param>
    internal static Launch Launch(params IReadOnlyList<string> environment) =>
        new Launch { Program = Program, Folder = "/" }.WithEnvironment("DOTNET_NOLOGO=1", "SHIMS_STDERR=inherit").WithEnvironment(environment);
}
