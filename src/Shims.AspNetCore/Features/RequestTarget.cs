using System.Text;
using Shims.Cgi;

namespace Shims.AspNetCore.Features;

/// <summary>The target of a request as the client sent it, and its path and query as Kestrel would have them. RFC 9112 section 3.2.</summary>
internal sealed class RequestTarget
{
    private RequestTarget(string raw, string pathBase, string path, string query) => (Raw, PathBase, Path, Query) = (raw, pathBase, path, query);

    /// <summary>As it was sent.</summary>
    internal string Raw { get; }

    internal string PathBase { get; }

    /// <summary>Decoded, but for <c>%2F</c>, and without dot segments.</summary>
    internal string Path { get; }

    /// <summary>With its question mark; empty if there is none.</summary>
    internal string Query { get; }

    /// <summary>Reads it.</summary>
    /// <param name="variables">The request's variables.</param>
    /// <param name="pathBase">The path of the app in the site, if it has been told; null to believe the web server.</param>
    /// <returns>Null if it is not a target: Kestrel would answer 400.</returns>
    internal static RequestTarget? Read(CgiVariables variables, string? pathBase)
    {
        string? raw = RawOf(variables);
        if (raw is null || ContainsForeign(raw))
            return null;
        int question = raw.IndexOf('?', StringComparison.Ordinal);
        string target = question < 0 ? raw : raw[..question], query = question < 0 ? "" : raw[question..];
        int scheme = target.StartsWith('/') ? -1 : target.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0)
            target = target.IndexOf('/', scheme + 3) is > 0 and int slash ? target[slash..] : "/";
        if (!target.StartsWith('/'))
            return new RequestTarget(raw, "", "", query); // *, or the authority of CONNECT
        if (TargetPath.Decode(target) is not { } path)
            return null;
        int length = pathBase is not null ? LengthBelow(path, pathBase.TrimEnd('/')) : LengthOfScript(path, variables);
        return new RequestTarget(raw, path[..length], path[length..], query);
    }

    /// <summary>The target; where the web server does not tell it, what it has made of it.</summary>
    private static string? RawOf(CgiVariables variables)
    {
        ReadOnlySpan<byte> uri = variables.Get("REQUEST_URI"u8);
        if (!uri.IsEmpty)
            return Encoding.Latin1.GetString(uri);
        string path = TargetPath.Encode(variables.Get("SCRIPT_NAME"u8)) + TargetPath.Encode(variables.Get("PATH_INFO"u8));
        ReadOnlySpan<byte> query = variables.Get("QUERY_STRING"u8);
        return (path.StartsWith('/') ? path : "/" + path) + (query.IsEmpty ? "" : "?" + Encoding.Latin1.GetString(query));
    }

    /// <summary>What no client may send there: a blank, a control character, or a byte beyond ASCII.</summary>
    private static bool ContainsForeign(string raw) => raw.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <returns>0 if the path is not below it: <c>/blog2</c> is not below <c>/blog</c>.</returns>
    private static int LengthBelow(string path, string pathBase) =>
        path.StartsWith(pathBase, StringComparison.OrdinalIgnoreCase) && (path.Length == pathBase.Length || path[pathBase.Length] == '/') ? pathBase.Length : 0;

    /// <summary>
    /// SCRIPT_NAME is the base if it is a proper part of the path and PATH_INFO the rest of it. nginx's fastcgi_params name the whole path as the script, and its
    /// scgi_params nothing.
    /// </summary>
    private static int LengthOfScript(string path, CgiVariables variables)
    {
        ReadOnlySpan<byte> script = variables.Get("SCRIPT_NAME"u8), rest = variables.Get("PATH_INFO"u8);
        if (script.IsEmpty || rest.IsEmpty)
            return 0;
        string name = Encoding.UTF8.GetString(script).TrimEnd('/');
        if (name.Length == 0 || !path.StartsWith(name, StringComparison.Ordinal) || path.Length == name.Length || path[name.Length] != '/')
            return 0;
        return TargetPath.IsSame(path[name.Length..], Encoding.UTF8.GetString(rest)) ? name.Length : 0;
    }
}
