using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Shims.AspNetCore.Features;

/// <summary>The headers of a response. What cannot be sent is refused when it is set; and so is every change once the response has begun.</summary>
internal sealed class ResponseHeaders : IHeaderDictionary
{
    private readonly HeaderDictionary _headers = [];

    /// <summary>True if values may have characters beyond ASCII.</summary>
    internal bool AllowsUnicode { get; init; }

    public ICollection<string> Keys => _headers.Keys;

    public ICollection<StringValues> Values => _headers.Values;

    public int Count => _headers.Count;

    /// <summary>True once the response has begun.</summary>
    public bool IsReadOnly
    {
        get => _headers.IsReadOnly;
        internal set => _headers.IsReadOnly = value;
    }

    public long? ContentLength
    {
        get => _headers.ContentLength;
        set => _headers.ContentLength = value;
    }

    public StringValues this[string key]
    {
        get => _headers[key];
        set
        {
            Check(key, value);
            _headers[key] = value;
        }
    }

    StringValues IDictionary<string, StringValues>.this[string key]
    {
        get => ((IDictionary<string, StringValues>)_headers)[key];
        set => this[key] = value;
    }

    public void Add(string key, StringValues value)
    {
        Check(key, value);
        _headers.Add(key, value);
    }

    public void Add(KeyValuePair<string, StringValues> item) => Add(item.Key, item.Value);

    public void Clear() => _headers.Clear();

    public bool Contains(KeyValuePair<string, StringValues> item) => _headers.Contains(item);

    public bool ContainsKey(string key) => _headers.ContainsKey(key);

    public void CopyTo(KeyValuePair<string, StringValues>[] array, int arrayIndex) => _headers.CopyTo(array, arrayIndex);

    public bool Remove(string key) => _headers.Remove(key);

    public bool Remove(KeyValuePair<string, StringValues> item) => _headers.Remove(item);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out StringValues value) => _headers.TryGetValue(key, out value);

    public HeaderDictionary.Enumerator GetEnumerator() => _headers.GetEnumerator();

    IEnumerator<KeyValuePair<string, StringValues>> IEnumerable<KeyValuePair<string, StringValues>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Check(string name, StringValues values)
    {
        foreach (char next in name)
        {
            if (!char.IsAsciiLetterOrDigit(next) && !"!#$%&'*+-.^_`|~".Contains(next, StringComparison.Ordinal))
                throw new InvalidOperationException($"Invalid non-ASCII or control character in header: 0x{(int)next:X4}");
        }
        foreach (string? value in values)
        {
            foreach (char next in value ?? "")
            {
                if (next is < ' ' and not '\t' or '\x7f' || (next > '\x7f' && !AllowsUnicode))
                    throw new InvalidOperationException($"Invalid non-ASCII or control character in header: 0x{(int)next:X4}");
            }
        }
    }
}
