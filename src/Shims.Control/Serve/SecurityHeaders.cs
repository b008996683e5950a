namespace Shims.Control.Serve;

/// <summary>Headers that make a page of this program load nothing from elsewhere and run no inline script.</summary>
internal static class SecurityHeaders
{
    internal static IReadOnlyList<(string Name, string Value)> All { get; } =
    [
        ("Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; " +
            "form-action 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ];
}
