namespace Shims;

/// <summary>The protocols that an app of ASP.NET Core speaks on the socket that it has been handed.</summary>
public enum ShimProtocol
{
    /// <summary>SCGI, FastCGI or uwsgi: the first byte of each connection tells which.</summary>
    Gateway,

    /// <summary>HTTP, by Kestrel, and nothing else: WebSockets and SignalR work.</summary>
    Http,
}
