namespace Shims.AspNetTests.Large;

/// <summary>The ways from nginx to an app on the shim.</summary>
public enum Way
{
    Scgi,
    FastCgi,

    /// <summary>proxy_pass to Kestrel on the socket that the app has been handed: Shim:Protocol=http.</summary>
    Http,
}
