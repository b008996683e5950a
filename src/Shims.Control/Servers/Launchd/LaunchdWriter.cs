using System.Globalization;
using Shims.Control.Servers.Writing;

namespace Shims.Control.Servers.Launchd;

/// <summary>A job of macOS. launchd.plist(5)</summary>
internal static class LaunchdWriter
{
    internal static IEnumerable<ConfigurationSnippet> Write(Deployment deployment)
    {
        string label = $"org.example.{deployment.Name}", file = $"/Library/LaunchDaemons/{label}.plist";
        string place = $"launchd: a file of its own, {file}, owned by root, mode 644";
        string words = string.Concat(deployment.Arguments.Prepend(deployment.Program).Select(word => $"        <string>{word}</string>\n"));
        string life = deployment.Waits
            ? "one process gets the listening socket, and answers all requests"
            : "one process per request, which has the connection as its standard input";
        yield return new ConfigurationSnippet(place, $"launchctl bootstrap system {file}", $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0">
            <dict>
                <key>Label</key>
                <string>{label}</string>
                <key>ProgramArguments</key>
                <array>
            {words}    </array>
                <!-- {life} -->
                <key>inetdCompatibility</key>
                <dict>
                    <key>Wait</key>
                    <{(deployment.Waits ? "true" : "false")}/>
                </dict>
                <key>UserName</key>
                <string>{deployment.User}</string>
                <key>Sockets</key>
                <dict>
                    <key>Listeners</key>
                    <dict>
            {Address(deployment)}        </dict>
                </dict>
                <!-- never the connection: a warning would become part of the page -->
                <key>StandardErrorPath</key>
                <string>/var/log/{label}.log</string>
            </dict>
            </plist>

            """);
    }

    private static string Remark(ListenAddress address) =>
        address.Remark is { Length: > 0 } remark ? $". {remark[2..^2]}" : "";

    private static string Address(Deployment deployment) => deployment.Address.Path is { } path
        ? $"""
                    <key>SockPathName</key>
                    <string>{path}</string>
                    <!-- 0666 in decimal: the socket is root's, so put it into a folder that only the web server may enter
                         if others have accounts here -->
                    <key>SockPathMode</key>
                    <integer>438</integer>

        """
        : string.Create(CultureInfo.InvariantCulture, $"""
                    <!-- {deployment.Risk}: {deployment.Callers}{Remark(deployment.Address)} -->
                    <key>SockNodeName</key>
                    <string>{deployment.Address.Host}</string>
                    <key>SockServiceName</key>
                    <string>{deployment.Address.Port}</string>

        """);
}
