using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Shims;

/// <summary>Names with one or several values each, in the order in which they came: a query, the fields of a form, cookies.</summary>
/// <remarks>Names are compared exactly.</remarks>
/// <example><code>
/// string sort = request.Query["sort"] ?? "name";
/// IReadOnlyList&lt;string&gt; tags = request.Query.GetAll("tag");
/// response.Write($"{sort} {string.Join(',', tags)}\n");
/// </code></example>
public sealed class ValueCollection : IReadOnlyCollection<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _values;

    internal ValueCollection(List<KeyValuePair<string, string>> values) => _values = values;

    /// <summary>The number of values.</summary>
    public int Count => _values.Count;

    /// <summary>The first value of a name, or null if there is none.</summary>
    public string? this[string name] => TryGet(name, out string? value) ? value : null;

    /// <summary>Finds the first value of a name.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out string? value)
    {
        foreach (KeyValuePair<string, string> entry in _values)
        {
            if (entry.Key == name)
            {
                value = entry.Value;
                return true;
            }
        }
        value = null;
        return false;
    }

    /// <summary>Every value of a name; empty if there is none.</summary>
    public IReadOnlyList<string> GetAll(string name)
    {
        var found = new List<string>();
        foreach (KeyValuePair<string, string> entry in _values)
        {
            if (entry.Key == name)
                found.Add(entry.Value);
        }
        return found;
    }

    /// <summary>Every pair, in the order in which they came.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
