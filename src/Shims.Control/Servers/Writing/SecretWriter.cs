namespace Shims.Control.Servers.Writing;

/// <summary>The commands that make the secret of AJP13, for both halves, in files that no other user may read.</summary>
internal static class SecretWriter
{
    private static string Command(string line, string file, string setting) =>
        $"echo \"{line.Replace("\"", "\\\"", StringComparison.Ordinal)} secret=$(cat {file})\" >>{setting}";

    /// <summary>The commands; nothing if there is no secret.</summary>
    internal static IEnumerable<ConfigurationSnippet> Write(Deployment deployment)
    {
        if (deployment.SecretFile is not { } file)
            yield break;
        string folder = Path.GetDirectoryName(file)!, setting = ApacheProxyPass.SecretSettingOf(deployment);
        yield return new ConfigurationSnippet("shell: once, as root, before the others", "", $"""
            # The secret, which only the user of {deployment.ProgramName} may read: the file is made first, and filled then.
            install -d -m 755 {folder}
            install -m 600 -o {deployment.User} /dev/null {file}
            head -c 24 /dev/urandom | base64 >{file}
            # The web server's half, with the same secret. Only root may read it: other files of the configuration can be read by everyone.
            install -m 600 /dev/null {setting}
            {string.Join('\n', ApacheProxyPass.LinesOf(deployment).Select(line => Command(line, file, setting)))}

            """);
    }
}
