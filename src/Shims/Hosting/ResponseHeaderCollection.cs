using System.Buffers;
using System.Collections;

namespace Shims;

/// <summary>The headers of a response, in the order in which they were set. RFC 3875 section 6.3.</summary>
/// <remarks>Names are compared without regard to case. Once the response has begun, every change throws.</remarks>
/// <example><code>
/// response.Headers["Cache-Control"] = "no-store";
/// response.Headers.Add("Link", "&lt;/style.css&gt;; rel=preload");
/// </code></example>
public sealed class ResponseHeaderCollection : IEnumerable<KeyValuePair<string, string>>
{
    /// <summary>RFC 9110 section 5.6.2.</summary>
    private static readonly SearchValues<char> s_tokenCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly List<KeyValuePair<string, string>> _headers = [];

    internal ResponseHeaderCollection()
    {
    }

    /// <summary>True if the response is for one visitor, so that it must not be kept unless the handler has said otherwise.</summary>
    internal bool IsPersonal { get; set; }

    /// <summary>True if the response has begun.</summary>
    internal bool IsReadOnly { get; set; }

    /// <summary>A header's first value, or null if there is none. Setting it replaces all values; setting it to null removes the header.</summary>
    /// <exception cref="ArgumentException">The name is none (RFC 9110 section 5.1), or the value contains a control character such as a line end.</exception>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    public string? this[string name]
    {
        get
        {
            foreach (KeyValuePair<string, string> header in _headers)
            {
                if (IsSame(header.Key, name))
                    return header.Value;
            }
            return null;
        }
        set
        {
            Remove(name);
            if (value is not null)
                Add(name, value);
        }
    }

    /// <summary>Adds a header beside those that have the same name, as Set-Cookie and Link need it.</summary>
    /// <param name="name">A token. RFC 9110 section 5.1.</param>
    /// <param name="value">Text without control characters; what is not ASCII is sent as UTF-8.</param>
    /// <exception cref="ArgumentException">The name is none, or the value contains a control character such as a line end; or it is a URL
    /// with a tab or a backslash in it.</exception>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    public void Add(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        ThrowIfReadOnly(name);
        if (name.AsSpan().ContainsAnyExcept(s_tokenCharacters))
            throw new ArgumentException("The name of a header has letters, digits and hyphens only.", nameof(name));
        if (IsSame(name, "Status"))
            throw new ArgumentException("The status is set by CgiResponse.StatusCode.", nameof(name));
        foreach (char next in value)
        {
            if (char.IsControl(next) && (next != '\t' || IsUrl(name)))
                throw new ArgumentException($"The value of the header {name} contains a control character, such as a line end.", nameof(value));
        }
        // Browsers take it for a slash, and two slashes begin the name of a host.
        if (IsUrl(name) && value.AsSpan()[..(value.AsSpan().IndexOfAny('?', '#') is >= 0 and int end ? end : value.Length)].Contains('\\'))
            throw new ArgumentException($"The URL in the header {name} contains a backslash: write %5C, or use AppUrl.", nameof(value));
        _headers.Add(new KeyValuePair<string, string>(name, value));
    }

    /// <summary>Removes every value of a header.</summary>
    /// <returns>False if there was none.</returns>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    public bool Remove(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ThrowIfReadOnly(name);
        bool found = false;
        for (int i = _headers.Count - 1; i >= 0; i--)
        {
            if (!IsSame(_headers[i].Key, name))
                continue;
            _headers.RemoveAt(i);
            found = true;
        }
        return found;
    }

    /// <summary>Every header and value, in the order in which they will be sent.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _headers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal List<KeyValuePair<string, string>> All => _headers;

    /// <summary>Removes a cookie that was set under a name.</summary>
    internal void RemoveCookie(string name)
    {
        ThrowIfReadOnly("Set-Cookie");
        _headers.RemoveAll(header => IsSame(header.Key, "Set-Cookie") && header.Value.StartsWith(name + "=", StringComparison.Ordinal));
    }

    internal void Clear() => _headers.Clear();

    private static bool IsUrl(string name) => IsSame(name, "Location") || IsSame(name, "Content-Location") || IsSame(name, "Refresh");

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private void ThrowIfReadOnly(string name)
    {
        if (IsReadOnly)
            throw new InvalidOperationException($"The header {name} cannot be changed: the response has begun, and its headers go first. Set headers before the first Write or Flush.");
    }
}
