using System.Globalization;
using Microsoft.Extensions.Configuration;
using Shims.Hosting;

namespace Shims.AspNetCore.Serving;

/// <summary>Reads the options: first what the code says, then the configuration, then the administrator's environment.</summary>
internal static class ShimConfiguration
{
    internal static ShimServerOptions Read(IConfiguration configuration, Action<ShimServerOptions>? configure)
    {
        var options = new ShimServerOptions();
        configure?.Invoke(options);
        IConfigurationSection section = configuration.GetSection("Shim");
        foreach (IConfigurationSection setting in section.GetChildren())
            Apply(options, setting.Key, setting.Value, setting);
        ApplyEnvironment(options);
        return options;
    }

    /// <summary>The options of a stand-in: of the administrator's environment alone.</summary>
    internal static ShimServerOptions ReadEnvironment(TimeSpan idle)
    {
        var options = new ShimServerOptions();
        ApplyEnvironment(options);
        options.IdleTimeout = idle;
        return options;
    }

    private static void Apply(ShimServerOptions options, string key, string? text, IConfigurationSection setting)
    {
        switch (key.ToUpperInvariant())
        {
            case "PROTOCOL":
                options.Protocol = ProtocolOf(text, "Shim:Protocol");
                break;
            case "IDLETIMEOUT":
                options.IdleTimeout = TimeOf(text, setting);
                break;
            case "MAXREQUESTS":
                options.MaxRequests = NumberOf(text, setting);
                break;
            case "MAXAGE":
                options.MaxAge = TimeOf(text, setting);
                break;
            case "WATCHEDFILES":
                foreach (IConfigurationSection file in setting.GetChildren())
                    options.WatchedFiles.Add(file.Value ?? "");
                break;
            case "PATHBASE":
                options.PathBase = text;
                break;
            case "MAXREQUESTBODYSIZE":
                options.MaxRequestBodySize = string.IsNullOrEmpty(text) ? null : NumberOf(text, setting);
                break;
            case "ALLOWSYNCHRONOUSIO":
                options.AllowSynchronousIO = FlagOf(text, setting);
                break;
            case "ALLOWUNICODERESPONSEHEADERS":
                options.AllowUnicodeResponseHeaders = FlagOf(text, setting);
                break;
            case "REQUESTIDHEADER":
                options.RequestIdHeader = FlagOf(text, setting);
                break;
            case "KEYS":
                options.Keys = text;
                break;
        }
    }

    private static void ApplyEnvironment(ShimServerOptions options)
    {
        var unset = new ShimOptions { IdleTimeout = TimeSpan.MinValue, MaxBodySize = -1 };
        ShimOptions administrator = options.Administrator = ShimSettings.FromEnvironment(unset);
        if (administrator.IdleTimeout != unset.IdleTimeout)
            options.IdleTimeout = administrator.IdleTimeout;
        if (administrator.MaxBodySize != unset.MaxBodySize)
            options.MaxRequestBodySize = administrator.MaxBodySize;
        if (administrator.MountPath is { } mount)
            options.PathBase = mount;
        if (Environment.GetEnvironmentVariable("SHIMS_PROTOCOL") is { Length: > 0 } protocol)
            options.Protocol = ProtocolOf(protocol, "SHIMS_PROTOCOL");
    }

    private static ShimProtocol ProtocolOf(string? text, string name) => text?.ToUpperInvariant() switch
    {
        "HTTP" => ShimProtocol.Http,
        "GATEWAY" or "SCGI" or "FASTCGI" or "UWSGI" => ShimProtocol.Gateway,
        _ => throw new InvalidOperationException($"{name} is \"{text}\": write gateway, or http"),
    };

    /// <summary>Seconds, or a time as .NET writes it.</summary>
    private static TimeSpan TimeOf(string? text, IConfigurationSection setting) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) ? TimeSpan.FromSeconds(seconds)
        : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan time) && time >= TimeSpan.Zero ? time
        : throw new InvalidOperationException($"{setting.Path} is \"{text}\": write seconds, or a time such as 00:05:00");

    private static long NumberOf(string? text, IConfigurationSection setting) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
        : throw new InvalidOperationException($"{setting.Path} is \"{text}\": write a whole number");

    private static bool FlagOf(string? text, IConfigurationSection setting) =>
        bool.TryParse(text, out bool flag) ? flag
        : throw new InvalidOperationException($"{setting.Path} is \"{text}\": write true or false");
}
