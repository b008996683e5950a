using System.Globalization;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Gateway.Serving;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>
/// The settings of the administrator: options of the gateways on the command line of a handler program, and SHIMS_* in its environment.
/// </summary>
internal static class ShimSettings
{
    /// <summary>Applies the environment.</summary>
    /// <returns>A copy of the options; its note is about a variable that is wrong.</returns>
    internal static ShimOptions FromEnvironment(ShimOptions options)
    {
        if (options.State == SettingsState.Administrator)
            return options;
        options = options.Copy();
        Apply("SHIMS_ERRORS\0"u8, "--errors");
        Apply("SHIMS_STDERR\0"u8, "--stderr");
        Apply("SHIMS_LOG_FORMAT\0"u8, "--log-format");
        Apply("SHIMS_ACCESS_LOG\0"u8, "--access-log");
        Apply("SHIMS_TRUST_REQUEST_ID\0"u8, "--trust-request-id");
        Apply("SHIMS_MOUNT\0"u8, "--mount");
        Apply("SHIMS_PROTOCOL\0"u8, "--protocol");
        Apply("SHIMS_SECRET_FILE\0"u8, "--secret-file");
        Apply("SHIMS_INSECURE_NO_SECRET\0"u8, "--insecure-no-secret");
        Apply("SHIMS_LISTEN\0"u8, "--listen");
        Apply("SHIMS_SOCKET_MODE\0"u8, "--socket-mode");
        Apply("SHIMS_ALLOW_ROOT\0"u8, "--allow-root");
        Apply("SHIMS_ALLOW_FROM\0"u8, "--allow-from");
        Apply("SHIMS_TIMEOUT\0"u8, "--timeout");
        Apply("SHIMS_HEADER_TIMEOUT\0"u8, "--header-timeout");
        Apply("SHIMS_IDLE\0"u8, "--idle");
        Apply("SHIMS_FINISH_TIME\0"u8, "--finish-time");
        Apply("SHIMS_MAX_HEADER\0"u8, "--max-header");
        Apply("SHIMS_MAX_BODY\0"u8, "--max-body");
        Apply("SHIMS_MAX\0"u8, "--max");
        return options;

        void Apply(ReadOnlySpan<byte> variable, string name)
        {
            if (Libc.EnvironmentText(variable) is { } value && Set(options, name, value) is { } fault)
                options.Note = $"{System.Text.Encoding.ASCII.GetString(variable[..^1])} is left out: as an option, {fault}";
        }
    }

    /// <summary>
    /// Takes the options of the gateways out of a command line, up to a word <c>--</c>, and those of a file named by <c>--options</c> at
    /// its start.
    /// </summary>
    /// <param name="args">The command line; afterwards, the words that are the program's own.</param>
    /// <param name="options">The options that the program sets.</param>
    /// <returns>A copy of the options, with the environment and the command line applied.</returns>
    /// <exception cref="ShimException">A value is missing or wrong.</exception>
    internal static ShimOptions Take(ref string[] args, ShimOptions options)
    {
        options = FromEnvironment(options);
        var own = new List<string>();
        string[] words = OptionsFile.Expand(args, static name => IsOption(name));
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] == "--")
            {
                own.AddRange(words[(i + 1)..]);
                break;
            }
            if (words[i] == "--trust-request-id")
            {
                options.TrustRequestId = true;
                continue;
            }
            if (words[i] == "--insecure-no-secret")
            {
                options.InsecureNoSecret = true;
                continue;
            }
            if (words[i] == SocketOptions.RootOption)
            {
                options.AllowRoot = true;
                continue;
            }
            int equals = words[i].IndexOf('=');
            string name = equals < 0 ? words[i] : words[i][..equals];
            if (!IsOption(name))
            {
                own.Add(words[i]);
                continue;
            }
            string? value = equals >= 0 ? words[i][(equals + 1)..] : i + 1 < words.Length ? words[++i] : null;
            string? fault = value is null ? $"{name} needs a value after it" : Set(options, name, value);
            if (fault is not null)
                throw new ShimException(ExitCode.Usage, fault, "see docs/handlers.md");
        }
        args = [.. own];
        options.State = SettingsState.Administrator;
        return options;
    }

    private static bool IsOption(string name) =>
        name is "--errors" or "--stderr" or "--log-format" or "--access-log" or "--mount" or "--protocol" or "--secret-file" or "--timeout" or "--header-timeout" or "--idle"
            or "--finish-time" or "--max-header" or "--max-body" or "--max" or OwnAddress.Option or SocketOptions.ModeOption or AllowedPeers.Option;

    /// <returns>The fault of the value, or null.</returns>
    private static string? Set(ShimOptions options, string name, string value)
    {
        switch (name)
        {
            case "--errors":
                options.ErrorsTo = value == "browser" ? ErrorAudience.Browser : ErrorAudience.Log;
                return value is "browser" or "log" ? null : "--errors takes log or browser";
            case "--stderr":
                options.StandardError = value;
                return null;
            case "--access-log":
                options.AccessLog = value;
                return null;
            case "--log-format":
                options.LogFormat = value == "json" ? LogFormat.Json : LogFormat.Text;
                return value is "text" or "json" ? null : "--log-format takes text or json";
            case "--trust-request-id":
                options.TrustRequestId = value != "0";
                return value is "0" or "1" ? null : "--trust-request-id takes 1 or 0 here";
            case "--mount":
                if (!value.StartsWith('/'))
                    return "--mount takes a path that begins with a slash";
                options.MountPath = value;
                return null;
            case "--secret-file":
                options.SecretFile = value;
                return null;
            case "--insecure-no-secret":
                options.InsecureNoSecret = value != "0";
                return value is "0" or "1" ? null : "--insecure-no-secret takes 1 or 0 here";
            case OwnAddress.Option or AllowedPeers.Option or SocketOptions.ModeOption or SocketOptions.RootOption:
                return SetSocket(options, name, value);
            case "--protocol":
                if (ShimProtocolNames.Read(value) is not { } protocols)
                    return $"--protocol takes {ShimProtocolNames.Words}, or several of them with commas between, but ajp13 alone";
                options.Protocols = protocols;
                return null;
            case "--max-header" or "--max-body":
                if (!ByteSize.TryRead(value, out long size))
                    return $"{name} takes bytes, or a number with K, M or G: write for example {name} 64M";
                if (name == "--max-body")
                    options.MaxBodySize = size;
                else
                    options.MaxHeaderSize = (int)Math.Min(size, 64 << 20);
                return null;
            default:
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                    return $"{name} takes a whole number: write for example {name} 30";
                SetNumber(options, name, number);
                return null;
        }
    }

    /// <summary>Addresses are read when the program starts, which fails if they are wrong: serving every peer instead would be the wrong way.</summary>
    private static string? SetSocket(ShimOptions options, string name, string value)
    {
        switch (name)
        {
            case OwnAddress.Option:
                options.Listen = value;
                return null;
            case AllowedPeers.Option:
                options.AllowFrom = value;
                return null;
            case SocketOptions.ModeOption:
                return SetMode(options, value);
            default:
                options.AllowRoot = value == "1";
                return value is "0" or "1" ? null : "--allow-root takes 1 or 0 here";
        }
    }

    private static string? SetMode(ShimOptions options, string value)
    {
        try
        {
            options.SocketMode = (UnixFileMode)SocketOptions.ReadMode(value);
            return null;
        }
        catch (ShimException wrong)
        {
            return wrong.Message;
        }
    }

    private static void SetNumber(ShimOptions options, string name, int number)
    {
        TimeSpan seconds = new(number * TimeSpan.TicksPerSecond);
        switch (name)
        {
            case "--timeout":
                options.HandlerTimeout = number > 0 ? seconds : null;
                break;
            case "--header-timeout":
                options.HeaderTimeout = seconds;
                break;
            case "--idle":
                options.IdleTimeout = seconds;
                break;
            case "--finish-time":
                options.FinishTime = seconds;
                break;
            default:
                options.MaxConcurrentRequests = number;
                break;
        }
    }
}
