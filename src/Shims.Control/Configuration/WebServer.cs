namespace Shims.Control.Configuration;

/// <summary>Who speaks HTTP with browsers.</summary>
internal enum WebServer
{
    Nginx,
    Apache,
    Lighttpd,
    Caddy,
    HAProxy,
}
