using System.Collections;
using System.Globalization;
using System.Text;

namespace Shims.Testing;

/// <summary>CGI variables in the order in which they are sent, as bytes, repeated or malformed if a test wants that.</summary>
public sealed class RequestVariables : IEnumerable<(byte[] Name, byte[] Value)>
{
    private readonly List<(byte[] Name, byte[] Value)> _pairs = [];

    /// <summary>What nginx sends for a request to one script, without the variables of either protocol.</summary>
    /// <param name="method">The request method.</param>
    /// <param name="script">Absolute path of the script.</param>
    /// <param name="pathInfo">What follows the script in the path; empty, as nginx sends it, for nothing.</param>
    /// <param name="query">The query string.</param>
    public static RequestVariables For(string method, string script, string pathInfo = "", string query = "")
    {
        string name = "/cgi-bin/" + Path.GetFileName(script);
        return new RequestVariables
        {
            { "REQUEST_METHOD", method },
            { "REQUEST_URI", name + pathInfo + (query.Length > 0 ? "?" + query : "") },
            { "QUERY_STRING", query },
            { "SERVER_PROTOCOL", "HTTP/1.1" },
            { "SERVER_NAME", "localhost" },
            { "SERVER_PORT", "80" },
            { "REMOTE_ADDR", "127.0.0.1" },
            { "REMOTE_PORT", "40000" },
            { "SCRIPT_FILENAME", script },
            { "SCRIPT_NAME", name },
            { "PATH_INFO", pathInfo },
            { "HTTP_HOST", "localhost" },
        };
    }

    /// <summary>Adds a pair as UTF-8.</summary>
    public void Add(string name, string value) => Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));

    /// <summary>Adds a pair as it is.</summary>
    public void Add(byte[] name, byte[] value) => _pairs.Add((name, value));

    /// <summary>Adds a pair in front of all others.</summary>
    public void AddFirst(string name, string value) => _pairs.Insert(0, (Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value)));

    /// <summary>Adds a pair, or changes the first one of that name.</summary>
    public RequestVariables With(string name, string value)
    {
        RequestVariables copy = Copy();
        int index = copy.IndexOf(name);
        if (index < 0)
            copy.Add(name, value);
        else
            copy._pairs[index] = (copy._pairs[index].Name, Encoding.UTF8.GetBytes(value));
        return copy;
    }

    /// <summary>Leaves out every pair of that name.</summary>
    public RequestVariables Without(string name)
    {
        RequestVariables copy = Copy();
        while (copy.IndexOf(name) is >= 0 and int index)
            copy._pairs.RemoveAt(index);
        return copy;
    }

    /// <summary>With what SCGI asks for: CONTENT_LENGTH in front and SCGI=1 after it.</summary>
    public RequestVariables ForScgi(long contentLength)
    {
        RequestVariables copy = Without("CONTENT_LENGTH");
        copy.AddFirst("SCGI", "1");
        copy.AddFirst("CONTENT_LENGTH", contentLength.ToString(CultureInfo.InvariantCulture));
        return copy;
    }

    /// <summary>With CONTENT_LENGTH as nginx sends it by FastCGI: empty for a request without a body.</summary>
    public RequestVariables ForFastCgi(long contentLength) =>
        With("CONTENT_LENGTH", contentLength == 0 ? "" : contentLength.ToString(CultureInfo.InvariantCulture));

    public IEnumerator<(byte[] Name, byte[] Value)> GetEnumerator() => _pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private RequestVariables Copy()
    {
        var copy = new RequestVariables();
        copy._pairs.AddRange(_pairs);
        return copy;
    }

    private int IndexOf(string name) => _pairs.FindIndex(pair => pair.Name.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(name)));
}
