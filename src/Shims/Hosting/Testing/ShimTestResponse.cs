using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Shims.Cgi;
using Shims.Hosting;

namespace Shims;

/// <summary>The response that a test gets.</summary>
/// <example><code>
/// ShimTestResponse page = ShimTest.Send((request, response) => response.Redirect("/login"), ShimTestRequest.Get("/"));
/// Debug.Assert(page.StatusCode == 302 &amp;&amp; page["Location"] == "/login" &amp;&amp; !page.BrokeOff);
/// </code></example>
public sealed class ShimTestResponse
{
    private ShimTestResponse(int statusCode, List<KeyValuePair<string, string>> headers, byte[] body, bool brokeOff, string log)
    {
        (StatusCode, Headers, Body, BrokeOff, Log) = (statusCode, headers, body, brokeOff, log);
        Cookies = ReadCookies(headers);
    }

    /// <summary>The status; 0 if the response broke off before its header.</summary>
    public int StatusCode { get; }

    /// <summary>The headers, in the order in which they were sent.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>The first value of a header, or null if there is none.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (KeyValuePair<string, string> header in Headers)
            {
                if (string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase))
                    return header.Value;
            }
            return null;
        }
    }

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The body as text, UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>The cookies that were set, and null for those that were removed.</summary>
    public IReadOnlyDictionary<string, string?> Cookies { get; }

    /// <summary>True if the response failed after its beginning had gone out, so that a browser sees that something is missing.</summary>
    public bool BrokeOff { get; }

    /// <summary>The lines for the log: what the handler has printed, and why it failed.</summary>
    public string Log { get; }

    /// <summary>The antiforgery token of the first form in the page, or null.</summary>
    public string? AntiforgeryToken
    {
        get
        {
            const string attributes = $"name=\"{Antiforgery.FieldName}\" value=\"";
            string text = Text;
            int start = text.IndexOf(attributes, StringComparison.Ordinal);
            if (start < 0)
                return null;
            start += attributes.Length;
            return WebUtility.HtmlDecode(text[start..text.IndexOf('"', start)]);
        }
    }

    /// <summary>Reads the body as JSON.</summary>
    /// <exception cref="JsonException">It is not JSON, or not that of the type.</exception>
    public T? ReadJson<T>(JsonTypeInfo<T> typeInfo) => JsonSerializer.Deserialize(Body.Span, typeInfo);

    internal static ShimTestResponse Read(ReadOnlySpan<byte> output, bool brokeOff, string log)
    {
        var headers = new List<KeyValuePair<string, string>>();
        int status = 0;
        if (!ResponseHead.TryFindEnd(output, out int size))
            return new ShimTestResponse(0, headers, output.ToArray(), brokeOff, log);
        foreach (string line in Encoding.UTF8.GetString(output[..size]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = line.IndexOf(':');
            (string name, string value) = (line[..colon], line[(colon + 1)..].Trim());
            if (name == "Status")
                status = int.Parse(value[..3], CultureInfo.InvariantCulture);
            else
                headers.Add(new KeyValuePair<string, string>(name, value));
        }
        return new ShimTestResponse(status, headers, output[size..].ToArray(), brokeOff, log);
    }

    private static Dictionary<string, string?> ReadCookies(List<KeyValuePair<string, string>> headers)
    {
        var cookies = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach ((string name, string value) in headers)
        {
            if (!string.Equals(name, "Set-Cookie", StringComparison.OrdinalIgnoreCase))
                continue;
            string[] parts = value.Split("; ");
            int equals = parts[0].IndexOf('=');
            bool isRemoved = Array.Exists(parts, static part => part == "Max-Age=0");
            cookies[parts[0][..equals]] = isRemoved ? null : parts[0][(equals + 1)..];
        }
        return cookies;
    }
}
