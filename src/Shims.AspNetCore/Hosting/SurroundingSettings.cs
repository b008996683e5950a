using Shims.AspNetCore.Starting;

namespace Shims.AspNetCore.Hosting;

/// <summary>Settings that a host reads when it is built, unless something else has been said: they cannot be changed afterwards.</summary>
internal static class SurroundingSettings
{
    internal static void Apply(StartedAs kind)
    {
        // A super-server starts the app in "/", all of which would be watched for changes of appsettings.json.
        if (Environment.GetEnvironmentVariable("ASPNETCORE_CONTENTROOT") is null)
            SetDefault("DOTNET_CONTENTROOT", AppFiles.Folder);
        // A process for one request watches nothing; another one ends when its files change.
        SetDefault("DOTNET_hostBuilder__reloadConfigOnChange", "false");
        if (kind != StartedAs.Listener)
            SetDefault("DOTNET_USE_POLLING_FILE_WATCHER", "1");
    }

    private static void SetDefault(string name, string value)
    {
        if (Environment.GetEnvironmentVariable(name) is null)
            Environment.SetEnvironmentVariable(name, value);
    }
}
