namespace Shims.Control.Servers.Writing;

/// <summary>The command that makes a folder for what an app keeps between its processes, where the super-server makes none.</summary>
internal static class StateWriter
{
    /// <summary>The command; nothing if there is no such folder.</summary>
    internal static IEnumerable<ConfigurationSnippet> Write(Deployment deployment) => deployment.StateFolder is not { } folder ? [] :
    [
        new ConfigurationSnippet("shell: once, as root, before the others", "", $"""
            # The keys of cookies and form tokens, which each process of the app needs, and no other user.
            install -d -m 700 -o {deployment.User} {folder}

            """),
    ];
}
