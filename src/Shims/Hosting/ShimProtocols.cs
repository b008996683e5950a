namespace Shims;

/// <summary>Protocols in which web servers hand requests to a program.</summary>
/// <example><code>
/// return Shim.Run(
///     (request, response) => response.Write("hello\n"),
///     new ShimOptions { Protocols = ShimProtocols.Scgi | ShimProtocols.FastCgi });
/// </code></example>
[Flags]
public enum ShimProtocols
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>SCGI: <c>scgi_pass</c> in nginx.</summary>
    Scgi = 1,

    /// <summary>FastCGI: <c>fastcgi_pass</c> in nginx.</summary>
    FastCgi = 2,

    /// <summary>The uwsgi protocol: <c>uwsgi_pass</c> in nginx.</summary>
    Uwsgi = 4,

    /// <summary>AJP13: <c>ProxyPass ajp://</c> in Apache. It is chosen alone, and needs <see cref="ShimOptions.SecretFile"/> or a unix socket.</summary>
    Ajp13 = 8,
}
