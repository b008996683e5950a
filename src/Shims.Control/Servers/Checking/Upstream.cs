using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Reading;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers.Checking;

/// <summary>A directive of a web server, and the socket that it sends requests to.</summary>
/// <param name="Server">For instance nginx.</param>
/// <param name="Place">Where the directive stands.</param>
/// <param name="Directive">The word that it begins with, for messages.</param>
/// <param name="Protocol">What the web server will speak.</param>
internal sealed record Upstream(string Server, SourceLocation Place, string Directive, Protocol Protocol)
{
    /// <summary>The protocols that the web server can speak to a gateway.</summary>
    internal IReadOnlyList<Protocol> CanSpeak { get; init; } = Protocols.Known;

    /// <summary>AJP13: what it sends as the secret; null for none.</summary>
    internal string? Secret => SecretToken?.Text;

    /// <summary>The secret, with its place.</summary>
    internal Token? SecretToken { get; init; }

    /// <summary>The place of the secret; if there is none, of the directive.</summary>
    internal SourceLocation SecretPlace => SecretToken?.Place ?? Place;

    /// <summary>The address that it connects to; null if that cannot be read.</summary>
    internal SocketAddress? Address { get; init; }

    /// <summary>The place of the address, if that is another one.</summary>
    internal SourceLocation AddressPlace { get => field ?? Place; init; }

    /// <summary>The program that the web server itself starts for it.</summary>
    internal Service? Own { get; init; }

    /// <summary>The user that the web server runs as; null if its configuration does not say.</summary>
    internal string? WebUser { get; init; }

    /// <summary>True if connections are kept for further requests.</summary>
    internal bool KeepsConnections { get; init; }

    /// <summary>The path of a URL that comes this way, ending in a slash where a name may follow: for test requests.</summary>
    internal string UrlPrefix { get; init; } = "/";

    /// <summary>The site that it belongs to; null if that is not known, or if the web server has one only.</summary>
    internal VirtualServer? Site { get; init; }

    /// <summary>True if a path of the site comes this way.</summary>
    internal Func<string, bool> Takes { get; init; } = static _ => true;

    /// <summary>
    /// The variables that the web server sends for a path of the site, as far as they matter here; null if that cannot be told.
    /// </summary>
    internal Func<string, IReadOnlyDictionary<string, string>?> Variables { get; init; } = static _ => null;

    /// <summary>The directives that set variables of the request: name and value.</summary>
    internal IReadOnlyList<Directive> Settings { get; init; } = [];

    /// <summary>The setting of SCRIPT_FILENAME, or another one that decides about it; null if there is none.</summary>
    internal Token? ScriptFile { get; init; }

    /// <summary>
    /// For a path of the site and the file that it is to lead to: the change to what is sent, and the line that it writes.
    /// </summary>
    internal Func<string, string, (LineEdit? Fix, string? Line)> FixScriptFile { get; init; } = static (_, _) => (null, null);

    /// <summary>
    /// The change that lets only the mount point and what is below it come this way, rightly divided; null if there is none.
    /// </summary>
    internal Func<LineEdit?> FixMount { get; init; } = static () => null;

    /// <summary>The change that lets it speak another protocol; null if it takes more than other names of its directives.</summary>
    internal Func<Protocol, LineEdit?> FixProtocol { get; init; } = static _ => null;

    /// <summary>Where a service finds the script by the URL, as <see cref="SimulatedRequest.Resolve"/> takes it.</summary>
    internal string? MountOf(Service service) => Protocol.NamesUrlOnly ? service.Command?.ValueOf("--mount") ?? "" : null;

    /// <summary>The command that lets the web server see a change of its configuration.</summary>
    internal ShellCommand? Reload { get; init; }

    /// <summary>The advice, and the command that lets the web server notice.</summary>
    internal string Then(string advice) => Reload is null ? advice : $"{advice}; then: {Reload}";
}
