namespace Shims.MatrixTests.Environments;

/// <summary>A variable that may truly differ from one web server to the next.</summary>
/// <param name="Variables">Its name, and others of which the same is true.</param>
/// <param name="Reason">Why.</param>
internal sealed record Difference(IReadOnlyList<string> Variables, string Reason)
{
    /// <summary>The web servers that differ from the others, by their product's name; null if there is nothing to compare.</summary>
    private IReadOnlyList<string>? Products { get; init; }

    private bool OnlyWhereServerStartsProgram { get; init; }

    /// <summary>Everything else is the same behind all of them.</summary>
    internal static IReadOnlyList<Difference> All { get; } =
    [
        new(["SERVER_SOFTWARE"], "names the web server"),
        new(["DOCUMENT_ROOT", "PATH_TRANSLATED"], "say what the site's configuration says"),
        new(["SERVER_ADDR"], "is not a variable of CGI/1.1; nginx's scgi_params, HAProxy and Caddy leave it out"),
        new(["LANG"], "is passed on by web servers that start the program themselves") { OnlyWhereServerStartsProgram = true },
        new(["HTTP_HOST"], "comes without its port from the parameters that Debian ships for nginx") { Products = ["nginx"] },
        new(["DOCUMENT_URI"], "is sent by these only") { Products = ["nginx", "Caddy"] },
        new(["CONTEXT_DOCUMENT_ROOT", "CONTEXT_PREFIX", "SERVER_ADMIN", "SERVER_SIGNATURE"], "are sent by this one only") { Products = ["Apache"] },
        new(["REDIRECT_URI"], "is sent by this one only, where it has decoded something in the path") { Products = ["lighttpd", "cgi-fcgi"] },
        new(["REMOTE_HOST", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO"], "are sent by this one only") { Products = ["Caddy"] },
        new(["CONTENT_TYPE"], "is made up for a POST that has none") { Products = ["Caddy"] },
    ];

    internal static bool Allows(Front front, string variable) => All.Any(difference => difference.Variables.Contains(variable) && difference.IsAbout(front));

    private bool IsAbout(Front front) => OnlyWhereServerStartsProgram ? front.BackendAddress is null : Products?.Contains(front.Product.Name) ?? true;

    public override string ToString() =>
        $"{string.Join(", ", Variables)} {Reason}{(Products is null ? "" : $" ({string.Join(", ", Products)})")}";
}
