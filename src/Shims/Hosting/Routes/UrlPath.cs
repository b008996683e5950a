using System.Text;

namespace Shims.Hosting;

/// <summary>Makes the path of a page one that a browser takes as it is. URL Standard section 4.4.</summary>
internal static class UrlPath
{
    /// <summary>Percent-encodes spaces and control characters, which browsers leave out of a URL, and backslashes, which they take for
    /// slashes.</summary>
    /// <exception cref="ArgumentException">A part of the path is a dot or two.</exception>
    internal static string Encode(string path)
    {
        // Two slashes, or a slash and a backslash, would begin the name of a host.
        if (path.StartsWith('/'))
            path = "/" + path.TrimStart('/', '\\');
        int end = path.AsSpan().IndexOfAny('?', '#');
        var encoded = new StringBuilder(path.Length);
        foreach (char next in path)
        {
            if (char.IsControl(next) || next is ' ' or '\\')
                encoded.Append(Uri.EscapeDataString(next.ToString()));
            else
                encoded.Append(next);
        }
        foreach (string part in (end < 0 ? path : path[..end]).Split('/'))
        {
            if (part.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..")
            {
                throw new ArgumentException(
                    "A part of the path of a page is \".\" or \"..\", which a browser takes for a folder: leave it out.", nameof(path));
            }
        }
        return encoded.ToString();
    }
}
