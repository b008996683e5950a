using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shims.AspNetCore.Starting;
using Shims.Diagnostics;

namespace Shims.AspNetCore.Hosting;

/// <summary>Sees to it that the keys of data protection outlive the process, or says that they do not: cookies and form tokens would be worthless to the next one.</summary>
internal static class KeyStore
{
    /// <summary>Only an app that uses data protection ever asks for this.</summary>
    internal static void Add(IServiceCollection services, string? folder) =>
        services.AddSingleton<IPostConfigureOptions<KeyManagementOptions>>(provider =>
            new PostConfigureOptions<KeyManagementOptions>(Options.DefaultName, options => Choose(options, folder, provider.GetRequiredService<ILoggerFactory>())));

    private static void Choose(KeyManagementOptions options, string? folder, ILoggerFactory loggers)
    {
        if (options.XmlRepository is not null)
            return;
        // The framework's own place, which this makes. A home that exists is not enough: inetd leaves its own to programs of other users, and that of systemd's dynamic users is "/".
        if (folder is null && FileSystemXmlRepository.DefaultKeyStorageDirectory is not null)
            return;
        if (Environment.GetEnvironmentVariable("STATE_DIRECTORY")?.Split(':')[0] is { Length: > 0 } state)
            folder ??= Path.Combine(state, "keys");
        if (folder is not null)
            options.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(Path.Combine(AppFiles.Folder, folder)), loggers);
        else
            Log.WriteLine("the keys of cookies and form tokens are lost with this process, as its user has no home to write to: set Shim:Keys to a folder of this user's own, or StateDirectory= in systemd");
    }
}
