using Shims.Cgi;
using Shims.Diagnostics;

namespace Shims.Gateway.Serving;

/// <summary><c>--env-file FILE</c>: settings of the script's environment that <c>ps</c> must not show to other users, one NAME=VALUE per line. A value is taken as it stands, without quotes.</summary>
internal static class EnvironmentFile
{
    internal const string Option = "--env-file";

    /// <summary>Reads the settings, byte for byte.</summary>
    /// <exception cref="ShimException">The file cannot be read, is world-readable, or has a line that is not a setting.</exception>
    internal static List<byte[]> Read(string path)
    {
        var settings = new List<byte[]>();
        foreach ((int number, byte[] line) in SettingsFile.Read(Option, path, isSecret: true))
        {
            int equals = line.AsSpan().IndexOf((byte)'=');
            // The line itself is not told: it may be a secret.
            if (equals < 0 || !CgiNames.IsPortable(line.AsSpan(0, equals)) || line.AsSpan().Contains((byte)0))
                throw SettingsFile.Refusal(Option, path, $"line {number} is not NAME=VALUE", "a name has letters, digits and underscores");
            settings.Add(line);
        }
        return settings;
    }
}
